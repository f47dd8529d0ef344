"""Give up documents that CodaBox lists and does not deliver; have seen to those that came and could not be booked.

What is given up is not asked for again, and the next pass acknowledges past it. Should CodaBox deliver it all the same,
under another index, described anew or by its redelivery feed, it is received as anything else is.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from codasync import receive, store_reports
from codasync.errors import NothingToGiveUp, UnknownDocument
from codasync.plan import Wishes
from codasync.receive import Source

if TYPE_CHECKING:
    from codasync.store import Store

Row = dict[str, Any]
NOTHING_MORE = Wishes({}, {}, "never", invoices=True, selections=())  # is fetched


def choose(store: "Store", names: Iterable[str]) -> list[Row]:
    """Return the documents that a person names by id or feed index, those that need nobody left out of an index.

    One that was given up before is among them. Raises UnknownDocument, NothingToGiveUp.
    """
    chosen = {row["id"]: row for name in names for row in _choose(store, name)}
    return list(chosen.values())


def _choose(store: "Store", name: str) -> list[Row]:
    named = store_reports.documents_named(store, name)
    if not named:
        raise UnknownDocument(name=name)
    found = [row for row in named if row["attention"] or row["dismissed_at"]]
    if not found:
        raise NothingToGiveUp(id=named[0]["id"], state=_state(named[0]))
    return found


def _state(row: Row) -> str:
    if row["state"] == "unavailable":
        return "waits for the next pass, which asks for it"
    return f"is {row['state']}{': ' if row['reason'] else ''}{row['reason']}"


def skip(store: "Store", documents: Sequence[Row], by: str) -> list[str]:
    """Give up, or have seen to, these documents, in the name of `by`; return what came of it, in lines.

    The caller holds the lock of the database.
    """
    with store.transaction():
        for row in documents:
            if not row["dismissed_at"]:
                store.dismiss(row["id"], by)
            if row["format"] == "xml":  # an invoice then stands in its inbox by its PDF, where that has come
                entry = store_reports.entry_of(store, row["id"])
                receive.stand_by_pdf(
                    store, Source(entry, row["client_id"], row["model"], row["metadata"]), NOTHING_MORE
                )
    waiting = {one["id"]: one for row in documents for one in store_reports.unavailable_beside(store, row["id"])}
    return [
        *map(_outcome, documents),
        *(f"document {one['id']} ({one['format']}) still holds up the same feed" for one in waiting.values()),
    ]


def _outcome(row: Row) -> str:
    name = f"document {row['id']} of {row['dossier_code']}"
    if row["dismissed_at"]:
        return f"{name} was {row['reason']}"
    if row["state"] == "unavailable":
        return f"{name} is given up; the next pass does not ask for it any more"
    return f"{name} is seen to; it stays {row['state']}, and `codasync status` does not name it any more"
