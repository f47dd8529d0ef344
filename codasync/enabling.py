"""Enable a journal: remember the choice, tell whether CodaBox can deliver, fetch what was passed over.

Works without CodaBox when the dossier is known here; the answer then says so.
"""

import datetime as dt
from dataclasses import dataclass, field
from threading import Event
from typing import TYPE_CHECKING, Any

from codasync import dossiers, events, reception, status_report
from codasync.backfill import Backfill, expect_passed_over, fetch_passed_over
from codasync.codabox import CodaBox
from codasync.config import Config
from codasync.credentials import Credentials
from codasync.errors import (
    CodasyncError,
    CredentialsRefused,
    EnabledElsewhere,
    NotRegistered,
    PassRunning,
    UnknownDossier,
    Unreachable,
)
from codasync.plan import CODA, Wishes
from codasync.refresh import note_clients, note_pod
from codasync.store_lock import pass_lock
from codasync.store_reports import MANDATES_REFRESHED, journal_facts
from codasync.sync import connect

if TYPE_CHECKING:
    from codasync.store import Store


@dataclass(slots=True)
class Enabled:
    """What to tell about it: what was done, what is in the way; and the exit code."""

    lines: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    exit_code: int = 0


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person asked for: an account (in one currency, or empty for all), and what is given about it."""

    dossier: str
    iban: str
    currency: str
    journal_code: str | None
    since: dt.date | None


@dataclass(frozen=True, slots=True)
class Earlier:
    """What was passed over of an account and is wanted now; `trouble` is what keeps CodaBox from answering."""

    iban: str
    wishes: Wishes
    rows: list[Any]
    trouble: CodasyncError | None


def enable(
    config: Config, credentials: Credentials, store: "Store", choice: Choice, stop: Event | None = None
) -> Enabled:
    """Enable the journal; `stop`, once set, ends the fetching of earlier statements after the one in hand.

    Raises UnknownDossier, AmbiguousDossier, EnabledElsewhere; what CodaBox raises only when the dossier is not known
    here.
    """
    result, stop = Enabled(), stop or Event()
    with connect(config, credentials, stop) as box:
        row = _find(store, box, choice.dossier)
        for other in store.enabled_elsewhere(row["client_id"], choice.iban, choice.currency):
            raise EnabledElsewhere(iban=choice.iban, dossier=dossiers.label(other))
        trouble = _ask(store, box, row["client_id"])
        with store.transaction():
            new = store.select(
                row["client_id"], choice.iban, choice.currency, journal_code=choice.journal_code, since=choice.since
            )
            wishes = _wishes(config, store, row["client_id"])
            earlier = expect_passed_over(store, row["client_id"], choice.iban, wishes) if choice.since else []
        word = "is enabled" if new else "was enabled already"
        account = f"{choice.iban} {choice.currency}".strip()
        result.lines.append(f"journal {account} of {dossiers.label(row)} {word}")
        if "cod" not in config.formats.models.get(CODA, ()):
            result.warnings.append(f"nothing will be booked: {config.path} fetches no CODA (formats.coda)")
        if trouble:
            result.warnings.append(f"CodaBox could not be asked about it now: {trouble}")
        _tell_outlook(store, row["client_id"], choice.iban, result, asked=not trouble)
        if choice.since:
            with events.about(dossier=row["dossier_code"]):
                _fetch_earlier(config, store, box, row, Earlier(choice.iban, wishes, earlier, trouble), stop, result)
    status_report.refresh(store, config, row["client_id"])
    return result


def _find(store: "Store", box: CodaBox, name: str) -> Any:
    """Find the dossier here; when it is not known, ask CodaBox for the office's dossiers and look again."""
    try:
        return dossiers.find(store.query("SELECT * FROM dossiers"), name)
    except UnknownDossier:
        note_pod(store, box.pod())
        note_clients(store, box.clients(), all_of_them=True)
        return dossiers.find(store.query("SELECT * FROM dossiers"), name)


def _ask(store: "Store", box: CodaBox, client_id: str) -> CodasyncError | None:
    """Bring the dossier's mandates and accounts up to date; return what kept CodaBox from answering."""
    try:
        note_clients(store, (box.client(client_id),), all_of_them=False)
    except (CredentialsRefused, NotRegistered):
        raise
    except CodasyncError as error:
        if error.exit_code == 14:
            raise
        return error
    return None


def _tell_outlook(store: "Store", client_id: str, iban: str, result: Enabled, *, asked: bool) -> None:
    """Say whether CodaBox can deliver for the account, a warning for each thing that is in the way.

    Nothing can be said when CodaBox was not `asked`, neither now nor in an earlier pass.
    """
    mine = [row for row in journal_facts(store) if row["client_id"] == client_id and row["iban"] == iban]
    if not asked and not any(row["mandates_known"] for row in mine):
        return
    when = "" if asked else f" as of {store.fact(MANDATES_REFRESHED)}"
    missing = {one for one in map(reception.obstacle, mine) if one}
    for one in sorted(missing, key=str):
        result.warnings.append(f"CodaBox does not deliver yet{when}: {one.reason}; {one.next_step}")
    if not missing:
        result.lines.append(f"CodaBox has an active mandate and account for it{when}")


def _wishes(config: Config, store: "Store", client_id: str) -> Wishes:
    selections = store.selections(client_id)
    return Wishes(config.formats.models, {}, config.formats.pdf, invoices=False, selections=selections)


def _fetch_earlier(
    config: Config, store: "Store", box: CodaBox, row: Any, earlier: Earlier, stop: Event, result: Enabled
) -> None:
    """Receive what was passed over; of what cannot be fetched now, say who will."""
    found, trouble, later = Backfill(), earlier.trouble, "the next pass goes on"
    here = [one for one in earlier.rows if one["bytes"]]
    away = [] if trouble else [one for one in earlier.rows if not one["bytes"]]
    try:
        with pass_lock(config.database, store.now()):
            fetch_passed_over(store, box, row["client_id"], [*here, *away], earlier.wishes, stop, found)
    except PassRunning as running:
        trouble, later = running, "run this command again"
    except Unreachable as lost:
        trouble = lost
    if trouble:
        result.warnings.append(f"earlier statements were not, or not all, fetched: {trouble}; {later}")
        result.exit_code = trouble.exit_code
    if found.received or not trouble:
        result.lines.append(f"{found.received} earlier statement files fetched")
    result.warnings += found.refused
    if found.postponed:
        result.warnings.append(f"{found.postponed} earlier files did not come; the next pass asks for them again")
        result.exit_code = result.exit_code or 3
    if found.not_served:
        result.warnings.append(_request(row, earlier.iban, found))


def _request(row: Any, iban: str, earlier: Backfill) -> str:
    """Write down what to ask CodaBox for again."""
    wanted = ", ".join(
        f"{facts.get('first_statement_number')}-{facts.get('last_statement_number')} of {facts.get('new_balance_date')}"
        for facts in earlier.not_served
    )
    return (
        f"CodaBox does not serve {len(earlier.not_served)} earlier files any more; ask for redelivery in MyCodaBox:"
        f" {dossiers.label(row)}, {row['enterprise_number']}, account {iban}, statements {wanted}"
    )
