"""A bakery, dossier 0042, that buys flour and sells bread: the invoices that it gets and sends, and what pays them."""

import datetime as dt
from decimal import Decimal
from typing import Any

from desk import Desk, account

from codasync.sandbox import Dossier, coda_writer, pdf, ubl_writer
from codasync.sandbox.numbers import belgian_account, enterprise_number, iban

BANK = account(1)
SUPPLIER_IBAN = iban("BE", belgian_account("363", 77))
DAY = dt.date(2026, 3, 2)
OURS, THEIRS = enterprise_number(7), enterprise_number(8)
REFERENCE, DIGITS = "+++090/9337/55493+++", "090933755493"


def party(name: str, number: str) -> ubl_writer.Party:
    """Return a seller or buyer."""
    return ubl_writer.Party(name, f"BE{number}", "Rue Haute 1", "1000", "Bruxelles")


def invoice(number: str = "F1", **facts: Any) -> ubl_writer.Invoice:
    """Specify a purchase of the bakery."""
    given: dict[str, Any] = {
        "iban": SUPPLIER_IBAN,
        "payment_reference": REFERENCE,
        "due_date": dt.date(2026, 4, 1),
        "pdf": pdf.write(["facture"]),
    } | facts
    line = ubl_writer.Line("Farine", Decimal("100.00"))
    return ubl_writer.Invoice(
        number, DAY, party("Moulins du Sud", THEIRS), party("Boulangerie", OURS), (line,), **given
    )


def open_bakery(desk: Desk) -> Dossier:
    """Give the office the bakery, with its bank account."""
    dossier = desk.dossier("0042", BANK)
    dossier.enterprise_number = f"BE{OURS}"
    return dossier


def deliver(desk: Desk, *invoices: ubl_writer.Invoice, model: str = "purchase_invoice") -> None:
    """Have CodaBox deliver invoices, in one pass."""
    for one in invoices:
        desk.box.deliver("0042", model, {"xml": ubl_writer.write(one)})
    desk.sync(refresh=True)


def inbox(desk: Desk, *options: str) -> list[dict[str, Any]]:
    """Return the rows of `inbox`."""
    return desk.home.rows("inbox", "0042", *options)


def pay(desk: Desk, milli: int, day: dt.date, **facts: Any) -> None:
    """Have the bank book a movement; `facts` are fields of `coda_writer.Movement`."""
    movement = coda_writer.Movement(milli, code="00101000", entry_date=day, **facts)
    desk.deliver_coda(desk.box.office.find("0042"), coda_writer.Statement(BANK, 1_000_000, DAY, day, (movement,)))
    desk.sync()
