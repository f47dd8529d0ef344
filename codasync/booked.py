"""What accounting has booked around the first statement of an account and around its holes. Pure.

What accounting holds is compared where CODA begins and where it stops: what it has booked after a hole, or after the
first statement, says nothing of what is missing before.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from codasync.chains import Balance, Link
from codasync.continuity import Chain, Hole, hole_between
from codasync.numbering import FIELDS, number

# lines of `store_reports.booked_near`, in order
Lines = Sequence[Mapping[str, Any]]
# the first and last day (ISO) of something
Days = tuple[str, str]


def open_holes(chain: Chain, lines: Lines) -> list[Hole]:
    """Return what is missing of an account, between accounting and the first statement too.

    `lines` are what accounting has booked near the days of `days_of`; none when accounting is not known.
    """
    start = _hole_before(chain, lines)
    return ([start] if start else []) + [hole for hole in chain.holes if not _is_bridged(hole, lines)]


def days_of(chain: Chain) -> list[Days]:
    """Return the days on which one has to know what accounting has booked: where CODA begins, and of each hole."""
    begin = [(chain.first.date, chain.first.date)] if chain.first else []
    return begin + [(str(hole.missing.from_date), str(hole.missing.to_date)) for hole in chain.holes]


def _hole_before(chain: Chain, lines: Lines) -> Hole | None:
    """Find what is missing between accounting and the first statement.

    Balances decide, where accounting has those of the bank; numbers where it has none.
    """
    first = chain.first
    if not first or not lines:
        return None
    field = next((name for name in reversed(FIELDS) if name in chain.counted_by), "")  # it knows paper statements
    earlier = [line for line in lines if line["date"] < first.date and not _reaches(line, first, field)]
    if not earlier:
        return None
    last = earlier[-1]
    balance = last["balance_milli"] if _has_balances_of_the_bank(chain, first, lines) else None
    if balance is not None and _has_balance(lines, first.old, ("", first.date)):
        return None
    numbered = [line for line in earlier if line["number"]]
    last_number = max(line["number"] for line in numbered if line["year"] == numbered[-1]["year"]) if numbered else 0
    end = Link(0, last["date"], last["date"], 0, balance or 0, last_number, last_number)
    hole = hole_between(end, first, field)
    if balance is None and hole.missing.from_number is None:
        return None
    difference = None if balance is None else hole.missing.difference_milli
    return replace(hole, missing=replace(hole.missing, difference_milli=difference), at_start=True)


def _reaches(line: Mapping[str, Any], first: Link, field: str) -> bool:
    """Tell whether a line is of the first statement already, by its number; its day can be an earlier one."""
    of_first = number(first, field)
    same_year = line["year"] == int(first.date[:4])
    return bool(of_first and same_year and line["number"] and line["number"] >= of_first)


def _has_balances_of_the_bank(chain: Chain, first: Link, lines: Lines) -> bool:
    """Tell whether accounting's balances are the bank's own: one of the days of CODA is; true without any of those."""
    later = [line for line in lines if line["date"] >= first.date and line["balance_milli"] is not None]
    return not later or any(line["balance_milli"] in chain.balances_on(line["date"]) for line in later)


def _has_balance(lines: Lines, balance: Balance, days: Days) -> bool:
    return any(line["balance_milli"] == balance and days[0] <= line["date"] <= days[1] for line in lines)


def _is_bridged(hole: Hole, lines: Lines) -> bool:
    """Tell whether accounting has booked what is missing in a hole.

    It has where it came to the balance after the hole, or where what it booked by the missing numbers is the amount.
    """
    missing = hole.missing
    if _has_balance(lines, hole.until_milli, (str(missing.from_date), str(missing.to_date))):
        return True
    low, high = missing.from_number, missing.to_number
    if low is None or high is None or not missing.from_date or not missing.to_date:
        return False
    year = missing.to_date.year
    by_number = [line for line in lines if line["year"] == year and low <= (line["number"] or 0) <= high]
    return bool(missing.difference_milli == sum(line["amount_milli"] for line in by_number))
