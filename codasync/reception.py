"""The judgement on reception: stored facts of a journal become a state, a reason and a next step. Pure.

Words are for accountants. States are those of the product's documentation; where several are true of a journal, it has
the worst one, and the reason says the others as well.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from codasync.continuity import Missing

__all__ = ["NEEDS_SOMEBODY", "WORST_FIRST", "Judgement", "Missing", "Thresholds", "judge", "obstacle", "sentence"]

ACTIVE = "active"
WORST_FIRST = ("failing", "inactive", "unreadable", "gap", "broken", "late", "waiting", "ok", "off")
NEEDS_SOMEBODY = frozenset({"failing", "inactive", "unreadable", "gap", "broken", "late"})

# CodaBox's words for the stages of a mandate and of an account, with who has to do what. Only "active" is sure to be
# spelled like this; a stage that is not listed is shown as CodaBox gives it.
MANDATE_STAGES = {
    "registered": ("the mandate is registered, not prepared yet", "ask CodaBox to prepare the mandate"),
    "in-preparation": (
        "the mandate is in preparation",
        "check in MyCodaBox that the client's e-mail address is filled in",
    ),
    "awaiting-signature": ("the mandate waits for the client's signature", "ask the client to sign the mandate"),
    "sent-to-client": ("the mandate waits for the client's signature", "ask the client to sign the mandate"),
    "signed": ("the mandate is signed, the bank has not been asked yet", "wait for CodaBox to send it to the bank"),
    "bank-procedure": ("the bank is handling the mandate", "wait: a bank takes from days to a month"),
    "problem": (
        "CodaBox reports a problem with the mandate",
        "look up the mandate in MyCodaBox and resolve the problem",
    ),
    "archived": ("the mandate was archived", "order a new CODA mandate in MyCodaBox"),
}
ACCOUNT_STAGES = {
    "pending-signed-mandate": ("the account waits for a signed mandate", "ask the client to sign the mandate"),
    "pending-activation-by-client": (
        "the account waits for the client to link CodaBox",
        "ask the client to link CodaBox in the bank's app",
    ),
    "pending-activation-by-bank": (
        "the account waits for the bank",
        "wait: it may last until there is a first movement",
    ),
    "stopped-by-client": ("the client has stopped the bank mandate", "ask the client, and order a new mandate"),
    "stopped-by-bank": ("the bank has stopped the mandate", "ask the bank why"),
    "archived": ("the account was archived", "order a new CODA mandate in MyCodaBox if the account still lives"),
}


Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Judgement:
    """How reception stands for one journal."""

    state: str
    reason: str
    next_step: str = ""
    since: dt.date | None = None
    missing: tuple[Missing, ...] = ()


@dataclass(frozen=True, slots=True)
class Thresholds:
    """When silence is called late, and when the passes are called stopped; the section `[reception]` of the config.

    A journal is late after at least `late_days` business days of silence, and only after `late_factor` times as many
    as it usually lets pass; never before it has let pass `late_history` intervals. `stale_days` business days without a
    poll mean that nobody makes passes any more.
    """

    late_days: int = 5
    late_factor: float = 2.0
    late_history: int = 6
    stale_days: int = 2


DEFAULTS = Thresholds()


def judge(
    facts: Facts,
    troubles: Sequence[Facts],
    statements: Sequence[Facts] = (),
    ledger: Facts | None = None,
    *,
    today: dt.date,
    thresholds: Thresholds = DEFAULTS,
) -> Judgement:
    """Judge one journal as it stands on the morning of `today`.

    `facts` is a row of `store_reports.journal_facts` with `fetches_coda` (whether the config has CODA fetched at all);
    `troubles` are the documents of this journal that need somebody, rows of `store_reports.documents_to_watch`;
    `statements` are its rows of `store_reports.statements_of`; `ledger` is what accounting holds last of the account
    (`store_ledger.ledger_ends`), None when that is not known.
    """
    for check in (_off, _failing, _inactive, _unreadable, _waiting):
        if found := check(facts, troubles):
            return found
    return Judgement("ok", f"last statement {facts['last_statement_date']}")


def _off(facts: Facts, _: Sequence[Facts]) -> Judgement | None:
    if facts["enabled"] and facts["fetches_coda"]:
        return None
    if facts["enabled"]:
        return Judgement("off", "the config has no CODA fetched", 'write coda = ["cod"] below [formats]')
    command = f"codasync enable-journal {facts['dossier_code']} {facts['iban']}"
    return Judgement("off", "reception is not enabled", command)


def _failing(facts: Facts, troubles: Sequence[Facts]) -> Judgement | None:
    unavailable = [one for one in troubles if one["state"] == "unavailable"]
    if facts["vanished_at"]:
        return None
    reason = ""
    if error := facts["last_poll_error"]:
        reason = f"the feed cannot be read since {facts['failing_since']}: {error}"
    elif error := facts["pass_error"]:
        reason = f"the last pass failed: {error}"
    if reason:
        return Judgement("failing", reason, "the next pass tries again; tell the system administrator if it lasts")
    if unavailable:
        reason = f"CodaBox lists {_documents(unavailable)} but does not deliver: {unavailable[0]['reason']}"
        return Judgement("failing", reason, "it is asked for again in every pass; ask CodaBox if it lasts")
    return None


def obstacle(facts: Facts) -> Judgement | None:
    """Return what keeps CodaBox from delivering for a journal, as far as CodaBox has said; None for nothing."""
    return _inactive({**facts, "mandates_known": True}, ())


def _inactive(facts: Facts, _: Sequence[Facts]) -> Judgement | None:
    if facts["vanished_at"]:
        reason = f"CodaBox lists this dossier no more since {facts['vanished_at']}"
        return Judgement("inactive", reason, "ask CodaBox whether the client has left the office's list")
    stage = _missing_stage(facts) if facts["mandates_known"] else None
    return Judgement("inactive", *stage) if stage else None


def _unreadable(_: Facts, troubles: Sequence[Facts]) -> Judgement | None:
    if not troubles:
        return None
    reason = f"{_documents(troubles)} could not be booked: {troubles[0]['reason']}"
    return Judgement("unreadable", reason, f"look with `codasync show {troubles[0]['id']}`; ask CodaBox for redelivery")


def _waiting(facts: Facts, _: Sequence[Facts]) -> Judgement | None:
    if facts["statements_received"]:
        return None
    if passed_over := facts["passed_over"]:
        reason = f"no statement has come since it was enabled; {passed_over} before that were passed over"
        again = f"codasync enable-journal {facts['dossier_code']} {facts['iban']} --since DATE"
        return Judgement("waiting", reason, f"wait for the next movement, or fetch the earlier ones: {again}")
    return Judgement("waiting", "no statement has come yet", "wait for the first movement on the account")


def _documents(troubles: Sequence[Facts]) -> str:
    first = f"document {troubles[0]['id']}"
    return first if len(troubles) == 1 else f"{first} and {len(troubles) - 1} more"


def _missing_stage(facts: Facts) -> tuple[str, str] | None:
    """Return what keeps CodaBox from delivering, and who has to act; None when nothing does."""
    mandate, account = facts["mandate_state"], facts["account_state"]
    if not mandate and not account:
        if facts["statements_received"]:
            return None
        return "CodaBox lists no mandate and no account for this IBAN", "order a CODA mandate in MyCodaBox"
    if mandate != ACTIVE:
        return _stage(MANDATE_STAGES, mandate, "mandate", facts)
    if account != ACTIVE:
        return _stage(ACCOUNT_STAGES, account, "account", facts)
    return None


def _stage(stages: Mapping[str, tuple[str, str]], state: str, thing: str, facts: Facts) -> tuple[str, str]:
    unknown = (f"CodaBox gives the {thing} as {state or 'missing'}", f"look up the {thing} in MyCodaBox")
    reason, next_step = stages.get(state.lower().replace("_", "-").replace(" ", "-"), unknown)
    since = str(facts[f"{thing}_state_modified_at"])[:10]
    why = facts["mandate_reason"] if thing == "mandate" else ""
    return f"{reason}{f' since {since}' if since else ''}{f' ({why})' if why else ''}", next_step


def sentence(office: str, states: Sequence[str], last_run: Facts | None) -> str:
    """Say in one sentence how the office stands; `office` is its name, or empty."""
    needing = sum(state in NEEDS_SOMEBODY for state in states)
    enabled = sum(state != "off" for state in states)
    run = "no pass was made yet"
    if last_run:
        ended = last_run["outcome"] if last_run["finished_at"] else "has not ended, or was cut off"
        run = f"last pass {last_run['started_at']}: {ended}"
        if last_run["error"]:
            run += f" ({last_run['error']})"
    need = f"{needing} need{'s' if needing == 1 else ''} somebody" if needing else "none needs somebody"
    name = f"{office}: " if office else ""
    return f"{name}{enabled} journal{'' if enabled == 1 else 's'} enabled, {need}; {run}."
