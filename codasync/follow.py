"""Follow one feed: poll it, plan, fetch what is wanted, have it stored, and acknowledge what is safe.

Runs in a thread of the pass. Everything that touches the store goes through `write`, which has it done by the thread
that owns the store.
"""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from operator import itemgetter
from threading import Event
from typing import TYPE_CHECKING

from codasync import events, receive
from codasync.codabox import CodaBox, Entry, Feed
from codasync.errors import CodasyncError, CredentialsRefused, DatabaseTrouble, FeedStuck, NoConnection, NotServed
from codasync.plan import CODA, Wishes, compact, date, decide, pdf_last
from codasync.receive import BOOKED_FORMATS, Outcome, Reading, Source
from codasync.writer import Writer

if TYPE_CHECKING:
    import datetime as dt

    from codasync.store import KnownEntry, Store

# a feed that goes on for longer is gone on with in the next pass
MOST_ROUNDS = 1000

# a document that is another each time it is fetched is left to the next pass
MOST_ANSWERS = 4

# troubles that no other document or feed can be spared from
ENDS_THE_PASS = (CredentialsRefused, DatabaseTrouble)

BAD_STATES = {"unreadable", "unavailable"}


@dataclass(frozen=True, slots=True)
class FeedTask:
    """A feed to follow: CodaBox's words for it, its kind, its id in the store, and what is wanted of it."""

    feed: Feed
    kind: str
    feed_key: int
    wishes: Wishes


@dataclass(frozen=True, slots=True)
class Step:
    """What is done with one entry: `formats` are fetched; none of them are, for a `reason`, or because it is known.

    `known` is what the store has noted of the entry, None for a new one.
    """

    entry: Entry
    formats: tuple[str, ...]
    reason: str
    known: "KnownEntry | None"


def plan(store: "Store", task: FeedTask, entries: Sequence[Entry]) -> list[Step]:
    """Decide on what a feed lists. Reads the store, changes nothing."""
    known = store.known_entries(task.feed_key, task.feed.client_id, [entry.feed_index for entry in entries])
    unique = dict.fromkeys(entries)
    return [_step(entry, known.get(entry.feed_index, []), task.wishes) for entry in unique]


def _step(entry: Entry, revisions: "list[KnownEntry]", wishes: Wishes) -> Step:
    same = [one for one in revisions if (one.model, one.metadata) == (entry.model, entry.metadata)]
    # an entry of which nothing has come yet may be described anew; of another, a new description is another document
    open_ones = [one for one in revisions[-1:] if one.pending or one.skipped]
    noted = next(reversed(same or open_ones), None)
    decision = decide(entry.model, entry.facts(), wishes)
    if noted and not noted.skipped and (decision.formats or not noted.pending):
        return Step(entry, pdf_last(noted.pending), "", noted)
    return Step(entry, decision.formats, decision.reason, noted)


def note(store: "Store", task: FeedTask, steps: Iterable[Step]) -> list[tuple[Step, int]]:
    """Note what is new, skip what is not wanted, and expect what is; return each step with its entry's id."""
    with store.transaction():
        return [(step, _note_step(store, task, step)) for step in steps]


def oldest_first(steps: Sequence[tuple[Step, int]]) -> bool:
    """Tell whether a list of steps, with their entries' ids, contradicts nothing that is known of their order.

    That is the order in which the entries were noted, and the days of each account's statements.
    """
    noted = [entry_id for _, entry_id in steps]
    days: dict[tuple[str, ...], list[dt.date]] = {}
    for step, _ in steps:
        facts = step.entry.facts()
        account = tuple(compact(facts.get(name)) for name in ("iban", "currency", "extension_zone"))
        if day := date(facts.get("new_balance_date")):
            days.setdefault(account, []).append(day)
    return noted == sorted(noted) and all(line == sorted(line) for line in days.values())


def _note_step(store: "Store", task: FeedTask, step: Step) -> int:
    entry, known = step.entry, step.known
    if known:
        entry_id = known.entry_id
        if (known.model, known.metadata) != (entry.model, entry.metadata):
            store.revise_entry(entry_id, entry.model, entry.metadata)
    else:
        entry_id = store.note_entry(task.feed_key, task.feed.client_id, entry.feed_index, entry.model, entry.metadata)
        _note_account(store, task.feed.client_id, entry)
    if step.formats:
        store.expect(entry_id, step.formats)
    elif step.reason:
        for format_ in known.pending if known and known.pending else [BOOKED_FORMATS.get(entry.model, "")]:
            store.settle(entry_id, format_, "skipped", step.reason)
    return entry_id


def _note_account(store: "Store", client_id: str, entry: Entry) -> None:
    facts = entry.facts()
    if entry.model == CODA:
        currency, extension = compact(facts.get("currency")), compact(facts.get("extension_zone"))
        store.note_subaccount(client_id, compact(facts.get("iban")), currency, extension)


class Follower:
    """Follows feeds for a pass; one for each thread's task.

    `counts` are the documents received, by state; `refused` says which were kept and not booked, and why.
    """

    def __init__(self, box: CodaBox, store: "Store", write: Writer, stop: Event) -> None:
        self._box, self._store, self._write, self._stop = box, store, write, stop
        self.counts: Counter[str] = Counter()
        self.refused: list[str] = []
        self._silent = False

    def follow(self, task: FeedTask) -> None:
        """Bring a feed to where nothing new is listed, or the run is to end.

        Raises FeedStuck when an accepted acknowledgement has no effect, and what `CodaBox` raises.
        """
        acknowledged: set[str] = set()
        tried: set[str] = set()
        for _ in range(MOST_ROUNDS):
            entries = self._box.feed(task.kind, task.feed.feed_id)
            if acknowledged & {entry.feed_index for entry in entries}:
                raise FeedStuck(what=f"{task.kind} feed {task.feed.feed_id}")
            tried |= {entry.feed_index for entry in entries}
            safe = self._settle(task, entries)
            if not safe or self._stop.is_set():
                break
            self._box.acknowledge(task.kind, task.feed.feed_id, safe[-1])
            self._write(self._note_acknowledged, task.feed_key, safe[-1])
            events.note("acknowledged", f"{task.kind} feed {task.feed.feed_id} up to {safe[-1]}", feed_index=safe[-1])
            acknowledged.add(safe[-1])
        self._ask_for_unlisted(task, tried)

    def _ask_for_unlisted(self, task: FeedTask, tried: set[str]) -> None:
        """Ask again for documents that never came and that the feed lists no more."""
        task, steps = self._write(self._plan_unlisted, task, tried)
        self._carry_out(task, steps)

    def _plan_unlisted(self, task: FeedTask, tried: set[str]) -> tuple[FeedTask, list[tuple[Step, int]]]:
        task = self._as_chosen_now(task)
        waiting = self._store.unlisted(task.feed.client_id, task.kind, tried)
        steps = [_step(Entry(index, one.model, one.metadata), [one], task.wishes) for index, one in waiting]
        return task, note(self._store, task, steps)

    def _note_acknowledged(self, feed_key: int, feed_index: str) -> None:
        with self._store.transaction():
            self._store.note_acknowledged(feed_key, feed_index)

    def _settle(self, task: FeedTask, entries: Sequence[Entry]) -> list[str]:
        """Carry out the plan for a list of entries; return the indices before which nothing is missing."""
        task, steps = self._write(self._plan_and_note, task, entries)
        there = self._carry_out(task, steps)
        if not all(there) and not oldest_first(steps):
            return []  # what stands behind a missing document may have been before it
        return [step.entry.feed_index for (step, _), _ in takewhile(itemgetter(1), zip(steps, there, strict=False))]

    def _carry_out(self, task: FeedTask, steps: Iterable[tuple[Step, int]]) -> list[bool]:
        """Fetch what each step wants, until the run is to end; tell of each whether all of it is there."""
        there = []
        for step, entry_id in steps:
            if self._stop.is_set():
                break
            source = Source(entry_id, task.feed.client_id, step.entry.model, step.entry.metadata)
            # what comes after a missing document is fetched all the same
            there.append(self._fetch_all(task, step, source))
        return there

    def _plan_and_note(self, task: FeedTask, entries: Sequence[Entry]) -> tuple[FeedTask, list[tuple[Step, int]]]:
        task = self._as_chosen_now(task)
        return task, note(self._store, task, plan(self._store, task, entries))

    def _as_chosen_now(self, task: FeedTask) -> FeedTask:
        """Take over what the office wants now: a journal may have been enabled since the pass began."""
        selections = self._store.selections(task.feed.client_id)
        return replace(task, wishes=replace(task.wishes, selections=selections))

    def _fetch_all(self, task: FeedTask, step: Step, source: Source) -> bool:
        """Fetch and store an entry's formats, and those that turn out to be needed; True when none is missing."""
        waiting, states, xml_gone = list(step.formats), dict[str, str](), False
        while waiting:
            format_ = waiting.pop(0)
            with events.about(feed_index=step.entry.feed_index, model=step.entry.model, format=format_):
                outcome, gone = self._fetch(task, step, source, format_, xml_gone=xml_gone)
            xml_gone = xml_gone or (gone and format_ == "xml")
            states[format_] = outcome.state
            if outcome.refused:
                self.refused.append(f"{task.feed.client_code}: {outcome.refused}")
            if xml_gone and states.get("pdf") in {"stored", "duplicate"}:
                states["xml"] = "skipped"
            waiting += [name for name in outcome.more if name not in states and name not in waiting]
        self.counts.update(states.values())
        return "unavailable" not in states.values()

    def _fetch(
        self, task: FeedTask, step: Step, source: Source, format_: str, *, xml_gone: bool
    ) -> tuple[Outcome, bool]:
        """Fetch one format and have it settled; tell whether CodaBox says that it has none."""
        began, reason, size, gone = time.monotonic(), "", None, False
        try:
            reading = self._download(task, step, source, format_)
        except ENDS_THE_PASS:
            raise
        except CodasyncError as error:
            if self._stop.is_set():
                raise
            reason, gone = str(error), bool(error.facts.get("gone"))
            self._spare_others(error)
            outcome = self._write(receive.refuse, self._store, source, format_, error, task.wishes)
        else:
            size, self._silent = len(reading.data), False
            outcome = self._write(receive.book, self._store, source, format_, reading, task.wishes, xml_gone=xml_gone)
            reason = outcome.refused or reading.problem
        document = self._write(self._store.document_id, source.entry_id, format_)
        events.document(
            document,
            outcome.state,
            reason,
            model=step.entry.model,
            format_=format_,
            bad=bool(outcome.refused) or outcome.state in BAD_STATES,
            bytes=size,
            milliseconds=round((time.monotonic() - began) * 1000),
        )
        return outcome, gone

    def _download(self, task: FeedTask, step: Step, source: Source, format_: str) -> Reading:
        """Fetch and read one format. Raises NotServed when no two answers are alike, and what `CodaBox` raises."""

        def fetch() -> bytes:
            return self._box.download(task.kind, step.entry.feed_index, format_)

        def is_doubtful(reading: Reading) -> bool:
            return self._write(receive.is_doubtful, self._store, source, format_, reading)

        return believable(fetch, is_doubtful, step.entry.model, format_)

    def _spare_others(self, error: CodasyncError) -> None:
        """Raise again what is not one document's trouble: CodaBox cannot be reached, or is silent twice in a row."""
        silent = isinstance(error, NoConnection)
        if silent and (self._silent or not error.facts["sent"]):
            raise error
        self._silent = silent


def believable(fetch: Callable[[], bytes], is_doubtful: Callable[[Reading], bool], model: str, format_: str) -> Reading:
    """Fetch a document, a doubtful one until it comes a second time alike: then it is what CodaBox has.

    Raises NotServed when no two of `MOST_ANSWERS` answers are alike, and what `fetch` raises.
    """
    seen: set[bytes] = set()
    while len(seen) < MOST_ANSWERS:
        data = fetch()
        reading = receive.read(model, format_, data)
        if data in seen or not is_doubtful(reading):
            return reading
        seen.add(data)
    raise NotServed(what=f"this document ({format_})", reason="it comes with other bytes each time", gone=False)


def preview(store: "Store", task: FeedTask, entries: Sequence[Entry]) -> list[dict[str, str]]:
    """Return the plan for a feed as rows for people: what would be fetched, in which formats, or why not."""
    return [
        {
            "dossier_code": task.feed.client_code,
            "feed_kind": task.kind,
            "feed_index": step.entry.feed_index,
            "model": step.entry.model,
            "action": "fetch" if step.formats else "skip",
            "formats": " ".join(step.formats),
            "reason": step.reason,
            "metadata": json.dumps(step.entry.facts()),
        }
        for step in plan(store, task, entries)
        if step.formats or step.known is None
    ]
