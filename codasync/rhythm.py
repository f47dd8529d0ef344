"""How often an account moves, in business days, and when it has been silent for longer than is its way. Pure.

Business days are those of Belgian banks: week-ends, public holidays and the days on which banks are closed left out.
"""

import datetime as dt
from bisect import bisect_left
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from math import ceil

# the last intervals that show how an account moves now
RECENT = 100
# so many of them are within what is usual: one long holiday is not
USUALLY = 0.95


def usual(days: Sequence[dt.date], least_history: int) -> int | None:
    """Return within how many business days a statement usually follows another.

    `days` are the different days of an account's statements, in order. None when there are fewer intervals between them
    than `least_history`.
    """
    recent = days[-RECENT - 1 :]
    if len(recent) - 1 < max(1, least_history):
        return None
    intervals = sorted(business_days(before, after) for before, after in pairwise(recent))
    return max(1, intervals[ceil(USUALLY * len(intervals)) - 1])


def business_days(after: dt.date, until: dt.date) -> int:
    """Count the business days after one day, until and with another; 0 when that is not later."""
    if until <= after:
        return 0
    if after.year == until.year:
        return _count(until) - _count(after)
    years = range(after.year + 1, until.year)
    return _in_year(after.year) - _count(after) + sum(map(_in_year, years)) + _count(until)


def _count(day: dt.date) -> int:
    """Count the business days of a year until and with a day."""
    return bisect_left(_of_year(day.year), day + dt.timedelta(days=1))


def _in_year(year: int) -> int:
    return len(_of_year(year))


@cache
def _of_year(year: int) -> tuple[dt.date, ...]:
    """Return the business days of a year."""
    import holidays  # noqa: PLC0415 - only reports need it

    closed = holidays.country_holidays("BE", years=year, categories=("public", "bank"))
    first = dt.date(year, 1, 1)
    days = (first + dt.timedelta(days=number) for number in range((dt.date(year + 1, 1, 1) - first).days))
    return tuple(day for day in days if day.weekday() < 5 and day not in closed)
