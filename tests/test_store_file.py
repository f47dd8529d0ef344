"""The database file: made, opened, migrated, refused; what is left of it when a disk is full or a writer killed."""

import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from desk import Desk, account, acknowledged, statements
from support import Home

from codasync.errors import DatabaseTrouble
from codasync.store import Store, memory_store, open_store
from codasync.store_schema import APPLICATION_ID, MIGRATIONS, VERSION
from codasync.store_views import VIEWS

MAIN = account(1)


@pytest.fixture
def desk(home: Home) -> Desk:
    return Desk(home)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database with one dossier."""
    path = tmp_path / "codasync.db"
    with open_store(path, create=True) as store, store.transaction():
        store.note_dossier("c-1", "0042", "Boulangerie")
    return path


def run_sql(path: Path, *sql: str) -> list[Any]:
    """Work on a file as another program would."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        return [connection.execute(one).fetchall() for one in sql][-1]


@pytest.mark.parametrize("umask", [0o022, 0o000, 0o077])
def test_a_new_database_is_for_its_owner_and_his_group(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        open_store(tmp_path / "codasync.db", create=True).close()
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "codasync.db").stat().st_mode) == 0o640 & ~umask


def test_a_database_that_is_not_there_is_not_made_by_looking(tmp_path: Path) -> None:
    with pytest.raises(DatabaseTrouble, match="no such file") as caught:
        open_store(tmp_path / "typo.db", read_only=True)
    assert (caught.value.exit_code, list(tmp_path.iterdir())) == (14, [])


def test_a_database_in_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(DatabaseTrouble, match="No such file or directory") as caught:
        open_store(tmp_path / "folder/codasync.db", create=True)
    assert "folder that exists" in caught.value.advice


@pytest.mark.parametrize("name", ["a b?c#d%20.db", "é;'.db"])
def test_any_file_name_will_do(tmp_path: Path, name: str) -> None:
    open_store(tmp_path / name, create=True).close()
    open_store(tmp_path / name, read_only=True).close()
    assert [one.name for one in tmp_path.iterdir()] == [name]


def test_the_file_says_whose_it_is_and_keeps_a_rollback_journal(path: Path) -> None:
    facts = [run_sql(path, f"PRAGMA {name}")[0][0] for name in ("application_id", "user_version", "journal_mode")]
    assert facts == [APPLICATION_ID, VERSION, "delete"]


def test_a_file_switched_to_wal_by_another_program_is_switched_back(path: Path) -> None:
    assert run_sql(path, "PRAGMA journal_mode=WAL") == [("wal",)]
    open_store(path).close()
    assert run_sql(path, "PRAGMA journal_mode") == [("delete",)]


def foreign(path: Path) -> str:
    run_sql(path, "CREATE TABLE t (x)")
    return "not a codasync database"


def foreign_wal(path: Path) -> str:
    run_sql(path, "PRAGMA journal_mode=WAL", "CREATE TABLE t (x)")
    return "not a codasync database"


def newer(path: Path) -> str:
    open_store(path, create=True).close()
    run_sql(path, f"PRAGMA user_version = {VERSION + 1}")
    return "newer codasync"


def newer_in_wal(path: Path) -> str:
    newer(path)
    run_sql(path, "PRAGMA journal_mode=WAL")
    return "newer codasync"


def no_database(path: Path) -> str:
    path.write_text("bank;amount\n" * 1000)
    return "not a database"


def cut_in_half(path: Path) -> str:
    open_store(path, create=True).close()
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    return "malformed"


@pytest.mark.parametrize("make", [foreign, foreign_wal, newer, newer_in_wal, no_database, cut_in_half])
@pytest.mark.parametrize("read_only", [True, False])
def test_a_file_that_is_not_ours_to_change_is_refused_and_left_as_it_was(
    tmp_path: Path, make: Callable[[Path], str], read_only: bool
) -> None:
    path = tmp_path / "codasync.db"
    reason = make(path)
    before = path.read_bytes()
    with pytest.raises(DatabaseTrouble, match=reason) as caught:
        open_store(path, create=not read_only, read_only=read_only).query("SELECT * FROM documents")
    assert caught.value.exit_code == 14
    assert path.read_bytes() == before


def test_a_newer_database_stops_a_command_with_what_to_do(desk: Desk) -> None:
    newer(desk.home.database)
    done = desk.home.run("sync", code=14)
    assert "upgrade codasync" in done.stderr
    assert desk.box.requests == []


def test_an_empty_file_becomes_a_database(tmp_path: Path) -> None:
    path = tmp_path / "codasync.db"
    path.touch()
    with open_store(path) as store:
        assert store.check_version() == VERSION


# --- migrations: a program of the next version, which adds a column and shows it


ADD_COLUMN = "ALTER TABLE dossier ADD COLUMN colour TEXT NOT NULL DEFAULT 'blue'"
FAIL = ADD_COLUMN + "; CREATE TABLE dossier (x)"


def next_version(monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    views = {**VIEWS, "colours": "SELECT d.colour AS colour FROM dossier AS d"}
    monkeypatch.setattr("codasync.store_file.MIGRATIONS", (*MIGRATIONS, step))
    monkeypatch.setattr("codasync.store_file.VIEWS", views)
    for module in ("store_file", "store"):
        monkeypatch.setattr(f"codasync.{module}.VERSION", VERSION + 1)


@pytest.mark.parametrize("read_only", [True, False])
def test_an_older_database_is_migrated_on_opening(path: Path, monkeypatch: pytest.MonkeyPatch, read_only: bool) -> None:
    next_version(monkeypatch, ADD_COLUMN)
    with open_store(path, read_only=read_only) as store:
        assert store.query("SELECT c.colour, d.name FROM colours AS c, dossiers AS d") == [
            {"colour": "blue", "name": "Boulangerie"}
        ]
    assert run_sql(path, "PRAGMA user_version") == [(VERSION + 1,)]


def test_a_migration_that_fails_leaves_the_database_as_it_was(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = run_sql(path, "SELECT * FROM sqlite_schema")
    next_version(monkeypatch, FAIL)
    with pytest.raises(DatabaseTrouble, match="already exists"):
        open_store(path)
    assert run_sql(path, "SELECT * FROM sqlite_schema") == before
    assert run_sql(path, "PRAGMA user_version") == [(VERSION,)]


def test_processes_that_open_a_new_database_at_once_all_succeed(tmp_path: Path) -> None:
    path = tmp_path / "codasync.db"
    script = (
        "import sys; from pathlib import Path; from codasync.store import open_store; sys.stdin.readline();"
        " s = open_store(Path(sys.argv[1]), create=True)\nwith s, s.transaction(): s.note_fact(sys.argv[2], 'x')"
    )
    command = [sys.executable, "-c", script, str(path)]
    processes = [subprocess.Popen([*command, str(number)], stdin=subprocess.PIPE) for number in range(4)]
    for process in processes:
        assert process.stdin
        process.stdin.close()
    assert [process.wait(30) for process in processes] == [0, 0, 0, 0]
    assert run_sql(path, "SELECT count(*) FROM fact") == [(4,)]


# --- full disks and broken transactions


def test_a_full_disk_ends_the_pass_with_14_and_the_next_one_completes_it(desk: Desk) -> None:
    dossier = desk.dossier("0042", MAIN)
    indices = [desk.deliver_coda(dossier, one) for one in statements(MAIN, 40)]
    blocks = desk.home.database.stat().st_size // 512 + 60
    done = subprocess.run(
        ["sh", "-c", f'ulimit -f {blocks}; exec "$@"', "sh", *desk.home.command("sync")],
        env=desk.home.environ(),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 14, done.stderr
    assert "make room" in done.stderr
    assert "Traceback" not in done.stderr
    assert run_sql(desk.home.database, "PRAGMA integrity_check") == [("ok",)]
    stored = desk.home.states()["stored"]
    assert 0 < stored < 40
    assert acknowledged(desk.box, dossier) == []
    desk.sync()
    assert desk.home.states() == {"stored": 40}
    assert (desk.count("bank_statements"), desk.waiting(dossier)) == (40, [])
    assert len([one for one in desk.box.requests if indices[0] in one.path]) == 1


@pytest.mark.parametrize("sql", ["INSERT INTO statement (id) VALUES (1)", "SELECT 1 / 'x' FROM nowhere"])
def test_a_transaction_that_fails_leaves_nothing_behind(path: Path, sql: str) -> None:
    def work(store: Store) -> None:
        with store.transaction():
            store.note_fact("x", "y")
            store.execute(sql)

    with open_store(path) as store:
        with pytest.raises(DatabaseTrouble):
            work(store)
        with store.transaction():
            assert store.fact("x") == ""


def test_a_store_in_memory_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with memory_store() as store, store.transaction():
        store.note_fact("x", "y")
        assert store.fact("x") == "y"
    assert list(tmp_path.iterdir()) == []


def shape(path: Path) -> dict[str, list[Any]]:
    """What a table's columns, and the views and indices, are, however they came to be."""
    tables = [name for (name,) in run_sql(path, "SELECT name FROM sqlite_schema WHERE type = 'table'")]
    others = "SELECT name, sql FROM sqlite_schema WHERE type <> 'table' AND sql IS NOT NULL ORDER BY name"
    columns = {name: sorted(row[1:] for row in run_sql(path, f"PRAGMA table_info({name})")) for name in tables}
    return {**columns, "": run_sql(path, others)}


def test_a_database_of_the_first_version_keeps_its_rows_and_gets_todays_tables(tmp_path: Path) -> None:
    path, fresh = tmp_path / "old.db", tmp_path / "fresh.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript((Path(__file__).parent / "store" / "version-1.sql").read_text(encoding="utf-8"))
    counted = ("content", "document", "movement", "invoice_line", "selection")
    before = {name: run_sql(path, f"SELECT count(*) FROM {name}") for name in counted}
    open_store(path).close()
    open_store(fresh, create=True).close()
    assert shape(path) == shape(fresh)
    assert {name: run_sql(path, f"SELECT count(*) FROM {name}") for name in counted} == before
    assert run_sql(path, "PRAGMA foreign_key_check") == []
