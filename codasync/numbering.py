"""With which of its two numbers a bank counts the statements of an account, if with any. Pure.

The standard has the CODA number go up by one and begin anew each year. Banks also leave it 000, repeat the number of
the paper statement for weeks, and write the day of the year in its place: such numbers name nothing that is missing.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import pairwise

from codasync.chains import Link, Run

CODA_NUMBER = "coda_number"
PAPER_NUMBER = "paper_number"
FIELDS = (CODA_NUMBER, PAPER_NUMBER)
# so many of the statements that connect have to be numbered one after the other
MOSTLY = 0.9
# a file is made up to so many days after the day whose number it bears
CREATED_WITHIN = 4


def counting(runs: Sequence[Run]) -> tuple[str, ...]:
    """Return those of FIELDS with which the bank counts these connected statements."""
    return tuple(field for field in FIELDS if _counts(runs, field))


def mostly_counting(runs: Sequence[Run]) -> str:
    """Return that of FIELDS which mostly goes up by one, and hardly ever stays or goes down; an empty text for none.

    This is less than `counting` asks for: what is missing here and there makes larger steps.
    """
    for field in FIELDS:
        links = [link for run in runs for link in run if number(link, field)]
        steps = list(_steps(runs, field))
        ones, back = sum(step == 1 for step in steps), sum(step < 1 for step in steps)
        if links and not _days_of_the_year(links, field) and 2 * ones >= len(steps) and back * 10 <= len(steps):
            return field if ones else ""
        if field == CODA_NUMBER and ones:
            return ""
    return ""


def number(link: Link, field: str) -> int:
    """Return a statement's number in a field of FIELDS; 0 for none."""
    return int(getattr(link, field)) if field else 0


def _counts(runs: Sequence[Run], field: str) -> bool:
    links = [link for run in runs for link in run if number(link, field)]
    if not links or _days_of_the_year(links, field):
        return False
    steps = list(_steps(runs, field))
    ones = sum(step == 1 for step in steps)
    return ones >= MOSTLY * len(steps)


def _steps(runs: Iterable[Run], field: str) -> Iterable[int]:
    """Yield by how much the number went up from one statement to the next of the same year."""
    for run in runs:
        numbers = [number(link, field) for link in run]
        for (before, low), (after, high) in pairwise(zip(run, numbers, strict=True)):
            if low and high and before.date[:4] == after.date[:4]:
                yield high - low


def _days_of_the_year(links: Sequence[Link], field: str) -> bool:
    moved = [link for link in links if link.old_date != link.date] or links  # an empty one keeps an old date
    written_on_the_day = sum(0 <= number(link, field) - _day_of_the_year(link.date) <= CREATED_WITHIN for link in moved)
    return written_on_the_day >= MOSTLY * len(moved)


@cache
def _day_of_the_year(day: str) -> int:
    """Count the days of its year until and with a day (ISO); many accounts move on the same days."""
    return dt.date.fromisoformat(day).timetuple().tm_yday
