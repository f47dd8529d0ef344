"""The rows of `codasync status`: every known journal with its judgement and what has come for it.

The same rows are kept in the database for other programs (view `reception`): `refresh` judges anew and puts them there.
"""

import datetime as dt
import json
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from codasync import booked, reception, store_ledger, store_reception, store_reports
from codasync.continuity import Chain, look

if TYPE_CHECKING:
    from codasync.config import Config
    from codasync.continuity import Missing
    from codasync.store import Store

JUDGED = (
    "journal_code",
    "iban",
    "currency",
    "extension",
    "enabled",
    "account_state",
    "mandate_state",
    "state",
    "reason",
    "next_step",
    "last_statement_number",
    "last_statement_date",
    "last_received_at",
    "statements_received",
    "transactions_received",
    "missing",
    "last_polled_at",
    "since",
    "first_statement_date",
    "months",
)
COLUMNS = ("dossier_code", "dossier_name", *JUDGED)
MONTHS = 12
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Report:
    """What `status` tells: the journals, worst first, words on documents that belong to none, the last pass."""

    rows: Sequence[Row]
    elsewhere: Sequence[str]
    last_run: Row | None

    @property
    def needing(self) -> list[Row]:
        """Return the rows of the journals that need somebody."""
        return [row for row in self.rows if row["state"] in reception.NEEDS_SOMEBODY]


def report(store: "Store", config: "Config", client_id: str | None, since: dt.date | None = None) -> Report:
    """Judge the journals of a dossier, or of all, as they stand now.

    With `since`, statements are counted from that day on, and holes that ended before it are not told. `holes` of a row
    are those values of Missing in `missing` that CodaBox has to be asked for.
    """
    troubles = [row for row in store_reports.documents_to_watch(store) if client_id in {None, row["client_id"]}]
    journals = store_reports.journal_facts(store)
    shared = Counter(map(_book, journals))  # accounting does not tell the extension zones of an account apart
    books = {_book(row) for row in store_ledger.ledger_ends(store) if shared[_book(row)] == 1}
    desk = _Desk(store, store.today(), config.reception, "cod" in config.formats.models.get("coda", ()), since)
    rows: list[Row] = []
    told: set[int] = set()
    for journal in journals:
        if client_id in {None, journal["client_id"]}:
            own = [one for one in troubles if _concerns(one, journal)]
            told |= {one["id"] for one in own if journal["enabled"]}
            statements = store_reports.statements_of(store, journal)
            rows.append(desk.row(journal, own, statements, is_booked=_book(journal) in books))
    elsewhere = [_line(one) for one in troubles if one["id"] not in told]
    return Report(sorted(rows, key=_rank), elsewhere, store_reports.last_run(store))


def refresh(store: "Store", config: "Config", client_id: str | None = None) -> None:
    """Judge the journals of a dossier, or of all, and keep the judgements for other programs, in one transaction."""
    rows = report(store, config, client_id).rows
    judged_at = store.now()
    kept = [{name: _plain(row[name]) for name in ("client_id", *JUDGED)} | {"judged_at": judged_at} for row in rows]
    with store.transaction():
        store_reception.keep_judgements(store, client_id, kept)


def _plain(value: Any) -> Any:
    """Return a value as the database holds it."""
    if isinstance(value, list):
        return json.dumps(value, ensure_ascii=False)
    return int(value) if isinstance(value, bool) else value


def _book(row: Row) -> tuple[str, str, str]:
    """Return what accounting knows an account by."""
    return row["client_id"], row["iban"], row["currency"]


def _concerns(trouble: Mapping[str, Any], journal: Mapping[str, Any]) -> bool:
    return (
        trouble["client_id"] == journal["client_id"]
        and trouble["iban"] == journal["iban"]
        and (trouble["currency"] == journal["currency"] or not trouble["currency"] or not journal["currency"])
    )


def _rank(row: Row) -> tuple[int, str, str, str, str]:
    """Sort the worst first, then by dossier and account."""
    return (
        reception.WORST_FIRST.index(row["state"]),
        row["dossier_code"],
        row["iban"],
        row["currency"],
        row["extension"],
    )


def _line(trouble: Mapping[str, Any]) -> str:
    where = f"document {trouble['id']} of {trouble['dossier_code']} ({trouble['model']} {trouble['format']})"
    skip = f"`codasync skip {trouble['id']}`"
    step = {
        "unavailable": f"each pass asks again; ask CodaBox if it lasts, or give it up with {skip}",
        "unreadable": f"`codasync reparse` reads it again after an upgrade; {skip} when you have seen to it",
    }.get(trouble["state"], f"{skip} when you have seen to it")
    return f"{where} is {trouble['state']}: {trouble['reason']} (listed since {trouble['noted_at'][:10]}) - {step}"


@dataclass(frozen=True, slots=True)
class _Desk:
    """Where journals are judged: on which day, by which thresholds, and from which day on one wants to know."""

    store: "Store"
    today: dt.date
    thresholds: reception.Thresholds
    fetches_coda: bool
    since: dt.date | None

    def row(self, journal: Row, troubles: Sequence[Row], statements: Sequence[Row], *, is_booked: bool) -> Row:
        """Return the row of a journal; `is_booked` tells whether accounting is known."""
        facts = {**journal, "fetches_coda": self.fetches_coda}
        chain = look(statements)
        near = store_reports.booked_near(self.store, journal, booked.days_of(chain)) if is_booked else []
        judgement = self._judge(facts, troubles, chain, near)
        if judgement.missing or judgement.state == "waiting":
            facts["passed_over"] = store_reports.passed_over_days(self.store, journal)
            judgement = self._judge(facts, troubles, chain, near)
        counted = self._counted(
            [one for one in statements if not one["retold"] or one["retold"] < one["transaction_count"]]
        )
        return {
            **facts,
            "enabled": bool(journal["enabled"]),
            "state": judgement.state,
            "since": judgement.since.isoformat() if judgement.since else None,
            "reason": judgement.reason,
            "next_step": judgement.next_step,
            "first_statement_date": next((one["date"] for one in counted if one["date"]), None),
            "statements_received": len(counted),
            "transactions_received": sum([one["transaction_count"] - one["retold"] for one in counted]),
            "months": self._months(counted),
            "holes": judgement.asked,
            "missing": [_hole(one) for one in judgement.missing],
        }

    def _judge(self, facts: Row, troubles: Sequence[Row], chain: Chain, near: booked.Lines) -> reception.Judgement:
        return reception.judge(
            facts, troubles, chain, near, today=self.today, thresholds=self.thresholds, since=self.since
        )

    def _counted(self, statements: Sequence[Row]) -> Sequence[Row]:
        """Return those of some statements, sorted by date, that are not older than the first day asked about."""
        day = self.since.isoformat() if self.since else ""
        return statements[bisect_left(statements, day, key=lambda one: one["date"] or "") :]

    def _months(self, statements: Sequence[Row]) -> list[Row]:
        """Count the statements and transactions of the last months, this one included."""
        number = self.today.year * 12 + self.today.month - 1
        months = [f"{one // 12:04d}-{one % 12 + 1:02d}" for one in range(number - MONTHS + 1, number + 1)]
        first = max(months[0], f"{self.since:%Y-%m}" if self.since else "")
        found: dict[str, Row] = {
            month: {"month": month, "statements": 0, "transactions": 0} for month in months if month >= first
        }
        for one in statements[bisect_left(statements, first, key=lambda one: one["date"] or "") :]:
            if counts := found.get(one["date"][:7]):
                counts["statements"] += 1
                counts["transactions"] += one["transaction_count"] - one["retold"]
        return list(found.values())


def _hole(missing: "Missing") -> Row:
    """Return what is missing as other programs read it."""
    return {
        "from_number": missing.from_number,
        "to_number": missing.to_number,
        "from_date": missing.from_date.isoformat() if missing.from_date else None,
        "to_date": missing.to_date.isoformat() if missing.to_date else None,
        "difference": None if missing.difference_milli is None else missing.difference_milli / 1000,
        "difference_milli": missing.difference_milli,
    }
