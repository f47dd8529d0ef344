"""An account's life, written down as its bank would: which statements there are, with which balances, numbers and dates.

`Life` makes them, day by day; what becomes of them is up to the test.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

from desk import account

from codasync.sandbox import coda_writer
from codasync.sandbox.days import banking_day_after

# a banking day in a week without holidays
MONDAY = dt.date(2026, 3, 2)
Row = dict[str, Any]
# from the days of all statements so far, the new one last: its paper number and its CODA number
Habit = Callable[[Sequence[dt.date]], tuple[int, int]]


def counting(days: Sequence[dt.date]) -> tuple[int, int]:
    """Both numbers go up by one and begin anew each year."""
    count = sum(day.year == days[-1].year for day in days)
    return count, count


def repeating(days: Sequence[dt.date]) -> tuple[int, int]:
    """The paper number stays for a week; the CODA number counts the year."""
    return days[-1].isocalendar().week, counting(days)[1]


def monthly(days: Sequence[dt.date]) -> tuple[int, int]:
    """The paper number stays for a month, and the CODA number counts within it (Crelan)."""
    month = days[-1].replace(day=1)
    return month.month, sum(day >= month for day in days)


def zeros(days: Sequence[dt.date]) -> tuple[int, int]:
    """There are no numbers."""
    return 0, 0


def julian(days: Sequence[dt.date]) -> tuple[int, int]:
    """Both numbers are the day of the year."""
    return days[-1].timetuple().tm_yday, days[-1].timetuple().tm_yday


HABITS = {habit.__name__: habit for habit in (counting, repeating, monthly, zeros, julian)}


class Life:
    """The statements of one account in the order in which they happened."""

    def __init__(
        self,
        habit: Habit = counting,
        *,
        of: coda_writer.Account | None = None,
        balance: int = 1_000_000,
        first_day: dt.date = MONDAY,
    ) -> None:
        self.account = of or account(1)
        self.balance, self.today = balance, first_day
        self.statements: list[coda_writer.Statement] = []
        self._habit, self._numbered = habit, list[dt.date]()
        self._last = first_day - dt.timedelta(days=1)

    def next_day(self, count: int = 1) -> None:
        """Let banking days pass."""
        self.today = banking_day_after(self.today, count)

    def statement(self, *amounts: int) -> coda_writer.Statement:
        """Make the next statement of today with movements of these amounts; without any it is an empty one."""
        self._numbered.append(self.today)
        paper, coda = self._habit(self._numbered)
        day = self.today if amounts else self._last  # the balance of an empty statement is as old as it was
        made = coda_writer.Statement(
            self.account,
            self.balance,
            self._last,
            day,
            tuple(coda_writer.Movement(amount, communication=f"ITEM {len(self.statements)}") for amount in amounts),
            paper_number=paper,
            coda_number=coda,
            created=self.today,
        )
        self.statements.append(made)
        self.balance, self._last = made.new_balance_milli, day
        return made

    def historical(self, first: dt.date, last: dt.date, days: int = 1) -> list[coda_writer.Statement]:
        """Tell of these days once more, as historical CODA does: without numbers, so many days with movements in each."""
        told = [one for one in self.statements if first < one.new_balance_date <= last and one.movements]
        ends = sorted({one.new_balance_date for one in told})
        periods = [set(ends[start : start + days]) for start in range(0, len(ends), days)]
        return [_merged([one for one in told if one.new_balance_date in period]) for period in periods]


def _merged(several: Sequence[coda_writer.Statement]) -> coda_writer.Statement:
    movements = tuple(movement for one in several for movement in one.movements)
    first, last = several[0], several[-1]
    return coda_writer.Statement(
        first.account, first.old_balance_milli, first.old_balance_date, last.new_balance_date, movements
    )


def row(statement: coda_writer.Statement, identity: int) -> Row:
    """Return what `store_reports.statements_of` would of a statement."""
    return {
        "id": identity,
        "date": statement.new_balance_date.isoformat(),
        "old_balance_date": statement.old_balance_date.isoformat(),
        "old_balance_milli": statement.old_balance_milli,
        "new_balance_milli": statement.new_balance_milli,
        "coda_number": statement.coda_number,
        "paper_number": statement.paper_number,
    }


def rows(statements: Sequence[coda_writer.Statement]) -> list[Row]:
    """Return the rows of statements that came in this order."""
    return [row(one, identity) for identity, one in enumerate(statements, start=1)]
