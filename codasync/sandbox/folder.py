"""A sandbox that lasts: its state in a JSON file, so that it can be stopped, started again and moved on.

Several processes may use one folder at the same time: a change happens under a lock on a file of its own, and a running
server notices a file that somebody else has changed. The documents are not in the folder: the seed makes them again.
"""

import fcntl
import json
import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from codasync.sandbox.box import WEEKS, Sandbox, first_state
from codasync.sandbox.errors import NoSandbox, SandboxDamaged, SandboxExists
from codasync.sandbox.state import Change, State

STATE_FILE = "sandbox.json"
LOCK_FILE = "sandbox.lock"
NEW_FILE = "sandbox.new"
FILES = (STATE_FILE, LOCK_FILE, NEW_FILE)


class FolderMemory:
    """The memory of `state.py` in a folder."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / STATE_FILE
        self._lock_path = folder / LOCK_FILE
        self._known: tuple[tuple[int, int, int], State] | None = None

    def read(self) -> State:
        """Return the present state, as the last process left it."""
        known, stamp = self._known, self._stamp()
        if known is None or known[0] != stamp:
            known = self._known = stamp, self._load()
        return known[1]

    def update(self, change: Change) -> State:
        """Apply `change` and return the new state; no other thread or process changes it in between."""
        with self._locked():
            state = change(self.read())
            write_state(self.path, state)
            self._known = self._stamp(), state
            return state

    def _stamp(self) -> tuple[int, int, int]:
        """Return what differs between two writings of the file: each makes a new one."""
        try:
            found = self.path.stat()
        except FileNotFoundError:
            raise NoSandbox(folder=self.path.parent) from None
        return found.st_ino, found.st_mtime_ns, found.st_size

    def _load(self) -> State:
        try:
            facts = json.loads(self.path.read_text(encoding="utf-8"))
            days = {name: date.fromisoformat(facts[name]) for name in ("start", "day")}
            return State(**(facts | days))
        except (ValueError, TypeError, KeyError) as error:
            raise SandboxDamaged(path=self.path, text=error) from error

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with self._lock_path.open("a", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def write_state(path: Path, state: State) -> None:
    """Write a state to a file that only its owner can read, whole or not at all."""
    new = path.with_name(NEW_FILE)
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(asdict(state), file, indent=2, default=date.isoformat)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def create(
    folder: Path | str, *, seed: int = 1, port: int = 0, start: date | None = None, weeks: int = WEEKS
) -> Sandbox:
    """Make a sandbox in a folder and return it, not started; raises SandboxExists.

    Without `start` its documents lead up to today. Port 0 picks a free port, once for all.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    if (folder / STATE_FILE).exists():
        raise SandboxExists(folder=folder)
    first = start or datetime.now().astimezone().date() - timedelta(weeks=weeks)
    write_state(folder / STATE_FILE, first_state(seed=seed, start=first, weeks=weeks, port=port or _free_port()))
    return open_folder(folder)


def open_folder(folder: Path | str, *, port: int | None = None) -> Sandbox:
    """Return the sandbox in a folder, not started; `port` changes its port. Raises NoSandbox, SandboxDamaged."""
    memory = FolderMemory(Path(folder))
    if port is not None:
        memory.update(lambda state: replace(state, port=port or _free_port()))
    return Sandbox(memory=memory)


def exists(folder: Path | str) -> bool:
    """Tell whether a folder holds a sandbox."""
    return (Path(folder) / STATE_FILE).exists()


def serve(place: Sandbox | Path | str, on_ready: Callable[[Sandbox], None] | None = None) -> None:
    """Serve a sandbox until a signal's exception ends it, which goes on to the caller when the server has stopped.

    `on_ready` is called once it answers. Raises PortTaken, and what `open_folder` raises.
    """
    with place if isinstance(place, Sandbox) else open_folder(place) as box:
        if on_ready:
            on_ready(box)
        threading.Event().wait()


def advance(folder: Path | str, days: int = 1) -> date:
    """Let so many banking days pass in a folder's sandbox, running or not; return its new day."""
    return open_folder(folder).advance(days)


def issue_token(folder: Path | str) -> str:
    """Make a one-time token for a folder's sandbox, running or not; an older one is worth nothing from now on."""
    return open_folder(folder).issue_token()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port
