"""What `codasync show` gives of one document: facts and content as lines, its PDF."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from codasync import present, receive, store_reports, ubl

if TYPE_CHECKING:
    from codasync.store import Store


def pdf(store: "Store", document: Mapping[str, Any]) -> bytes | None:
    """Return the PDF embedded in an invoice, else the one that CodaBox delivered beside it; None without either."""
    data = store_reports.content(store, document["id"])
    if data and document["format"] == "xml" and document["state"] != "unreadable":
        embedded = ubl.read(data).pdf
        if embedded:
            return embedded.data
    return data if document["format"] == "pdf" else store_reports.companion_pdf(store, document["id"])


def lines(document: Mapping[str, Any], data: bytes | None) -> Iterable[str]:
    """Give a document's facts, and its content where it can be read."""
    yield from present.facts(document)
    if data is None or document["state"] == "unreadable":
        return
    reading = receive.read(document["model"], document["format"], data)
    for statement in reading.statements:
        yield from present.statement(statement)
    if reading.invoice:
        yield from present.invoice(reading.invoice)
