"""Bank lines that accounting software exports: the bytes of a CSV file become lines of the ledger, all or none. Pure.

Source: this format is codasync's own, `docs/ledger.md`; no export format of a package is published.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TypeVar

from codasync import ledger_amounts, ledger_csv, ledger_fields
from codasync.errors import BadLine, LedgerError
from codasync.ledger_accounts import Account, Accounts
from codasync.ledger_profile import AUTO, COLUMNS, Profile

__all__ = ["Account", "LedgerLine", "Profile", "read"]

TOLD = 20
Value = TypeVar("Value")
# a statement goes over New Year when its lines are no further apart, and it is no longer, than this
PAUSE, LENGTH = dt.timedelta(days=31), dt.timedelta(days=62)


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """What accounting booked on a bank account: one line of a statement, or of a day where `number` is None.

    `year` is the statement's; `balance_milli` is the account's balance after the line, None when it is not said.
    """

    iban: str
    currency: str
    year: int
    number: int | None
    date: dt.date
    amount_milli: int
    balance_milli: int | None
    counterparty_name: str
    counterparty_account: str
    counterparty_iban: str
    communication: str
    matched: bool


def read(data: bytes, profile: Profile, accounts: Sequence[Account]) -> list[LedgerLine]:
    """Return the lines of a file, each account's oldest first; `accounts` are those of the dossier.

    Raises LedgerError with the first twenty lines that are wrong.
    """
    heading, rows = ledger_csv.rows(data, encoding=profile.encoding, delimiter=profile.delimiter)
    found = _Reader(heading, rows, profile, Accounts(accounts)).lines()
    by_account: dict[tuple[str, str], list[LedgerLine]] = {}
    for line in found:
        by_account.setdefault((line.iban, line.currency), []).append(line)
    return [line for lines in by_account.values() for line in _with_years(_oldest_first(lines))]


class _Reader:
    """Reads all rows and keeps what is wrong with any of them."""

    def __init__(
        self, heading: ledger_csv.Row, rows: Iterable[ledger_csv.Row], profile: Profile, accounts: Accounts
    ) -> None:
        self._width = len(heading.cells)
        self._places = _places(heading, profile.columns)
        self._rows = list(rows)
        self._accounts = accounts
        self._date = ledger_fields.date_reader(profile.date_format)
        self._strict = profile.decimal_mark != AUTO
        self._mark = profile.decimal_mark if self._strict else ledger_amounts.decide(self._amounts())

    def lines(self) -> list[LedgerLine]:
        """Return the lines. Raises LedgerError."""
        if not self._rows:
            raise LedgerError("holds a heading and no lines")
        found, wrong, count = [], [], 0
        for row in self._rows:
            try:
                found.append(self._line(row))
            except ValueError as error:
                count += 1
                if count <= TOLD:
                    wrong.append(BadLine(row.line, str(error)))
        if count:
            what = "line that is wrong" if count == 1 else "lines that are wrong"
            raise LedgerError(f"has {count} {what}", wrong, count)
        return found

    def _amounts(self) -> Iterator[str]:
        for row in self._rows:
            if len(row.cells) == self._width:
                yield from (self._cell(row, name) for name in ("amount", "balance"))

    def _cell(self, row: ledger_csv.Row, name: str) -> str:
        place = self._places.get(name)
        return "" if place is None else row.cells[place]

    def _line(self, row: ledger_csv.Row) -> LedgerLine:
        if len(row.cells) != self._width:
            raise ValueError(f"it has {len(row.cells)} columns, the heading {self._width}")
        cell = {name: self._cell(row, name) for name in COLUMNS}
        currency = _read("currency", ledger_fields.currency, cell)
        iban, currency = self._accounts.find(cell["iban"], cell["journal"], currency)
        day = _read("date", self._date, cell)
        number, year = _read("statement_number", ledger_fields.number, cell)
        if year and abs(year - day.year) > 1:
            raise ValueError(f"statement_number {cell['statement_number']} is not of the year of {day}")
        other = ledger_fields.compact(cell["counterparty_iban"])
        return LedgerLine(
            iban=iban,
            currency=currency,
            year=year or 0,
            number=number,
            date=day,
            amount_milli=_read("amount", self._milli, cell),
            balance_milli=_read("balance", self._milli, cell) if cell["balance"] else None,
            counterparty_name=cell["counterparty_name"],
            counterparty_account=other,
            counterparty_iban=other if ledger_fields.is_iban(other) else "",
            communication=cell["communication"],
            matched=_read("matched", ledger_fields.yes, cell),
        )

    def _milli(self, text: str) -> int:
        return ledger_amounts.amount(text, self._mark, strict=self._strict)


def _read(name: str, read_cell: Callable[[str], Value], cells: Mapping[str, str]) -> Value:
    """Read a cell. Raises ValueError that names its column."""
    try:
        return read_cell(cells[name])
    except ValueError as error:
        raise ValueError(f"{name} {error}") from None


def _places(heading: ledger_csv.Row, names: Mapping[str, str]) -> dict[str, int]:
    """Return where each column stands, by our name for it. Raises LedgerError when one is missing or stands twice."""
    shown = [cell.casefold() for cell in heading.cells]
    places = {}
    for column in COLUMNS:
        name = names.get(column, column)
        found = [place for place, cell in enumerate(shown) if cell == name.casefold()]
        if len(found) > 1:
            raise LedgerError(f"has the column {name} {len(found)} times")
        if found:
            places[column] = found[0]
        elif name != column or column in {"date", "amount"}:
            raise LedgerError(f"has no column {name}; it has {', '.join(filter(None, heading.cells[:TOLD]))}")
    if not places.keys() & {"iban", "journal"}:
        raise LedgerError("has neither a column iban nor a column journal")
    return places


def _oldest_first(lines: Sequence[LedgerLine]) -> Sequence[LedgerLine]:
    """Turn the lines of an account round where the file has the newest first, as the dates or the balances show."""
    first, last = lines[0].date, lines[-1].date
    if first > last or (first == last and not _connect(lines) and _connect(lines[::-1])):
        return lines[::-1]
    return lines


def _connect(lines: Sequence[LedgerLine]) -> bool:
    return all(
        one.balance_milli is not None and one.balance_milli + other.amount_milli == other.balance_milli
        for one, other in pairwise(lines)
    )


def _with_years(lines: Sequence[LedgerLine]) -> Iterator[LedgerLine]:
    """Give the lines of an account the year of their statement: the one that is written, else that of its last line."""
    days: dict[int | None, set[dt.date]] = {}
    for line in lines:
        days.setdefault(line.number, set()).add(line.date)
    years = {number: _years(sorted(found)) if number else {} for number, found in days.items()}
    for line in lines:
        yield replace(line, year=line.year or years[line.number].get(line.date, line.date.year))


def _years(days: Sequence[dt.date]) -> dict[dt.date, int]:
    """Return the year of the statement for each day, in order, on which lines have the same number.

    The last days of a year belong to the next one when the statement goes on there, unless the number stays the same
    for so long that it numbers no statement.
    """
    years: dict[dt.date, int] = {}
    run: list[dt.date] = []
    for day in [*days, None]:
        if run and (day is None or day - run[-1] > PAUSE):
            brief = run[-1] - run[0] <= LENGTH
            years |= {one: run[-1].year if brief else one.year for one in run}
            run = []
        if day:
            run.append(day)
    return years
