"""The invoices of a dossier's inboxes: which are shown, which one a person means by a number. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from codasync.errors import AmbiguousInvoice, UnknownInvoice

Row = dict[str, Any]


def choose(rows: Iterable[Row], *, inbox: str, only_new: bool = False, supplier: str = "") -> list[Row]:
    """Keep the invoices of an inbox (empty: both), of a supplier (part of a name, or a VAT number; empty: all)."""
    wanted = "".join(supplier.split()).casefold()
    return [
        row
        for row in rows
        if inbox in {"", row["inbox"]}
        and not (only_new and row["state"] != "new")
        and (
            not wanted
            or any(wanted in "".join(row[name].split()).casefold() for name in ("supplier_name", "supplier_vat"))
        )
    ]


def find(rows: Sequence[Row], numbers: Sequence[str], dossier: str) -> list[Row]:
    """Return the invoice that each number means.

    Raises UnknownInvoice or AmbiguousInvoice at the first number that does not mean exactly one.
    """
    return [_one([row for row in rows if row["number"] == number], number, dossier) for number in numbers]


def _one(found: Sequence[Row], number: str, dossier: str) -> Row:
    if not found:
        raise UnknownInvoice(number=number, dossier=dossier)
    if len(found) > 1:
        candidates = "; ".join(f"{row['inbox']}, {row['supplier_name']}, {row['issue_date']}" for row in found)
        raise AmbiguousInvoice(number=number, dossier=dossier, candidates=candidates)
    return found[0]


def partner(row: Mapping[str, Any]) -> str:
    """Return the name of the other side: the supplier of a purchase, the customer of a sale."""
    return str(row["supplier_name"] if row["inbox"] == "purchases" else row["customer_name"])
