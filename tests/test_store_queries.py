"""No question that a pass or a report asks of the database makes SQLite walk through a whole large table."""

import inspect
import re
import sqlite3
from collections.abc import Callable, Iterator
from threading import Event
from typing import Any

import pytest
from desk import Desk, account, invoice, statement
from support import Home

from codasync import ledger, store_ledger, store_reports
from codasync.sandbox import Sandbox, faults
from codasync.store import Store
from codasync.sync import Pass, connect

LARGE = {"movement", "statement", "document", "entry", "content", "invoice", "ledger_line"}
# hold only the few documents that need somebody, or are still to come
SMALL_INDICES = {"document_to_watch", "document_missing"}
# look at everything, because that is what they are for
WHOLE = {"check_file", "documents_with_content"}
BY_READERS = [
    "SELECT * FROM bank_transactions WHERE dossier_code = '1'",
    "SELECT * FROM bank_transactions WHERE dossier_code = '1' AND iban = 'BE1' AND entry_date >= '2026-01-01'",
    "SELECT * FROM coda_transactions WHERE statement_id = 1 ORDER BY sequence_number, detail_number",
    "SELECT * FROM bank_transactions WHERE client_id = '1' AND state = 'unprocessed'",
    "SELECT * FROM bank_transactions WHERE id = 1",
    "SELECT * FROM coda_transactions WHERE dossier_code = '1' AND processed = 0",
    "SELECT * FROM payment_matches AS p JOIN coda_transactions AS t ON t.id = p.transaction_id WHERE invoice_id = 1",
    "SELECT * FROM bank_transaction_details WHERE parent_id = 1",
    "SELECT * FROM bank_statements WHERE dossier_code = '1' AND iban = 'BE1' ORDER BY date DESC LIMIT 1",
    "SELECT * FROM bank_statements WHERE document_id = 1",
    "SELECT * FROM invoices WHERE dossier_code = '1' AND inbox = 'purchases' ORDER BY issue_date",
    "SELECT * FROM invoices WHERE document_id = 1",
    "SELECT * FROM invoice_lines WHERE invoice_id = 1",
    "SELECT * FROM documents WHERE id = 1",
    "SELECT * FROM documents WHERE feed_index = 'x'",
    "SELECT * FROM documents WHERE dossier_code = '1'",
]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """An office whose database is filled."""
    with Sandbox(weeks=1) as box:
        desk = Desk(Home(tmp_path_factory.mktemp("office"), box))
        for dossier in box.office.dossiers:
            for one in dossier.accounts:
                desk.enable(dossier.code, one.iban)
        desk.sync()
        yield desk


@pytest.fixture
def store(desk: Desk) -> Iterator[Store]:
    with desk.store() as store:
        yield store


def walks(connection: sqlite3.Connection, sql: str) -> list[str]:
    """Return the large tables that a statement walks through from one end to the other, as SQLite compiles it."""
    if not any("SCAN" in step[3] for step in connection.execute(f"EXPLAIN QUERY PLAN {sql}")):
        return []
    roots = {
        root: (table, name)
        for root, table, name in connection.execute("SELECT rootpage, tbl_name, name FROM sqlite_schema WHERE rootpage")
    }
    steps = connection.execute(f"EXPLAIN {sql}").fetchall()
    opened = {step[2]: roots[step[3]] for step in steps if step[1] in {"OpenRead", "OpenWrite"} and step[3] in roots}
    begun = {step[2] for step in steps if step[1] in {"Rewind", "Last"}}
    loops = {step[2] for step in steps if step[1] in {"Next", "Prev"}}
    found = [opened[cursor] for cursor in begun & loops & opened.keys()]
    return [table for table, name in found if table in LARGE and name not in SMALL_INDICES]


def traced(store: Store, work: Callable[[], object]) -> set[str]:
    """Return the statements that some work has SQLite run, with their values left out."""
    seen: set[str] = set()
    store._connection.set_trace_callback(seen.add)
    work()
    store._connection.set_trace_callback(None)
    return {re.sub(r"X'[0-9a-f]*'", "X''", sql, flags=re.IGNORECASE) for sql in seen}


def assert_no_walk(store: Store, statements: set[str]) -> None:
    explained = [one for one in statements if re.match(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b", one)]
    assert explained
    assert {sql: tables for sql in explained if (tables := walks(store._connection, sql))} == {}


def test_this_test_sees_a_walk(store: Store) -> None:
    assert walks(store._connection, "SELECT count(*) FROM movement WHERE amount_milli > 5") == ["movement"]
    assert walks(store._connection, "SELECT * FROM invoices WHERE number = 'x'") == ["invoice"]
    assert walks(store._connection, "SELECT * FROM movement WHERE id = 5") == []


DAYS = [("2026-03-02", "2026-03-04")]


def arguments(store: Store, function: Callable[..., Any]) -> dict[str, Any]:
    """Return arguments by the names that reports give to their parameters."""
    account = store.query("SELECT client_id, iban FROM bank_statements LIMIT 1")[0]
    document = store.query("SELECT id AS document_id, feed_index AS name FROM documents LIMIT 1")[0]
    journal = store.query("SELECT * FROM bank_statements LIMIT 1")[0]
    known: dict[str, Any] = {**account, **document, "journal": journal, "store": store, "days": DAYS}
    return {name: known[name] for name in inspect.signature(function).parameters}


REPORTS = [
    function
    for name, function in inspect.getmembers(store_reports, inspect.isfunction)
    if function.__module__ == store_reports.__name__ and not name.startswith("_") and name not in WHOLE
]


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: report.__name__)
def test_no_report_walks_through_a_large_table(store: Store, report: Callable[..., Any]) -> None:
    given = arguments(store, report)
    assert_no_walk(store, traced(store, lambda: report(**given)))


def test_a_pass_walks_through_no_large_table_whatever_comes(desk: Desk, store: Store) -> None:
    dossier = desk.dossier("0999", account(1))
    for number in (1, 2, 1):
        desk.deliver_coda(dossier, statement(account(1), number))
    desk.deliver_coda(dossier, statement(account(1), 1, old_balance=5))
    desk.deliver_coda(dossier, statement(account(2)))
    for xml in (invoice(), invoice(), invoice(price="7.00"), invoice("F2", pages=None), b"<no/>"):
        desk.deliver(dossier, "purchase_invoice", {"xml": xml})
    gone = desk.deliver(dossier, "sales_invoice", {"xml": invoice()})
    desk.box.fault(f"/{gone}/", faults.refuse(500))

    def work() -> None:
        with connect(desk.config(), desk.credentials()) as box:
            Pass(desk.config(), store, box, Event()).run(None, refresh=True, progress=None)

    seen = traced(store, work) | traced(store, work)
    assert len(seen) > 100
    assert_no_walk(store, seen)


def test_neither_an_import_nor_the_bank_view_walks_through_a_large_table(store: Store) -> None:
    account = store.query("SELECT client_id, iban, currency FROM bank_statements LIMIT 1")[0]
    file = f"iban;date;amount;statement_number\n{account['iban']};2026-03-02;1;7\n{account['iban']};2026-03-03;2;"
    known = [ledger.Account(account["iban"], account["currency"], "")]
    lines = ledger.read(file.encode(), ledger.Profile(), known)
    client_id = account["client_id"]

    def work() -> None:
        with store.transaction():
            for some in (lines, lines[:1], lines[::-1]):
                changes = store_ledger.plan_import(store, client_id, some)
                store_ledger.import_lines(store, client_id, changes)
        store_ledger.ledger_ends(store)
        store_ledger.balances(store, client_id)
        for iban, day, state in (("", "", ""), (account["iban"], "2026-03-02", "unprocessed")):
            store_ledger.transactions(store, client_id, iban=iban, first=day, last=day, state=state)

    assert_no_walk(store, traced(store, work))


@pytest.mark.parametrize("sql", BY_READERS)
def test_a_reader_who_names_what_he_wants_does_not_walk_through_everything(store: Store, sql: str) -> None:
    assert walks(store._connection, sql) == []
