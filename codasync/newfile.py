"""A file that is made whole or not at all, and never in the place of another."""

import contextlib
import errno
import os
import secrets
from pathlib import Path


def write(path: Path, data: bytes) -> None:
    """Write a new file: it appears under its name when all of it is on disk.

    Raises FileExistsError when anything has that name, be it a folder or a link that leads nowhere, and OSError when
    the file cannot be written; then nothing is left behind.
    """
    if os.path.lexists(path):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
    temporary = path.with_name(f".codasync-{secrets.token_hex(8)}")
    try:
        with temporary.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        give_name(temporary, path)
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()


def give_name(temporary: Path, path: Path) -> None:
    """Give a file another name, if that is free; not all file systems can do it in one step, with a second link.

    Raises FileExistsError when it is not.
    """
    try:
        path.hardlink_to(temporary)
    except OSError:
        path.open("xb").close()
        temporary.replace(path)
