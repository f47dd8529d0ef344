"""Where the office's CodaBox user name and password come from, and how `register` puts them there.

They are the JSON object that CodaBox answers to the one-time token, `{"username": ..., "password": ...}`, kept as it
came. Sources, first match wins: the environment (`CODASYNC_USERNAME` and `CODASYNC_PASSWORD`), the command named by
`codabox.credentials_command`, the file named by `codabox.credentials_file`.
"""

import fcntl
import json
import os
import re
import stat
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from codasync import places
from codasync.errors import (
    AnswerNotUnderstood,
    CredentialsExist,
    CredentialsUnsafe,
    NotRegistered,
    NotWritable,
)

RESERVED_BYTES = 4096
# the name of what a registration has begun, which no backup has
BEFORE, AFTER = ".codasync-", ".part"
OPEN_FILE = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC  # a pipe would have us wait for a writer


@dataclass(frozen=True, slots=True)
class Credentials:
    """The office's login. The password never shows in a representation."""

    username: str
    password: str

    def __repr__(self) -> str:
        return "Credentials(***)"


def parse(data: bytes) -> Credentials | None:
    """Read CodaBox's JSON answer; None when it is something else."""
    try:
        answer = json.loads(data.decode("utf-8-sig"))
        username, password = answer["username"], answer["password"]
        usable = username.encode() and password.encode()
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return Credentials(username, password) if usable else None


def find(file: Path, command: Sequence[str], environ: Mapping[str, str]) -> Credentials:
    """Return the office's credentials.

    Raises NotRegistered when there are none, they cannot be understood, or another user may have put them there, and
    CredentialsUnsafe when others than the owner can read the file.
    """
    given = [name for name in ("CODASYNC_USERNAME", "CODASYNC_PASSWORD") if environ.get(name)]
    for name in given:
        if not environ[name].isprintable():  # bytes that are not UTF-8 come as lone surrogates
            raise NotRegistered(reason=f"{name} holds what cannot be sent")
    if len(given) == 2:
        return Credentials(environ["CODASYNC_USERNAME"], environ["CODASYNC_PASSWORD"])
    if given:
        raise NotRegistered(reason=f"{given[0]} is set, but its companion is not")
    data, source = (_ask(command), command[0]) if command else (_read(file, environ), str(file))
    found = parse(data)
    if found is None:
        raise NotRegistered(reason=f"{source} does not give JSON with username and password")
    return found


def _ask(command: Sequence[str]) -> bytes:
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotRegistered(reason=f"credentials_command {command[0]} failed ({type(error).__name__})") from None
    if done.returncode:
        raise NotRegistered(reason=f"credentials_command {command[0]} ended with status {done.returncode}")
    return done.stdout


def _read(file: Path, environ: Mapping[str, str]) -> bytes:
    try:
        with os.fdopen(os.open(file, OPEN_FILE), "rb") as opened:
            _check(file, os.fstat(opened.fileno()), environ)
            return opened.read()
    except FileNotFoundError:
        raise NotRegistered(reason=f"there is no {file}") from None
    except OSError as error:
        raise NotRegistered(reason=f"cannot read {file} ({error.strerror})") from None


def _check(file: Path, found: os.stat_result, environ: Mapping[str, str]) -> None:
    mode = stat.S_IMODE(found.st_mode)
    if not stat.S_ISREG(found.st_mode):
        raise NotRegistered(reason=f"{file} is a pipe or the like where a file belongs")
    # systemd hands credentials over in a folder that only the service sees; the mode bits there show an ACL mask
    granted = environ.get("CREDENTIALS_DIRECTORY")
    if mode & 0o077 and not (granted and file.is_relative_to(granted)):
        raise CredentialsUnsafe(path=file, mode=f"{mode:04o}")
    if found.st_uid not in {0, os.geteuid()}:
        whose = f"belongs to user {found.st_uid}, neither to root nor to who runs this"
        raise NotRegistered(reason=f"{file} {whose}: look at it, then `chown` it, or move it away")
    for folder in places.open_to_anybody(file):
        raise NotRegistered(reason=f"anybody may put another file in the place of {file}: run `chmod o-w {folder}`")


class Reservation:
    """A place on disk, found writable and its space taken, where the answer to a token will stand."""

    def __init__(self, file: Path, temporary: Path, descriptor: int) -> None:
        self._file, self._temporary, self._descriptor = file, temporary, descriptor
        self._holds_answer = False

    def keep(self, answer: bytes) -> None:
        """Put the answer on disk, then in its place. Raises AnswerNotUnderstood, the answer kept beside."""
        os.pwrite(self._descriptor, answer, 0)
        os.ftruncate(self._descriptor, len(answer))
        os.fsync(self._descriptor)
        self._holds_answer = True
        if parse(answer) is None:
            raise AnswerNotUnderstood(path=self._temporary)
        try:
            self._temporary.replace(self._file)
            _sync_folder(self._file.parent)
        except OSError as error:
            remedy = f"the credentials are safe in {self._temporary}: move that file there"
            raise NotWritable(path=self._file, reason=error.strerror, remedy=remedy) from None

    def close(self) -> None:
        """Give the place back, unless it holds an answer."""
        os.close(self._descriptor)
        if not self._holds_answer:
            with suppress(OSError):
                self._temporary.unlink()


def recover(file: Path, *, replace: bool) -> bool:
    """Tidy up after registrations that were killed; True when one had its answer, which is now in place.

    Credentials that are there already give way only when told to `replace` them. What a registration of this user did
    not make is left alone, whatever its name. Raises NotWritable.
    """
    found = False
    for left in _leftovers(file):
        try:
            with os.fdopen(os.open(left, OPEN_FILE | os.O_NOFOLLOW), "rb") as opened:
                fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)  # a registration that lives holds its own
                answer = opened.read()
                if not answer.strip():
                    left.unlink()
                elif parse(answer) and (replace or not file.exists()):
                    left.replace(file)
                    _sync_folder(file.parent)
                    found = True
        except (BlockingIOError, FileNotFoundError):  # it lives, or has just ended
            continue
        except OSError as error:
            raise NotWritable(path=left, reason=error.strerror, remedy="move that file away") from None
    return found


def _leftovers(file: Path) -> list[Path]:
    """Return what registrations have begun beside this file, the oldest first."""
    form = re.compile(rf"\.{re.escape(file.name + BEFORE)}[a-z0-9_]{{8}}{re.escape(AFTER)}")
    named = [path for path in file.parent.glob(".*") if form.fullmatch(path.name)]
    facts = [(found.st_mtime, path) for path in named if (found := _made_by_registration(path))]
    return [path for _, path in sorted(facts)]


def _made_by_registration(path: Path) -> os.stat_result | None:
    try:
        found = path.lstat()
    except FileNotFoundError:
        return None
    private_file = stat.S_ISREG(found.st_mode) and stat.S_IMODE(found.st_mode) == 0o600
    return found if private_file and found.st_uid == os.geteuid() and found.st_nlink == 1 else None


@contextmanager
def reserve(file: Path, *, replace: bool) -> Iterator[Reservation]:
    """Try everything that can fail locally before a token is spent: folder, permissions, space, what is there.

    Raises CredentialsExist, NotWritable.
    """
    if places.is_folder(file):
        raise NotWritable(path=file, reason="it is a folder", remedy="name a file as codabox.credentials_file")
    if places.is_there(file) and not replace:
        raise CredentialsExist(path=file)
    try:
        descriptor, name = tempfile.mkstemp(AFTER, f".{file.name}{BEFORE}", file.parent)
    except OSError as error:
        raise NotWritable(
            path=file, reason=error.strerror, remedy=f"make {file.parent} a folder that this user may write"
        ) from None
    reservation = Reservation(file, Path(name), descriptor)
    try:
        _take_space(descriptor, file)
        yield reservation
    finally:
        reservation.close()


def _take_space(descriptor: int, file: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        os.write(descriptor, b" " * RESERVED_BYTES)
        os.fsync(descriptor)
    except OSError as error:
        raise NotWritable(path=file, reason=error.strerror, remedy="make room on this disk") from None


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
