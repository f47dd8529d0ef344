"""The rows of `codasync status`: every known journal with its judgement."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from codasync import reception, store_reports

if TYPE_CHECKING:
    from codasync.store import Store

COLUMNS = (
    "dossier_code",
    "dossier_name",
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
)
TABLE = {
    "dossier_code": "dossier",
    "dossier_name": "name",
    "journal_code": "journal",
    "iban": "account",
    "currency": "",
    "extension": "",
    "state": "state",
    "reason": "reason",
    "next_step": "next step",
}
Row = dict[str, Any]


def rows(store: "Store", client_id: str | None, *, fetches_coda: bool) -> tuple[list[Row], list[str]]:
    """Return the judged journals of a dossier, or of all, and lines on documents that belong to none of them.

    `fetches_coda` tells whether the config has CODA fetched at all.
    """
    facts = [row for row in store_reports.journal_facts(store) if client_id in {None, row["client_id"]}]
    troubles = [row for row in store_reports.documents_to_watch(store) if client_id in {None, row["client_id"]}]
    judged = []
    told: set[int] = set()
    for journal in facts:
        own = [one for one in troubles if _concerns(one, journal)]
        if journal["enabled"]:
            told |= {one["id"] for one in own}
        judged.append(_row({**journal, "fetches_coda": fetches_coda}, own))
    return judged, [_line(one) for one in troubles if one["id"] not in told]


def _concerns(trouble: Mapping[str, Any], journal: Mapping[str, Any]) -> bool:
    return (
        trouble["client_id"] == journal["client_id"]
        and trouble["iban"] == journal["iban"]
        and (trouble["currency"] == journal["currency"] or not trouble["currency"] or not journal["currency"])
    )


def _row(journal: Row, troubles: list[Row]) -> Row:
    judgement = reception.judge(journal, troubles, today=dt.datetime.now().astimezone().date())
    return {
        **journal,
        "enabled": bool(journal["enabled"]),
        "state": judgement.state,
        "reason": judgement.reason,
        "next_step": judgement.next_step,
        "missing": [],
    }


def _line(trouble: Mapping[str, Any]) -> str:
    where = f"document {trouble['id']} of {trouble['dossier_code']} ({trouble['model']} {trouble['format']})"
    return f"{where} is {trouble['state']}: {trouble['reason']}"


def totals(judged: Iterable[Mapping[str, Any]]) -> list[str]:
    """Count journals by state, statements and transactions, in one line."""
    listed = list(judged)
    states = Counter(row["state"] for row in listed)
    counts = ", ".join(f"{count} {state}" for state, count in states.most_common())
    statements = sum(row["statements_received"] for row in listed)
    transactions = sum(row["transactions_received"] for row in listed)
    received = f"{_count(statements, 'statement')} and {_count(transactions, 'transaction')} received"
    return [f"{_count(len(listed), 'journal')}{f' ({counts})' if counts else ''}; {received}"]


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"
