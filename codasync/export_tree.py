"""A folder that files are put into, for good and never in the place of others, whoever else may write there.

No symbolic link below the folder is followed, and every name is looked up in a folder that is held open: what is put
here stays here.
"""

import contextlib
import errno
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from codasync.errors import CannotExport

# the umask takes from these: others are never let in, the group as the system administrator wants
FILE_MODE = 0o660
FOLDER_MODE = 0o770
# troubles that no other file would be spared
OF_THE_DISK = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.ESTALE})
# how file systems say that a file can have no second name there
NO_LINKS = frozenset({errno.EPERM, errno.EOPNOTSUPP, errno.EMLINK, errno.ENOSYS})
OPEN_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
OPEN_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC  # a pipe would have us wait for a writer
NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC

Parts = Sequence[str]


class Blocked(Exception):
    """One file cannot be put where it belongs; `path` is what is in its way."""

    def __init__(self, path: str, reason: str | None) -> None:
        super().__init__(path, reason)
        self.path, self.reason = path, reason or ""


class Tree:
    """The folder, held open. `mark` names the one file that is being written."""

    def __init__(self, folder: Path, mark: str) -> None:
        """Open the folder. Raises CannotExport when that cannot be."""
        self._path = folder
        self._unfinished = f".codasync-{mark}.part"
        self._synced: set[tuple[str, ...]] = set()
        try:
            self._root = os.open(folder, OPEN_FOLDER)
        except OSError as error:
            raise self._given_up(error) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        os.close(self._root)

    def put(self, parts: Parts, data: bytes) -> bool:
        """Put a file at this path and return once it is safe there; False when it was there already.

        Raises Blocked when anything else is in its place, CannotExport when the disk takes no more.
        """
        try:
            with self._folder(parts[:-1]) as folder:
                with contextlib.suppress(FileNotFoundError):  # left by an export that was killed
                    os.unlink(self._unfinished, dir_fd=folder)
                new = not self._is_there(folder, parts, data)
                if new:
                    self._write(folder, parts, data)
                os.fsync(folder)
                return new
        except OSError as error:
            if error.errno in OF_THE_DISK:
                raise self._given_up(error) from None
            raise Blocked(self._name([*parts[:-1], error.filename or parts[-1]]), error.strerror) from None

    def _given_up(self, error: OSError) -> CannotExport:
        return CannotExport(path=self._path, reason=error.strerror)

    def _name(self, parts: Parts) -> str:
        return str(self._path.joinpath(*parts))

    # --- folders

    @contextmanager
    def _folder(self, parts: Parts) -> Iterator[int]:
        """Open the folder at this path, made where it is not there."""
        here = os.dup(self._root)
        try:
            for depth in range(len(parts)):
                above, here = here, self._enter(here, parts[: depth + 1])
                os.close(above)
            yield here
        finally:
            os.close(here)

    def _enter(self, above: int, parts: Parts) -> int:
        try:
            with contextlib.suppress(FileExistsError):
                os.mkdir(parts[-1], FOLDER_MODE, dir_fd=above)
            if tuple(parts) not in self._synced:  # one that was made before may not be on disk yet
                os.fsync(above)
                self._synced.add(tuple(parts))
        except PermissionError as error:
            raise Blocked(self._name(parts[:-1]), error.strerror) from None
        try:
            return os.open(parts[-1], OPEN_FOLDER, dir_fd=above)
        except NotADirectoryError:
            raise Blocked(self._name(parts), "it is a file or a symbolic link where a folder belongs") from None
        except PermissionError as error:
            raise Blocked(self._name(parts), error.strerror) from None

    # --- files

    def _is_there(self, folder: int, parts: Parts, data: bytes) -> bool:
        """Tell whether this very file stands there, put by an export that was cut off before it remembered."""
        try:
            found = os.stat(parts[-1], dir_fd=folder, follow_symlinks=False)
        except FileNotFoundError:
            return False
        if not stat.S_ISREG(found.st_mode) or found.st_size != len(data):
            raise self._taken(parts)
        with os.fdopen(os.open(parts[-1], OPEN_FILE, dir_fd=folder), "rb") as file:
            if file.read(len(data) + 1) != data:
                raise self._taken(parts)
            os.fsync(file.fileno())
        return True

    def _taken(self, parts: Parts) -> Blocked:
        return Blocked(self._name(parts), "something else has this name, and is left as it is")

    def _write(self, folder: int, parts: Parts, data: bytes) -> None:
        try:
            with os.fdopen(os.open(self._unfinished, NEW_FILE, FILE_MODE, dir_fd=folder), "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            self._give_name(folder, parts)
        except PermissionError as error:
            raise Blocked(self._name(parts[:-1]), error.strerror) from None
        finally:
            with contextlib.suppress(OSError):  # the next export takes it away
                os.unlink(self._unfinished, dir_fd=folder)

    def _give_name(self, folder: int, parts: Parts) -> None:
        """Give the file, which is whole, its own name: a second one, since a new link never replaces a file."""
        names = self._unfinished, parts[-1]
        try:
            os.link(*names, src_dir_fd=folder, dst_dir_fd=folder, follow_symlinks=False)
        except FileExistsError:
            raise self._taken(parts) from None
        except OSError as error:
            if error.errno not in NO_LINKS:
                raise
            with contextlib.suppress(FileNotFoundError):
                os.stat(parts[-1], dir_fd=folder, follow_symlinks=False)
                raise self._taken(parts) from None
            os.rename(*names, src_dir_fd=folder, dst_dir_fd=folder)
