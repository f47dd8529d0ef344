"""The store: every SQL statement that changes a row, as methods that say what they remember.

Writers call them inside `transaction()`, one for each document, never held across a request. What people ask of the
database is in `store_reports`, the file itself in `store_file`. Every method raises DatabaseTrouble when SQLite cannot
do what it should.
"""

import datetime as dt
import hashlib
import json
import os
import sqlite3
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from codasync import store_retellings
from codasync.errors import DatabaseTrouble
from codasync.plan import WANTED_AFTER_ALL, Selection, date
from codasync.store_file import connect, create_file, facts_of
from codasync.store_invoices import StoreInvoices
from codasync.store_rows import Row, movement_references, movement_rows, statement_row
from codasync.store_schema import VERSION

if TYPE_CHECKING:
    from codasync.coda import Statement

NOT_FETCHED = "not fetched yet"


@dataclass(frozen=True, slots=True)
class KnownEntry:
    """An entry of a feed that the store has noted.

    `pending` are the formats still to be received; `skipped` tells that nothing of it was ever asked for, on purpose.
    """

    entry_id: int
    model: str
    metadata: str
    pending: tuple[str, ...]
    skipped: bool


def utc_now() -> dt.datetime:
    """Return the time by the machine's clock."""
    return dt.datetime.now(dt.UTC)


def is_new(path: Path) -> bool:
    """Tell whether opening this database begins a new one: it is not there, or empty. Raises DatabaseTrouble."""
    found = facts_of(path)
    return found is None or found.st_size == 0


def open_store(
    path: Path, *, create: bool = False, read_only: bool = False, clock: Callable[[], dt.datetime] = utc_now
) -> "Store":
    """Open the database, migrating an older one.

    `create` makes a missing file (mode 0640); `read_only` never writes, except to repair what a killed pass left or to
    migrate. Raises DatabaseTrouble when the file is missing, newer than this program, not codasync's, or damaged.
    """
    if create and facts_of(path) is None:
        create_file(path)
    store = Store(path, connect(path, "ro" if read_only else "rw"), clock)
    try:
        version = store.check_version()
    except DatabaseTrouble as trouble:
        store.close()
        if not trouble.facts.get("hot") or not os.access(path, os.W_OK):
            raise
        store = Store(path, connect(path, "rw"), clock)
        version = store.check_version()
    if version < VERSION:
        if read_only:
            store.close()
            store = Store(path, connect(path, "rw"), clock)
        store.migrate()
    if not read_only:
        store.keep_rollback_journal()
    return store


def memory_store(clock: Callable[[], dt.datetime] = utc_now) -> "Store":
    """Open an empty store that leaves nothing behind."""
    store = Store(Path(":memory:"), sqlite3.connect(":memory:", isolation_level=None), clock)
    store.migrate()
    return store


class Store(StoreInvoices):
    """One connection to the database; belongs to the thread that opened it."""

    # --- facts about the office, dossiers, feeds and accounts

    def fact(self, name: str) -> str:
        """Return a fact about the office by its name; an empty text when it is not known."""
        found = self.query("SELECT value FROM fact WHERE name = ?", [name])
        return str(found[0]["value"]) if found else ""

    def note_fact(self, name: str, value: str) -> None:
        """Remember a fact about the office."""
        self.execute(
            "INSERT INTO fact (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            [name, value],
        )

    def note_dossier(self, client_id: str, code: str, name: str) -> bool:
        """Remember a dossier that CodaBox delivers for; True when it is new."""
        known = self.query("SELECT 1 FROM dossier WHERE client_id = ?", [client_id])
        self.execute(
            "INSERT INTO dossier (client_id, code, name, first_seen_at) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (client_id) DO UPDATE SET code = excluded.code, name = excluded.name, vanished_at = NULL",
            [client_id, code, name, self.now()],
        )
        return not known

    def client_ids(self) -> set[str]:
        """Return the client ids of all dossiers that were ever listed."""
        return {row["client_id"] for row in self.query("SELECT client_id FROM dossier")}

    def note_vanished(self, present: Iterable[str]) -> list[Row]:
        """Mark the dossiers whose client ids are no longer present; return those newly gone."""
        listed = set(present)
        gone = [
            row
            for row in self.query("SELECT client_id, code, name FROM dossier WHERE vanished_at IS NULL")
            if row["client_id"] not in listed
        ]
        for row in gone:
            self.execute("UPDATE dossier SET vanished_at = ? WHERE client_id = ?", [self.now(), row["client_id"]])
        return gone

    def note_feeds(self, listed: Iterable[tuple[str, str, str]]) -> None:
        """Remember the feeds that CodaBox lists, by feed id, kind and client id; all others are listed no more."""
        self.execute("UPDATE feed SET listed = 0")
        for feed in listed:
            self.execute(
                "INSERT INTO feed (feed_id, kind, client_id) VALUES (?, ?, ?)"
                " ON CONFLICT (feed_id, kind) DO UPDATE SET client_id = excluded.client_id, listed = 1",
                feed,
            )

    def feed_key(self, feed_id: str, kind: str) -> int:
        """Return the id here of a feed; 0, which no feed has, when it is not known."""
        found = self.query("SELECT id FROM feed WHERE feed_id = ? AND kind = ?", [feed_id, kind])
        return int(found[0]["id"]) if found else 0

    def note_poll(self, feed: int, error: str, kind: str) -> None:
        """Remember that a feed was polled, and the error that it ended in and its kind, both empty for none."""
        self.execute(
            "UPDATE feed SET last_polled_at = :now, last_poll_error = :error, last_poll_kind = :kind,"
            " failing_since = CASE WHEN :error = '' THEN NULL ELSE coalesce(failing_since, :now) END WHERE id = :feed",
            {"now": self.now(), "error": error, "kind": kind, "feed": feed},
        )

    def note_acknowledged(self, feed: int, feed_index: str) -> None:
        """Remember how far CodaBox was told that a feed is safe here."""
        self.execute(
            "UPDATE feed SET acknowledged_index = ?, acknowledged_at = ? WHERE id = ?", [feed_index, self.now(), feed]
        )

    def note_client(self, client_id: str, enterprise_number: str, accounts: Sequence[Row]) -> None:
        """Replace what is known of the mandates and accounts of a dossier that is known already.

        `accounts` are rows of table `account` without the client id.
        """
        self.execute("UPDATE dossier SET enterprise_number = ? WHERE client_id = ?", [enterprise_number, client_id])
        self.execute("DELETE FROM account WHERE client_id = ?", [client_id])
        self.insert_many("account", [{"client_id": client_id, **row} for row in accounts])

    def note_subaccount(self, client_id: str, iban: str, currency: str, extension: str) -> None:
        """Remember that an account has this currency and extension zone."""
        if iban and currency:
            self.execute(
                "INSERT OR IGNORE INTO subaccount (client_id, iban, currency, extension) VALUES (?, ?, ?, ?)",
                [client_id, iban, currency, extension],
            )

    # --- what the office chose

    def select(
        self, client_id: str, iban: str, currency: str, *, journal_code: str | None, since: dt.date | None
    ) -> bool:
        """Enable an account, changing only what is given; True when it was not enabled."""
        was = self.query(
            "SELECT enabled FROM selection WHERE client_id = ? AND iban = ? AND currency = ?",
            [client_id, iban, currency],
        )
        self.execute(
            "INSERT INTO selection (client_id, iban, currency, journal_code, enabled, enabled_at, since)"
            " VALUES (:client_id, :iban, :currency, coalesce(:code, ''), 1, :now, :since)"
            " ON CONFLICT (client_id, iban, currency) DO UPDATE SET"
            " journal_code = coalesce(:code, journal_code), since = coalesce(:since, since),"
            " enabled_at = CASE WHEN enabled THEN enabled_at ELSE :now END, enabled = 1",
            {
                "client_id": client_id,
                "iban": iban,
                "currency": currency,
                "code": journal_code,
                "since": since.isoformat() if since else None,
                "now": self.now(),
            },
        )
        return not (was and was[0]["enabled"])

    def enabled_elsewhere(self, client_id: str, iban: str, currency: str) -> list[Row]:
        """Return the other dossiers for which this account is enabled (in this currency, where one is given)."""
        return self.query(
            "SELECT d.code AS dossier_code, d.name AS name FROM selection AS s JOIN dossier AS d USING (client_id)"
            " WHERE s.iban = :iban AND s.client_id <> :client AND s.enabled"
            " AND (s.currency IN (:currency, '') OR :currency = '') GROUP BY d.client_id",
            {"iban": iban, "client": client_id, "currency": currency},
        )

    def deselect(self, client_id: str, iban: str) -> bool:
        """Disable an account in all its currencies; True when one was enabled."""
        changed = self.execute(
            "UPDATE selection SET enabled = 0 WHERE client_id = ? AND iban = ? AND enabled", [client_id, iban]
        )
        return changed.rowcount > 0

    def selections(self, client_id: str) -> tuple[Selection, ...]:
        """Return what the office chose for a dossier's accounts."""
        rows = self.query("SELECT iban, currency, enabled, since FROM selection WHERE client_id = ?", [client_id])
        return tuple(Selection(row["iban"], row["currency"], bool(row["enabled"]), date(row["since"])) for row in rows)

    # --- entries and documents

    def known_entries(self, feed: int, client_id: str, feed_indices: Sequence[str]) -> dict[str, list[KnownEntry]]:
        """Return what is noted of these entries of a feed for a dossier, by feed index, revisions in order."""
        known: dict[str, list[KnownEntry]] = {}
        for index in feed_indices:
            where = "e.feed = ? AND e.feed_index = ? AND e.client_id = ?"
            rows = self._entries(where, [feed, index, client_id])
            if rows:
                known[index] = [one for _, one in rows]
        return known

    def unlisted(self, client_id: str, kind: str, listed: Collection[str]) -> list[tuple[str, KnownEntry]]:
        """Return the entries of a dossier that wait for a document and are not among those listed, by feed index.

        They are those of all feeds of this kind that the dossier has had: a document is asked for by its index.
        """
        waiting = (
            "e.id IN (SELECT d.entry FROM document AS d WHERE d.state = 'unavailable') AND e.client_id = ?"
            " AND e.feed IN (SELECT f.id FROM feed AS f WHERE f.kind = ?)"
        )
        return [(index, one) for index, one in self._entries(waiting, [client_id, kind]) if index not in listed]

    def _entries(self, where: str, parameters: Sequence[object]) -> list[tuple[str, KnownEntry]]:
        rows = self.query(
            "SELECT e.feed_index AS feed_index, e.id AS entry_id, e.model AS model, e.metadata AS metadata,"  # noqa: S608
            " (SELECT json_group_array(d.format) FROM document AS d"
            "  WHERE d.entry = e.id AND d.state = 'unavailable') AS pending,"
            " NOT EXISTS (SELECT 1 FROM document AS d WHERE d.entry = e.id AND (d.state <> 'skipped'"
            "  OR d.content IS NOT NULL OR d.dismissed_at IS NOT NULL)) AS skipped"
            f" FROM entry AS e WHERE {where} ORDER BY e.id",
            parameters,
        )
        return [(row["feed_index"], _known_entry(row)) for row in rows]

    def note_entry(self, feed: int, client_id: str, feed_index: str, model: str, metadata: str) -> int:
        """Note an entry of a feed, the next revision of its index; return its id."""
        revision = self.query("SELECT count(*) AS n FROM entry WHERE feed = ? AND feed_index = ?", [feed, feed_index])[
            0
        ]["n"]
        row = {
            "feed": feed,
            "feed_index": feed_index,
            "revision": revision,
            "client_id": client_id,
            "model": model,
            "metadata": metadata,
            "noted_at": self.now(),
        }
        return self.insert("entry", row)

    def expect(self, entry: int, formats: Iterable[str], reason: str = NOT_FETCHED) -> None:
        """Note which formats of an entry are to be received, unavailable until then, passed over before or not."""
        for name in formats:
            self.execute(
                "INSERT INTO document (entry, format, state, reason) VALUES (?, ?, 'unavailable', ?)"
                " ON CONFLICT (entry, format) DO UPDATE SET state = excluded.state, reason = excluded.reason"
                " WHERE state = 'skipped' AND content IS NULL AND dismissed_at IS NULL",
                [entry, name, reason],
            )

    def settle(
        self,
        entry: int,
        format_: str,
        state: str,
        reason: str = "",
        *,
        attention: bool = False,
        content: int | None = None,
    ) -> int:
        """Give a document of an entry its state; return the document's id.

        A document that a person has dismissed stays so until its state changes.
        """
        row = {
            "entry": entry,
            "format": format_,
            "state": state,
            "reason": reason,
            "attention": int(attention),
            "content": content,
            "received_at": self.now() if content else None,
        }
        self.execute(
            "INSERT INTO document (entry, format, state, reason, attention, received_at, content)"
            " VALUES (:entry, :format, :state, :reason, :attention, :received_at, :content)"
            " ON CONFLICT (entry, format) DO UPDATE SET state = excluded.state, reason = excluded.reason,"
            " attention = excluded.attention AND (dismissed_at IS NULL OR state <> excluded.state),"
            " dismissed_at = CASE state WHEN excluded.state THEN dismissed_at END,"
            " dismissed_by = CASE state WHEN excluded.state THEN dismissed_by ELSE '' END,"
            " content = coalesce(excluded.content, content),"
            " received_at = coalesce(received_at, excluded.received_at)",
            row,
        )
        return self.document_id(entry, format_)

    def expects_after_all(self, entry: int, format_: str) -> bool:
        """Tell whether a document was passed over once and was not asked for since."""
        where = "entry = ? AND format = ? AND state = 'unavailable' AND reason = ?"
        return bool(self.query(f"SELECT 1 FROM document WHERE {where}", [entry, format_, WANTED_AFTER_ALL]))  # noqa: S608

    def booked_positions(self, entry: int, format_: str) -> set[int]:
        """Return the positions in its file of the statements that are booked by a document."""
        rows = self.query(
            "SELECT s.position AS position FROM document AS d JOIN statement AS s ON s.document = d.id"
            " WHERE d.entry = ? AND d.format = ?",
            [entry, format_],
        )
        return {row["position"] for row in rows}

    def document_id(self, entry: int, format_: str) -> int:
        """Return the id of a document of an entry."""
        return int(self.query("SELECT id FROM document WHERE entry = ? AND format = ?", [entry, format_])[0]["id"])

    def dismiss(self, document: int, by: str) -> None:
        """Note that a person gives up a document that does not come, or has seen to one that came."""
        self.execute(
            "UPDATE document SET state = CASE state WHEN 'unavailable' THEN 'skipped' ELSE state END, attention = 0,"
            " dismissed_at = ?, dismissed_by = ? WHERE id = ?",
            [self.now(), by, document],
        )
        self.execute(
            "UPDATE trouble SET ended = ? WHERE name = ?",
            [f"given up by {by} on {self.now()[:10]}", f"document {document}"],
        )

    def unavailable_documents(self) -> list[Row]:
        """Return the documents that CodaBox lists but could not deliver when they were asked for."""
        return self.query("SELECT * FROM documents WHERE state = 'unavailable' AND attention = 1 ORDER BY id")

    def keep(self, data: bytes) -> int:
        """Store bytes once; return their id."""
        sha256 = hashlib.sha256(data).hexdigest()
        self.execute("INSERT OR IGNORE INTO content (sha256, size, bytes) VALUES (?, ?, ?)", [sha256, len(data), data])
        return int(self.query("SELECT id FROM content WHERE sha256 = ?", [sha256])[0]["id"])

    def is_of_another_entry(self, data: bytes, entry: int) -> bool:
        """Tell whether the same bytes were received for another entry."""
        found = self.query(
            "SELECT 1 FROM content AS c JOIN document AS d ON d.content = c.id"
            " WHERE c.sha256 = ? AND d.entry <> ? LIMIT 1",
            [hashlib.sha256(data).hexdigest(), entry],
        )
        return bool(found)

    def revise_entry(self, entry: int, model: str, metadata: str) -> None:
        """Take over what CodaBox now says about an entry of which nothing was received yet."""
        self.execute("UPDATE entry SET model = ?, metadata = ? WHERE id = ?", [model, metadata, entry])

    def statements_like(self, iban: str, currency: str, extension: str, statement: "Statement") -> list[Row]:
        """Return the booked statements of an account that are this one, or claim the same number and day."""
        return self.query(
            "SELECT document, fingerprint, coda_number, date, old_balance_milli, new_balance_milli, old_balance_date"
            " FROM statement WHERE iban = :iban AND currency = :currency AND extension = :extension"
            " AND (fingerprint = :fingerprint OR (coda_number = :number AND date IS :day))",
            {
                "iban": iban,
                "currency": currency,
                "extension": extension,
                "fingerprint": statement.fingerprint,
                "number": statement.coda_number,
                "day": statement.new_balance_date.isoformat() if statement.new_balance_date else None,
            },
        )

    # --- booking

    def book_statement(self, document: int, client_id: str, position: int, statement: "Statement") -> None:
        """Insert a statement and its movements."""
        row = {"document": document, "client_id": client_id, "position": position, **statement_row(statement)}
        identifier = self.insert("statement", row)
        self.note_subaccount(client_id, row["iban"], row["currency"], row["extension"])
        self._book_movements(identifier, statement, self._next_movement())
        store_retellings.mark(self, identifier)

    def _next_movement(self) -> int:
        return int(self.query("SELECT coalesce(max(id), 0) + 1 AS id FROM movement")[0]["id"])

    def _book_movements(self, statement: int, found: "Statement", first: int) -> None:
        rows = movement_rows(found.movements, first)
        self.insert_many("movement", [{"statement": statement, **row} for row in rows])
        self.insert_many("movement_reference", movement_references(rows))

    def rebook_statements(self, document: int, statements: "Sequence[Statement]") -> set[str]:
        """Bring the booked statements of a document to what it reads as now; return the names of what changed."""
        changed: set[str] = set()
        for position, statement in enumerate(statements, start=1):
            for booked in self.query(
                "SELECT * FROM statement WHERE document = ? AND position = ?", [document, position]
            ):
                changed |= self.update("statement", booked, statement_row(statement))
                changed |= self._rebook_movements(booked["id"], statement)
                if changed:
                    store_retellings.mark(self, booked["id"])
        return changed

    def _rebook_movements(self, statement: int, found: "Statement") -> set[str]:
        booked = self.query("SELECT * FROM movement WHERE statement = ? ORDER BY id", [statement])
        first = booked[0]["id"] if booked else 1
        rows = [{"statement": statement, **row} for row in movement_rows(found.movements, first)]
        changed = {name for old, new in zip(booked, rows, strict=False) for name in new if old[name] != new[name]}
        if len(rows) != len(booked):
            changed.add("number of transactions")
        if self._references_of(statement) != movement_references(rows):
            changed.add("references in the communication")
        if changed:
            of_statement = "SELECT id FROM movement WHERE statement = ? AND parent IS NULL"
            self.execute(f"DELETE FROM movement_reference WHERE movement IN ({of_statement})", [statement])  # noqa: S608
            self.execute("DELETE FROM movement WHERE statement = ?", [statement])
            self._book_movements(statement, found, first if len(rows) <= len(booked) else self._next_movement())
        return changed

    def _references_of(self, statement: int) -> list[Row]:
        return self.query(
            "SELECT r.* FROM movement AS m JOIN movement_reference AS r ON r.movement = m.id"
            " WHERE m.statement = ? AND m.parent IS NULL ORDER BY r.movement, r.reference",
            [statement],
        )

    # --- passes and their troubles

    def begin_run(self) -> int:
        """Note that a pass begins; one that never ended was cut off."""
        self.execute("UPDATE run SET outcome = 'cut off' WHERE finished_at IS NULL AND outcome = 'running'")
        return self.insert("run", {"started_at": self.now(), "outcome": "running"})

    def forget_run(self, run: int) -> None:
        """Forget a pass that was not made after all."""
        self.execute("DELETE FROM run WHERE id = ?", [run])

    def finish_run(self, run: int, facts: Row) -> None:
        """Note how a pass ended."""
        changes = ", ".join(f"{name} = :{name}" for name in facts)
        self.execute(
            f"UPDATE run SET finished_at = :now, {changes} WHERE id = :run",  # noqa: S608 - names of our own
            {"now": self.now(), "run": run, **facts},
        )

    def troubles(self) -> list[Row]:
        """Return the troubles that were there at the end of the last pass or export."""
        sql = "SELECT name, client_id AS whose, text, since, told_at, ended FROM trouble ORDER BY since, name"
        return self.query(sql)

    def note_trouble(self, name: str, whose: str, text: str, since: str, told_at: str) -> None:
        """Remember a trouble and when it was last told."""
        self.execute(
            "INSERT OR REPLACE INTO trouble (name, client_id, text, since, told_at) VALUES (?, ?, ?, ?, ?)",
            [name, whose, text, since, told_at],
        )

    def forget_trouble(self, name: str) -> None:
        """Forget a trouble that has ended."""
        self.execute("DELETE FROM trouble WHERE name = ?", [name])


def _known_entry(row: Row) -> KnownEntry:
    pending = tuple(json.loads(row["pending"]))
    return KnownEntry(row["entry_id"], row["model"], row["metadata"], pending, bool(row["skipped"]))
