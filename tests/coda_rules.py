"""What the standard lets a reader of CODA 2 check, and at which line each damage shows.

It is written down here apart from the reader's own tables. A field says what it may hold, and then which lines
disagree with it when it holds something else that is as good in itself:

    own       its own line
    8, 9      the new balance and the trailer of its statement: sums and the account are judged there
    more      the records 2.2 and 2.3, or 3.2 and 3.3, that repeat its numbers
    informed  the records 3.1 that repeat its sequence number
    next      the detail after it, which then has no movement
    ~         none, but the file is read with another warning

What a field may not hold is always a fault of its own line, and of that alone. Records that are missing, doubled or out
of place show at the first line that may not follow the one before, does not repeat its numbers or is a detail without
its movement; where none is, at record 8 if the amounts no longer make the new balance, else at the trailer.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import cached_property

_ENDS = "126-126 code ~, 127-127 blank, 128-128 code"
_TABLE = {
    "0": "1-1 record, 2-5 =0000, 6-11 day, 12-14 number?, 15-16 number?, 17-17 D?, 18-24 blank, 25-71 text,"
    " 72-82 number?, 83-83 blank, 84-88 number?, 89-120 text, 121-127 blank, 128-128 =2",
    "1": "1-1 record, 2-2 structure 8, 3-5 number?, 6-42 account 8, 43-43 sign 8, 44-58 number 8, 59-64 day?,"
    " 65-125 text, 126-128 number?",
    "21": "1-2 record, 3-6 number more+informed+next+~, 7-10 number own+more, 11-31 text, 32-32 sign 8+9,"
    " 33-47 number 8+9, 48-53 day?, 54-61 number, 62-62 sign, 63-115 text, 116-121 day, 122-124 number?,"
    f" 125-125 number, {_ENDS}",
    "detail": "1-2 record, 3-6 number own+more+informed+next, 7-10 number more+~, 11-31 text, 32-32 sign ~,"
    " 33-47 number ~, 48-53 day?, 54-61 number, 62-62 sign, 63-115 text, 116-121 day, 122-124 number?,"
    f" 125-125 number, {_ENDS}",
    "22": f"1-2 record, 3-10 number own, 11-109 text, 110-112 blank, 113-125 text, {_ENDS}",
    "23": f"1-2 record, 3-10 number own, 11-125 text, {_ENDS}",
    "31": "1-2 record, 3-6 number own, 7-10 number more+~, 11-31 text, 32-39 number, 40-40 sign, 41-113 text,"
    f" 114-125 blank, {_ENDS}",
    "32": f"1-2 record, 3-10 number own, 11-115 text, 116-125 blank, {_ENDS}",
    "33": f"1-2 record, 3-10 number own, 11-100 text, 101-125 blank, {_ENDS}",
    "8": "1-1 record, 2-4 number?, 5-41 account own, 42-42 sign own, 43-57 number own, 58-63 day, 64-127 blank,"
    " 128-128 code",
    "4": "1-1 record, 2-2 blank, 3-6 number, 7-10 number, 11-32 blank, 33-112 text, 113-127 blank, 128-128 code",
    "9": "1-1 record, 2-16 blank, 17-22 number own, 23-37 number own, 38-52 number own, 53-127 blank, 128-128 text",
}
MAY_FOLLOW = {
    "": "0",
    "0": "1",
    "1": "21 8 4 9",
    "21": "21 22 23 31 8",
    "22": "21 23 31 8",
    "23": "21 31 8",
    "31": "21 31 32 33 8",
    "32": "21 31 33 8",
    "33": "21 31 8",
    "8": "4 9",
    "4": "4 9",
    "9": "0",
}
"""Which records may come after which; a statement without movements needs no record 8."""

FORMS = {"number": "[0-9]+", "number?": "[0-9]+| +", "sign": "[01]", "D?": "[D ]", "structure": "[0-3 ]"}
_WARNED = {"blank": " +", "code": "[01]"}
_NEVER_BLANK = ("record", "number", "sign", "day", "day?", "code")
_ALIKE = ({"22", "23"}, {"32", "33"})
_COUNTED = ("1", "2", "3", "8")


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a record: positions from 1, the last included; what it may hold; where something else shows."""

    first: int
    last: int
    form: str
    where: tuple[str, ...] = ()

    def of(self, line: str) -> str:
        """Return its text."""
        return line[self.first - 1 : self.last]

    def may_hold(self, text: str) -> bool:
        """Say whether a text is what the field may hold, be it odd."""
        if self.form.startswith("="):
            return text == self.form[1:]
        if self.form in {"day", "day?"}:
            return is_day(text) or (self.form == "day?" and text == "000000")
        return self.form not in FORMS or re.fullmatch(FORMS[self.form], text, re.ASCII) is not None


def _field(text: str) -> Field:
    place, form, *where = text.split()
    first, last = place.split("-")
    return Field(int(first), int(last), form, tuple("+".join(where).split("+")) if where else ())


FIELDS = {record: tuple(map(_field, fields.split(", "))) for record, fields in _TABLE.items()}


def is_day(text: str) -> bool:
    """Say whether DDMMYY is a day; the years are 1980 to 2079."""
    if not re.fullmatch("[0-9]{6}", text):
        return False
    year = int(text[4:])
    with suppress(ValueError):
        return bool(date(year + (1900 if year >= 80 else 2000), int(text[2:4]), int(text[:2])))
    return False


def record(line: str) -> str:
    """Return the number of a record."""
    return line[:2] if line[:1] in {"2", "3"} else line[:1]


@dataclass(frozen=True, slots=True)
class Expected:
    """What has to come of a damage: findings at these lines and no others; none if the file is to be read.

    `later` allows more findings after the first, as a record whose number is lost takes others with it; `other` says
    that the line became another record that may stand there, which shows wherever that has other fields. `warned` is
    whether a file that is read has to have another warning.
    """

    lines: tuple[int, ...] = ()
    later: bool = False
    other: bool = False
    warned: bool = False

    def holds(self, found: Sequence[int]) -> bool:
        """Say whether the lines of the findings are as expected."""
        if self.other:
            return True
        if self.later:
            return tuple(found[:1]) == self.lines and list(found) == sorted(found)
        return tuple(sorted(set(found))) == self.lines


class Sound:
    """The lines of a file in which all is well, to say of each damage where it shows."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = lines
        self._ends = [number for number, line in enumerate(lines, 1) if line[0] == "9"]

    @cached_property
    def names(self) -> list[str]:
        """Return the record of each line; that of a detail is named so."""
        return ["detail" if _is_detail(line) else record(line) for line in self.lines]

    def field(self, number: int, position: int) -> Field:
        """Return the field that is at a position of a line."""
        return next(each for each in FIELDS[self.names[number - 1]] if position <= each.last)

    def expect(self, number: int, field: Field, text: str) -> Expected:
        """Say what has to come of another text in a field of a line."""
        line = self.lines[number - 1]
        if field.form == "record":
            return self._other_record(number, text + line[field.last :])
        if not field.may_hold(text):
            return Expected((number,))
        if field.form in _WARNED:
            return Expected(warned=re.fullmatch(_WARNED[field.form], text) is None or "~" in field.where)
        damaged = line[: field.first - 1] + text + line[field.last :]
        lines = tuple(sorted({line for where in field.where for line in self._lines(number, where)}))
        if not self._disagrees(number, field, damaged):
            return Expected()
        if self.names[number - 1] == "detail" and field.first == 7 and text == "0000":
            lines += self._of_sums(number)
        return Expected(lines, warned="~" in field.where and not lines)

    def expect_cut(self, number: int, length: int) -> Expected:
        """Say what has to come of a line that lost its end: it may have been blank, if all of it may be.

        The link code, which is read by nobody, may as well.
        """
        fields = FIELDS[self.names[number - 1]]
        shortest = max(
            each.last for each in fields if each.form[0] == "=" or (each.form in _NEVER_BLANK and each.last < 128)
        )
        padded = self.lines[number - 1][:length].ljust(128)
        good = length >= shortest and all(each.may_hold(each.of(padded)) for each in fields)
        return Expected() if good else Expected((number,))

    def _disagrees(self, number: int, field: Field, damaged: str) -> bool:
        """Say whether a field that other lines are compared with is another one for that purpose."""
        line = self.lines[number - 1]
        if field.form in {"account", "structure"}:
            return not self._same_account(number, damaged)
        if field.form in {"sign", "number"} and line[0] in "128" and field.first in {32, 33, 42, 43, 44}:
            return _milli(damaged) != _milli(line)
        return True

    def _of_sums(self, number: int) -> tuple[int, ...]:
        """Return the lines of both sums, which a detail disturbs that became a movement, unless of nothing."""
        if not _milli(self.lines[number - 1]):
            return ()
        return (*self._lines(number, "8"), *self._lines(number, "9"))

    def _other_record(self, number: int, damaged: str) -> Expected:
        line = self.lines[number - 1]
        before = record(self.lines[number - 2]) if number > 1 else ""
        if record(damaged) not in MAY_FOLLOW[before].split():
            return Expected((number,), later=True)
        # Between these there is nothing but text, which may as well be that of the other.
        return Expected(other=True, warned={record(line), record(damaged)} not in _ALIKE)

    def _lines(self, number: int, where: str) -> Iterator[int]:
        """Yield the lines that a place in the table stands for."""
        if where == "own":
            yield number
        elif where in {"8", "9"}:
            end = next(end for end in self._ends if end >= number)
            yield from (each for each in range(number, end + 1) if self.lines[each - 1][0] == where)
        elif where == "next":
            yield from (each for each in self._following(number, {"22", "23", "31", "32", "33"}, "detail"))
        elif where == "informed":
            passed = {"22", "23", "31", "32", "33"}
            yield from (each for each in self._run(number, passed) if self.names[each - 1] == "31")
        elif where == "more":
            yield from self._run(number, {"32", "33"} if self.names[number - 1] == "31" else {"22", "23"})

    def _run(self, number: int, names: set[str]) -> Iterator[int]:
        """Yield the lines of these records that follow a line directly."""
        while self.names[number] in names:
            number += 1
            yield number

    def _following(self, number: int, passed: set[str], name: str) -> Iterator[int]:
        """Yield the line of a record that follows a line and others that are passed over."""
        *_, last = number, *self._run(number, passed)
        if self.names[last] == name:
            yield last + 1

    def _same_account(self, number: int, damaged: str) -> bool:
        """Say whether records 1 and 8 of a statement name the same account when one of them is damaged."""
        end = next(end for end in self._ends if end >= number)
        start = max((each for each in self._ends if each < number), default=0)
        own = [damaged if each == number else self.lines[each - 1] for each in range(start + 1, end + 1)]
        old = next(line for line in own if line[0] == "1")
        return all(same_account(old[1], old[5:42], line[4:41]) for line in own if line[0] == "8")


def _is_detail(line: str) -> bool:
    return line.startswith("21") and line[6:10] != "0000"


def _milli(line: str) -> int:
    """Return the amount or balance of a record 1, 2.1 or 8."""
    place = {"1": 42, "2": 31, "8": 41}[line[0]]
    return int(line[place + 1 : place + 16]) * (-1 if line[place] == "1" else 1)


def same_account(structure: str, old: str, new: str) -> bool:
    """Compare number, currency and extension of two zones; an extension that one of them leaves blank says nothing."""
    first, second = _account(structure, old), _account(structure, new)
    return first[:2] == second[:2] and (first[2] == second[2] or not (first[2] and second[2]))


def _account(structure: str, zone: str) -> tuple[str, str, str]:
    if structure == "0" or (structure == " " and re.fullmatch("[0-9]{12}", zone[:12])):
        parts = zone[:12], zone[13:16], zone[22:]
    else:
        extended = structure in {"2", " "}
        parts = zone[: 31 if extended else 34], zone[34:], zone[31:34] if extended else ""
    number, currency, extension = (part.strip(" ") for part in parts)
    return number, currency, extension


class _Judge:
    """Looks at good records one after the other, and says which is the first that is not in its place."""

    def __init__(self) -> None:
        self._before = self._sequence = self._numbers = self._informed = ""
        self._old = ""
        self._debit = self._credit = self._count = 0

    def accepts(self, line: str) -> bool:
        """Say whether a record is in its place after those before it."""
        kind = record(line)
        if kind not in MAY_FOLLOW[self._before].split() or not self._belongs(kind, line):
            return False
        self._before = kind
        self._count += kind[0] in _COUNTED
        return getattr(self, f"_is_good_{kind}", lambda _line: True)(line)

    def _belongs(self, kind: str, line: str) -> bool:
        """Say whether a record repeats the numbers of those that it belongs to."""
        if kind in {"22", "23"}:
            return line[2:10] == self._numbers
        if kind in {"32", "33"}:
            return line[2:10] == self._informed
        return not (kind == "31" or _is_detail(line)) or line[2:6] == self._sequence

    def _is_good_0(self, _line: str) -> bool:
        self._sequence = ""
        self._debit = self._credit = self._count = 0
        return True

    def _is_good_1(self, line: str) -> bool:
        self._old = line
        return True

    def _is_good_21(self, line: str) -> bool:
        self._sequence, self._numbers = line[2:6], line[2:10]
        milli = 0 if _is_detail(line) else _milli(line)
        self._debit += max(-milli, 0)
        self._credit += max(milli, 0)
        return True

    def _is_good_31(self, line: str) -> bool:
        self._informed = line[2:10]
        return True

    def _is_good_8(self, line: str) -> bool:
        balance = _milli(self._old) + self._credit - self._debit
        return balance == _milli(line) and same_account(self._old[1], self._old[5:42], line[4:41])

    def _is_good_9(self, line: str) -> bool:
        return (int(line[16:22]), int(line[22:37]), int(line[37:52])) == (self._count, self._debit, self._credit)

    @property
    def ended(self) -> bool:
        """Say whether the last record was a trailer."""
        return self._before == "9"


def first_out_of_place(lines: Sequence[str]) -> int:
    """Return the first line at which good records, in whatever order, do not make a file, 0 if they do.

    A file that ends too early is faulty at the line after its last.
    """
    judge = _Judge()
    for number, line in enumerate(lines, 1):
        if not judge.accepts(line):
            return number
    return 0 if judge.ended else len(lines) + 1
