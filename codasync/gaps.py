"""What to say about the holes in an account's statements: which are open, in which words, what closes them. Pure."""

import datetime as dt
import shlex
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from codasync import redelivery
from codasync.continuity import Chain, Hole, Missing

Facts = Mapping[str, Any]
# that many holes are told one by one
FEW = 3
PORTAL = "MyCodaBox > Mandates & Services > CODA > Redeliver CODA"


def words(holes: Sequence[Hole], currency: str) -> str:
    """Say what is missing, the latest first."""
    told = [_hole_in_words(hole, currency) for hole in holes[: -FEW - 1 : -1]]
    more = f"; and {len(holes) - FEW} more, the first from {holes[0].missing.from_date} on" if len(holes) > FEW else ""
    return "; ".join(told) + more


def _hole_in_words(hole: Hole, currency: str) -> str:
    missing = hole.missing
    if hole.at_start:
        days = f"between accounting, whose last line before is of {missing.from_date}, and the first CODA"
    elif missing.from_date == missing.to_date:
        days = f"on {missing.from_date}"
    else:
        days = f"between {missing.from_date} and {missing.to_date}"
    if hole.counted:
        return f"balances do not connect {days}, though no number is missing: {_money(missing, currency)} unexplained"
    named = redelivery.numbers(missing)
    lost = f"{named} missing" if named else "statements are missing"
    amount = f": {_money(missing, currency)} in all" if missing.difference_milli is not None else ""
    return f"{lost} {days}{amount}"


def _money(missing: Missing, currency: str) -> str:
    amount = Decimal(missing.difference_milli or 0) / 1000
    decimals = 2 if (missing.difference_milli or 0) % 10 == 0 else 3
    return f"{amount:+,.{decimals}f} {currency}".strip()


def next_step(facts: Facts, chain: Chain, holes: Sequence[Hole], today: dt.date) -> str:
    """Say what closes the holes: fetch what was passed over; a request to CodaBox for the rest, ready to paste."""
    steps = []
    asked = to_ask(facts, holes)
    ours = [hole.missing for hole in holes if hole.missing not in asked]
    if ours:
        days = [day for day in _passed_over(facts) if any(_within(day, missing) for missing in ours)]
        steps.append(f"fetch what was passed over: {_fetch(facts, chain, min(days))}")
    if asked:
        compare = "compare with the bank's app; " if all(hole.counted for hole in holes) else ""
        steps.append(f"{compare}{ask(facts, asked, today)}")
    return "; then ".join(steps)


def ask(facts: Facts, missing: Sequence[Missing], today: dt.date) -> str:
    """Say where to ask CodaBox for redelivery, with the text to paste where it is known what is missing."""
    request = redelivery.request(facts, missing, "en", today=today)
    if missing and not redelivery.within_reach(facts, missing, today):
        return request
    text = f":\n{request}" if request else ""
    return f"ask CodaBox for redelivery ({PORTAL}){text}"


def to_ask(facts: Facts, holes: Sequence[Hole]) -> tuple[Missing, ...]:
    """Return what CodaBox has to be asked for: what was passed over here is fetched again without asking."""
    days = _passed_over(facts)
    return tuple(hole.missing for hole in holes if not any(_within(day, hole.missing) for day in days))


def _passed_over(facts: Facts) -> list[str]:
    return [row["date"] for row in facts.get("passed_over", ()) if row["served"]]


def _within(day: str, missing: Missing) -> bool:
    return str(missing.from_date) <= day <= str(missing.to_date)


def _fetch(facts: Facts, chain: Chain, day: str) -> str:
    """Return the command that fetches what was passed over; it must not narrow what is received already."""
    first = chain.first
    since = min([day, *([first.date] if first else []), *([facts["since"]] if facts["since"] else [])])
    return enable_command(facts, since)


def enable_command(facts: Facts, since: str = "") -> str:
    """Return the command that enables a journal; with `since`, it fetches what was passed over as well."""
    code = "" if facts.get("code_is_shared") else facts["dossier_code"]
    words_ = ["codasync", "enable-journal", code or facts["client_id"], facts["iban"]]
    if since:
        words_ += ["--currency", facts["currency"]] if facts["chosen_by_currency"] else []
        words_ += ["--since", since]
    return shlex.join(words_)
