"""Statements passed over before their journal was enabled: fetch them where CodaBox still serves them."""

from dataclasses import dataclass, field
from threading import Event
from typing import TYPE_CHECKING, Any

from codasync import events, receive
from codasync.codabox import CodaBox
from codasync.errors import CodasyncError
from codasync.follow import BAD_STATES, ENDS_THE_PASS
from codasync.plan import NOT_SERVED, Wishes, decide, stated
from codasync.receive import Source
from codasync.store_reports import passed_over

if TYPE_CHECKING:
    from codasync.store import Store
    from codasync.store_rows import Row


@dataclass(slots=True)
class Backfill:
    """What came of it: files received, what was kept and not booked, the metadata of what CodaBox serves no more."""

    received: int = 0
    refused: list[str] = field(default_factory=list)
    not_served: list[dict[str, Any]] = field(default_factory=list)


def fetch_passed_over(
    store: "Store", box: CodaBox, client_id: str, iban: str, wishes: Wishes, stop: Event, result: Backfill
) -> None:
    """Receive what was skipped of an account and is wanted now, noting it in `result`, until `stop` is set.

    The caller holds the lock of the database. Raises what ends a pass (refused credentials, the database) and
    Unreachable; a document that is not served any more stays skipped.
    """
    for row in passed_over(store, client_id, iban):
        source = Source(row["entry_id"], client_id, row["model"], row["metadata"])
        for format_ in decide(row["model"], stated(row["metadata"]), wishes).formats:
            if stop.is_set():
                return
            with events.about(feed_kind=row["kind"], feed_index=row["feed_index"], model=row["model"], format=format_):
                _receive(store, box, row, source, format_, wishes, result)


def _receive(
    store: "Store", box: CodaBox, row: "Row", source: Source, format_: str, wishes: Wishes, result: Backfill
) -> None:
    data = row["bytes"] if row["format"] == format_ else None
    try:
        data = data or box.download(row["kind"], row["feed_index"], format_)
    except ENDS_THE_PASS:
        raise
    except CodasyncError as error:
        if error.exit_code != 3:
            raise
        result.not_served.append(stated(row["metadata"]))
        with store.transaction():
            store.settle(source.entry_id, format_, "skipped", f"{NOT_SERVED}: {error}")
        return
    reading = receive.read(source.model, format_, data)
    outcome = receive.book(store, source, format_, reading, wishes)
    result.received += outcome.state != "skipped"
    if outcome.refused:
        result.refused.append(outcome.refused)
    events.document(
        store.document_id(source.entry_id, format_),
        outcome.state,
        outcome.refused or reading.problem,
        model=source.model,
        format_=format_,
        bad=bool(outcome.refused) or outcome.state in BAD_STATES,
        bytes=len(data),
    )
