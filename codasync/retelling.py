"""Which movements only tell once more what other statements tell: those of historical CODA. Pure.

Historical CODA is made from open banking, has no numbers, and overlaps the statements of the bank. A statement without
a number gives way, day by day, to numbered ones and to those of fewer days, and among equals to the one that came
first, where their balances at both ends of these days are its own. Where they are not, it stays: nothing is guessed.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from codasync.chains import Balance, Link, runs


class Line(NamedTuple):
    """A movement: its id, its booking day (ISO, None when it is not known), its amount in thousandths."""

    identity: int
    day: str | None
    amount_milli: int


@dataclass(frozen=True, slots=True)
class Told:
    """What a statement tells: of the days after `after` up to `last` (ISO), from one balance to another."""

    identity: int
    numbered: bool
    old_date: str
    last: str
    old: Balance
    new: Balance
    lines: tuple[Line, ...]
    days: int = field(init=False)  # on how many something was booked
    after: str = field(init=False)  # the day before the first one; a later statement of a day begins on its own day

    def __post_init__(self) -> None:
        day_before = (dt.date.fromisoformat(self.last) - dt.timedelta(days=1)).isoformat()
        object.__setattr__(self, "days", len({line.day for line in self.lines}))
        object.__setattr__(self, "after", min(self.old_date, day_before))

    def balance_after(self, day: str) -> Balance:
        """Return the balance at the end of a day, by this statement alone."""
        if day <= self.after:
            return self.old
        return self.new if day >= self.last else self.old + sum(one.amount_milli for one in self.until(day))

    def until(self, day: str) -> list[Line]:
        """Return the movements booked up to a day."""
        return [one for one in self.lines if one.day is not None and one.day <= day]

    def between(self, after: str, last: str) -> list[Line]:
        """Return the movements after one day up to another."""
        out = set() if after <= self.after else set(self.until(after))
        return [one for one in (self.lines if last >= self.last else self.until(last)) if one not in out]

    def without(self, after: str, last: str) -> "list[Told]":
        """Return what it tells of the days outside of these."""
        sides = ((self.after, after), (last, self.last))
        return [self._part(*side) for side in sides if side[0] < side[1] and self.between(*side)]

    def _part(self, after: str, last: str) -> "Told":
        old, new = self.balance_after(after), self.balance_after(last)
        return replace(self, old_date=after, last=last, old=old, new=new, lines=tuple(self.between(after, last)))


def retold(statements: Sequence[Told]) -> set[int]:
    """Return the ids of the movements that count by other statements; `statements` are those of one account."""
    found: set[int] = set()
    for together in _overlapping([one for one in statements if one.lines]):
        if len(together) > 1 and not all(one.numbered for one in together):
            found |= {line.identity for one in together for line in one.lines} - _kept(together)
    return found


def _overlapping(statements: Sequence[Told]) -> Iterator[list[Told]]:
    """Part statements into groups that have no day in common."""
    group: list[Told] = []
    for one in sorted(statements, key=lambda one: (one.after, one.last)):
        if group and one.after >= max(other.last for other in group):
            yield group
            group = []
        group.append(one)
    if group:
        yield group


def _kept(statements: Sequence[Told]) -> set[int]:
    """Return the movements that count; equal amounts are the better proof, so they are looked for first."""
    kept = list(statements)
    for by_amounts in (True, False):
        for one in sorted(kept, key=lambda one: (one.days, -one.identity)):
            if not one.numbered and (rest := _rest(one, kept, by_amounts=by_amounts)) != [one]:
                kept = [other for other in kept if other is not one] + rest
    return {line.identity for one in kept for line in one.lines}


def _rest(one: Told, statements: Sequence[Told], *, by_amounts: bool) -> list[Told]:
    """Return what a statement tells that those do not to which it gives way."""
    rest = [one]
    beside = [other for other in statements if other.last > one.after and other.after < one.last and other is not one]
    touching = [other for other in beside if other.numbered or other.days <= one.days]
    links = [Link(place, it.last, it.old_date, it.old, it.new, 0, 0) for place, it in enumerate(touching)]
    for run in runs(links) if links else []:
        told = [touching[link.identity] for link in run]
        rest = [left for part in rest for left in _without(part, told, by_amounts=by_amounts)]
    return rest


def _without(part: Told, run: Sequence[Told], *, by_amounts: bool) -> list[Told]:
    after, last = max(part.after, run[0].after), min(part.last, run[-1].last)
    if after >= last:
        return [part]
    mine = part.balance_after(after), part.balance_after(last)
    if mine != (run[0].balance_after(after), run[-1].balance_after(last)):
        return [part]
    amounts = Counter(one.amount_milli for one in part.between(after, last))
    theirs = Counter(one.amount_milli for told in run for one in told.between(after, last))
    # a day may have several statements that end where they began: balances alone do not tell those apart
    agrees = amounts == theirs if by_amounts else mine[0] != mine[1]
    return part.without(after, last) if agrees else [part]
