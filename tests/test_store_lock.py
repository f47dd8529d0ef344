"""The files of the locks: what others put in their place is neither followed, nor written, nor waited for."""

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from files import identity
from support import Home


def plant_link(path: Path, victim: Path) -> None:
    path.symlink_to(victim)


def plant_dangling_link(path: Path, victim: Path) -> None:
    path.symlink_to(victim.with_name("made"))


def plant_second_name(path: Path, victim: Path) -> None:
    path.hardlink_to(victim)


def plant_pipe(path: Path, _: Path) -> None:
    os.mkfifo(path)


def plant_socket(path: Path, _: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))


def plant_folder(path: Path, _: Path) -> None:
    path.mkdir()


PLANTS = [plant_link, plant_dangling_link, plant_second_name, plant_pipe, plant_socket, plant_folder]


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.__name__)
@pytest.mark.parametrize("suffix", [".lock", ".export.lock"])
def test_what_stands_in_the_place_of_a_lock_is_told_in_one_line_and_left_as_it_is(
    home: Home, plant: Callable[[Path, Path], None], suffix: str
) -> None:
    home.call("sync")
    (out := home.folder / "out").mkdir()
    lock, victim = Path(f"{home.database}{suffix}"), home.folder / "victim"
    lock.unlink(missing_ok=True)
    victim.write_text("of somebody else")
    plant(lock, victim)
    home.box.requests.clear()
    before = identity(lock), identity(victim)
    done = home.call(*(["export", out] if "export" in suffix else ["sync"]), code=14)
    assert done.stderr == (
        f"codasync: database {lock}: it is not the lock that codasync made, but a link, a pipe or the like"
        " - look at it, then move it away\n"
    )
    assert (identity(lock), identity(victim)) == before
    assert not victim.with_name("made").exists()
    assert home.box.requests == []
