"""A disk that is full, a folder that may not be written: a pass says so in one line, and the next one completes it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from desk import Desk, statements
from support import Home
from undisturbed import MAIN, assert_nothing_is_acknowledged_that_is_not_stored, dossier_of_everything, undisturbed
from views import by_bytes

NOBODY = 65534
as_root = pytest.mark.skipif(os.getuid() != 0, reason="only root can mount a disk or become another user")
# makes a pass on a small disk, and leaves the database where the next one finds it
ON_DISK = """
mount -t tmpfs -o size="$SIZE"k none "$DISK" || exit 99
cp "$FROM"/codasync.db "$DISK"; "$@"; code=$?; cp "$DISK"/codasync.db* "$FROM"; exit $code
"""
AS_NOBODY = f"""
import encodings.utf_8_sig, os, sys
from codasync import cli, cli_pass, demo, report, skipping, status_report, store, store_lock, store_reports, sync
os.setgroups([]); os.setgid({NOBODY}); os.setuid({NOBODY})
sys.exit(cli.main())
"""


@pytest.fixture
def desk(home: Home) -> Desk:
    return Desk(home)


@as_root
@pytest.mark.parametrize("room", [40, 120, 200])
def test_a_full_disk_ends_a_pass_with_14_and_nothing_is_acknowledged_that_is_not_on_it(
    desk: Desk, tmp_path: Path, room: int
) -> None:
    dossier = dossier_of_everything(desk)
    for one in list(statements(MAIN, 60))[3:]:
        desk.deliver_coda(dossier, one)
    expected = by_bytes(undisturbed(desk, tmp_path / "undisturbed").query)
    (disk := tmp_path / "disk").mkdir()
    size = desk.home.database.stat().st_size // 1024 + room
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", ON_DISK, "sh", *desk.home.command("--db", disk / "codasync.db", "sync")],
        env=desk.home.environ(DISK=str(disk), FROM=str(desk.home.folder), SIZE=str(size)),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    if done.returncode == 99 or "unshare" in done.stderr:
        pytest.skip("this machine does not let root mount a disk")
    assert done.returncode == 14, done.stderr
    assert "make room on this disk" in done.stderr
    assert done.stderr.count("\n") == 1
    assert_nothing_is_acknowledged_that_is_not_stored(desk, dossier)
    assert desk.sync().exit_code == 0
    assert by_bytes(desk.query) == expected
    assert desk.waiting(dossier) == []


@pytest.fixture
def office(desk: Desk) -> Iterator[Home]:
    """An office of another user, in a folder where he may look."""
    dossier_of_everything(desk)
    folder = Path("/tmp", f"codasync-test-{os.getpid()}")
    try:
        home = Home(shutil.copytree(desk.home.folder, folder), desk.box)
        for path in (folder, *folder.iterdir()):
            os.chown(path, NOBODY, NOBODY)
        desk.box.requests.clear()
        yield home
    finally:
        shutil.rmtree(folder)


@as_root
@pytest.mark.parametrize("forbidden", ["folder", "codasync.db"])
def test_what_may_not_be_written_ends_a_pass_with_14_before_anything_is_asked(office: Home, forbidden: str) -> None:
    path = office.folder if forbidden == "folder" else office.folder / forbidden
    path.chmod(0o555 if path.is_dir() else 0o444)
    done = as_nobody(office, "sync")
    assert (done.returncode, done.stdout) == (14, ""), done.stderr
    assert "write" in done.stderr
    assert done.stderr.count("\n") == 1
    assert office.box.requests == []
    path.chmod(0o755 if path.is_dir() else 0o644)
    assert as_nobody(office, "sync").returncode == 0
    assert office.states()["stored"] == 5


@as_root
@pytest.mark.parametrize(
    ("place", "command"),
    [
        ("private/codasync.db", ["sync"]),
        ("private/codasync.db", ["sync", "--dry-run"]),
        ("private/codasync.db", ["status"]),
        ("private/codasync.db", ["skip", "1"]),
        ("loop", ["sync"]),
        ("x" * 300, ["sync"]),
    ],
)
def test_a_database_where_nobody_may_look_or_can_be_is_told_in_one_line(
    office: Home, place: str, command: list[str]
) -> None:
    (office.folder / "private").mkdir(0o700)
    (office.folder / "loop").symlink_to("loop")
    done = as_nobody(office, "--db", office.folder / place, *command)
    assert (done.returncode, done.stdout) == (14, ""), done.stderr
    [line] = done.stderr.splitlines()
    assert str(office.folder / place) in line
    assert office.box.requests == []


@as_root
@pytest.mark.parametrize(("key", "command"), [("credentials_file", ["register", "x"]), ("ca_bundle", ["journals"])])
def test_a_file_of_the_config_where_this_user_may_not_look_is_told_with_10(
    office: Home, key: str, command: list[str]
) -> None:
    (office.folder / "private").mkdir(0o700)
    text = office.config.read_text(encoding="utf-8")
    office.config.write_text(text.replace("[codabox]", f'[codabox]\n{key} = "private/file"'), encoding="utf-8")
    done = as_nobody(office, *command)
    assert done.returncode == 10, done.stderr
    assert str(office.folder / "private" / "file") in done.stderr
    assert office.box.requests == []


def as_nobody(home: Home, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run a command as another user, who need not be able to read this Python and codasync."""
    command = [sys.executable, "-c", AS_NOBODY, *home.command(*arguments)[3:]]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=home.environ(), timeout=60)
