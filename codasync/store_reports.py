"""What people ask of the database: the rows behind each report, read and never written."""

import json
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from codasync.errors import DatabaseTrouble, UnknownDocument
from codasync.plan import NOT_SERVED
from codasync.store_rows import Row

if TYPE_CHECKING:
    from codasync.store import Store

MANDATES_REFRESHED = "mandates_refreshed_at"

_OF_JOURNAL = "s.client_id = j.client_id AND s.iban = j.iban AND s.currency = j.currency AND s.extension = j.extension"
# historical CODA all of whose movements others tell counts as nothing
_COUNTS = "(s.retold = 0 OR s.retold < s.transaction_count)"
_LATEST = "ORDER BY s.date DESC, s.coda_number DESC, s.id DESC LIMIT 1"
_LAST = f"SELECT s.id FROM statement AS s WHERE {_OF_JOURNAL} {_LATEST}"  # noqa: S608
# the account that CodaBox names for an entry, written as accounts are here
_IBAN = "replace(upper(json_extract(e.metadata, '$.iban')), ' ', '')"
_BOOKED = (
    "SELECT l.id AS id, l.date AS date, l.year AS year, l.number AS number, l.position AS position,"
    " l.amount_milli AS amount_milli, l.balance_milli AS balance_milli"
    " FROM ledger_account AS a JOIN ledger_line AS l ON l.account = a.id"
    " WHERE a.client_id = :client_id AND a.iban = :iban AND a.currency = :currency"
)
# so many lines of accounting show how it stands before and after a day
NEAR = 200
# how the reason of a duplicate begins
_COPY_OF = "the same as document "

# passes that failed since one went well, and those that began after the last one that ended
_PASSES = """
    WITH good AS (SELECT coalesce(max(r.id), 0) AS id FROM run AS r WHERE r.outcome IN ('ok', 'partial')),
    failed AS (
        SELECT count(*) AS passes_failed, max(r.id) AS id, min(r.started_at) AS pass_failing_since
        FROM run AS r, good WHERE r.id > good.id AND r.outcome = 'failed'),
    ended AS (SELECT coalesce(max(r.id), 0) AS id FROM run AS r WHERE r.finished_at IS NOT NULL),
    cut_off AS (
        SELECT count(*) AS passes_cut_off, min(r.started_at) AS pass_cut_off_since
        FROM run AS r, ended WHERE r.id > ended.id),
    passes AS (
        SELECT f.passes_failed AS passes_failed, f.pass_failing_since AS pass_failing_since,
               coalesce(r.error, '') AS pass_error, coalesce(r.error_kind, '') AS pass_kind,
               c.passes_cut_off AS passes_cut_off, c.pass_cut_off_since AS pass_cut_off_since
        FROM failed AS f JOIN cut_off AS c LEFT JOIN run AS r ON r.id = f.id)"""
_FAILED = "SELECT f.id FROM feed AS f WHERE f.client_id = j.client_id AND f.listed AND f.last_poll_error <> ''"

JOURNAL_FACTS = f"""
    {_PASSES}
    SELECT j.*, last.paper_number AS last_statement_number, last.date AS last_statement_date,
           (SELECT max(d.received_at) FROM statement AS s JOIN document AS d ON d.id = s.document
            WHERE {_OF_JOURNAL} AND s.date = last.date) AS last_received_at,
           (SELECT count(*) FROM statement AS s WHERE {_OF_JOURNAL} AND {_COUNTS}) AS statements_received,
           (SELECT coalesce(sum(s.transaction_count - s.retold), 0) FROM statement AS s WHERE {_OF_JOURNAL})
               AS transactions_received,
           (SELECT max(f.last_polled_at) FROM feed AS f WHERE f.client_id = j.client_id) AS last_polled_at,
           coalesce(failed.last_poll_error, '') AS last_poll_error,
           coalesce(failed.last_poll_kind, '') AS last_poll_kind,
           failed.failing_since AS failing_since, failed.last_polled_at AS last_failed_at,
           d.vanished_at AS vanished_at, d.enterprise_number AS enterprise_number,
           EXISTS (SELECT 1 FROM dossier AS o WHERE o.code = d.code AND o.client_id <> d.client_id) AS code_is_shared,
           EXISTS (SELECT 1 FROM selection AS one WHERE one.client_id = j.client_id AND one.iban = j.iban
                   AND one.currency = j.currency AND j.currency <> '') AS chosen_by_currency,
           EXISTS (SELECT 1 FROM fact WHERE name = '{MANDATES_REFRESHED}') AS mandates_known,
           p.*
    FROM journals AS j JOIN dossier AS d ON d.client_id = j.client_id JOIN passes AS p
    LEFT JOIN statement AS last ON last.id = ({_LAST})
    LEFT JOIN feed AS failed ON failed.id = ({_FAILED} ORDER BY f.failing_since, f.id LIMIT 1)
    ORDER BY j.dossier_code, j.iban, j.currency, j.extension"""  # noqa: S608

# an unreadable statement is no trouble any more once a readable one of its account, day and number has come
TO_WATCH = f"""
    SELECT d.id AS id, d.state AS state, d.reason AS reason, d.format AS format, e.client_id AS client_id,
           o.code AS dossier_code, e.model AS model, e.noted_at AS noted_at,
           coalesce({_IBAN}, '') AS iban,
           coalesce(upper(json_extract(e.metadata, '$.currency')), '') AS currency,
           json_extract(e.metadata, '$.new_balance_date') AS statement_date,
           json_extract(e.metadata, '$.first_statement_number') AS first_number,
           json_extract(e.metadata, '$.last_statement_number') AS last_number
    FROM document AS d JOIN entry AS e ON e.id = d.entry JOIN dossier AS o ON o.client_id = e.client_id
    WHERE d.attention = 1 AND NOT EXISTS (
        SELECT 1 FROM statement AS s
        WHERE d.state = 'unreadable' AND s.client_id = e.client_id
          AND s.iban = {_IBAN}
          AND s.currency = coalesce(upper(json_extract(e.metadata, '$.currency')), s.currency)
          AND s.date = json_extract(e.metadata, '$.new_balance_date')
          AND coalesce(json_extract(e.metadata, '$.last_statement_number'), s.coda_number)
              IN (s.coda_number, s.paper_number))
    ORDER BY d.id"""  # noqa: S608


def dossiers(store: "Store") -> list[Row]:
    """Return the dossiers with the number of their enabled journals, those that vanished last."""
    return store.query(
        "SELECT d.*, (SELECT count(*) FROM journals AS j WHERE j.client_id = d.client_id AND j.enabled) AS"
        " journals_enabled FROM dossiers AS d ORDER BY d.vanished_at IS NOT NULL, d.dossier_code"
    )


def journals(store: "Store", client_id: str | None) -> list[Row]:
    """Return the known accounts of a dossier, or of all."""
    return store.query(
        "SELECT * FROM journals WHERE :client IS NULL OR client_id = :client"
        " ORDER BY dossier_code, iban, currency, extension",
        {"client": client_id},
    )


def journal_facts(store: "Store") -> list[Row]:
    """Return for each journal what `reception.judge` needs."""
    return store.query(JOURNAL_FACTS)


def statements_of(store: "Store", journal: Row) -> list[Row]:
    """Return the statements of a journal (a row with client_id, iban, currency, extension), by date, then by number.

    Each row has id, date, old_balance_date, old_balance_milli, new_balance_milli, coda_number, paper_number,
    transaction_count, retold (how many of these count by others): what the index of statements holds, so that an office
    of a thousand journals can be asked for one after the other.
    """
    return store.query(
        "SELECT s.id AS id, s.date AS date, s.old_balance_date AS old_balance_date,"
        " s.old_balance_milli AS old_balance_milli, s.new_balance_milli AS new_balance_milli,"
        " s.coda_number AS coda_number, s.paper_number AS paper_number, s.transaction_count AS transaction_count,"
        " s.retold AS retold FROM statement AS s"
        " WHERE s.client_id = ? AND s.iban = ? AND s.currency = ? AND s.extension = ? ORDER BY s.date, s.coda_number",
        [journal["client_id"], journal["iban"], journal["currency"], journal["extension"]],
    )


def booked_near(store: "Store", journal: Row, days: Sequence[tuple[str, str]]) -> list[Row]:
    """Return what accounting has booked of an account (a row with client_id, iban, currency) near some days, in order.

    `days` are pairs of a first and a last day (ISO). Near are the lines of those days, the last NEAR before them, and
    the first NEAR after them. Each row has id, date, year, number, amount_milli, balance_milli.
    """
    near = (
        "l.date BETWEEN :first AND :last",
        f"l.date < :first ORDER BY l.date DESC LIMIT {NEAR}",
        f"l.date > :last ORDER BY l.date LIMIT {NEAR}",
    )
    account = {name: journal[name] for name in ("client_id", "iban", "currency")}
    found = {
        row["id"]: row
        for first, last in days
        for where in near
        for row in store.query(f"{_BOOKED} AND {where}", {**account, "first": first, "last": last})
    }
    return sorted(found.values(), key=lambda row: (row["date"], row["year"], row["number"] or 0, row["position"]))


def passed_over_days(store: "Store", journal: Row) -> list[Row]:
    """Return the days of the CODA of a journal that were passed over, in order.

    Each row has date, and served: whether CodaBox may still have it, as far as it was asked.
    """
    return store.query(
        "SELECT DISTINCT json_extract(e.metadata, '$.new_balance_date') AS date,"  # noqa: S608
        f" substr(d.reason, 1, {len(NOT_SERVED)}) <> :not_served AS served"
        " FROM entry AS e JOIN document AS d ON d.entry = e.id"
        " WHERE e.client_id = :client_id AND e.model = 'coda' AND d.state = 'skipped' AND d.dismissed_at IS NULL"
        f" AND {_IBAN} = :iban AND coalesce(upper(json_extract(e.metadata, '$.currency')), '') IN (:currency, '')"
        " AND coalesce(upper(json_extract(e.metadata, '$.extension_zone')), '') IN (:extension, '')"
        " AND json_extract(e.metadata, '$.new_balance_date') IS NOT NULL ORDER BY 1, 2",
        {**{name: journal[name] for name in ("client_id", "iban", "currency", "extension")}, "not_served": NOT_SERVED},
    )


def documents_to_watch(store: "Store") -> list[Row]:
    """Return the documents that need somebody, with the account that CodaBox's metadata names."""
    return store.query(TO_WATCH)


def check_file(store: "Store") -> None:
    """Look through the whole file for damage, about a second for a gigabyte. Raises DatabaseTrouble."""
    [found] = store.query("PRAGMA quick_check(1)")
    if found["quick_check"] != "ok":
        what = " ".join(str(found["quick_check"]).split())
        remedy = "restore it from a backup, or move it away and name it in a report"
        raise DatabaseTrouble(path=store.path, reason=f"it is damaged: {what}", remedy=remedy)


def last_run(store: "Store") -> Row | None:
    """Return the last pass, also one that has not ended or was cut off."""
    found = store.query("SELECT * FROM sync_runs ORDER BY id DESC LIMIT 1")
    return found[0] if found else None


def document(store: "Store", name: str) -> Row:
    """Return the one document of this id, the first of this feed index. Raises UnknownDocument."""
    found = documents_named(store, name)
    if not found:
        raise UnknownDocument(name=name)
    return found[0]


def documents_named(store: "Store", name: str) -> list[Row]:
    """Return the document of this id, or those of this feed index."""
    where = "id = ?" if name.isascii() and name.isdigit() else "feed_index = ?"
    return store.query(f"SELECT * FROM documents WHERE {where} ORDER BY id", [name])  # noqa: S608


def unavailable_beside(store: "Store", document_id: int) -> list[Row]:
    """Return the formats of the same entry that are still to be received."""
    return store.query(
        "SELECT o.id AS id, o.format AS format FROM document AS d JOIN document AS o ON o.entry = d.entry"
        " WHERE d.id = ? AND o.state = 'unavailable' ORDER BY o.id",
        [document_id],
    )


def entry_of(store: "Store", document_id: int) -> int:
    """Return the entry that lists a document."""
    return int(store.query("SELECT entry FROM document WHERE id = ?", [document_id])[0]["entry"])


def content(store: "Store", document_id: int) -> bytes | None:
    """Return a document's bytes as received; None when they never came."""
    found = store.query(
        "SELECT c.bytes AS bytes FROM document AS d JOIN content AS c ON c.id = d.content WHERE d.id = ?", [document_id]
    )
    return found[0]["bytes"] if found else None


def documents_with_content(store: "Store") -> list[Row]:
    """Return the documents whose bytes are here, oldest first."""
    return store.query(
        "SELECT d.id AS id, d.entry AS entry_id, d.format AS format, d.state AS state, d.reason AS reason,"
        " e.model AS model, e.metadata AS metadata, e.client_id AS client_id, o.code AS dossier_code"
        " FROM document AS d JOIN entry AS e ON e.id = d.entry JOIN dossier AS o ON o.client_id = e.client_id"
        " WHERE d.content IS NOT NULL ORDER BY d.id"
    )


def flags_of(store: "Store", document_id: int) -> list[str]:
    """Return the flags of the invoice that a document was booked as."""
    found = store.query("SELECT flags FROM invoice WHERE document = ?", [document_id])
    return list(json.loads(found[0]["flags"])) if found else []


def inbox(store: "Store", client_id: str) -> list[Row]:
    """Return the invoices of a dossier with the time when each came, newest first; a PDF alone by that time."""
    return store.query(
        "SELECT i.*, d.received_at AS received_at FROM invoices AS i JOIN document AS d ON d.id = i.document_id"
        " WHERE i.client_id = ?"
        " ORDER BY i.inbox, coalesce(i.issue_date, date(d.received_at)) DESC, i.document_id DESC",
        [client_id],
    )


def dossier_name(store: "Store", client_id: str) -> str:
    """Return a dossier's code and name."""
    found = store.query("SELECT code, name FROM dossier WHERE client_id = ?", [client_id])
    return " ".join(found[0].values()) if found else ""


def original(store: "Store", document_id: int) -> int | None:
    """Return the document that a duplicate is a copy of, None for what is no duplicate."""
    found = store.query("SELECT reason FROM document WHERE id = ? AND state = 'duplicate'", [document_id])
    named = re.search(rf"\b{_COPY_OF}(\d+)", found[0]["reason"]) if found else None
    return int(named[1]) if named else None


def same_invoice(store: "Store", document_id: int) -> list[Row]:
    """Return the other documents that brought the same invoice: the one that stands in the inbox, then its copies."""
    first = original(store, document_id) or document_id
    return store.query(
        "SELECT v.* FROM documents AS v WHERE v.id <> :asked AND (v.id = :first OR v.id IN ("
        " SELECT c.id FROM document AS d JOIN entry AS e ON e.id = d.entry"
        " JOIN entry AS o ON o.client_id = e.client_id AND o.model = e.model"
        " JOIN document AS c ON c.entry = o.id AND c.state = 'duplicate' AND c.reason = :reason"
        " WHERE d.id = :first)) ORDER BY v.id",
        {"asked": document_id, "first": first, "reason": f"{_COPY_OF}{first}"},
    )


def invoice_of(store: "Store", document_id: int) -> Row | None:
    """Return the invoice that stands in an inbox by a document."""
    found = store.query("SELECT * FROM invoices WHERE document_id = ?", [document_id])
    return found[0] if found else None


def payments_of(store: "Store", document_id: int) -> list[Row]:
    """Return the transactions that are proposed to pay the invoice of a document, the surest first."""
    return store.query(
        "SELECT p.transaction_id AS transaction_id, p.entry_date AS entry_date, p.amount_milli AS amount_milli,"
        " p.reason AS reason, p.confidence AS confidence, s.iban AS iban, s.currency AS currency,"
        " s.paper_number AS statement_number, s.document AS document_id"
        " FROM invoice AS i JOIN payment_matches AS p ON p.invoice_id = i.id"
        " JOIN movement AS m ON m.id = p.transaction_id JOIN statement AS s ON s.id = m.statement"
        " WHERE i.document = ? ORDER BY p.confidence DESC, p.entry_date, p.transaction_id",
        [document_id],
    )


def companion_pdf(store: "Store", document_id: int) -> Row | None:
    """Return the id and bytes of the PDF that CodaBox delivered beside a document of the same entry."""
    found = store.query(
        "SELECT p.id AS id, c.bytes AS bytes FROM document AS d"
        " JOIN document AS p ON p.entry = d.entry AND p.format = 'pdf'"
        " JOIN content AS c ON c.id = p.content WHERE d.id = ?",
        [document_id],
    )
    return found[0] if found else None


def passed_over(store: "Store", client_id: str, iban: str) -> list[Row]:
    """Return the CODA of an account of which something was passed over, oldest first, with the feed that listed it.

    Of some the bytes are here: what was passed over is known by the reason then.
    """
    return store.query(
        "SELECT e.id AS entry_id, e.feed_index AS feed_index, e.model AS model, e.metadata AS metadata, f.kind AS kind,"  # noqa: S608
        " f.feed_id AS feed_id, d.format AS format, d.reason AS reason, c.bytes AS bytes"
        " FROM entry AS e JOIN document AS d ON d.entry = e.id JOIN feed AS f ON f.id = e.feed"
        " LEFT JOIN content AS c ON c.id = d.content"
        " WHERE e.client_id = :client AND e.model = 'coda' AND CASE WHEN d.content IS NOT NULL"
        " THEN instr(d.reason, :iban) ELSE d.state IN ('skipped', 'unavailable')"
        f" AND {_IBAN} = :iban END ORDER BY e.id",
        {"client": client_id, "iban": iban},
    )
