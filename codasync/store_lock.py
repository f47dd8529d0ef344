"""One pass at a time for a database: an advisory lock on a file of its own, which the kernel frees on any death."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from codasync.errors import DatabaseTrouble, PassRunning


@contextmanager
def pass_lock(database: Path, started_at: str, *, suffix: str = ".lock") -> Iterator[None]:
    """Hold the lock of a database, or one of its others. Raises PassRunning at once when another process holds it.

    The file is never deleted: a process that waits on a deleted file would hold a lock that nobody else sees.
    """
    database = database.resolve()  # a link to the file is the same database
    if database.is_dir():
        raise DatabaseTrouble(path=database, reason="it is a folder", remedy="name a file as database.path")
    path = Path(f"{database}{suffix}")
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        remedy = "codasync needs a folder that it may write"
        raise DatabaseTrouble(path=path, reason=error.strerror, remedy=remedy) from None
    try:
        _take(descriptor, database)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"process {os.getpid()}, since {started_at}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)


def _take(descriptor: int, database: Path) -> None:
    # flock and not lockf: a lock of lockf goes when the process closes any other descriptor of the file
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.pread(descriptor, 200, 0).decode("utf-8", "replace").strip()
        raise PassRunning(path=database, holder=holder or "unknown process") from None
