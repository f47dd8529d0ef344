"""The judgement on reception: stored facts of a journal become a state, a reason and a next step. Pure.

Words are for accountants. States are those of the product's documentation; where several are true of a journal, it has
the worst one, and the reason says the others as well.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from codasync import booked, gaps, redelivery, rhythm, stages
from codasync.blame import blame
from codasync.continuity import Chain, Hole, Missing
from codasync.plan import date

__all__ = ["NEEDS_SOMEBODY", "WORST_FIRST", "Judgement", "Missing", "Thresholds", "judge", "obstacle"]

WORST_FIRST = ("failing", "inactive", "unreadable", "gap", "broken", "late", "waiting", "ok", "off")
NEEDS_SOMEBODY = frozenset({"failing", "inactive", "unreadable", "gap", "broken", "late"})
# for so long one tells of a number that is missing although the balances connect
DOUBT_DAYS = 60
FEW_DOUBTS = 3
# so many days with statements can follow the end of a delivery: what was under way
STRAGGLERS = 2
NOT_LISTED = "CodaBox lists no mandate and no account for this IBAN"
STAGES = {"mandate": stages.MANDATE, "account": stages.ACCOUNT}

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Judgement:
    """How reception stands for one journal: since when, what is missing, and what of it CodaBox is asked for."""

    state: str
    reason: str
    next_step: str = ""
    since: dt.date | None = None
    missing: tuple[Missing, ...] = ()
    asked: tuple[Missing, ...] = ()


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


@dataclass(frozen=True, slots=True)
class _Case:
    """What is known of one journal on one morning."""

    facts: Facts
    troubles: Sequence[Facts]
    chain: Chain
    holes: Sequence[Hole]
    today: dt.date
    thresholds: Thresholds

    @property
    def missing(self) -> tuple[Missing, ...]:
        return tuple(hole.missing for hole in self.holes)

    @property
    def days(self) -> list[dt.date]:
        """The days of the statements, without those that are still to come and so cannot be right."""
        return [day for day in self.chain.days if day <= self.today]

    def delivers_since(self, day: str) -> bool:
        """Tell whether statements come since a day (ISO), or now, where the day is not known."""
        if day:
            return sum(str(one) > day for one in self.days) > STRAGGLERS
        newest = self.days[-1:]
        return bool(newest) and rhythm.business_days(newest[0], self.today) <= self.thresholds.late_days


def judge(
    facts: Facts,
    troubles: Sequence[Facts],
    chain: Chain,
    booked_near: booked.Lines = (),
    *,
    today: dt.date,
    thresholds: Thresholds = DEFAULTS,
    since: dt.date | None = None,
) -> Judgement:
    """Judge one journal as it stands on the morning of `today`.

    `facts` is a row of `store_reports.journal_facts` with `fetches_coda` (whether the config has CODA fetched at all)
    and, where something is missing, `passed_over` (rows of `store_reports.passed_over_days`); `troubles` are the
    documents of this journal that need somebody, rows of `store_reports.documents_to_watch`; `chain` is made of its
    statements (`continuity.look`); `booked_near` is what accounting has booked near the days of `booked.days_of`, none
    when that is not known. Holes that ended before `since` are not told.
    """
    if off := _off(facts):
        return off
    open_ = booked.open_holes(chain, booked_near)
    holes = [one for one in open_ if not since or str(one.missing.to_date) >= str(since)]
    known = {**facts, "first_statement_date": chain.first.date if chain.first else None}
    case = _Case(known, troubles, chain, holes, today, thresholds)
    checks = (_failing, _inactive, _unreadable, _gap, _late, _waiting)
    found = sorted((one for check in checks if (one := check(case))), key=lambda one: WORST_FIRST.index(one.state)) or [
        _ok(case)
    ]
    explained = {"late"} if found[0].state in {"failing", "inactive"} else set()
    others = (one for one in found[1:] if one.state in NEEDS_SOMEBODY - explained)
    also = "".join(f"; also {one.state}: {one.reason}" for one in others)
    return replace(found[0], reason=found[0].reason + also, missing=case.missing, asked=gaps.to_ask(known, holes))


def obstacle(facts: Facts) -> Judgement | None:
    """Return what keeps CodaBox from delivering for a journal, as far as CodaBox has said; None for nothing."""
    return _not_active({**facts, "mandates_known": True}, lambda _: False)


# --- off, failing


def _off(facts: Facts) -> Judgement | None:
    if facts["enabled"] and facts["fetches_coda"]:
        return None
    if facts["enabled"]:
        return Judgement("off", "the config has no CODA fetched", 'write coda = ["cod"] below [formats]')
    return Judgement("off", "reception is not enabled", gaps.enable_command(facts))


def _failing(case: _Case) -> Judgement | None:
    """Find what keeps statements from coming here."""
    if case.facts["vanished_at"]:
        return None
    return _call_failing(case.facts) or _cut_off(case.facts) or _stopped(case) or _not_delivered(case)


def _call_failing(facts: Facts) -> Judgement | None:
    """Find the call that fails; once is a hiccup, if the next one can go well by itself."""
    if _hiccup(facts):
        return None
    if facts["last_poll_error"]:
        what, error, kind, since = "the feed cannot be read", "last_poll_error", "last_poll_kind", "failing_since"
    elif facts["pass_error"]:
        what, error, kind, since = "the passes fail", "pass_error", "pass_kind", "pass_failing_since"
    else:
        return None
    at_fault = blame(facts[kind])
    reason = f"{what} since {facts[since]}: {facts[error]} ({at_fault.whose})"
    return Judgement("failing", reason, at_fault.next_step, _day(facts[since]))


def _hiccup(facts: Facts) -> bool:
    """Tell whether one call failed, once, in a way that the next pass can mend."""
    if facts["last_poll_error"]:
        return blame(facts["last_poll_kind"]).passing and facts["failing_since"] == facts["last_failed_at"]
    return bool(facts["pass_error"]) and blame(facts["pass_kind"]).passing and facts["passes_failed"] == 1


def _cut_off(facts: Facts) -> Judgement | None:
    """Tell when passes begin and do not end; the last one may still be at work."""
    count = facts["passes_cut_off"]
    if count < 2:
        return None
    reason = f"the last {count} passes did not end: they were stopped, or could not write the database"
    return Judgement("failing", reason, "tell the system administrator", _day(facts["pass_cut_off_since"]))


def _stopped(case: _Case) -> Judgement | None:
    """Tell when nobody makes passes any more."""
    last = case.facts["last_polled_at"] or case.facts["enabled_at"]
    if rhythm.business_days(_day(last) or case.today, case.today) <= case.thresholds.stale_days:
        return None
    polled = f"its feed was last read on {last[:10]}" if case.facts["last_polled_at"] else "its feed was never read"
    step = "tell the system administrator: is `codasync sync` still scheduled?"
    return Judgement("failing", f"{polled}: no pass reaches it any more", step, _day(last))


def _not_delivered(case: _Case) -> Judgement | None:
    documents = [one for one in case.troubles if one["state"] == "unavailable"]
    if not documents:
        return None
    first = documents[0]
    reason = f"CodaBox lists {_documents(documents)} but does not deliver: {first['reason']}"
    step = f"each pass asks again; ask CodaBox if it lasts, or give it up with `codasync skip {first['id']}`"
    return Judgement("failing", reason, step, _first_day(documents))


# --- inactive


def _inactive(case: _Case) -> Judgement | None:
    return _not_active(case.facts, case.delivers_since)


def _not_active(facts: Facts, delivers_since: Callable[[str], bool]) -> Judgement | None:
    """Say what is not active; what has no known meaning counts only where nothing has been delivered since."""
    if facts["vanished_at"]:
        reason = f"CodaBox lists this dossier no more since {facts['vanished_at'][:10]}"
        step = "ask CodaBox whether the client has left the office's list"
        return Judgement("inactive", reason, step, _day(facts["vanished_at"]))
    if not facts["mandates_known"]:
        return None
    if not facts["mandate_state"] and not facts["account_state"]:
        return None if delivers_since("") else Judgement("inactive", NOT_LISTED, stages.ORDER)
    found = (_stage(thing, known, facts, delivers_since) for thing, known in STAGES.items())
    return next((one for one in found if one), None)


def _stage(
    thing: str, known: Mapping[str, stages.Stage], facts: Facts, delivers_since: Callable[[str], bool]
) -> Judgement | None:
    """Say at which stage a mandate or account is; None when it is active, or only a first movement has to come."""
    state, since = facts[f"{thing}_state"], str(facts[f"{thing}_state_modified_at"])[:10]
    stage = stages.named(known, state)
    if stages.is_active(state) or (stage and stage.done):
        return None
    if not stage:
        if delivers_since(since):
            return None
        stage = stages.Stage(_strange(thing, state), f"look up the {thing} in MyCodaBox")
    why = f" ({facts['mandate_reason']})" if thing == "mandate" and facts["mandate_reason"] else ""
    reason = f"{stage.reason}{f' since {since}' if since else ''}{why}"
    return Judgement("inactive", reason, stage.next_step, _day(since))


def _strange(thing: str, state: str) -> str:
    return f"CodaBox gives the {thing} as {state}" if state else f"CodaBox gives no {thing} for this IBAN"


def _strange_words(facts: Facts) -> list[str]:
    """Return what CodaBox says of mandate and account in words that nobody knows."""
    if not facts["mandates_known"]:
        return []
    if not facts["mandate_state"] and not facts["account_state"]:
        return [NOT_LISTED]
    found = []
    for thing, known in STAGES.items():
        state, since = facts[f"{thing}_state"], str(facts[f"{thing}_state_modified_at"])[:10]
        if not stages.is_active(state) and not stages.named(known, state):
            found.append(f"{_strange(thing, state)}{f' since {since}' if since else ''}")
    return found


# --- unreadable


def _unreadable(case: _Case) -> Judgement | None:
    troubles = [one for one in case.troubles if one["state"] != "unavailable"]
    if not troubles:
        return None
    first = troubles[0]
    show = f"look with `codasync show {first['id']}`"
    if first["state"] == "unreadable":
        reason = f"{_documents(troubles)} could not be read: {first['reason']}"
        step = f"{show}; {gaps.ask(case.facts, _lost(troubles), case.today)}"
    else:
        reason = f"{_documents(troubles)} could not be booked: {first['reason']}"
        step = f"{show}; ask the bank or CodaBox which is right, then `codasync skip {first['id']}`"
    return Judgement("unreadable", reason, step, _first_day(troubles))


def _lost(troubles: Sequence[Facts]) -> list[Missing]:
    """Return the statements that could not be read, as CodaBox named them."""
    lost = []
    for one in troubles:
        day, numbers = date(one["statement_date"]), (one["first_number"], one["last_number"])
        if one["state"] == "unreadable" and day:
            first, last = (number if isinstance(number, int) and number > 0 else None for number in numbers)
            lost.append(Missing(first, last, day, day, None))
    return lost


def _documents(troubles: Sequence[Facts]) -> str:
    first = f"document {troubles[0]['id']}"
    return first if len(troubles) == 1 else f"{first} and {len(troubles) - 1} more"


def _first_day(troubles: Sequence[Facts]) -> dt.date | None:
    return _day(min(one["noted_at"] for one in troubles))


# --- gap, broken


def _gap(case: _Case) -> Judgement | None:
    if not case.holes:
        return None
    state = "broken" if all(hole.counted for hole in case.holes) else "gap"
    return Judgement(
        state,
        gaps.words(case.holes, case.facts["currency"]),
        gaps.next_step(case.facts, case.chain, case.holes, case.today),
        min((one.from_date for one in case.missing if one.from_date), default=None),
    )


# --- late, waiting, ok


def _late(case: _Case) -> Judgement | None:
    """Tell when an account is silent for longer than it usually is; a quiet account sends no file."""
    days = case.days
    if not days:
        return None
    begin = max(days[-1], _day(case.facts["enabled_at"]) or days[-1], _last_empty(case) or days[-1])
    silent = rhythm.business_days(begin, case.today - dt.timedelta(days=1))  # what is of today comes tomorrow
    if silent < case.thresholds.late_days:
        return None
    usual = rhythm.usual(days, case.thresholds.late_history)
    if usual is None or silent <= case.thresholds.late_factor * usual:
        return None
    reason = (
        f"no statement since {begin}, {silent} business days; usually one comes within {usual}."
        " It may be quiet: a bank sends no file on days without movements"
    ) + "".join(f"; {one}" for one in _to_come(case))
    asked = redelivery.request(case.facts, [Missing(None, None, days[-1], None, None)], "en", today=case.today)
    step = f"look in the bank's app whether the account moved since {days[-1]}; if it did, ask CodaBox:\n{asked}"
    return Judgement("late", reason, step, days[-1])


def _last_empty(case: _Case) -> dt.date | None:
    """Return when the last statement came, if it is an empty one, whose balance keeps its old date."""
    return _day(case.facts["last_received_at"]) if case.chain.has_empty_at_the_end else None


def _to_come(case: _Case) -> list[str]:
    """Tell of a statement whose date cannot be right."""
    late = [day for day in case.chain.days[-1:] if day > case.today]
    return [f"a statement is dated {day}, which is still to come" for day in late]


def _waiting(case: _Case) -> Judgement | None:
    facts = case.facts
    if facts["statements_received"]:
        return None
    since = _day(facts["enabled_at"])
    passed_over = [row["date"] for row in facts.get("passed_over", ()) if row["served"]]
    if passed_over:
        reason = f"no statement has come since it was enabled; {len(passed_over)} before that were passed over"
        fetch = gaps.enable_command(facts, min(passed_over))
        return Judgement("waiting", reason, f"wait for the next movement, or fetch the earlier ones: {fetch}", since)
    return Judgement("waiting", "no statement has come yet", "wait for the first movement on the account", since)


def _ok(case: _Case) -> Judgement:
    facts = case.facts
    parts = [f"last statement {facts['last_statement_date']}", *_to_come(case), *_doubts(case), *_strange_words(facts)]
    if _hiccup(facts):
        parts.append(f"the last poll failed ({facts['last_poll_error'] or facts['pass_error']}), the next one follows")
    return Judgement("ok", "; ".join(parts))


def _doubts(case: _Case) -> list[str]:
    """Tell of numbers that did not come lately although the balances connect, the latest first."""
    first = case.today - dt.timedelta(days=DOUBT_DAYS)
    lately = [one for one in case.chain.doubts if one.from_date and one.to_date and one.to_date >= first][::-1]
    if not lately:
        return []
    told = [f"{redelivery.numbers(one)} (between {one.from_date} and {one.to_date})" for one in lately[:FEW_DOUBTS]]
    more = f" and {len(lately) - FEW_DOUBTS} more" if len(lately) > FEW_DOUBTS else ""
    why = "yet the balances connect: either there were no movements or they cancel out"
    return [f"{', '.join(told)}{more} did not come, {why}"]


def _day(text: str | None) -> dt.date | None:
    """Read the day of a time or date of the database; None for an empty one."""
    return dt.date.fromisoformat(text[:10]) if text else None
