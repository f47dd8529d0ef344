"""What the file system says of a place, also where it may not be looked at. Knows nobody."""

import os
import stat
from pathlib import Path


def is_file(path: Path) -> bool:
    """Tell whether there is a file; where this user may not look, or what cannot be a name, there is none for us."""
    return os.path.isfile(path)  # noqa: PTH113 - Path.is_file raises there


def is_folder(path: Path) -> bool:
    """Tell whether there is a folder, as far as this user may look."""
    return os.path.isdir(path)  # noqa: PTH112 - Path.is_dir raises there


def is_there(path: Path) -> bool:
    """Tell whether there is anything, as far as this user may look."""
    return os.path.exists(path)  # noqa: PTH110 - Path.exists raises there


def without_links(path: Path) -> Path:
    """Return the path that this one leads to; one that leads nowhere stays as it is."""
    return Path(os.path.realpath(path))


def open_to_anybody(path: Path) -> list[Path]:
    """Return the folders in which anybody may put another file in the place of this one, or of what it links to."""
    folders = sorted({without_links(path.parent), without_links(path).parent})
    return [one for one in folders if one.stat().st_mode & (stat.S_IWOTH | stat.S_ISVTX) == stat.S_IWOTH]
