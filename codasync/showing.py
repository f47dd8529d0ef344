"""What `codasync show` gives of one document: facts and content as lines, its PDF."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from codasync import present, present_invoice, present_statement, receive, store_reports
from codasync.plan import INVOICES

if TYPE_CHECKING:
    from codasync.store import Store
    from codasync.ubl import Invoice

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Pdf:
    """The PDF of an invoice, and in words where it was found."""

    data: bytes
    where: str


def find_pdf(store: "Store", document: Row) -> Pdf | None:
    """Find the PDF of an invoice: its own, else that of another delivery of the same invoice; None without any.

    An own one is embedded in it, or delivered beside it.
    """
    if document["model"] not in INVOICES:
        return None
    deliveries = (document, *store_reports.same_invoice(store, document["id"]))
    return next(filter(None, (_pdf_of(store, one, document) for one in deliveries)), None)


def _pdf_of(store: "Store", delivery: Row, asked: Row) -> Pdf | None:
    name = "it" if delivery["id"] == asked["id"] else f"document {delivery['id']}, the same invoice"
    data = store_reports.content(store, delivery["id"])
    if data and delivery["format"] == "pdf":
        return Pdf(data, f"document {delivery['id']}")
    invoice = _invoice(delivery, data)
    if invoice and invoice.pdf:
        return Pdf(invoice.pdf.data, f"{invoice.pdf.file_name}, inside {name}")
    if beside := store_reports.companion_pdf(store, delivery["id"]):
        return Pdf(beside["bytes"], f"document {beside['id']}, beside {name}")
    return None


def _invoice(document: Row, data: bytes | None) -> "Invoice | None":
    return receive.read(document["model"], document["format"], data).invoice if data else None


def lines(store: "Store", document: Row, room: int) -> Iterable[str]:
    """Give a document's facts, and its content where it can be read, in lines of `room` characters."""
    yield from present.facts(document, store_reports.dossier_name(store, document["client_id"]), room)
    data = store_reports.content(store, document["id"])
    if data is None or document["state"] == "unreadable":
        return
    reading = receive.read(document["model"], document["format"], data)
    yield from present.paragraph(reading.problem and f"cannot be read any more: {reading.problem}", room)
    for statement in reading.statements:
        yield from present_statement.statement(statement, room)
    standing = _standing(store, document)
    if reading.invoice or (document["format"] == "pdf" and standing.row):
        yield from present_invoice.invoice(reading.invoice, standing, room)


def _standing(store: "Store", document: Row) -> present_invoice.Standing:
    """Return how the invoice of a document stands: by the document that it is a copy of, if it is one."""
    original = store_reports.original(store, document["id"])
    booked = original or document["id"]
    row, payments = store_reports.invoice_of(store, booked), store_reports.payments_of(store, booked)
    pdf = find_pdf(store, document)
    return present_invoice.Standing(row, original, payments, pdf.where if pdf else "")
