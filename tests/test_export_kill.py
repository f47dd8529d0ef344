"""An export may be killed at any instant: whole files only, none lost, none twice."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from desk import Desk, account, invoice, statements
from files import identity, tree
from support import Home

from codasync.sandbox import Dossier, pdf

MAIN = account(1)
# exports to out1, out2, ... and dies at its first deed to a file or folder, then at its second, ...
DIE = """
import os, signal, sys
from codasync import cli, cli_export, exporting, report, store, store_lock
most, *arguments, out = sys.argv[1:]
def export(instant):
    left = [instant]
    def watch(event, given):
        ours = event == "open" and ".codasync" in str(given[0]) or event in {"os.mkdir", "os.link", "os.remove"}
        left[0] -= ours
        if ours and not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)
    sys.addaudithook(watch)
    os._exit(cli.run([*arguments, out + str(instant)]))
for instant in range(1, int(most) + 1):
    os.mkdir(out + str(instant))
    child = os.fork() or export(instant)
    print(-os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
STEPS = 17


@pytest.fixture
def desk(home: Home) -> Desk:
    """An office with statements, and invoices with PDFs of both kinds."""
    desk = Desk(home)
    dossier: Dossier = desk.dossier("0042", MAIN)
    for one in statements(MAIN, 4):
        desk.deliver_coda(dossier, one)
    desk.deliver(dossier, "purchase_invoice", {"xml": invoice("A")})
    desk.deliver(dossier, "purchase_invoice", {"xml": invoice("B", pages=None), "pdf": pdf.write(["B"])})
    desk.sync()
    return desk


def undisturbed(desk: Desk, folder: Path) -> dict[str, bytes]:
    folder.mkdir()
    desk.home.call("export", folder)
    return tree(folder)


def remembered(desk: Desk, out: Path) -> set[str]:
    with desk.store() as store:  # which repairs the file where the kill was in the middle of a commit
        return {row["path"] for row in store.query("SELECT path FROM exports WHERE folder = ?", [str(out)])}


def finished(found: dict[str, bytes]) -> dict[str, bytes]:
    return {path: data for path, data in found.items() if ".codasync" not in path}


def test_killed_at_every_step_of_its_first_files_it_ends_as_if_nothing_had_happened(desk: Desk, tmp_path: Path) -> None:
    """The steps are: a folder, the temporary file, its second name, the end of its first; each is once the last."""
    whole = undisturbed(desk, tmp_path / "undisturbed")
    command = [sys.executable, "-c", DIE, str(STEPS), *desk.home.command("export", tmp_path / "out")[3:]]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=desk.home.environ(), timeout=60)
    assert done.stdout.split() == [str(int(signal.SIGKILL))] * STEPS, done.stderr
    seen = []
    for out in (tmp_path / f"out{instant}" for instant in range(1, STEPS + 1)):
        found = tree(out)
        assert finished(found).items() <= whole.items()
        assert remembered(desk, out) <= found.keys()
        seen.append((len(finished(found)), len(found) - len(finished(found))))
        desk.home.call("export", out)
        assert tree(out) == whole
        assert len(remembered(desk, out)) == 7
    assert set(seen) == {(0, 0), (0, 1), (1, 0), (1, 1), (2, 0), (2, 1)}


# dies when its first file has its own name, and the temporary one still
DIE_WITH_TWO_NAMES = """
import os, signal, sys
from codasync import cli
linked = []
def watch(event, given):
    linked.extend([event] if event == "os.link" else [])
    if linked and event == "os.remove":
        os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(watch)
cli.main()
"""


def test_a_file_that_a_kill_left_with_two_names_keeps_its_own(home: Home, tmp_path: Path) -> None:
    (out := tmp_path / "out").mkdir()
    desk = Desk(home)
    desk.deliver(desk.dossier("0042"), "purchase_invoice", {"xml": invoice(pages=None)})
    desk.sync()
    command = [sys.executable, "-c", DIE_WITH_TWO_NAMES, *home.command("export", out)[3:]]
    assert subprocess.run(command, check=False, env=home.environ(), timeout=60).returncode == -signal.SIGKILL
    assert sorted(tree(out).values()) == [invoice(pages=None)] * 2
    assert "which was there already" in home.call("export", out).stderr
    [path] = tree(out)
    assert remembered(desk, out) == {path}
    assert (out / path).stat().st_nlink == 1


def test_killed_between_its_name_and_remembering_it_a_file_is_found_and_not_written_again(
    desk: Desk, tmp_path: Path
) -> None:
    whole = undisturbed(desk, tmp_path / "undisturbed")
    (out := tmp_path / "out").mkdir()
    program = (
        "import os, signal; from codasync import cli, store_export;"
        " store_export.remember = lambda *_: os.kill(os.getpid(), signal.SIGKILL); cli.main()"
    )
    command = [sys.executable, "-c", program, *desk.home.command("export", out)[3:]]
    assert subprocess.run(command, check=False, env=desk.home.environ(), timeout=60).returncode == -signal.SIGKILL
    assert remembered(desk, out) == set()
    [path] = tree(out)
    before = identity(out / path)
    desk.home.call("export", out)
    assert tree(out) == whole
    assert identity(out / path) == before
    assert len(remembered(desk, out)) == 7


# dies when the third of its documents has its place in the database
DIE_LATER = """
import os, signal
from codasync import cli, store_export
remember, left = store_export.remember, [3]
def count(*given):
    remember(*given)
    left[0] -= 1
    if not left[0]:
        os.kill(os.getpid(), signal.SIGKILL)
store_export.remember = count
cli.main()
"""


def test_what_accounting_has_taken_away_before_a_kill_is_not_written_again(desk: Desk, tmp_path: Path) -> None:
    whole = undisturbed(desk, tmp_path / "undisturbed")
    (out := tmp_path / "out").mkdir()
    command = [sys.executable, "-c", DIE_LATER, *desk.home.command("export", out)[3:]]
    assert subprocess.run(command, check=False, env=desk.home.environ(), timeout=60).returncode == -signal.SIGKILL
    taken = tree(out)
    assert len(taken) == 3
    for path in taken:
        (out / path).unlink()
    desk.home.call("export", out)
    assert tree(out) == {path: data for path, data in whole.items() if path not in taken}


def test_killed_at_random_again_and_again_it_comes_to_its_end(desk: Desk, tmp_path: Path) -> None:
    whole = undisturbed(desk, tmp_path / "undisturbed")
    (out := tmp_path / "out").mkdir()
    chance = random.Random(7)
    for _ in range(4):
        process = subprocess.Popen(desk.home.command("export", out), env=desk.home.environ(), stderr=subprocess.DEVNULL)
        seen = set(out.rglob("*.*"))  # the files; their bytes may be gone before they are read
        while process.poll() is None and set(out.rglob("*.*")) == seen:
            time.sleep(0.001)
        time.sleep(chance.uniform(0, 0.02))
        process.kill()
        process.wait(30)
        found = tree(out)
        assert finished(found).items() <= whole.items()
        assert remembered(desk, out) <= found.keys()
    desk.home.call("export", out)
    assert tree(out) == whole
