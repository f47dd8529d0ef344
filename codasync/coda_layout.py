"""The records of CODA 2, as tables that read like annex I of the standard, and the patterns made of them.

A field is (name, first position, length, kind); positions count from 1. A record's pattern accepts exactly the
lines in which nothing is wrong and nothing is odd, and captures the fields that carry a value, so that reading a
good line is one match. `coda_check` explains, field by field, why a line does not match. Text is anything but a line
end: a pattern for several lines must not take one for text.

Kinds that carry a value: `n` digits; `n?` digits or all blank; `01` the digit 0 or 1; `date` a real day DDMMYY;
`date?` the same or 000000; `d?` D or blank; `structure` 0 to 3 or blank; `an` any text. Kinds that do not:
`digits`; `=x` exactly x; `blank` a filler; `next` and `link` codes, 0 or 1; `any` not looked at.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from operator import itemgetter
from typing import NamedTuple

# Exact for the years 1980 to 2079 that two digits stand for: every fourth of them is a leap year.
_DATE = (
    "(?:(?:0[1-9]|1[0-9]|2[0-8])(?:0[1-9]|1[0-2])|(?:29|30)(?:0[13-9]|1[0-2])|31(?:0[13578]|1[02]))[0-9]{2}"
    "|2902(?:[02468][048]|[13579][26])"
)
_PATTERNS = {
    "n": "[0-9]{%d}",
    "n?": "[0-9]{%d}| {%d}",
    "01": "[01]",
    "date": _DATE,
    "date?": f"{_DATE}|000000",
    "d?": "[D ]",
    "structure": "[0-3 ]",
    "an": ".{%d}",
}
_UNCAPTURED = {"digits": "[0-9]{%d}", "blank": " {%d}", "next": "[01]", "link": "[01]", "any": ".{%d}"}
# A link code should not be blank, but is read by nobody.
_MAY_BE_BLANK = frozenset({"n?", "d?", "structure", "an", "blank", "link", "any"})


class Field(NamedTuple):
    """One field of a record: its name, its first position counted from 1, its length, its kind."""

    name: str
    first: int
    length: int
    kind: str

    @property
    def slice(self) -> slice:
        """Return where the field is in a line."""
        return slice(self.first - 1, self.first - 1 + self.length)

    @property
    def captured(self) -> bool:
        """Say whether the field carries a value."""
        return self.kind in _PATTERNS

    @property
    def pattern(self) -> str:
        """Return the regular expression for the field's text, without a group."""
        if self.kind.startswith("="):
            return re.escape(self.kind[1:])
        pattern = _PATTERNS.get(self.kind) or _UNCAPTURED[self.kind]
        return pattern.replace("%d", str(self.length))


@dataclass(frozen=True)
class Layout:
    """One record: its number, what it is called, its fields in order, the pattern of a line without fault."""

    name: str
    title: str
    fields: tuple[Field, ...]
    pattern: re.Pattern[str] = field(init=False)

    def __post_init__(self) -> None:
        parts = [f"({each.pattern})" if each.captured else each.pattern for each in self.fields]
        object.__setattr__(self, "pattern", re.compile("".join(parts)))

    def __str__(self) -> str:
        return f"{self.name} ({self.title})"

    @property
    def number(self) -> str:
        """Return the digits that its lines begin with."""
        return self.fields[0].kind[1:]

    def place(self, name: str) -> slice:
        """Return where in a line the first field of a name is."""
        return next(each.slice for each in self.fields if each.name == name)

    @cached_property
    def values(self) -> Callable[[str], tuple[str, ...]]:
        """Return what takes the fields that carry a value out of a line, in the order in which the pattern does."""
        return itemgetter(*(each.slice for each in self.fields if each.captured))

    @cached_property
    def checks(self) -> tuple[tuple[Field, slice, Callable[[str], object]], ...]:
        """Return every field with its place in a line and what says whether a text can stand there."""
        return tuple((each, each.slice, re.compile(each.pattern).fullmatch) for each in self.fields)

    @cached_property
    def shortest(self) -> int:
        """Return how long a line is at least whose trailing blanks were stripped."""
        return max(each.first + each.length - 1 for each in self.fields if each.kind not in _MAY_BE_BLANK)


def _layout(name: str, title: str, *fields: tuple[str, int, int, str]) -> Layout:
    return Layout(name, title, tuple(Field(*each) for each in fields))


def _block(layouts: Sequence[Layout], names: Sequence[str]) -> str:
    """Make the pattern of a record and of those that continue it, a line each; it captures what `_WATCHED` says.

    `names` are those of the groups that hold the sequence and the detail number. The numbers of a continuation are
    the same and are not captured again. A next code of 1 is followed by a continuation, one of 0 is not.
    """
    first, *continuations = layouts
    later = [each.number for each in continuations]
    made = _block_line(first, later, [name if "=" in name else f"?P<{name}>[0-9]{{4}}" for name in names])
    again = [f"?P={name.removeprefix('?P=')}" for name in names]
    for place, layout in enumerate(continuations, 1):
        made += f"(?:{_block_line(layout, later[place:], again)})?"
    return made


def _block_line(layout: Layout, later: list[str], numbers: list[str]) -> str:
    """Make the pattern of one line of a block; its first fields are the record and the two numbers."""
    record, _, _, *fields = layout.fields[:-3]
    parts = [record.pattern, *(f"({number})" for number in numbers)]
    parts += [_WATCHED.get((layout.number, each.name)) or f"(?:{each.pattern})" for each in fields]
    following = "|".join(later)
    parts.append(f"(?:0 [01]\n(?!{following})|1 [01]\n(?={following}))" if later else "0 [01]\n")
    return "".join(parts)


HEADER = _layout(
    "record 0",
    "header",
    ("record", 1, 1, "=0"),
    ("zeros", 2, 4, "=0000"),
    ("creation date", 6, 6, "date"),
    ("bank number", 12, 3, "n?"),
    ("application code", 15, 2, "n?"),
    ("duplicate code", 17, 1, "d?"),
    ("filler", 18, 7, "blank"),
    ("file reference", 25, 10, "an"),
    ("addressee", 35, 26, "an"),
    ("BIC", 61, 11, "an"),
    ("enterprise number", 72, 11, "n?"),
    ("filler", 83, 1, "blank"),
    ("separate application", 84, 5, "n?"),
    ("transaction reference", 89, 16, "an"),
    ("related reference", 105, 16, "an"),
    ("filler", 121, 7, "blank"),
    ("version", 128, 1, "=2"),
)
OLD_BALANCE = _layout(
    "record 1",
    "old balance",
    ("record", 1, 1, "=1"),
    ("account structure", 2, 1, "structure"),
    ("paper statement number", 3, 3, "n?"),
    ("account", 6, 37, "an"),
    ("sign of the old balance", 43, 1, "01"),
    ("old balance", 44, 15, "n"),
    ("old balance date", 59, 6, "date?"),
    ("account holder", 65, 26, "an"),
    ("account description", 91, 35, "an"),
    ("CODA number", 126, 3, "n?"),
)
MOVEMENT = _layout(
    "record 2.1",
    "movement",
    ("record", 1, 2, "=21"),
    ("sequence number", 3, 4, "n"),
    ("detail number", 7, 4, "n"),
    ("bank reference", 11, 21, "an"),
    ("sign", 32, 1, "01"),
    ("amount", 33, 15, "n"),
    ("value date", 48, 6, "date?"),
    ("transaction code", 54, 8, "n"),
    ("communication structure", 62, 1, "01"),
    ("communication", 63, 53, "an"),
    ("entry date", 116, 6, "date"),
    ("paper statement number", 122, 3, "n?"),
    ("globalisation code", 125, 1, "n"),
    ("next code", 126, 1, "next"),
    ("filler", 127, 1, "blank"),
    ("link code", 128, 1, "link"),
)
MOVEMENT_2 = _layout(
    "record 2.2",
    "movement",
    ("record", 1, 2, "=22"),
    ("sequence number", 3, 4, "n"),
    ("detail number", 7, 4, "n"),
    ("communication", 11, 53, "an"),
    ("customer reference", 64, 35, "an"),
    ("counterparty BIC", 99, 11, "an"),
    ("filler", 110, 3, "blank"),
    ("R-transaction", 113, 1, "an"),
    ("return reason", 114, 4, "an"),
    ("category purpose", 118, 4, "an"),
    ("purpose", 122, 4, "an"),
    ("next code", 126, 1, "next"),
    ("filler", 127, 1, "blank"),
    ("link code", 128, 1, "link"),
)
MOVEMENT_3 = _layout(
    "record 2.3",
    "movement",
    ("record", 1, 2, "=23"),
    ("sequence number", 3, 4, "n"),
    ("detail number", 7, 4, "n"),
    ("counterparty account", 11, 37, "an"),
    ("counterparty name", 48, 35, "an"),
    ("communication", 83, 43, "an"),
    ("next code", 126, 1, "next"),
    ("filler", 127, 1, "blank"),
    ("link code", 128, 1, "link"),
)
INFORMATION = _layout(
    "record 3.1",
    "information",
    ("record", 1, 2, "=31"),
    ("sequence number", 3, 4, "n"),
    ("detail number", 7, 4, "n"),
    ("bank reference", 11, 21, "any"),
    ("transaction code", 32, 8, "digits"),
    ("communication structure", 40, 1, "01"),
    ("communication", 41, 73, "an"),
    ("filler", 114, 12, "blank"),
    ("next code", 126, 1, "next"),
    ("filler", 127, 1, "blank"),
    ("link code", 128, 1, "link"),
)
INFORMATION_2 = _layout(
    "record 3.2",
    "information",
    ("record", 1, 2, "=32"),
    ("sequence number", 3, 4, "n"),
    ("detail number", 7, 4, "n"),
    ("communication", 11, 105, "an"),
    ("filler", 116, 10, "blank"),
    ("next code", 126, 1, "next"),
    ("filler", 127, 1, "blank"),
    ("link code", 128, 1, "link"),
)
INFORMATION_3 = _layout(
    "record 3.3",
    "information",
    ("record", 1, 2, "=33"),
    ("sequence number", 3, 4, "n"),
    ("detail number", 7, 4, "n"),
    ("communication", 11, 90, "an"),
    ("filler", 101, 25, "blank"),
    ("next code", 126, 1, "next"),
    ("filler", 127, 1, "blank"),
    ("link code", 128, 1, "link"),
)
FREE_MESSAGE = _layout(
    "record 4",
    "free message",
    ("record", 1, 1, "=4"),
    ("filler", 2, 1, "blank"),
    ("sequence number", 3, 4, "n"),
    ("detail number", 7, 4, "n"),
    ("filler", 11, 22, "blank"),
    ("text", 33, 80, "an"),
    ("filler", 113, 15, "blank"),
    ("link code", 128, 1, "link"),
)
NEW_BALANCE = _layout(
    "record 8",
    "new balance",
    ("record", 1, 1, "=8"),
    ("paper statement number", 2, 3, "n?"),
    ("account", 5, 37, "an"),
    ("sign of the new balance", 42, 1, "01"),
    ("new balance", 43, 15, "n"),
    ("new balance date", 58, 6, "date"),
    ("filler", 64, 64, "blank"),
    ("link code", 128, 1, "link"),
)
TRAILER = _layout(
    "record 9",
    "trailer",
    ("record", 1, 1, "=9"),
    ("filler", 2, 15, "blank"),
    ("number of records", 17, 6, "n"),
    ("debit total", 23, 15, "n"),
    ("credit total", 38, 15, "n"),
    ("filler", 53, 75, "blank"),
    ("multiple file code", 128, 1, "any"),
)
# What a block captures: the amount, and what must be looked at once more because it may be odd.
_WATCHED = {
    ("21", "sign"): "([01])",
    ("21", "amount"): "([0-9]{15})",
    ("21", "communication structure"): "(?:0|1(?=(.{53})))",
    ("22", "R-transaction"): "(?: (?= {12})|(.))",
    ("23", "counterparty account"): "(?:([A-Z]{2}[0-9]{2}.{33})|.{37})",
    ("31", "communication structure"): "(?:0|1(?=(.{73})))",
}
_MOVEMENTS = (MOVEMENT, MOVEMENT_2, MOVEMENT_3)
_INFORMATION = (INFORMATION, INFORMATION_2, INFORMATION_3)
# Most of a file are records 2.1 with their 2.2 and 2.3 and one 3.1 with its 3.2 and 3.3, whose numbers and next codes
# are as they should be. These patterns match all lines of such a movement at once, or of one more information. The
# last group of a movement matches when the next line is another movement or the new balance: it has no details then.
MOVEMENT_BLOCK = re.compile(
    f"{_block(_MOVEMENTS, ['sequence', 'detail'])}(?:{_block(_INFORMATION, ['?P=sequence', 'information'])})?"
    "(?:(?=(8|21(?!(?P=sequence)))))?"
)
INFORMATION_BLOCK = re.compile(_block(_INFORMATION, ["sequence", "detail"]))
LAYOUTS = {
    "0": HEADER,
    "1": OLD_BALANCE,
    "21": MOVEMENT,
    "22": MOVEMENT_2,
    "23": MOVEMENT_3,
    "31": INFORMATION,
    "32": INFORMATION_2,
    "33": INFORMATION_3,
    "4": FREE_MESSAGE,
    "8": NEW_BALANCE,
    "9": TRAILER,
}
# Which records may come after which; "" stands for the beginning of the file.
FOLLOWERS = {
    "": ("0",),
    "0": ("1",),
    "1": ("21", "8", "4", "9"),
    "21": ("21", "22", "23", "31", "8"),
    "22": ("21", "23", "31", "8"),
    "23": ("21", "31", "8"),
    "31": ("21", "31", "32", "33", "8"),
    "32": ("21", "31", "33", "8"),
    "33": ("21", "31", "8"),
    "8": ("4", "9"),
    "4": ("4", "9"),
    "9": ("0",),
}
CONTINUATIONS = frozenset({"22", "23", "32", "33"})
