"""A new file appears whole or not at all, and never in the place of another."""

import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from codasync import newfile


def test_a_file_is_written_as_any_other_and_nothing_else_is_left(tmp_path: Path) -> None:
    newfile.write(tmp_path / "new", b"bytes")
    ordinary = tmp_path / "ordinary"
    ordinary.touch()
    assert (tmp_path / "new").read_bytes() == b"bytes"
    assert (tmp_path / "new").stat().st_mode == ordinary.stat().st_mode
    assert (tmp_path / "new").stat().st_nlink == 1
    assert {path.name for path in tmp_path.iterdir()} == {"new", "ordinary"}


@pytest.mark.parametrize("kind", ["file", "folder", "link", "link that leads nowhere"])
def test_what_has_the_name_stays(tmp_path: Path, kind: str) -> None:
    path, other = tmp_path / "name", tmp_path / "other"
    if kind == "file":
        path.write_bytes(b"mine")
    elif kind == "folder":
        path.mkdir()
    else:
        path.symlink_to(other)
        if kind == "link":
            other.write_bytes(b"mine")
    before = {one.name: one.lstat() for one in tmp_path.iterdir()}
    with pytest.raises(FileExistsError):
        newfile.write(path, b"theirs")
    assert {one.name: one.lstat().st_mtime_ns for one in tmp_path.iterdir()} == {
        name: found.st_mtime_ns for name, found in before.items()
    }
    assert not other.exists() or other.read_bytes() == b"mine"


def test_a_name_that_somebody_else_takes_meanwhile_is_theirs(tmp_path: Path) -> None:
    theirs, ours = tmp_path / "name", tmp_path / ".ours"
    theirs.write_bytes(b"theirs")
    ours.write_bytes(b"ours")
    with pytest.raises(FileExistsError):
        newfile.give_name(ours, theirs)
    assert theirs.read_bytes() == b"theirs"


def test_where_there_can_be_no_second_link_the_file_gets_its_name_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError("Operation not permitted")  # as vfat says it

    monkeypatch.setattr(os, "link", refuse)
    newfile.write(tmp_path / "new", b"bytes")
    assert (tmp_path / "new").read_bytes() == b"bytes"
    with pytest.raises(FileExistsError):
        newfile.give_name(tmp_path / "new", tmp_path / "new")
    assert [path.name for path in tmp_path.iterdir()] == ["new"]


def test_when_there_is_no_room_for_all_of_it_nothing_is_left(tmp_path: Path) -> None:
    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))

    script = "import sys, pathlib, codasync.newfile as n; n.write(pathlib.Path(sys.argv[1]), b'x' * int(sys.argv[2]))"
    for size in (5001, 5000):
        command = [sys.executable, "-c", script, str(tmp_path / "new"), str(size)]
        done = subprocess.run(command, preexec_fn=limit, capture_output=True, text=True, check=False)
        assert ("File too large" in done.stderr) is (size > 5000), done.stderr
        assert [path.stat().st_size for path in tmp_path.iterdir()] == ([] if size > 5000 else [5000])
