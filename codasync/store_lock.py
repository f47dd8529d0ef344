"""One pass at a time for a database: an advisory lock on a file of its own, which the kernel frees on any death."""

import errno
import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from codasync import places
from codasync.errors import DatabaseTrouble, PassRunning

# what is planted there is neither followed nor waited for
OPEN_LOCK = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
NO_FILE = frozenset({errno.ELOOP, errno.EISDIR, errno.ENXIO})  # of a link, a folder, a socket


@contextmanager
def pass_lock(database: Path, started_at: str, *, suffix: str = ".lock") -> Iterator[None]:
    """Hold the lock of a database, or one of its others. Raises PassRunning at once when another process holds it.

    Raises DatabaseTrouble when the lock's file cannot be had, or something else has its name, which is left as it is.
    The file is never deleted: a process that waits on a deleted file would hold a lock that nobody else sees.
    """
    database = places.without_links(database)  # a link to the file is the same database
    if places.is_folder(database):
        raise DatabaseTrouble(path=database, reason="it is a folder", remedy="name a file as database.path")
    path = Path(f"{database}{suffix}")
    descriptor = _open(path)
    try:
        _take(descriptor, database)
        with suppress(OSError):  # a full disk takes no note of who holds it
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"process {os.getpid()}, since {started_at}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)


def _open(path: Path) -> int:
    try:
        descriptor = os.open(path, OPEN_LOCK, 0o600)
    except OSError as error:
        if error.errno in NO_FILE:
            raise _something_else(path) from None
        remedy = "codasync needs a folder that it may write"
        raise DatabaseTrouble(path=path, reason=error.strerror, remedy=remedy) from None
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode) or found.st_nlink != 1:  # by a second name it would be another file's content
        os.close(descriptor)
        raise _something_else(path)
    return descriptor


def _something_else(path: Path) -> DatabaseTrouble:
    reason = "it is not the lock that codasync made, but a link, a pipe or the like"
    return DatabaseTrouble(path=path, reason=reason, remedy="look at it, then move it away")


def _take(descriptor: int, database: Path) -> None:
    # flock and not lockf: a lock of lockf goes when the process closes any other descriptor of the file
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.pread(descriptor, 200, 0).decode("utf-8", "replace").strip()
        raise PassRunning(path=database, holder=holder or "unknown process") from None
