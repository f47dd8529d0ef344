"""Others read the database at any time: users without write permission, programs that dawdle, after a crash too."""

import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from desk import Desk, account, acknowledged, statements
from support import Home

from codasync.errors import DatabaseTrouble
from codasync.sandbox import Sandbox, faults
from codasync.store import open_store

MAIN = account(1)
NOBODY = 65534
IMPORTS = """
import os, sqlite3, sys
from pathlib import Path
from codasync.errors import DatabaseTrouble
from codasync.store import open_store
"""
READ = """
connection = sqlite3.connect(Path(sys.argv[1]).as_uri() + "?mode=ro", uri=True, timeout=5)
print(connection.execute("SELECT count(*) FROM bank_statements").fetchone()[0])
"""
OPEN = """
try:
    open_store(Path(sys.argv[1]), read_only=True)
except DatabaseTrouble as trouble:
    sys.exit(f"{trouble.exit_code} {trouble} - {trouble.advice}")
"""
# changes all of a table in a transaction that outgrows its memory, and dies in the middle
DIE = """
import os, sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.executescript("PRAGMA cache_size=1; PRAGMA cache_spill=1; BEGIN IMMEDIATE")
connection.execute("UPDATE movement SET communication = 'half'")
connection.execute("UPDATE content SET bytes = zeroblob(size)")
os.kill(os.getpid(), 9)
"""


@pytest.fixture
def desk(box: Sandbox) -> Iterator[Desk]:
    """An office in a folder whose group, of the user nobody, may read and not write."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if os.getuid() == 0:
            os.chown(folder, 0, NOBODY)
            folder.chmod(0o2750)
        desk = Desk(Home(folder, box))
        desk.home.write_credentials()
        dossier = desk.dossier("0042", MAIN)
        for one in statements(MAIN, 20):
            desk.deliver_coda(dossier, one)
        desk.sync()
        yield desk


needs_another_user = pytest.mark.skipif(os.getuid() != 0, reason="only root can become another user")


def as_nobody(script: str, path: Path) -> subprocess.CompletedProcess[str]:
    """Run a script as another user, who need not be able to read this Python and codasync."""
    become = f"{IMPORTS}\nos.setgroups([]); os.setgid({NOBODY}); os.setuid({NOBODY})\n"
    command = [sys.executable, "-c", become + script, str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def leave_hot_journal(desk: Desk) -> None:
    """Let a writer die in the middle of a commit."""
    done = subprocess.run([sys.executable, "-c", DIE, str(desk.home.database)], check=False)
    assert done.returncode == -signal.SIGKILL
    assert desk.home.database.with_name("codasync.db-journal").stat().st_size > 0


def communications(path: Path) -> set[str]:
    with open_store(path, read_only=True) as store:
        return {row["communication"] for row in store.query("SELECT communication FROM bank_transactions")}


@needs_another_user
def test_another_user_reads_the_database_between_passes(desk: Desk) -> None:
    done = as_nobody(READ, desk.home.database)
    assert (done.stdout, done.stderr) == ("20\n", "")


@needs_another_user
def test_another_user_reads_the_database_while_a_pass_works(desk: Desk) -> None:
    dossier = desk.box.office.find("0042")
    for one in list(statements(MAIN, 22))[20:]:
        desk.deliver_coda(dossier, one)
    reached, released = threading.Event(), threading.Event()

    def wait(exchange: faults.Exchange) -> None:
        reached.set()
        released.wait(20)
        exchange.send(exchange.answer())

    desk.box.fault("/download/", wait, skip=1)
    worker = threading.Thread(target=desk.sync)
    worker.start()
    reached.wait(20)
    done = as_nobody(READ, desk.home.database)
    released.set()
    worker.join()
    assert (done.stdout, done.stderr) == ("21\n", "")


@needs_another_user
def test_another_user_reads_the_old_state_while_a_transaction_is_open(desk: Desk) -> None:
    with desk.store() as store, store.transaction():
        store.execute("DELETE FROM movement")
        store.execute("DELETE FROM statement")
        done = as_nobody(READ, desk.home.database)
    assert (done.stdout, done.stderr) == ("20\n", "")


@needs_another_user
def test_another_user_cannot_write(desk: Desk) -> None:
    write = READ.replace("mode=ro", "mode=rw").replace("SELECT count(*) FROM bank_statements", "DELETE FROM movement")
    assert "readonly" in as_nobody(write, desk.home.database).stderr


def test_a_reader_that_dawdles_delays_a_pass_and_does_not_break_it(desk: Desk) -> None:
    dossier = desk.box.office.find("0042")
    desk.deliver_coda(dossier, list(statements(MAIN, 21))[20])
    reader = sqlite3.connect(desk.home.database, check_same_thread=False)
    with closing(reader):
        cursor = reader.execute("SELECT * FROM bank_transactions")
        cursor.fetchone()
        ended = threading.Timer(0.5, cursor.close)
        ended.start()
        assert desk.sync().exit_code == 0
        ended.join()
    assert desk.count("bank_statements") == 21


def test_a_reader_that_dawdles_for_longer_than_a_pass_waits_ends_it_and_the_next_one_completes_it(desk: Desk) -> None:
    dossier = desk.box.office.find("0042")
    desk.box.acknowledged.clear()
    desk.deliver_coda(dossier, list(statements(MAIN, 21))[20])
    impatient = "from codasync import cli, store_file; store_file.WRITER_TIMEOUT = 0.2; cli.main()"
    command = [sys.executable, "-c", impatient, *desk.home.command("sync")[3:]]
    with closing(sqlite3.connect(desk.home.database)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM bank_transactions").fetchone()
        done = subprocess.run(command, env=desk.home.environ(), capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 14, done.stderr
    assert done.stderr.startswith(f"codasync: database {desk.home.database}: another program holds it - ")
    assert done.stderr.count("\n") == 1
    assert acknowledged(desk.box, dossier) == []
    assert desk.sync().exit_code == 0
    assert (desk.count("bank_statements"), desk.waiting(dossier)) == (21, [])


def test_what_a_killed_writer_left_is_repaired_by_whoever_may_write(desk: Desk) -> None:
    before = communications(desk.home.database)
    leave_hot_journal(desk)
    assert communications(desk.home.database) == before
    assert desk.query("PRAGMA integrity_check") == [{"integrity_check": "ok"}]


def test_a_report_works_after_a_killed_writer(desk: Desk) -> None:
    leave_hot_journal(desk)
    [row] = desk.home.rows("status")
    assert row["statements_received"] == 20


def test_the_next_pass_repairs_what_a_killed_writer_left(desk: Desk) -> None:
    before = desk.views()
    leave_hot_journal(desk)
    assert desk.sync().exit_code == 0
    assert desk.views() == before


@needs_another_user
def test_a_reader_without_write_permission_is_told_to_wait_for_the_next_pass(desk: Desk) -> None:
    leave_hot_journal(desk)
    done = as_nobody(OPEN, desk.home.database)
    assert done.stderr.startswith("14 ")
    assert "interrupted" in done.stderr
    assert "repairs the file" in done.stderr
    desk.sync()
    assert as_nobody(OPEN, desk.home.database).returncode == 0


def test_a_damaged_database_is_told_and_not_written_to(desk: Desk) -> None:
    data = bytearray(desk.home.database.read_bytes())
    data[4096:] = b"\xaa" * (len(data) - 4096)
    desk.home.database.write_bytes(data)
    desk.box.requests.clear()
    with pytest.raises(DatabaseTrouble, match="malformed") as caught:
        desk.sync()
    assert "backup" in caught.value.advice
    assert desk.box.requests == []
    assert desk.home.database.read_bytes() == bytes(data)


def test_damage_in_the_middle_of_the_database_is_found_by_who_watches(desk: Desk) -> None:
    desk.home.call("status", "--check")
    data = bytearray(desk.home.database.read_bytes())
    [root] = desk.query("SELECT rootpage FROM sqlite_schema WHERE name = 'movement_by_statement'")
    page = (root["rootpage"] - 1) * 4096
    data[page + 8 : page + 24] = b"\xff" * 16
    desk.home.database.write_bytes(data)
    desk.home.call("status")
    done = desk.home.run("status", "--check", code=14)
    assert "it is damaged" in done.stderr
    assert len(done.stderr.splitlines()) <= 2


@pytest.mark.parametrize("command", [["status"], ["status", "--check"], ["sync"], ["transactions", "0042"]])
def test_a_damaged_schema_is_told_as_damage(desk: Desk, command: list[str]) -> None:
    data = desk.home.database.read_bytes()
    assert b"tabledossierdossier" in data
    for sound in (b"tabledossierdossier", b"CREATE TABLE dossier"):
        data = data.replace(sound, sound.replace(b"CREATE", b"\xffREATE").replace(b"edossier", b"e\xffossier"))
    desk.home.database.write_bytes(data)
    done = desk.home.call(*command, code=14)
    assert done.stderr.endswith(
        ": it is damaged: its schema is no text - restore it from a backup, or move it away and name it in a report\n"
    )
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("form", ["table", "json"])
def test_a_damaged_text_is_told_as_damage_and_not_repeated(desk: Desk, form: str) -> None:
    data = desk.home.database.read_bytes()
    assert b"MEUNIER" in data
    desk.home.database.write_bytes(data.replace(b"MEUNIER", b"\xffEUNIER"))
    done = desk.home.call("transactions", "0042", "--format", form, code=14)
    assert "it is damaged: a value of column 'counterparty_name' is no text - restore it from a backup" in done.stderr
    assert "EUNIER" not in done.stderr
