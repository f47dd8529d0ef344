"""What an export left in a folder, and what it may leave there."""

import hashlib
from pathlib import Path


def tree(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder by its path; what a temporary name still stands for is one of them."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def stem(data: bytes) -> str:
    """Return what a file's name says of its content, or of the content that it goes with."""
    return hashlib.sha256(data).hexdigest()[:16]


def identity(path: Path) -> tuple[int, ...]:
    """Return what changes when anything is written into the place of a file."""
    found = path.lstat()
    return found.st_ino, found.st_mode, found.st_size, found.st_mtime_ns, found.st_ctime_ns
