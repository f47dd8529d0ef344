"""The invoices of a dossier's inboxes: which are shown, which one a person means, how a row is told in words. Pure.

A person means an invoice by its number, or by the id of its document: an invoice of which CodaBox has a PDF only has no
number, and two may have the same.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from codasync.dossiers import number as enterprise_number
from codasync.errors import AmbiguousInvoice, UnknownInvoice
from codasync.present import cut, money

Row = dict[str, Any]
CANDIDATES = 5  # named where a number can mean several invoices
NAME = 40  # characters of a name in a sentence


def choose(
    rows: Iterable[Row], *, inboxes: Collection[str] = (), only_new: bool = False, supplier: str = ""
) -> list[Row]:
    """Keep the invoices of some inboxes (none: of all), of a supplier (part of a name, or a VAT number; empty: all)."""
    return [
        row
        for row in rows
        if (not inboxes or row["inbox"] in inboxes)
        and not (only_new and row["state"] != "new")
        and _is_of(row, supplier)
    ]


def _is_of(row: Row, supplier: str) -> bool:
    wanted, vat = _compact(supplier), enterprise_number(supplier)
    return (
        wanted in _compact(row["supplier_name"])
        or wanted in _compact(row["supplier_vat"])
        or (bool(vat) and row["supplier_vat"] == f"BE{vat}")
    )


def _compact(text: str) -> str:
    return "".join(text.split()).casefold()


def find(rows: Sequence[Row], numbers: Sequence[str], documents: Sequence[int], dossier: str) -> list[Row]:
    """Return the invoices that are meant by these numbers and documents, each once.

    Raises UnknownInvoice or AmbiguousInvoice at the first that does not mean exactly one.
    """
    found = [_by_number(rows, " ".join(number.split()), dossier) for number in numbers]
    found += [_by_document(rows, document, dossier) for document in documents]
    return list({row["id"]: row for row in found}.values())


def _by_number(rows: Sequence[Row], number: str, dossier: str) -> Row:
    found = [row for row in rows if number and row["number"] == number]
    if not found:
        raise UnknownInvoice(name=f"invoice {number or 'with an empty number'}", dossier=dossier)
    if len(found) > 1:
        candidates = "; ".join(f"--document {row['document_id']} ({_described(row)})" for row in found[:CANDIDATES])
        more = f"; and {len(found) - CANDIDATES} more" if len(found) > CANDIDATES else ""
        raise AmbiguousInvoice(number=number, dossier=dossier, candidates=f"{candidates}{more}")
    return found[0]


def _by_document(rows: Sequence[Row], document: int, dossier: str) -> Row:
    found = [row for row in rows if row["document_id"] == document]
    if not found:
        raise UnknownInvoice(name=f"invoice of document {document}", dossier=dossier)
    return found[0]


def _described(row: Row) -> str:
    amount = f"{money(row['gross_milli'])} {cut(row['currency'], NAME)}"
    facts = (kind(row), row["issue_date"], cut(row["supplier_name"], NAME), amount, row["inbox"], row["state"])
    return ", ".join(filter(None, facts))


def name(row: Row) -> str:
    """Name an invoice in a sentence: by its number, or by its document where it has none."""
    return cut(row["number"], NAME) or f"document {row['document_id']}"


def kind(row: Mapping[str, Any]) -> str:
    """Return the kind of an invoice in words."""
    return str(row["kind"]).replace("_", " ")


def unusual_kind(row: Mapping[str, Any]) -> str:
    """Return the kind of what is no ordinary invoice, so that it stands out in a table."""
    return "" if row["kind"] == "invoice" else kind(row)


def partner(row: Mapping[str, Any]) -> str:
    """Return the name of the other side: the supplier of a purchase, the customer of a sale."""
    return str(row["supplier_name"] if row["inbox"] == "purchases" else row["customer_name"])
