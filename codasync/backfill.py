"""Statements passed over before their journal was enabled: fetch them where CodaBox still serves them.

They are expected first: what this command does not come to, the next pass fetches.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Event
from typing import TYPE_CHECKING, Any

from codasync import events, receive, store_reports
from codasync.codabox import CodaBox
from codasync.errors import CodasyncError, Forbidden
from codasync.follow import BAD_STATES, ENDS_THE_PASS, believable
from codasync.plan import NOT_SERVED, WANTED_AFTER_ALL, Wishes, decide, stated
from codasync.receive import Outcome, Reading, Source

if TYPE_CHECKING:
    from codasync.store import Store
    from codasync.store_rows import Row


@dataclass(slots=True)
class Backfill:
    """What came of it: files received, and what was kept and not booked.

    `not_served` is CodaBox's metadata of what it serves no more, `postponed` counts what the next pass asks for again.
    """

    received: int = 0
    postponed: int = 0
    refused: list[str] = field(default_factory=list)
    not_served: list[dict[str, Any]] = field(default_factory=list)


def expect_passed_over(store: "Store", client_id: str, iban: str, wishes: Wishes) -> list["Row"]:
    """Note as expected what was passed over of an account and is wanted now; return it for `fetch_passed_over`.

    Each row is one of `store_reports.passed_over`, with the formats wanted. Call it inside a transaction.
    """
    rows = []
    for row in store_reports.passed_over(store, client_id, iban):
        if formats := decide(row["model"], stated(row["metadata"]), wishes).formats:
            rows.append({**row, "formats": formats})
            if not row["bytes"]:
                store.expect(row["entry_id"], formats, WANTED_AFTER_ALL)
    return rows


def fetch_passed_over(
    store: "Store", box: CodaBox, client_id: str, rows: Sequence["Row"], wishes: Wishes, stop: Event, result: Backfill
) -> None:
    """Receive what `expect_passed_over` returned, noting it in `result`, until `stop` is set.

    The caller holds the lock of the database. Raises what ends a pass (refused credentials, the database) and
    Unreachable; a document that is not served any more is skipped again.
    """
    for row in rows:
        source = Source(row["entry_id"], client_id, row["model"], row["metadata"])
        for format_ in row["formats"]:
            if stop.is_set():
                return
            feed = {"feed": row["feed_id"], "feed_kind": row["kind"], "feed_index": row["feed_index"]}
            with events.about(**feed, model=row["model"], format=format_):
                _receive(store, box, row, source, format_, wishes, result)


def _receive(
    store: "Store", box: CodaBox, row: "Row", source: Source, format_: str, wishes: Wishes, result: Backfill
) -> None:
    began, size = time.monotonic(), None
    try:
        reading = _reading(store, box, row, source, format_)
    except ENDS_THE_PASS:
        raise
    except CodasyncError as error:
        if error.exit_code != 3:
            raise
        outcome, reason = _note_missing(store, row, source, format_, error, result), str(error)
    else:
        outcome, size = receive.book(store, source, format_, reading, wishes), len(reading.data)
        reason = outcome.refused or reading.problem
    document = store_reports.document(store, str(store.document_id(source.entry_id, format_)))
    result.received += size is not None and outcome.state != "skipped" and document["reason"] != row["reason"]
    if outcome.refused:
        result.refused.append(outcome.refused)
    events.document(
        document["id"],
        outcome.state,
        reason,
        model=source.model,
        format_=format_,
        bad=bool(outcome.refused) or outcome.state in BAD_STATES,
        bytes=size,
        milliseconds=round((time.monotonic() - began) * 1000),
    )


def _reading(store: "Store", box: CodaBox, row: "Row", source: Source, format_: str) -> Reading:
    """Read what is here already, or fetch it."""
    if row["bytes"] and row["format"] == format_:
        return receive.read(source.model, format_, row["bytes"])
    return believable(
        lambda: box.download(row["kind"], row["feed_index"], format_),
        lambda reading: receive.is_doubtful(store, source, format_, reading),
        source.model,
        format_,
    )


def _note_missing(
    store: "Store", row: "Row", source: Source, format_: str, error: CodasyncError, result: Backfill
) -> Outcome:
    """Note what did not come: passed over for good where CodaBox has it no more, else asked for by the next pass."""
    if error.facts.get("gone") or isinstance(error, Forbidden):
        result.not_served.append(stated(row["metadata"]))
        with store.transaction():
            store.settle(source.entry_id, format_, "skipped", f"{NOT_SERVED}: {error}")
        return Outcome("skipped")
    result.postponed += 1
    return Outcome("unavailable")
