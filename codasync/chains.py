"""Statements in the order in which they happened: runs of them, each beginning where the one before ended. Pure.

Statements come in any order, and several may have the same date. Those of one day are edges from balance to balance;
the order in which they happened is a trail through all of them (Euler), and where one is missing the balances with one
more way in than out, or out than in, are the two shores of the hole.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import chain as joined
from itertools import groupby, pairwise
from typing import NamedTuple

Balance = int


class Link(NamedTuple):
    """A statement as a link of the chain; dates are ISO texts, balances thousandths, a number of 0 is none."""

    identity: int
    date: str
    old_date: str
    old: Balance
    new: Balance
    coda_number: int
    paper_number: int


Run = list[Link]
# a larger step between the numbers of one day is not a count of what is missing
FEW = 9
# from one balance to the next: by a statement, or (None) over a hole
Step = tuple[Link | None, Balance]


def runs(links: Sequence[Link]) -> list[Run]:
    """Return the connected runs of statements, oldest first; one run when nothing is missing."""
    days = [list(group) for _, group in groupby(sorted(links, key=position), key=lambda link: link.date)]
    beginnings = _beginnings(days)
    found: list[Run] = []
    for day, following in zip(days, [*beginnings[1:], set[Balance]()], strict=False):
        for piece in in_order(day, found[-1][-1].new if found else None, following):
            if found and found[-1][-1].new == piece[0].old:
                found[-1].extend(piece)
            else:
                found.append(piece)
    return found


def position(link: Link) -> tuple[str, str, int, int]:
    """Sort by day; within one, what begins on an earlier day comes first, then by number, then as received."""
    return link.date, link.old_date, link.coda_number, link.identity


def _beginnings(days: Sequence[Run]) -> list[set[Balance]]:
    """Return for each day the balances that it can have begun with, judged by it and by the days after it."""
    found: list[set[Balance]] = []
    following: set[Balance] = set()
    for day in reversed(days):
        surplus = _surplus(day)
        opening = [link.old for link in day if link.old_date < link.date]
        beginning = set(opening) if len(opening) == 1 else {one for one, count in surplus.items() if count > 0}
        if not beginning:  # a round trip: it ended where it began, where the next day goes on
            beginning = (surplus.keys() & following) or set(surplus)
        found.append(beginning)
        following = beginning
    return found[::-1]


def _surplus(day: Iterable[Link]) -> Counter[Balance]:
    """Count for each balance how many more statements begin with it than end with it."""
    surplus: Counter[Balance] = Counter()
    for link in day:
        surplus[link.old] += 1
        surplus[link.new] -= 1
    return surplus


def in_order(day: Run, entry: Balance | None, following: set[Balance]) -> list[Run]:
    """Put the statements of one day into their order; several runs where some are missing.

    The one that begins on an earlier day was the first. `entry` is the balance with which the day before ended, None
    for none; `following` are the balances with which the next day can have begun.
    """
    if len(day) == 1:
        return [day]
    opening, later = [one for one in day if one.old_date < one.date], [one for one in day if one.old_date == one.date]
    if len(opening) != 1:
        return _among(day, _first_balance(day, entry, following), following)
    return _split([*opening, *joined.from_iterable(_among(later, opening[0].new, following))])


def _among(day: Run, begin: Balance, following: set[Balance]) -> list[Run]:
    """Choose between the order by balances and the one by numbers, which knows best where one is missing."""
    by_balances, by_number = _by_balances(day, begin, following), _by_number(day, begin, following)
    numbers = {link.coda_number for link in day}
    steps = [after[0].coda_number - before[-1].coda_number for before, after in pairwise(by_number)]
    if len(numbers) < len(day) or 0 in numbers or any(step > FEW for step in steps):
        return by_balances
    if all(step > 1 for step in steps):
        return by_number  # wherever its balances do not connect, a number is missing
    return min(by_number, by_balances, key=lambda pieces: _breaks(pieces, begin, following))


def _by_number(day: Run, begin: Balance, following: set[Balance]) -> list[Run]:
    """Order statements by their numbers, which may begin anew with 1 in the course of the day."""
    pieces = _split(sorted(day, key=lambda link: link.coda_number))
    if len(pieces) < 2 or pieces[0][0].coda_number > 1:
        return pieces
    anew = _split([*joined.from_iterable(pieces[1:]), *pieces[0]])
    return min(pieces, anew, key=lambda pieces: _breaks(pieces, begin, following))


def _split(links: Sequence[Link]) -> list[Run]:
    pieces = [[link] for link in links[:1]]
    for before, after in pairwise(links):
        if before.new == after.old:
            pieces[-1].append(after)
        else:
            pieces.append([after])
    return pieces


def _breaks(pieces: Sequence[Run], begin: Balance, following: set[Balance]) -> int:
    inside = len(pieces) - 1
    return inside + (pieces[0][0].old != begin) + (bool(following) and pieces[-1][-1].new not in following)


def _by_balances(day: Run, begin: Balance, following: set[Balance]) -> list[Run]:
    """Order statements by their balances, beginning with one balance and ending with one of `following`.

    Every balance in which more statements end than begin, but for the last one, is where a hole begins, and every one
    in which more begin, but for the first, where a hole ends: bridges over them make one trail of all.
    """
    surplus = _surplus(day)
    surplus[begin] -= 1
    ends = [link.new for link in day if surplus[link.new] < 0]
    last = _preferred(ends[::-1], following, begin)
    surplus[last] += 1
    out: defaultdict[Balance, list[Step]] = defaultdict(list)
    for link in day:
        out[link.old].append((link, link.new))
    shores = [(-count, balance) for balance, count in surplus.items()]
    for near, far in zip(_repeated(shores), _repeated((-count, balance) for count, balance in shores), strict=True):
        out[near].append((None, far))
    trails = _split_at_bridges(_trail(out, begin))
    while rest := [link for steps in out.values() for link, _ in steps if link]:
        begin = _preferred([link.old for link in rest], following, rest[0].old)  # circles that touch no other trail
        trails += _split_at_bridges(_trail(out, begin))
    return trails


def _first_balance(day: Run, entry: Balance | None, following: set[Balance]) -> Balance:
    """Return the balance with which a day began: that of the day before, where that can be."""
    surplus = _surplus(day)
    balances = [link.old for link in day if surplus[link.old] > 0]
    if not balances:  # a round trip: the next day goes on where it began
        balances = [link.old for link in day if link.old in following] or [link.old for link in day]
    return entry if entry is not None and entry in balances else balances[0]


def _preferred(balances: Sequence[Balance], wanted: set[Balance], otherwise: Balance) -> Balance:
    return next((one for one in balances if one in wanted), balances[0] if balances else otherwise)


def _repeated(counted: Iterable[tuple[int, Balance]]) -> list[Balance]:
    return [balance for count, balance in counted for _ in range(count)]


def _trail(out: dict[Balance, list[Step]], begin: Balance) -> list[Step]:
    """Take all steps that can be reached, each once, and return them in the order of a trail (Hierholzer).

    Of several steps from one balance, those that stand first are taken first.
    """
    way: list[Step] = [(None, begin)]
    trail: list[Step] = []
    while way:
        if steps := out[way[-1][1]]:
            way.append(steps.pop())
        else:
            trail.append(way.pop())
    return trail[-2::-1]


def _split_at_bridges(trail: Iterable[Step]) -> list[Run]:
    return [
        [link for link, _ in steps if link]
        for is_link, steps in groupby(trail, key=lambda step: step[0] is not None)
        if is_link
    ]
