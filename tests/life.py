"""An account's life, written down as its bank would: statements with their balances, numbers and dates.

`Life` makes them; `mornings` tells a life by a letter a day, with what gets lost, comes late, twice or again; `Account`
lives it in an office, where each morning a pass is made and the journal is judged.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from desk import Desk, account
from support import Home

from codasync import reception, status_report
from codasync.continuity import look
from codasync.sandbox import coda_writer, faults
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
        """Tell of these days once more, as historical CODA does: without numbers, so many days in each."""
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


# --- a life told by a letter a day, and what comes of it each morning


@dataclass(slots=True)
class Morning:
    """A banking morning: the files that come, in order, and what else happens before the pass."""

    day: dt.date
    files: list[tuple[coda_writer.Statement, ...]] = field(default_factory=list)
    again: list[coda_writer.Statement] = field(default_factory=list)  # by the redelivery feed
    event: str = ""  # `-` the journal is disabled, `+` it is enabled, `!` CodaBox cannot be reached


def mornings(life: Life, days: str) -> Iterator[Morning]:
    """Live through banking days, a letter each, and yield the morning after each.

    `s` a statement, `.` no movement, `e` an empty statement, `2` two statements and `3` three, which come in any order,
    `x` one that never comes, `z` one that never comes and adds up to zero, `m` three of which the middle never comes,
    `h` one that is held back until `<`, `d` one that comes twice, `r` one that comes again by the redelivery feed,
    `f` two in one file, `H` historical CODA of all days so far, `a` a separate application beside the statement, `c`
    one and then another that claims to be it; `-`, `+` and `!` happen on the morning after a day with a statement.
    """
    held: list[coda_writer.Statement] = []
    for number, letter in enumerate(days, start=1):
        made = _made(life, letter, 1_000 * number)
        life.next_day()
        morning = Morning(life.today, [(one,) for one in made])
        if letter == "h":
            held += made
        if letter in "hxz":
            morning.files = []
        elif letter == "<":
            morning.files, held = [(one,) for one in held[::-1]], []
        elif letter == "m":
            del morning.files[1]
        elif letter == "f":
            morning.files = [tuple(made)]
        elif letter in "23":
            morning.files = [*morning.files[1:], morning.files[0]]
        elif letter == "H":
            morning.files = [(one,) for one in life.historical(dt.date.min, life.today, days=2)]
        _add_copies(morning, letter, made)
        yield morning


def _made(life: Life, letter: str, amount: int) -> list[coda_writer.Statement]:
    """Make the statements of a day."""
    if letter == "z":
        return [life.statement(amount, -amount)]
    if letter == "e":
        return [life.statement()]
    count = {"2": 2, "f": 2, "3": 3, "m": 3, ".": 0, "<": 0, "H": 0}.get(letter, 1)
    return [life.statement(amount + number, -number - 1) for number in range(count)]


def _add_copies(morning: Morning, letter: str, made: Sequence[coda_writer.Statement]) -> None:
    if letter == "d":
        morning.files += morning.files
    elif letter == "r":
        morning.again = [replace(one, duplicate=True) for one in made]
    elif letter == "a":
        morning.files.append((replace(made[0], separate_application="00001", paper_number=0),))
    elif letter == "c":
        morning.files.append((replace(made[0], movements=(*made[0].movements, coda_writer.Movement(5_000))),))
    elif letter in "-+!":
        morning.event = letter


# the states of a journal as letters
LETTERS = {state: state[0] for state in reception.WORST_FIRST} | {"off": "-"}


class Account:
    """An account in an office: each morning its files come, a pass is made, and the journal is judged."""

    def __init__(self, home: Home, life: Life) -> None:
        self.life, self.now = life, _seven_on(life.today)
        self.desk = Desk(home, clock=lambda: self.now)
        self.dossier = self.desk.dossier("0042", life.account)
        self.report: Row = {}

    def live(self, days: str) -> str:
        """Live through these days and return the states of the mornings after them, a letter each."""
        return "".join(self._live(morning) for morning in mornings(self.life, days))

    def _live(self, morning: Morning) -> str:
        self.now = _seven_on(morning.day)
        if morning.event == "-":
            self.desk.home.call("disable-journal", "0042", self.life.account.number)
        elif morning.event == "+":
            self.desk.enable("0042", self.life.account.number)
        for file in morning.files:
            self.desk.deliver_coda(self.dossier, *file)
        for one in morning.again:
            self.desk.deliver_coda(self.dossier, one, redelivery=True)
        away = [self.desk.box.fault("/feed/", faults.refuse(503), times=None)] if morning.event == "!" else []
        self.desk.sync()
        self.desk.box.heal(away)
        return LETTERS[self.judge()["state"]]

    def judge(self) -> Row:
        """Judge the account as `codasync status` does."""
        with self.desk.store() as store:
            [self.report] = status_report.report(store, self.desk.config(), None).rows
        return self.report


def _seven_on(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(7), dt.UTC)


# what the database knows of a journal that is in order; a test changes what it is about
FACTS: Row = {
    "client_id": "client",
    "dossier_code": "0042",
    "dossier_name": "Boulangerie Hélène",
    "enterprise_number": "BE0403019261",
    "iban": "BE80001000000177",
    "currency": "EUR",
    "extension": "",
    "enabled": 1,
    "enabled_at": "2026-01-01T08:00:00Z",
    "since": None,
    "chosen_by_currency": 0,
    "fetches_coda": True,
    "account_state": "active",
    "account_state_modified_at": "2025-11-17T10:00:00",
    "mandate_state": "active",
    "mandate_state_modified_at": "2025-11-17T10:00:00",
    "mandate_reason": "",
    "mandates_known": 1,
    "vanished_at": None,
    "last_statement_date": "2026-03-06",
    "last_received_at": "2026-03-09T07:00:00Z",
    "statements_received": 5,
    "last_polled_at": "2026-03-09T07:00:00Z",
    "last_poll_error": "",
    "last_poll_kind": "",
    "failing_since": None,
    "last_failed_at": None,
    "pass_error": "",
    "pass_kind": "",
    "pass_failing_since": None,
    "passes_failed": 0,
    "passes_cut_off": 0,
    "pass_cut_off_since": None,
}


def judged(
    statements: Sequence[coda_writer.Statement],
    today: dt.date,
    troubles: Sequence[Row] = (),
    near: Sequence[Row] = (),
    *,
    thresholds: reception.Thresholds = reception.DEFAULTS,
    since_day: dt.date | None = None,
    **facts: Any,
) -> reception.Judgement:
    """Judge an account whose statements came in this order; `facts` differ from FACTS."""
    known = {
        **FACTS,
        "last_statement_date": max((str(one.new_balance_date) for one in statements), default=None),
        "statements_received": len(statements),
        "last_polled_at": f"{today}T07:00:00Z",
        **facts,
    }
    return reception.judge(
        known, troubles, look(rows(statements)), near, today=today, thresholds=thresholds, since=since_day
    )
