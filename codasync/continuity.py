"""Whether the statements of one account connect, and what is missing where they do not. Pure.

Balances decide: a statement begins with the balance with which the one before ended. Numbers name what is missing, as
far as the bank counts with them. Statements without a number may tell of days that others tell of as well (historical
CODA): they close a hole where their balances agree with those of the others, and never make one.
"""

import datetime as dt
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from codasync.chains import Balance, Link, Run, position, runs
from codasync.numbering import CODA_NUMBER, PAPER_NUMBER, counting, mostly_counting, number

# a number that was there within so many days is not missing: an empty statement keeps an old date
ABOUT = 62


@dataclass(frozen=True, slots=True)
class Missing:
    """A hole between two statements, or between accounting and the first statement.

    What is missing is numbered `from_number` to `to_number` (None: the numbering does not tell) and lies between the
    balance of `from_date`, the last one known before the hole, and that of `to_date`, the first one known after it;
    the second balance is the first one plus `difference_milli` (None when one of the two is not known). `by_file` tells
    that the numbers are those of the CODA files, and that those of the paper statements are others.
    """

    from_number: int | None
    to_number: int | None
    from_date: dt.date | None
    to_date: dt.date | None
    difference_milli: int | None
    by_file: bool = False


@dataclass(frozen=True, slots=True)
class Hole:
    """A place where the balances do not connect.

    `counted` tells that by the numbers nothing is missing there, `at_start` that it lies between accounting and the
    first statement; `until_milli` is the balance after it.
    """

    missing: Missing
    until_milli: Balance
    counted: bool = False
    at_start: bool = False


@dataclass(slots=True)
class Strand:
    """Runs of statements that together leave no day out; `last` is the statement that reaches furthest."""

    runs: list[Run]
    last: Link
    numbered: bool = field(init=False)

    def __post_init__(self) -> None:
        self.numbered = _numbered(self.runs[0])

    def take(self, run: Run) -> None:
        """Let a run be part of it."""
        self.runs.append(run)
        self.numbered = self.numbered or _numbered(run)
        if run[-1].date >= self.last.date:
            self.last = run[-1]

    def balances_on(self, day: str) -> set[Balance]:
        """Return the balances that the account can have had on a day, by the statements of this strand."""
        if day > self.last.date:
            return {self.last.new}
        return {balance for run in self.runs for balance in _known(run, day)[0]}


@dataclass(frozen=True, slots=True)
class Chain:
    """The statements of an account in their order: `strands` with holes between them."""

    strands: tuple[Strand, ...]
    holes: tuple[Hole, ...]

    @property
    def first(self) -> Link | None:
        """The statement with which the account's story begins here; None without any."""
        return self.strands[0].runs[0][0] if self.strands else None

    @property
    def days(self) -> list[dt.date]:
        """The different days of the statements, in order."""
        found = {link.date for strand in self.strands for run in strand.runs for link in run}
        return [dt.date.fromisoformat(day) for day in sorted(found)]

    @property
    def has_empty_at_the_end(self) -> bool:
        """Whether one of the statements of the last day says that nothing moved."""
        links = [link for strand in self.strands for run in strand.runs for link in run]
        last = max((link.date for link in links), default="")
        return any(link.old == link.new and link.date == last for link in links)

    @property
    def counted_by(self) -> tuple[str, ...]:
        """The numbers with which the bank counts."""
        return counting(_numbered_runs(self.strands))

    @property
    def doubts(self) -> list[Missing]:
        """The places, in order, where numbers are missing although the balances connect."""
        runs_ = _numbered_runs(self.strands) or [run for strand in self.strands for run in strand.runs]
        field = mostly_counting(runs_)
        if not field:
            return []
        seen = _days_by_number(runs_, field)
        pairs = (pair for run in runs_ for pair in pairwise(run))
        return [one for before, after in pairs if (one := _doubt(before, after, field, seen))]

    def balances_on(self, day: str) -> set[Balance]:
        """Return the balances that the account can have had on a day (ISO); none before the first statement."""
        begun = [strand for strand in self.strands if strand.runs[0][0].old_date <= day]
        return begun[-1].balances_on(day) if begun else set()


def look(statements: Iterable[Mapping[str, Any]]) -> Chain:
    """Find the order of an account's statements, in whatever order they came, and the holes between them.

    `statements` are rows of `store_reports.statements_of`. Those without any date are left out.
    """
    links = sorted((link for row in statements if (link := _link(row))), key=position)
    strands = _strands(links)
    counted_by = next(iter(counting(_numbered_runs(strands))), "") if len(strands) > 1 else ""
    holes = tuple(hole_between(before.last, after.runs[0][0], counted_by) for before, after in pairwise(strands))
    return Chain(tuple(strands), holes)


def _numbered_runs(strands: Iterable[Strand]) -> list[Run]:
    return [run for strand in strands for run in strand.runs if _numbered(run)]


def _link(row: Mapping[str, Any]) -> Link | None:
    day = row["date"] or row["old_balance_date"]
    if not day:
        return None
    old_day = min(row["old_balance_date"] or day, day)
    old, new = row["old_balance_milli"], row["new_balance_milli"]
    return Link(row["id"], day, old_day, old, new, row["coda_number"], row["paper_number"])


def _numbered(run: Run) -> bool:
    return any(link.coda_number for link in run)


# --- runs that leave no day out


def _strands(links: Sequence[Link]) -> list[Strand]:
    if all(before.new == after.old for before, after in pairwise(links)):
        return [Strand([list(links)], links[-1])] if links else []
    links = _without_retellings(links)
    together = runs(links)
    if len(together) == 1:
        return _joined(together)
    apart = [
        run for numbered in (True, False) for run in runs([one for one in links if numbered == bool(one.coda_number)])
    ]
    return min(_joined(apart), _joined(together), key=len)


def _without_retellings(links: Sequence[Link]) -> list[Link]:
    """Leave out statements without a number that tell of days that others tell of completely."""
    plain = {_span(link): link for link in links if not link.coda_number and link.old_date < link.date}
    kept = [link for link in links if plain.get(_span(link), link) is link or link.coda_number]
    own_days = _gives_own_days(kept, plain.values())
    for link in sorted(plain.values(), key=_length):
        others = _telling(kept, link)
        if any(own_days or one.coda_number or one.old_date == link.old_date for one in others):
            kept.remove(link)
    return kept


def _gives_own_days(links: Sequence[Link], plain: Collection[Link]) -> bool:
    """Tell whether each statement gives its own day as that of its old balance, so that all others are retellings."""
    retold = [link for link in plain if _telling(links, link)]
    return len(retold) == len(plain) and sum(link.old != link.new for link in retold) > 1


def _telling(links: Sequence[Link], link: Link) -> list[Link]:
    """Return the other statements within the days of one that lead from its old balance to its new one, or none."""
    others = [one for one in _within(links, link) if one is not link]
    pieces = runs(others)
    whole = len(pieces) == 1 and (pieces[0][0].old, pieces[0][-1].new) == (link.old, link.new)
    return others if whole else []


def _span(link: Link) -> tuple[str, str, Balance, Balance]:
    return link.old_date, link.date, link.old, link.new


def _length(link: Link) -> int:
    return (dt.date.fromisoformat(link.date) - dt.date.fromisoformat(link.old_date)).days


def _within(links: Sequence[Link], span: Link) -> list[Link]:
    """Return the statements, out of some that are sorted by date, that lie within the days of one."""
    first = bisect_right(links, span.old_date, key=lambda link: link.date)
    last = bisect_right(links, span.date, key=lambda link: link.date)
    return [link for link in links[first:last] if link.old_date >= span.old_date]


def _joined(pieces: Sequence[Run]) -> list[Strand]:
    """Join the runs that follow each other or tell of the same days; what is left are strands with holes between."""
    strands: list[Strand] = []
    for run in sorted(pieces, key=lambda run: (run[0].old_date, run[0].date)):
        strand = strands[-1] if strands else None
        if strand and (_follows(run, strand) or any(_tells_the_same(run, other) for other in strand.runs)):
            strand.take(run)
        elif not strand or not _is_beside(run, strand):
            strands.append(Strand([run], run[-1]))
    return strands


def _follows(run: Run, strand: Strand) -> bool:
    ends = {one[-1].new for one in strand.runs if one[-1].date == strand.last.date}
    return run[0].old in ends


def _is_beside(run: Run, strand: Strand) -> bool:
    """Tell whether a run without numbers only tells otherwise of days that numbered statements tell of."""
    return strand.numbered and not _numbered(run) and run[0].old_date < strand.last.date


def _tells_the_same(run: Run, other: Run) -> bool:
    """Tell whether two runs, one of them without numbers, have whole days in common and agree on their balances.

    They have to agree on the first day and on the last one that both tell of, or on one of them where the other lies
    within a statement over several days.
    """
    first, last = max(run[0].old_date, other[0].old_date), min(run[-1].date, other[-1].date)
    if _numbered(run) and _numbered(other):
        return False
    if first >= last:
        return first == last and _numbered(run) and not _numbered(other) and other[-1].new == _end_of_day(run, first)
    agreeing = 0
    for day in (first, last):
        (mine, sure), (theirs, certain) = _known(run, day), _known(other, day)
        if mine & theirs:
            agreeing += 1
        elif sure and certain:
            return False
    return agreeing > 0


def _end_of_day(run: Run, day: str) -> Balance | None:
    return next((link.new for link in reversed(run) if link.date == day), None)


def _known(run: Run, day: str) -> tuple[set[Balance], bool]:
    """Return the balances that a run can have had on a day within it, and whether that is sure."""
    after = bisect_right(run, day, key=lambda link: link.date)
    before = bisect_left(run, day, key=lambda link: link.date)
    found = {link.new for link in run[before:after]}
    if day == run[0].old_date:
        found.add(run[0].old)
    if found or after == len(run):
        return found, not (_numbered(run) and after == len(run))  # there can be later ones of its last day
    return {run[after].old, run[after].new}, False  # within a statement: before all of its movements, or after them


# --- what is missing


def hole_between(before: Link, after: Link, counted_by: str) -> Hole:
    """Return what is missing between two statements; `counted_by` is the number with which the bank counts, or none."""
    named_by = PAPER_NUMBER if counted_by == CODA_NUMBER and _papers_go_along(before, after) else counted_by
    first, last, counted = _numbers_between(before, after, named_by)
    by_file = first is not None and named_by == CODA_NUMBER
    missing = Missing(first, last, *_days_between(before, after), after.old - before.new, by_file)
    return Hole(missing, after.old, counted)


def _doubt(before: Link, after: Link, field: str, seen: Mapping[int, Sequence[str]]) -> Missing | None:
    """Return the numbers that are missing between two statements that connect, None for none.

    `seen` are the days of all numbers: one that was there about that time is not missing, whatever the order.
    """
    low, high, about = number(before, field), number(after, field), ABOUT
    if not low or not high:
        return None
    if before.date[:4] != after.date[:4] and high <= low:
        low, about = 0, 0  # begun anew with the year
    others = [one for one in range(low + 1, high) if not _is_about(before.date, about, seen.get(one, ()))]
    if not others or len(others) < high - low - 1:
        return None
    first, last = low + 1, high - 1
    papers = number(after, PAPER_NUMBER) - number(after, CODA_NUMBER)
    by_file = field == CODA_NUMBER and papers != 0
    if by_file and low and _papers_go_along(before, after):
        first, last, by_file = first + papers, last + papers, False
    return Missing(first, last, *_days_between(before, after), 0, by_file)


def _days_by_number(runs_: Iterable[Run], field: str) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for run in runs_:
        for link in run:
            found.setdefault(number(link, field), []).append(link.date)
    return found


def _is_about(day: str, about: int, days: Iterable[str]) -> bool:
    middle = dt.date.fromisoformat(day)
    return any(abs((dt.date.fromisoformat(one) - middle).days) <= about for one in days)


def _papers_go_along(before: Link, after: Link) -> bool:
    """Tell whether the paper statements, which people know, are numbered on with the files."""
    return bool(
        before.paper_number
        and after.paper_number
        and after.paper_number - before.paper_number == after.coda_number - before.coda_number
    )


def _days_between(before: Link, after: Link) -> tuple[dt.date, dt.date]:
    """Return the days of the balances on both sides of a hole, in order even where the statements contradict."""
    if after.old_date >= before.date:
        days = before.date, after.old_date
    else:
        days = min(before.date, after.date), after.date  # the date of its old balance cannot be right
    return dt.date.fromisoformat(days[0]), dt.date.fromisoformat(days[1])


def _numbers_between(before: Link, after: Link, counted_by: str) -> tuple[int | None, int | None, bool]:
    """Return the first and last number that is missing, and whether it is sure that none is."""
    low, high = number(before, counted_by), number(after, counted_by)
    if not low or not high:
        return None, None, False
    if before.date[:4] != after.date[:4]:
        return (low + 1, high - 1 or None, False) if high <= low else (None, None, False)
    if high > low + 1:
        return low + 1, high - 1, False
    return None, None, high == low + 1
