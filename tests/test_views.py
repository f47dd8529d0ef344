"""That two databases are compared by everything that their views show is a fact of its own: other tests rely on it."""

from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from pathlib import Path

import pytest
from desk import Desk, account, invoice, statement
from support import Home, Row
from views import BY_NATURE, NOT_SHOWN, Views, in_order

from codasync import store_views
from codasync.sandbox import Dossier, Office, Sandbox, coda_writer, pdf

MAIN, OTHER = account(1), account(2)
COMPARED = [view for view in store_views.VIEWS if view not in BY_NATURE]


def deliver(desk: Desk, dossier: Dossier, bank: coda_writer.Account) -> None:
    """Deliver something for each view to show."""
    detail = coda_writer.Movement(-100_000, communication="PART")
    paid = coda_writer.Movement(-121_000, communication="FACTURE 2026-4711", details=(detail,))
    first = statement(bank)
    date, balance = first.new_balance_date, first.new_balance_milli
    odd = coda_writer.Statement(bank, balance, date, date, (paid,), paper_number=2, coda_number=2)
    for one in (first, odd, first):
        desk.deliver_coda(dossier, one)
    desk.deliver(dossier, "purchase_invoice", {"xml": invoice("2026-4711"), "pdf": pdf.write(["F1"])})
    desk.deliver(dossier, "purchase_invoice", {"xml": invoice().replace(b"121.00", b"121.01")})
    desk.deliver(dossier, "purchase_invoice", {"pdf": pdf.write(["F2"])})


def work(home: Home, *order: str) -> Desk:
    """Let an office receive all that there is, one dossier after the other, and export it."""
    desk = Desk(home)
    home.write_credentials()
    for code in order:
        desk.box.rewind(code)
        desk.enable(code, {"0042": MAIN, "0043": OTHER}[code].number)
        desk.sync(only=code)
    desk.sync()
    (out := home.folder / "out").mkdir()
    home.call("export", out)
    return desk


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with Sandbox(Office()) as box:
        desk = Desk(Home(tmp_path_factory.mktemp("office"), box))
        for code, bank in (("0042", MAIN), ("0043", OTHER)):
            deliver(desk, desk.dossier(code, bank, enabled=False), bank)
        yield work(desk.home, "0042", "0043")


def test_two_databases_that_know_the_same_by_other_ids_show_the_same(desk: Desk, tmp_path: Path) -> None:
    other = work(Home(tmp_path, desk.box), "0043", "0042")
    ids = "SELECT id FROM documents WHERE dossier_code = '0042' ORDER BY id"
    assert other.query(ids) != desk.query(ids)
    assert other.views() == desk.views()


@pytest.mark.parametrize("view", COMPARED)
def test_whatever_a_view_shows_makes_a_difference(desk: Desk, view: str) -> None:
    query = cache(desk.query)
    expected = desk.views()
    for name in query(f"SELECT * FROM {view}")[0].keys() - NOT_SHOWN:
        found = Views(lambda sql, name=name: changed(deepcopy(query(sql)), sql, view, name))  # type: ignore[misc]
        assert in_order(found.shown()) != expected, name


def changed(rows: list[Row], sql: str, view: str, name: str) -> list[Row]:
    """Show another value in one column of a view's first row."""
    if sql.endswith(f" {view}"):
        rows[0][name] = None if rows[0][name] else "another"
    return rows
