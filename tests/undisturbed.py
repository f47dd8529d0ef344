"""A dossier with something of every kind, and what an office has of it that nothing happened to."""

from pathlib import Path

from desk import Desk, account, acknowledged, invoice, statement, statements
from support import Home

from codasync.sandbox import Dossier, coda_writer, pdf

MAIN, OTHER = account(1), account(2)


def dossier_of_everything(desk: Desk) -> Dossier:
    """Give the office a dossier with something of every kind that a pass treats in its own way."""
    dossier = desk.dossier("0042", MAIN)
    one, two, three = statements(MAIN, 3)
    desk.deliver_coda(dossier, one)
    desk.deliver_coda(dossier, statement(OTHER))
    desk.deliver(dossier, "purchase_invoice", {"xml": invoice(pages=None), "pdf": pdf.write(["F1"])})
    desk.deliver(dossier, "soda", {"xml": b"<a/>"})
    desk.deliver_coda(dossier, two, three)
    desk.deliver(dossier, "sales_invoice", {"pdf": pdf.write(["V1"])})
    desk.deliver_coda(dossier, two)
    desk.deliver_coda(dossier, one, redelivery=True)
    return dossier


def undisturbed(desk: Desk, folder: Path, *more: coda_writer.Account) -> Desk:
    """Return an office after a pass, in another database, to which nothing happened; CodaBox forgets that pass.

    It has enabled MAIN, and `more` accounts.
    """
    folder.mkdir()
    other = Desk(Home(folder, desk.box))
    for one in (MAIN, *more):
        other.enable("0042", one.number)
    other.sync()
    desk.box.rewind("0042")
    desk.box.rewind("0042", redelivery=True)
    desk.box.acknowledged.clear()
    desk.box.requests.clear()
    return other


def assert_nothing_is_acknowledged_that_is_not_stored(desk: Desk, dossier: Dossier) -> None:
    """Look up in the database what was acknowledged, each with all before it: what is missing has to wait still."""
    for kind, feed in (("download", "normal"), ("redownload", "redelivery")):
        for index in acknowledged(desk.box, dossier, kind):
            assert desk.query("SELECT 1 FROM documents WHERE feed_index = ? AND feed_kind = ?", index, feed)
        missing = desk.query(
            "SELECT feed_index FROM documents WHERE state = 'unavailable' AND feed_kind = ? AND dossier_code = ?",
            feed,
            dossier.code,
        )
        waiting = desk.box.waiting(dossier.code, redelivery=feed == "redelivery")
        assert {row["feed_index"] for row in missing} <= set(waiting)
