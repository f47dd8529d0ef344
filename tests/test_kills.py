"""A command killed at any instant leaves nothing to clean up: the same command, given again, does what it was to do."""

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest
from desk import FIRST_DAY, Desk, account, acknowledged, invoice, statements
from killing import KILLED, Strike, striking
from support import Home
from views import Views

from codasync.sandbox import Sandbox
from codasync.store import open_store
from codasync.store_schema import VERSION

MAIN = account(1)
HALF_BOOKED = """
SELECT d.* FROM documents AS d WHERE d.state = 'stored' AND NOT EXISTS (
    SELECT 1 FROM bank_statements AS s WHERE s.document_id = d.id
    UNION ALL SELECT 1 FROM invoices AS i WHERE i.document_id = d.id)
"""


@pytest.fixture
def strike() -> Iterator[Strike]:
    with striking() as function:
        yield function


def copies(home: Home, folder: Path, step: int = 1) -> Iterator[tuple[int, Home]]:
    """Give one copy of an office after the other, numbered from 1 in steps."""
    for number in count(1, step):
        shutil.copytree(home.folder, folder / str(number))
        yield number, Home(folder / str(number), home.box)


# --- register


def test_a_registration_killed_at_any_instant_leaves_whole_credentials_or_none(
    tmp_path: Path, box: Sandbox, strike: Strike
) -> None:
    (tmp_path / "0").mkdir()
    needed = []
    for number, home in copies(Home(tmp_path / "0", box), tmp_path):
        box.requests.clear()
        token = box.issue_token()
        if strike("file", "", number, home.config, "register", token) != KILLED:
            break
        if home.credentials.exists():
            needed.append("nothing")
        else:
            token = box.issue_token() if box.requests else token
            done = home.call("register", token)
            needed.append("no token" if "no token was used" in done.stderr else "a token")
        assert json.loads(home.credentials.read_text())["password"] == box.password
        assert {path.name for path in home.folder.iterdir()} == {"config.toml", "credentials.json"}
    assert needed == sorted(needed, key=["a token", "no token", "nothing"].index)
    assert set(needed) == {"a token", "no token", "nothing"}


@pytest.mark.parametrize("replace", [False, True])
def test_an_answer_that_a_killed_registration_had_on_disk_is_not_lost(
    tmp_path: Path, box: Sandbox, *, replace: bool
) -> None:
    home = Home(tmp_path, box)
    left = tmp_path / ".credentials.json.codasync-x1y2z3_4.part"
    left.write_text(json.dumps({"username": "new", "password": "new"}))
    left.chmod(0o600)
    if replace:
        home.write_credentials()
        assert "already holds credentials" in home.call("register", "x", code=10).stderr
    done = home.call("register", "x", *["--replace"] * replace)
    assert "no token was used" in done.stderr
    assert json.loads(home.credentials.read_text()) == {"username": "new", "password": "new"}
    assert box.requests == []


# --- enable-journal, import-ledger


def test_a_journal_whose_enabling_was_killed_is_enabled_by_the_same_command(home: Home, strike: Strike) -> None:
    desk = Desk(home)
    dossier = desk.dossier("0042", MAIN, enabled=False)
    for one in statements(MAIN, 4):
        desk.deliver_coda(dossier, one)
    desk.sync()
    command = ("enable-journal", "0042", MAIN.number, "--since", FIRST_DAY.isoformat())
    for fetched in range(4):  # at its first download: a killed one begins with what is not there yet
        assert strike("request", "/download/", 2 if fetched else 1, home.config, *command) == KILLED
        assert home.states().get("stored", 0) == fetched
        assert desk.query(HALF_BOOKED) == []
    home.call(*command)
    assert home.states() == {"stored": 4}
    rows = desk.query("SELECT coda_number FROM bank_statements ORDER BY date")
    assert [row["coda_number"] for row in rows] == [1, 2, 3, 4]


def test_a_corrected_import_killed_at_any_statement_of_sql_replaced_all_or_nothing(
    home: Home, strike: Strike, tmp_path_factory: pytest.TempPathFactory
) -> None:
    Desk(home).dossier("0042", MAIN)
    home.call("import-ledger", "0042", ledger(home, 1, 2, 3))
    ledger(home, 4, 5, 6, 7)
    found = []
    for number, office in copies(home, tmp_path_factory.mktemp("copies")):
        command = ("import-ledger", "0042", office.folder / "ledger.csv")
        if strike("sql", "BEGIN IMMEDIATE", number, office.config, *command) != KILLED:
            break
        found.append(amounts(office))
        office.call(*command)
        assert amounts(office) == [4, 5, 6, 7]
    assert found.count([1, 2, 3]) > 5
    assert found == sorted(found)
    assert [one for one in found if one not in ([1, 2, 3], [4, 5, 6, 7])] == []


def ledger(home: Home, *euros: int) -> Path:
    """Write what accounting has of the first days."""
    lines = [f"{MAIN.number};0{day}/03/2026;{amount},00;{day}" for day, amount in enumerate(euros, start=1)]
    path = home.folder / "ledger.csv"
    path.write_text("\n".join(["iban;date;amount;statement_number", *lines]), encoding="utf-8")
    return path


def amounts(home: Home) -> list[int]:
    rows = home.query("SELECT amount_milli FROM bank_transactions ORDER BY entry_date")
    return [row["amount_milli"] // 1000 for row in rows]


# --- a migration


def test_a_migration_killed_at_any_instant_is_made_by_the_next_command(
    home: Home, strike: Strike, tmp_path_factory: pytest.TempPathFactory
) -> None:
    script = (Path(__file__).parent / "store" / "version-1.sql").read_text(encoding="utf-8")
    with closing(sqlite3.connect(home.database)) as connection:
        connection.executescript(script)
    expected, versions = None, list[int]()
    for number, office in copies(home, tmp_path_factory.mktemp("copies"), step=5):
        if strike("sql", "BEGIN IMMEDIATE", number, office.config, "journals") != KILLED:
            break
        versions.append(version(office))
        expected = expected or migrated(office)
        assert migrated(office) == expected
        assert office.query("PRAGMA integrity_check") == [{"integrity_check": "ok"}]
    assert versions == sorted(versions)
    assert set(versions) <= {1, VERSION}
    assert versions.count(1) > 10


def version(home: Home) -> int:
    """Return the version that the next command finds: it takes back what was not committed."""
    with closing(sqlite3.connect(home.database)) as connection:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])


def migrated(home: Home) -> object:
    """Return what the database shows once it is migrated."""
    open_store(home.database).close()
    assert version(home) == VERSION
    return Views(home.query).shown()


# --- a pass


def test_a_pass_killed_at_any_statement_of_sql_books_a_document_whole_or_not_at_all(
    home: Home, strike: Strike, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """`stored` and the statement, or the invoice, come in one transaction, and the acknowledgement after it."""
    desk, folder = Desk(home), tmp_path_factory.mktemp("copies")
    dossier = desk.dossier("0042", MAIN)
    desk.sync()
    for one in statements(MAIN, 1):
        desk.deliver_coda(dossier, one)
    desk.deliver(dossier, "purchase_invoice", {"xml": invoice()})
    expected, stored = None, list[int]()
    for number, office in copies(home, folder, step=3):
        desk.rewind(dossier)
        home.box.acknowledged.clear()
        ended, other = strike("sql", "INTO content", number, office.config, "sync"), Desk(office)
        other.store().close()
        assert other.query(HALF_BOOKED) == []
        stored.append(office.states().get("stored", 0))
        assert len(acknowledged(home.box, dossier)) <= stored[-1]
        if ended != KILLED or stored.count(stored[-1]) == 1:
            other.sync()
            expected = expected or other.views()
            assert other.views() == expected
        if ended != KILLED:
            break
    assert stored == sorted(stored)
    assert set(stored) == {0, 1, 2}


def test_what_a_writer_commits_is_on_disk_and_readable_by_those_who_may_not_write(home: Home) -> None:
    with Desk(home).store() as store:
        assert store.query("PRAGMA journal_mode") == [{"journal_mode": "delete"}]
        assert store.query("PRAGMA synchronous") == [{"synchronous": 2}]
        assert store.query("PRAGMA foreign_keys") == [{"foreign_keys": 1}]
