"""A terminal, as a person has one, for commands to run on."""

import fcntl
import os
import pty
import struct
import subprocess
import termios

from support import Home


def on_terminal(home: Home, *arguments: object, columns: int = 80, code: int = 0, **environ: str) -> str:
    """Run a command on a terminal of so many columns, expect its exit code, return all that reaches the terminal."""
    person, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    process = subprocess.Popen(
        home.command(*arguments),
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        env=home.environ(TERM="xterm-256color", **environ),
    )
    os.close(terminal)
    seen = b""
    try:
        while part := os.read(person, 65536):
            seen += part
    except OSError:  # how Linux says that nobody writes to the terminal any more
        pass
    os.close(person)
    assert process.wait(timeout=60) == code
    return seen.decode(errors="backslashreplace")
