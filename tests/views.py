"""The documented views of a database, so that those of two databases can be compared row for row, column for column.

Ids say nothing beyond one database: a row that names another by its id, in a column or in words, is shown with what
that row is. Of times of our own only whether there is one is told. By nature differ `sync_runs`, for there are as many
rows as there were passes, and the folder of an export: they alone are left out.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping

from support import Row

from codasync import store_views

Query = Callable[[str], list[Row]]
BY_NATURE = {"sync_runs"}
NOT_SHOWN = {"id", "folder"}
# what a row is, by columns of its view; those that end in `_id` are what another row is
LISTED = ("dossier_code", "feed_kind", "feed_index", "format")
BYTES = ("dossier_code", "model", "format", "sha256")  # of equal documents, chance may decide which one counts
STATEMENT = ("document_id", "iban", "currency", "extension", "paper_number", "coda_number", "date", "new_balance_milli")
MOVEMENT = ("statement_id", "sequence_number", "detail_number")
INVOICE = ("dossier_code", "inbox", "number", "document_id")
REFERENCES = {
    "document_id": "documents",
    "statement_id": "bank_statements",
    "parent_id": "movements",
    "transaction_id": "movements",
    "invoice_id": "invoices",
}
# what CodaBox calls its clients is the same in two databases, and so is when it says that it changed a state
NAMES = {"client_id", "feed_id", "line_id", "seller_item_id"}
TIMES = re.compile("(?<!modified)_at$")
NAMED = re.compile(r"(?<=\bdocument )\d+|(?<=\bskip )\d+|(?<=\bshow )\d+")


class Views:
    """Reads the views of one database by `query`; `document` are the columns that tell what a document is."""

    def __init__(self, query: Query, document: tuple[str, ...] = LISTED) -> None:
        names = [name for name in store_views.VIEWS if name not in BY_NATURE]
        self._rows = {name: query(f"SELECT * FROM {name}") for name in names}
        self._known: dict[str, dict[object, tuple[object, ...]]] = {}
        for what, identity, views in (
            ("documents", document, ["documents"]),
            ("bank_statements", STATEMENT, ["bank_statements"]),
            ("movements", MOVEMENT, ["coda_transactions", "bank_transaction_details"]),
            ("invoices", INVOICE, ["invoices"]),
        ):
            self._known[what] = {row["id"]: self._is(view, row, identity) for view in views for row in self._rows[view]}

    def shown(self) -> dict[str, list[Row]]:
        """Return the rows of each view."""
        return {view: [self._shown(view, row) for row in rows] for view, rows in self._rows.items()}

    def _shown(self, view: str, row: Mapping[str, object]) -> Row:
        return {name: self._value(view, name, value) for name, value in row.items() if name not in NOT_SHOWN}

    def _is(self, view: str, row: Row, identity: tuple[str, ...]) -> tuple[object, ...]:
        return tuple(self._value(view, name, row[name]) for name in identity)

    def _value(self, view: str, name: str, value: object) -> object:
        if name in REFERENCES and value is not None:
            return self._known[REFERENCES[name]].get(value, value)
        if TIMES.search(name) or (view, name) == ("reception", "since"):
            return bool(value)
        return NAMED.sub(self._name, value) if isinstance(value, str) and name not in NAMES else value

    def _name(self, found: re.Match[str]) -> str:
        documents = self._known.get("documents", {})
        return str(documents.get(int(found[0]), found[0]))


def in_order(views: Mapping[str, list[Row]]) -> dict[str, list[tuple[object, ...]]]:
    """Return the rows of each view as tuples in an order of their own."""
    return {view: sorted((tuple(row.values()) for row in rows), key=repr) for view, rows in views.items()}


def by_bytes(query: Query) -> dict[str, list[tuple[object, ...]]]:
    """Return what the views show where chance decided which of the documents with equal bytes counts."""
    shown = Views(query, BYTES).shown()
    times = Counter(_bytes(row) for row in shown["documents"])
    shared = [row for row in shown["documents"] if row["sha256"] and times[_bytes(row)] > 1]
    shown["what became of equal bytes"] = [
        {"document": _bytes(row), "state": row.pop("state"), "reason": row.pop("reason")} for row in shared
    ]
    return in_order(shown)


def _bytes(row: Row) -> tuple[object, ...]:
    return tuple(row[name] for name in BYTES)
