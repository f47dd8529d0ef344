"""Read stored documents again, after an upgrade or for those that could not be read, and say what changed.

Nothing is fetched and nothing is lost: a document that the reader refuses now keeps what was booked of it before.
"""

import json
from typing import TYPE_CHECKING, Any

from codasync import receive, store_reports
from codasync.config import Config
from codasync.flags import SAME_NUMBER, flags
from codasync.plan import INVOICES, Wishes
from codasync.receive import BOOKED_FORMATS, Reading, Source
from codasync.ubl import Invoice

if TYPE_CHECKING:
    from codasync.store import Store

Row = dict[str, Any]


def reread(store: "Store", config: Config) -> list[Row]:
    """Read every stored document again; return a row for each that changed, or that `failed` to be read.

    The caller holds the lock of the database.
    """
    changed = []
    for document in store_reports.documents_with_content(store):
        if document["format"] == BOOKED_FORMATS.get(document["model"]):
            data = store_reports.content(store, document["id"]) or b""
            reading = receive.read(document["model"], document["format"], data)
            if change := _bring_up_to_date(store, config, document, reading):
                changed.append({**document, "change": change, "failed": bool(reading.problem)})
    named = {row["id"] for row in changed}
    flagged = _flag_shared_numbers(store)
    return changed + [
        {**document, "change": "changed: flags", "failed": False}
        for document in store_reports.documents_with_content(store)
        if document["id"] in flagged - named
    ]


def _flag_shared_numbers(store: "Store") -> set[int]:
    """Bring `same_number` up to date on every invoice, whichever of two was read anew; return the documents changed."""
    wrong = [row for row, shared in store.invoices_that_share_a_number(SAME_NUMBER) if shared != _is_flagged(row)]
    for row in wrong:
        with store.transaction():
            store.flag(row, SAME_NUMBER, on=not _is_flagged(row))
            if _is_flagged(row):
                store.forget_reason(row["document"])
    return {row["document"] for row in wrong}


def _is_flagged(row: Row) -> bool:
    return SAME_NUMBER in json.loads(row["flags"])


def _bring_up_to_date(store: "Store", config: Config, document: Row, reading: Reading) -> str:
    """Return in words what changed, an empty text for nothing."""
    if document["state"] == "unreadable":
        return _book_at_last(store, config, document, reading)
    if reading.problem:
        return f"cannot be read any more: {reading.problem}; what was booked stays"
    with store.transaction():
        if reading.invoice:
            fields = store.rebook_invoice(document["id"], reading.invoice, _flags(store, document, reading.invoice))
        else:
            fields = store.rebook_statements(document["id"], reading.statements)
    return f"changed: {', '.join(sorted(fields))}" if fields else ""


def _flags(store: "Store", document: Row, invoice: Invoice) -> list[str]:
    """Return the invoice's flags by what it reads as now; whether it has a rival is seen to when all are read."""
    before = store_reports.flags_of(store, document["id"])
    dossier = store.dossier_facts(document["client_id"])
    return flags(invoice, INVOICES[document["model"]], dossier, rival=SAME_NUMBER in before)


def _book_at_last(store: "Store", config: Config, document: Row, reading: Reading) -> str:
    source = Source(document["entry_id"], document["client_id"], document["model"], document["metadata"])
    wishes = _wishes(store, config, document["client_id"])
    if reading.problem:
        with store.transaction():
            if reading.problem != document["reason"]:
                store.settle(document["entry_id"], document["format"], "unreadable", reading.problem, attention=True)
            receive.stand_by_pdf(store, source, wishes)
        return f"still unreadable: {reading.problem}"
    outcome = receive.book(store, source, document["format"], reading, wishes)
    return f"was unreadable, is {outcome.state} now"


def _wishes(store: "Store", config: Config, client_id: str) -> Wishes:
    """Return what books a document that was wanted when it came: nothing more is to be fetched."""
    return Wishes(config.formats.models, {}, "never", invoices=True, selections=store.selections(client_id))
