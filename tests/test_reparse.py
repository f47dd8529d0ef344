"""`reparse` through the command line, on documents that were read otherwise before."""

import sqlite3
from contextlib import closing
from datetime import date

import pytest
from support import Home

from codasync.sandbox import coda_writer

IBAN = "BE68539007547034"
DAY = date(2026, 3, 10)


@pytest.fixture
def office(home: Home) -> Home:
    """An office that has received one statement with a batch and its details."""
    dossier = home.box.add_dossier("0042", "Boulangerie Hélène")
    home.box.add_account(dossier, IBAN, "GEBABEBB")
    home.call("enable-journal", "0042", IBAN)
    details = tuple(coda_writer.Movement(-half, code="50107000", entry_date=DAY) for half in (30_000, 70_000))
    movements = (
        coda_writer.Movement(-100_000, code="10107000", entry_date=DAY, details=details),
        coda_writer.Movement(5_000, communication="Merci", entry_date=DAY),
    )
    account = coda_writer.Account(IBAN, "GEBABEBB", "HELENE")
    home.box.deliver_coda(dossier, coda_writer.Statement(account, 1_000_000, date(2026, 3, 9), DAY, movements))
    home.call("sync")
    return home


def change(office: Home, *statements: str) -> None:
    with closing(sqlite3.connect(office.database)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def booked(office: Home) -> list[dict[str, object]]:
    return [
        row
        for view in ("bank_statements", "bank_transactions", "bank_transaction_details")
        for row in office.query(f"SELECT * FROM {view}")
    ]


def test_what_an_older_reader_booked_otherwise_is_corrected_and_named(office: Home) -> None:
    before = booked(office)
    change(
        office,
        "UPDATE movement SET communication = 'old', meaning = '' WHERE parent IS NULL",
        "UPDATE statement SET holder = 'old'",
        "DELETE FROM movement WHERE parent IS NOT NULL AND amount_milli = -70000",
    )
    rows = office.rows("reparse")
    assert [row["id"] for row in rows] == [1]
    for word in ("communication", "meaning", "holder", "number of transactions"):
        assert word in rows[0]["change"]
    ids = ("id", "parent_id")
    assert [{k: v for k, v in row.items() if k not in ids} for row in booked(office)] == [
        {k: v for k, v in row.items() if k not in ids} for row in before
    ]


def test_where_nothing_changed_nothing_is_written(office: Home) -> None:
    before = office.database.read_bytes()
    done = office.call("reparse", "--format", "json")
    assert (done.stdout, done.stderr) == ("[]\n", "nothing changed\n")
    assert office.database.read_bytes() == before


def test_a_document_that_can_be_read_at_last_is_booked(office: Home) -> None:
    before = booked(office)
    change(
        office,
        "DELETE FROM movement",
        "DELETE FROM statement",
        "UPDATE document SET state = 'unreadable', reason = 'an older reader', attention = 1",
    )
    assert [row["change"] for row in office.rows("reparse")] == ["was unreadable, is stored now"]
    assert booked(office) == before
    assert office.rows("status")[0]["state"] == "ok"


def test_a_document_that_still_cannot_be_read_is_named_and_ends_with_3(office: Home) -> None:
    office.box.deliver("0042", "coda", {"cod": b"no CODA at all"}, {"iban": IBAN})
    office.call("sync", code=3)
    rows = office.rows("reparse", code=3)
    assert [row["id"] for row in rows] == [2]
    assert rows[0]["change"].startswith("still unreadable: line 1")
