"""One pass over the office's feeds: who is polled, in which order things happen, and how it ended.

`run` is the whole of it and needs no command line. `follow` knows what happens to one feed, `receive` to one document.
"""

import datetime as dt
import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event
from typing import Any

from codasync import dossiers, events, status_report
from codasync.codabox import NORMAL, REDELIVERY, CodaBox, Feed, Patience, Pod, Wire
from codasync.config import Config
from codasync.credentials import Credentials
from codasync.errors import ApiChanged, CodasyncError, ConfigWrong, DatabaseTrouble, WrongArgument
from codasync.follow import ENDS_THE_PASS, FeedTask, Follower, preview
from codasync.plan import INVOICES, Wishes
from codasync.refresh import note_clients, note_pod
from codasync.store import Store, is_new, memory_store, open_store, utc_now
from codasync.store_lock import pass_lock
from codasync.store_reports import MANDATES_REFRESHED
from codasync.troubles import Trouble, tell
from codasync.writer import Writer

REFRESH_AFTER = dt.timedelta(hours=24)

log = logging.getLogger("codasync.sync")
Clock = Callable[[], dt.datetime]
Progress = Callable[[int, int], None]


@dataclass(slots=True)
class PassResult:
    """How a pass went.

    `counts` are documents by state, `refused` says which were kept and not booked, and why, `planned` are the rows of a
    dry run, `news` the lines that are worth a cron mail, `remarks` those that everybody has to see.
    """

    feeds_polled: int = 0
    feeds_failed: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    new_dossiers: list[str] = field(default_factory=list)
    vanished_dossiers: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    news: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    planned: list[dict[str, str]] = field(default_factory=list)
    ended_by: CodasyncError | None = None
    interrupted: bool = False

    @property
    def received(self) -> int:
        """Count the documents whose bytes came in this pass."""
        return sum(self.counts[state] for state in ("stored", "unreadable", "duplicate"))

    @property
    def exit_code(self) -> int:
        """Return the exit code: what ended the pass; a failure common to all feeds; 3 when a part failed; else 0."""
        if self.ended_by:
            return self.ended_by.exit_code
        codes = {one.exit_code for one in self.troubles}
        if 1 in codes:
            return 1
        if self.feeds_failed and self.feeds_failed == self.feeds_polled and len(codes) == 1:
            return codes.pop()
        return 3 if self.troubles or self.refused or self.counts["unreadable"] else 0


@contextmanager
def connect(config: Config, credentials: Credentials | None, stop: Event | None = None) -> Iterator[CodaBox]:
    """Open a client of CodaBox for an office."""
    wire = Wire(
        config.codabox.base_url,
        config.codabox.software_company,
        credentials,
        timeout=config.sync.timeout,
        patience=Patience(config.sync.time_budget, stop),
        ca_bundle=config.codabox.ca_bundle,
    )
    try:
        yield CodaBox(wire, max_document_size=config.sync.max_document_size)
    finally:
        wire.close()


def run(
    config: Config,
    credentials: Credentials,
    *,
    only: str | None = None,
    refresh: bool = False,
    stop: Event | None = None,
    progress: Progress | None = None,
    clock: Clock = utc_now,
) -> PassResult:
    """Make one pass.

    `only` names the one dossier to look at; `refresh` asks for mandates and accounts even when that was done today;
    `stop`, once set, ends the pass after the document in hand; `progress` is told (done, all) feeds. Raises PassRunning
    when another pass holds the lock, DatabaseTrouble when the database fails; every other trouble is in the result.
    """
    stop = stop or Event()
    with pass_lock(config.database, f"{clock():%Y-%m-%dT%H:%M:%SZ}"):
        begins = is_new(config.database)
        with open_store(config.database, create=True, clock=clock) as store, connect(config, credentials, stop) as box:
            result = Pass(config, store, box, stop).run(only, refresh=refresh, progress=progress)
    if begins:
        result.remarks.append(f"{config.database} was not there, or empty: a new one begins, with no journal enabled")
    return result


def dry_run(config: Config, credentials: Credentials, *, only: str | None = None) -> PassResult:
    """Return what a pass would do, changing nothing here or at CodaBox. Raises what the calls raise."""
    known = memory_store() if is_new(config.database) else open_store(config.database, read_only=True)
    with known as store, connect(config, credentials) as box:
        return Pass(config, store, box, Event()).preview(only)


class Pass:
    """The state of one pass."""

    def __init__(self, config: Config, store: Store, box: CodaBox, stop: Event) -> None:
        self._config, self._store, self._box, self._stop = config, store, box, stop
        self._result = PassResult()
        self._polls: list[tuple[int, str, str]] = []
        self._looked_at: set[str] = set()
        self._write = Writer()

    def run(self, only: str | None, *, refresh: bool, progress: Progress | None) -> PassResult:
        """Make the pass and write down how it went."""
        with self._store.transaction():
            run_id = self._store.begin_run()
        began = time.monotonic()
        events.note("pass_started", f"pass {run_id} begins", run=run_id)
        try:
            self._work(only, refresh=refresh, progress=progress)
        except DatabaseTrouble:
            raise
        except WrongArgument as error:
            with self._store.transaction():
                self._store.forget_run(run_id)  # a wrong call is no pass
            self._result.ended_by = error
            self._note_end(run_id, began)
            raise
        except CodasyncError as error:
            self._result.ended_by = error
            advised = CodasyncError(text=f"{error} - {error.advice}" if error.advice else str(error))
            self._fail(f"pass {type(error).__name__}", "", advised, code=error.exit_code)
        self._finish(run_id)
        self._note_end(run_id, began)
        return self._result

    def preview(self, only: str | None) -> PassResult:
        """Plan the pass without making it."""
        for task in self._tasks(self._box.pod(), only):
            try:
                self._result.feeds_polled += 1
                entries = self._box.feed(task.kind, task.feed.feed_id)
                self._result.planned += preview(self._store, task, entries)
            except ENDS_THE_PASS:
                raise
            except CodasyncError as error:
                self._result.feeds_failed += 1
                self._fail(f"feed {task.kind} {task.feed.feed_id}", task.feed.client_id, error)
        return self._result

    def _work(self, only: str | None, *, refresh: bool, progress: Progress | None) -> None:
        pod = self._box.pod()
        self._result.new_dossiers, self._result.vanished_dossiers = note_pod(self._store, pod)
        if pod.not_understood:
            reason = f"{pod.not_understood} of its entries have another shape"
            self._fail("list of feeds", "", ApiChanged(what="the list of feeds", reason=reason), code=3)
        if refresh or self._mandates_are_old():
            self._refresh_clients()
        by_dossier: dict[str, list[FeedTask]] = {}
        for task in self._tasks(pod, only):
            by_dossier.setdefault(task.feed.client_id, []).append(task)
        self._looked_at = {"", *by_dossier}
        with ThreadPoolExecutor(self._config.sync.workers, thread_name_prefix="feed") as pool, self._write.attended():
            self._write.serve([pool.submit(self._follow_all, tasks) for tasks in by_dossier.values()], progress)
        if self._result.ended_by:
            raise self._result.ended_by

    def _mandates_are_old(self) -> bool:
        known = self._store.fact(MANDATES_REFRESHED)
        now = dt.datetime.fromisoformat(self._store.now())
        return not known or abs(now - dt.datetime.fromisoformat(known)) >= REFRESH_AFTER  # a clock may be set back

    def _refresh_clients(self) -> None:
        try:
            note_clients(self._store, self._box.clients(), all_of_them=True)
        except ENDS_THE_PASS:
            raise
        except CodasyncError as error:
            self._fail("mandates", "", error)

    # --- which feeds matter

    def _tasks(self, pod: Pod, only: str | None) -> list[FeedTask]:
        listed = self._listed(pod)
        wanted = dossiers.find(listed, only)["client_id"] if only else None
        invoiced = self._invoiced(listed)
        tasks: list[FeedTask] = []
        for feed in pod.feeds:
            wishes = self._wishes(feed, pod, invoiced)
            if wanted in {None, feed.client_id} and self._matters(wishes):
                keys = {kind: self._store.feed_key(feed.feed_id, kind) for kind in (NORMAL, REDELIVERY)}
                tasks += [FeedTask(feed, kind, key, wishes) for kind, key in keys.items()]
        return tasks

    def _listed(self, pod: Pod) -> list[dict[str, Any]]:
        numbers = {row["client_id"]: row["enterprise_number"] for row in self._store.query("SELECT * FROM dossiers")}
        return [
            {
                "client_id": feed.client_id,
                "dossier_code": feed.client_code,
                "name": feed.client_name,
                "enterprise_number": numbers.get(feed.client_id, ""),
            }
            for feed in pod.feeds
        ]

    def _invoiced(self, listed: list[dict[str, Any]]) -> set[str]:
        """Return the client ids of the dossiers whose invoices the config asks for by name."""
        found = set()
        for name in self._config.invoices if isinstance(self._config.invoices, tuple) else ():
            try:
                found.add(dossiers.find(listed, name)["client_id"])
            except WrongArgument as error:
                self._fail(
                    f"invoices.dossiers {name}", "", ConfigWrong(self._config.path, [f"invoices.dossiers: {error}"])
                )
        return found

    def _wishes(self, feed: Feed, pod: Pod, invoiced: set[str]) -> Wishes:
        selections = self._store.selections(feed.client_id)
        enabled = any(one.enabled for one in selections)
        invoices = {"all": True, "enabled": enabled}.get(str(self._config.invoices), feed.client_id in invoiced)
        formats = self._config.formats
        return Wishes(formats.models, pod.allowed_formats, formats.pdf, invoices, selections)

    def _matters(self, wishes: Wishes) -> bool:
        invoices = wishes.invoices and wishes.models.keys() & INVOICES.keys()
        return bool(invoices) or any(one.enabled for one in wishes.selections)

    # --- in the threads that fetch

    def _follow_all(self, tasks: list[FeedTask]) -> None:
        """Follow the feeds of one dossier, one after the other."""
        for task in tasks:
            with events.about(dossier=task.feed.client_code, feed=task.feed.feed_id, feed_kind=task.kind):
                self._follow(task)

    def _follow(self, task: FeedTask) -> None:
        """Follow one feed; whatever goes wrong stays with it, but for what ends the pass."""
        if self._stop.is_set():
            return
        follower = Follower(self._box, self._store, self._write, self._stop)
        error: CodasyncError | None = None
        try:
            follower.follow(task)
        except ENDS_THE_PASS as trouble:
            self._result.ended_by = self._result.ended_by or trouble
            self._stop.set()
        except CodasyncError as trouble:
            error = None if self._stop.is_set() else trouble  # an end on request is no failure of the feed
        except Exception as bug:
            log.exception("feed %s", task.feed.feed_id)
            error = CodasyncError(text=f"unexpected {type(bug).__name__}; -v shows where")
        self._write(self._note_end_of_feed, task, follower, error)

    def _note_end_of_feed(self, task: FeedTask, follower: Follower, error: CodasyncError | None) -> None:
        self._result.feeds_polled += 1
        self._result.counts += follower.counts
        self._result.refused += follower.refused
        self._polls.append((task.feed_key, str(error or ""), type(error).__name__ if error else ""))
        if error:
            self._result.feeds_failed += 1
            self._fail(f"feed {task.kind} {task.feed.feed_id}", task.feed.client_id, error, task.feed.client_code)

    # --- how it ended

    def _fail(
        self, name: str, client_id: str, error: CodasyncError, dossier: str = "", code: int | None = None
    ) -> None:
        text = f"{dossier}: {error}" if dossier else str(error)
        self._add(Trouble(name, client_id, text, code or error.exit_code), dossier)

    def _add(self, trouble: Trouble, dossier: str, document: int | None = None) -> None:
        self._result.troubles.append(trouble)
        events.note(
            "trouble",
            trouble.text,
            level=events.WARNING,
            name=trouble.name,
            dossier=dossier,
            document=document,
            exit_code=trouble.exit_code,
        )

    def _finish(self, run_id: int) -> None:
        result, store = self._result, self._store
        result.interrupted = self._stop.is_set() and not result.ended_by
        self._add_unavailable()
        all_failed = result.ended_by or (result.feeds_failed and result.feeds_failed == result.feeds_polled)
        outcome = "failed" if all_failed else "partial" if result.exit_code else "ok"
        facts = {
            "outcome": "interrupted" if result.interrupted else outcome,
            "feeds_polled": result.feeds_polled,
            "documents_received": result.received,
            "documents_unreadable": result.counts["unreadable"],
            "feeds_failed": result.feeds_failed,
            "error": "; ".join(one.text for one in result.troubles)[:2000],
            "error_kind": type(result.ended_by).__name__ if result.ended_by else "",
        }
        with store.transaction():
            for feed_key, error, kind in self._polls:
                store.note_poll(feed_key, error, kind)
            store.finish_run(run_id, facts)
        self._judge()
        if not result.interrupted:
            result.news = result.refused + tell(store, result.troubles, set() if result.ended_by else self._looked_at)

    def _note_end(self, run_id: int, began: float) -> None:
        result = self._result
        events.note(
            "pass_ended",
            f"pass {run_id} ends",
            run=run_id,
            exit_code=None if result.interrupted else result.exit_code,
            interrupted=result.interrupted,
            documents=dict(result.counts),
            feeds_polled=result.feeds_polled,
            feeds_failed=result.feeds_failed,
            dossiers_new=result.new_dossiers,
            dossiers_vanished=result.vanished_dossiers,
            milliseconds=round((time.monotonic() - began) * 1000),
        )

    def _judge(self) -> None:
        """Keep the judgement on every journal for other programs; a bug in it spoils nothing that was received."""
        try:
            status_report.refresh(self._store, self._config)
        except CodasyncError:
            raise
        except Exception as bug:
            log.exception("reception")
            text = f"reception cannot be judged: unexpected {type(bug).__name__}; -v shows where"
            self._fail("reception", "", CodasyncError(text=text))

    def _add_unavailable(self) -> None:
        """Add the documents that CodaBox lists and does not deliver."""
        for row in self._store.unavailable_documents():
            if row["client_id"] in self._looked_at:
                text = f"{row['dossier_code']}: document {row['id']} is unavailable: {row['reason']}"
                trouble = Trouble(f"document {row['id']}", row["client_id"], text, 3)
                self._add(trouble, row["dossier_code"], document=row["id"])
