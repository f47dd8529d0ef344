"""What to ask CodaBox for: requests for redelivery, ready to paste. Pure.

CodaBox wants to know the client, the account and the numbers or the period. It redelivers what the bank sent it in the
last two years, and only since the mandate was active.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from codasync.continuity import Missing
from codasync.redelivery_words import WORDS, Words
from codasync.stages import is_active

Facts = Mapping[str, Any]
YEARS_BACK = 2
LANGUAGES = tuple(WORDS)


def request(facts: Facts, missing: Sequence[Missing], language: str, *, today: dt.date) -> str:
    """Return the request for one journal, a few lines; an empty text when nothing is missing.

    `facts` is a row of `store_reports.journal_facts`; `missing` its holes; `language` one of LANGUAGES. What lies too
    long before `today` for CodaBox to redeliver is said to be so.
    """
    return _letter([{**facts, "missing": missing}], WORDS[language], today)


def office(rows: Iterable[Facts], office_name: str, language: str, *, today: dt.date) -> str:
    """Return one request for the whole office; an empty text when nothing is missing.

    `rows` are as for `request`, each with its holes (values of Missing) as `missing`; journals without are left out.
    """
    text, words = _letter(rows, WORDS[language], today), WORDS[language]
    return f"{text}\n\n{words.office.format(office=office_name)}" if text and office_name else text


def reach(facts: Facts, today: dt.date) -> dt.date:
    """Return the first day that CodaBox can redeliver for an account.

    A mandate that changed its state after the first statement had come was active before.
    """
    limit = today.replace(year=today.year - YEARS_BACK, day=min(today.day, 28))
    active_since = str(facts["mandate_state_modified_at"])[:10] if is_active(facts["mandate_state"]) else ""
    first = facts.get("first_statement_date")
    if active_since and not (first and first < active_since):
        return max(limit, dt.date.fromisoformat(active_since))
    return limit


def within_reach(facts: Facts, missing: Iterable[Missing], today: dt.date) -> list[Missing]:
    """Return the holes that CodaBox can redeliver something of."""
    limit = reach(facts, today)
    return [one for one in missing if not one.to_date or one.to_date >= limit]


def _letter(rows: Iterable[Facts], words: Words, today: dt.date) -> str:
    parts: list[str] = []
    out_of_reach: list[str] = []
    for row in rows:
        limit = reach(row, today)
        asked = within_reach(row, row["missing"], today)
        old = [one for one in row["missing"] if one not in asked]
        if asked:
            parts.append("\n".join(_account(row, words) + [_hole(one, words, limit) for one in asked]))
        if old:
            told = words.too_old.format(limit=limit.strftime(words.date))
            out_of_reach.append("\n".join([told, *_account(row, words), *(_hole(one, words, None) for one in old)]))
    return "\n\n".join([words.please, *parts, *out_of_reach] if parts else out_of_reach)


def _account(facts: Facts, words: Words) -> list[str]:
    """Name client and account, as CodaBox knows them."""
    client = " ".join(f"{facts['dossier_name']} ({facts['dossier_code']})".split())
    number = f", {words.enterprise_number} {facts['enterprise_number']}" if facts["enterprise_number"] else ""
    account = f"{facts['iban']} {facts['currency']}".strip()
    extension = f", {words.subaccount} {facts['extension']}" if facts["extension"] else ""
    return [f"{words.client}: {client}{number}", f"{words.account}: {account}{extension}"]


def _hole(missing: Missing, words: Words, limit: dt.date | None) -> str:
    named = numbers(missing, words)
    text = f"{words.missing}: {f'{named},' if named else words.some} {_period(missing, words)}"
    if limit and missing.from_date and missing.from_date < limit:
        text += f" ({words.partly.format(limit=limit.strftime(words.date))})"
    return text


def numbers(missing: Missing, words: Words = WORDS["en"]) -> str:
    """Say which numbers are missing; an empty text when the numbering does not tell."""
    first, last = missing.from_number, missing.to_number
    if first is None:
        return ""
    one, several, on = words.one, words.several, words.on
    if missing.by_file:
        one, several, on = words.coda_one, words.coda_several, words.coda_on
    if last is not None and first <= last:
        return one.format(first=first) if first == last else several.format(first=first, last=last)
    low = _of_year(first, missing.from_date, words)
    return (
        on.format(first=low) if last is None else several.format(first=low, last=_of_year(last, missing.to_date, words))
    )


def _of_year(number: int, day: dt.date | None, words: Words) -> str:
    """Name a number whose year has to be said: numbers begin anew each year."""
    return words.of_year.format(number=number, year=day.year) if day else str(number)


def _period(missing: Missing, words: Words) -> str:
    first, last = (day.strftime(words.date) if day else "" for day in (missing.from_date, missing.to_date))
    if first == last:
        return words.of_day.format(first=first)
    return words.between.format(first=first, last=last) if last else words.since.format(first=first)
