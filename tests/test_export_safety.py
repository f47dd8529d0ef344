"""`export` into a folder that others write, that is full, or that it may not write: nothing leaves it or is lost."""

import errno
import fcntl
import os
import shutil
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from desk import Desk, account, invoice, statements
from files import identity, stem, tree
from support import Home

from codasync import export_tree
from codasync.sandbox import Dossier, coda_writer

MAIN = account(1)
CODA = "0042/2026/CODA/BE80001000000177-EUR"
NOBODY = 65534
as_root = pytest.mark.skipif(os.getuid() != 0, reason="only root can mount a small disk, or become another user")


@pytest.fixture
def desk(home: Home) -> Desk:
    return Desk(home)


@pytest.fixture
def dossier(desk: Desk) -> Dossier:
    """A dossier with three statements, and another with an invoice, received."""
    dossier = desk.dossier("0042", MAIN)
    for one in statements(MAIN, 3):
        desk.deliver_coda(dossier, one)
    desk.deliver(desk.dossier("0043"), "purchase_invoice", {"xml": invoice(pages=None)})
    desk.sync()
    return dossier


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A folder to export to."""
    (tmp_path / "out").mkdir()
    return tmp_path / "out"


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A folder in which nothing may appear."""
    (tmp_path / "elsewhere").mkdir()
    return tmp_path / "elsewhere"


def everything(desk: Desk, folder: Path) -> dict[str, bytes]:
    """Export to another folder, where nothing is in the way, and return what comes of it."""
    folder.mkdir()
    desk.home.call("export", folder)
    return tree(folder)


# --- planted by others


@pytest.mark.parametrize("level", ["0042", "0042/2026", "0042/2026/CODA", CODA])
def test_a_link_in_the_place_of_a_folder_is_not_followed(
    desk: Desk, dossier: Dossier, out: Path, elsewhere: Path, level: str
) -> None:
    planted = out / level
    planted.parent.mkdir(parents=True, exist_ok=True)
    planted.symlink_to(elsewhere)
    done = desk.home.call("export", out, code=3)
    [obstacle, summary] = done.stderr.splitlines()
    assert obstacle.startswith(
        f"codasync: {planted}: it is a file or a symbolic link where a folder belongs - 3 documents"
    )
    assert summary == f"1 document exported to {out}"
    assert list(elsewhere.iterdir()) == []
    assert [path[:5] for path in tree(out)] == ["0043/"]
    planted.unlink()
    assert desk.home.call("export", out).stderr.endswith(f"\n3 documents exported to {out}\n")
    assert tree(out) == everything(desk, elsewhere / "out")


def plant_link(path: Path, elsewhere: Path) -> None:
    (elsewhere / "victim").write_bytes(b"x")
    path.symlink_to(elsewhere / "victim")


def plant_dangling_link(path: Path, elsewhere: Path) -> None:
    path.symlink_to(elsewhere / "made")


def plant_pipe(path: Path, _: Path) -> None:
    os.mkfifo(path)


def plant_folder(path: Path, _: Path) -> None:
    path.mkdir()


def plant_other(path: Path, _: Path) -> None:
    path.write_bytes(b"\0" * len(coda_writer.write(next(statements(MAIN, 1)))))


@pytest.mark.parametrize(
    "plant", [plant_link, plant_dangling_link, plant_pipe, plant_folder, plant_other], ids=lambda plant: plant.__name__
)
def test_what_stands_in_the_place_of_a_file_is_left_as_it_is_and_the_others_go_on(
    desk: Desk, dossier: Dossier, out: Path, elsewhere: Path, plant: object
) -> None:
    assert callable(plant)
    path = out / CODA / f"2026-03-03_001_{stem(coda_writer.write(next(statements(MAIN, 1))))}.cod"
    path.parent.mkdir(parents=True)
    plant(path, elsewhere)
    before = identity(path), sorted(elsewhere.iterdir())
    done = desk.home.call("export", out, code=3)
    assert done.stderr.startswith(
        f"codasync: {path}: something else has this name, and is left as it is - 1 document waits"
    )
    assert (identity(path), sorted(elsewhere.iterdir())) == before
    assert desk.count("exports") == 3
    desk.home.call("export", out, code=3)
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    desk.home.call("export", out)
    assert tree(out) == everything(desk, elsewhere / "out")


def test_an_obstacle_is_told_when_it_begins_once_a_day_and_when_it_ends(
    desk: Desk, dossier: Dossier, out: Path
) -> None:
    (out / "0042").write_bytes(b"")
    first, summary = desk.home.call("export", out, code=3).stderr.splitlines()
    assert first.startswith(f"codasync: {out / '0042'}: it is a file or a symbolic link")
    assert summary == f"1 document exported to {out}"
    assert desk.home.call("export", out, code=3).stderr == ""
    assert desk.home.call("export", out, "--dossier", "0043").stderr == ""
    desk.sync()
    with desk.store() as store, store.transaction():
        store.execute("UPDATE trouble SET told_at = strftime('%Y-%m-%dT%H:%M:%SZ', told_at, '-1 day')")
    again = desk.home.call("export", out, code=3).stderr
    assert again.startswith(f"{first} (since ")
    (out / "0042").unlink()
    over, summary = desk.home.call("export", out).stderr.splitlines()
    assert over == f"codasync: over now: {first.removeprefix('codasync: ')}"
    assert summary == f"3 documents exported to {out}"


@pytest.mark.parametrize("kind", ["link", "leftover"])
def test_what_has_the_temporary_name_is_replaced_and_not_written_through(
    desk: Desk, dossier: Dossier, out: Path, elsewhere: Path, kind: str
) -> None:
    desk.home.call("export", out, "--dossier", "0043")
    mark = desk.one("SELECT mark FROM export_folder")["mark"]
    unfinished = out / CODA / f".codasync-{mark}.part"
    unfinished.parent.mkdir(parents=True)
    if kind == "link":
        plant_link(unfinished, elsewhere)
    else:
        unfinished.write_bytes(b"half of")
    desk.home.call("export", out)
    assert [path.read_bytes() for path in elsewhere.iterdir()] == [b"x"] * (kind == "link")
    assert tree(out) == everything(desk, elsewhere / "out")


# as whoever else writes there, takes the name of a file in the instant in which the file is to get it
MEANWHILE = """
import os, sys
from codasync import cli
def watch(event, given):
    if event in {"os.link", "os.rename"} and given[1].endswith(".cod"):
        taken = os.open(given[1], os.O_CREAT | os.O_EXCL | os.O_WRONLY, dir_fd=given[3])
        os.write(taken, b"theirs")
        os.close(taken)
sys.addaudithook(watch)
cli.main()
"""


def test_a_file_that_appears_while_another_is_written_is_left_as_it_is(
    desk: Desk, dossier: Dossier, out: Path, elsewhere: Path
) -> None:
    command = [sys.executable, "-c", MEANWHILE, *desk.home.command("export", out)[3:]]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=desk.home.environ(), timeout=60)
    assert done.returncode == 3, done.stderr
    assert done.stderr.count("something else has this name, and is left as it is - 1 document waits") == 3
    assert sorted(data for path, data in tree(out).items() if path.startswith("0042/")) == [b"theirs"] * 3
    assert desk.count("exports") == 1
    shutil.rmtree(out / "0042")
    desk.home.call("export", out)
    assert tree(out) == everything(desk, elsewhere / "out")


@pytest.mark.parametrize("number", sorted(export_tree.NO_LINKS), ids=errno.errorcode.get)
def test_where_a_file_can_have_no_second_name_it_gets_its_own_all_the_same_and_replaces_nothing(
    desk: Desk, dossier: Dossier, out: Path, elsewhere: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    whole = everything(desk, elsewhere / "out")
    taken = out / next(path for path in whole if path.endswith(".xml"))

    def refuse(_: str, name: str, **__: object) -> None:
        if name == taken.name:
            taken.write_bytes(b"theirs")
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "link", refuse)
    done = desk.home.call("export", out, code=3)
    assert f"{taken}: something else has this name" in done.stderr
    assert tree(out) == {**whole, str(taken.relative_to(out)): b"theirs"}


def test_a_file_that_stands_there_already_and_is_equal_is_remembered_and_not_written(
    desk: Desk, dossier: Dossier, out: Path
) -> None:
    desk.home.call("export", out)
    before = {path: identity(path) for path in out.rglob("*")}
    with desk.store() as store, store.transaction():
        store.execute("DELETE FROM exported")
    done = desk.home.call("export", out)
    assert done.stderr == f"4 documents exported to {out}, which was there already\n"
    assert {path: identity(path) for path in out.rglob("*")} == before
    assert desk.count("exports") == 4


def test_no_code_and_no_document_leads_out_of_the_folder(desk: Desk, out: Path, tmp_path: Path) -> None:
    codes = ["../../etc", "/etc", "..", ".", "", "a/b", "A/B", "CON", "~", "$HOME", "x" * 300, "line\nfeed", "-rf", "é"]
    for code in codes:
        dossier = desk.dossier(code)
        hostile = invoice("../../../x", pages=None)
        desk.box.deliver(dossier, "purchase_invoice", {"xml": hostile})
    desk.sync()
    before = sorted(tmp_path.iterdir())
    desk.home.call("export", out)
    assert len(tree(out)) == len(codes)
    assert sorted(path for path in tmp_path.iterdir() if "export.lock" not in path.name) == before
    assert all(len(Path(path).parts) == 4 for path in tree(out))


# --- disks and rights


@as_root
@pytest.mark.parametrize("size", ["64k", "128k"])
def test_a_full_disk_ends_it_with_one_line_and_the_next_export_goes_on(
    desk: Desk, dossier: Dossier, out: Path, tmp_path: Path, size: str
) -> None:
    for one in statements(MAIN, 40, first=4):
        desk.deliver_coda(dossier, one)
    desk.sync()
    mount = f"mount -t tmpfs -o size={size} none {out} || exit 99"
    script = f'{mount}; "$@"; code=$?; cp -r {out} {tmp_path}/seen; exit $code'
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", script, "sh", *desk.home.command("export", out)],
        env=desk.home.environ(),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    if done.returncode == 99 or "unshare" in done.stderr:
        pytest.skip("this machine does not let root mount a disk")
    assert done.returncode == 14, done.stderr
    assert done.stderr.startswith(f"codasync: cannot export to {out}: No space left on device - let this user write")
    assert done.stderr.count("\n") == 1
    seen, whole = tree(tmp_path / "seen"), everything(desk, tmp_path / "whole")
    assert 0 < len(seen) < len(whole) == 44
    assert seen.items() <= whole.items()
    assert desk.one("SELECT count(*) AS n FROM exports WHERE folder = ?", str(out))["n"] == len(seen)
    desk.home.call("export", out)
    assert {**seen, **tree(out)} == whole
    assert not seen.keys() & tree(out).keys()


def as_nobody(home: Home, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run a command as another user, to whom the office belongs, but not the folder of the export."""
    for path in (home.folder, *home.folder.glob("co*")):
        os.chown(path, NOBODY, NOBODY)
    program = (
        "import encodings.utf_8_sig, os, sys; from codasync import cli, exporting, report, store, store_lock\n"
        f"os.setgroups([]); os.setgid({NOBODY}); os.setuid({NOBODY})\nsys.exit(cli.main())"
    )
    command = [sys.executable, "-c", program, *home.command(*arguments)[3:]]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=home.environ(), timeout=60)


@as_root
def test_a_folder_that_may_not_be_written_is_one_line_and_14(desk: Desk, dossier: Dossier) -> None:
    folder = Path("/tmp", f"codasync-test-{os.getpid()}")  # where another user may look
    home = shutil.copytree(desk.home.folder, folder / "home")
    (folder / "out").mkdir(mode=0o755)
    office = Home(home, desk.box)
    try:
        done = as_nobody(office, "export", folder / "out")
        assert (done.returncode, done.stdout) == (14, ""), done.stderr
        assert done.stderr.startswith(
            f"codasync: cannot export to {folder}/out: Permission denied - let this user write"
        )
        assert done.stderr.count("\n") == 1
        (folder / "out" / "0043").mkdir()
        os.chown(folder / "out" / "0043", NOBODY, NOBODY)
        done = as_nobody(office, "export", folder / "out")
        assert done.returncode == 3, done.stderr
        assert done.stderr.startswith(f"codasync: {folder}/out: Permission denied - 3 documents wait for somebody")
        assert [path[:5] for path in tree(folder / "out")] == ["0043/"]
        (folder / "out" / "0043").chmod(0o700)
        (folder / "out").chmod(0o700)
        assert as_nobody(office, "export", folder / "out").returncode == 14
    finally:
        shutil.rmtree(folder)


@pytest.mark.parametrize(
    ("mask", "file", "folder"), [(0o022, 0o640, 0o750), (0o007, 0o660, 0o770), (0o077, 0o600, 0o700)]
)
def test_the_group_may_do_what_the_umask_leaves_and_others_nothing(
    desk: Desk, dossier: Dossier, out: Path, mask: int, file: int, folder: int
) -> None:
    before = os.umask(mask)
    try:
        desk.home.run("export", out)
    finally:
        os.umask(before)
    modes = {path.is_dir(): stat.S_IMODE(path.stat().st_mode) for path in out.rglob("*")}
    assert modes == {True: folder, False: file}


# --- others at the same time


def test_two_exports_do_not_run_at_once_but_a_pass_may(desk: Desk, dossier: Dossier, out: Path) -> None:
    desk.home.call("export", out, "--dossier", "0043")
    with desk.home.database.with_name("codasync.db.export.lock").open("r+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = desk.home.run("export", out, code=11)
        assert "another run is still working on" in done.stderr
        assert [path[:5] for path in tree(out)] == ["0043/"]
        desk.home.run("sync")
    with desk.home.database.with_name("codasync.db.lock").open("r+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        desk.home.run("export", out)
    assert len(tree(out)) == 4


SIGNAL = """
import os, signal, sys
from codasync import cli
seen = []
def watch(event, arguments):
    if event == "os.link":
        seen.append(event)
        if len(seen) == 2:
            os.kill(os.getpid(), signal.SIGTERM)
sys.addaudithook(watch)
cli.main()
"""


def test_a_signal_ends_it_after_the_document_in_hand(desk: Desk, dossier: Dossier, out: Path) -> None:
    command = [sys.executable, "-c", SIGNAL, *desk.home.command("export", out)[3:]]
    before = signal.signal(signal.SIGTERM, signal.SIG_DFL)
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=desk.home.environ(), timeout=60)
    finally:
        signal.signal(signal.SIGTERM, before)
    assert done.returncode == 143
    assert "Traceback" not in done.stderr
    assert len(tree(out)) == desk.count("exports") == 2
    desk.home.call("export", out)
    assert len(tree(out)) == 4
