"""Amounts as people and packages write them: read exactly, or refused; never guessed. Pure.

`1.234,56`, `1234.56`, `1,234.56`, `1 234,56`, `-12`, `12,5-` and `+3` each have one meaning. `1.234` has two, unless
it is known which mark separates the decimals: the profile says it, or the other amounts of the file.
"""

import re
from collections.abc import Iterable

MARKS = (",", ".")
DIGITS = 12  # in whole units: no bank statement holds more
SPACES = " \u00a0\u202f"

# sign before or behind; thousands either not set apart, or all by the same mark; at most three decimals
_NOTATION = {
    decimal: re.compile(
        rf"(?P<before>[+-]?)"
        rf"(?P<whole>[0-9]+|[1-9][0-9]{{0,2}}(?P<mark>[{other}{SPACES}])[0-9]{{3}}(?:(?P=mark)[0-9]{{3}})*)"
        rf"(?:[{decimal}](?P<part>[0-9]{{1,3}}))?"
        rf"(?P<after>[+-]?)"
    )
    for decimal, other in zip(MARKS, reversed(MARKS), strict=True)
}


def readings(text: str) -> dict[str, int]:
    """Return what a text can mean, in thousandths, by the decimal mark that gives it this meaning; empty for nothing.

    A whole number means the same by both marks.
    """
    found = {}
    for mark, notation in _NOTATION.items():
        match = notation.fullmatch(text)
        if match and not (match["before"] and match["after"]):
            whole = "".join(filter(str.isdigit, match["whole"])).lstrip("0")
            if len(whole) <= DIGITS:
                milli = int(whole or 0) * 1000 + int((match["part"] or "").ljust(3, "0"))
                found[mark] = -milli if "-" in (match["before"], match["after"]) else milli
    return found


def decide(texts: Iterable[str]) -> str:
    """Return the one decimal mark that these amounts show, empty when none does, or when they contradict each other."""
    marks: set[str] = set()
    for text in texts:
        found = readings(text)
        if len(found) == 1:
            marks |= found.keys()
            if len(marks) > 1:
                return ""
    return "".join(marks)


def amount(text: str, mark: str, *, strict: bool) -> int:
    """Return an amount in thousandths.

    `mark` is the decimal mark that is known, empty for none; `strict` refuses an amount that is written with another.
    Raises ValueError with the reason.
    """
    found = readings(text)
    if strict:
        found = {name: milli for name, milli in found.items() if name == mark}
    if not found:
        with_mark = f" with the decimal mark {mark}" if strict else ""
        raise ValueError(f"{text!r} is not an amount{with_mark}")
    if mark in found:
        return found[mark]
    if len(set(found.values())) > 1:
        raise ValueError(f"{text!r} can mean {' or '.join(map(_plain, found.values()))}: say decimal_mark in a profile")
    return next(iter(found.values()))


def _plain(milli: int) -> str:
    whole, part = divmod(abs(milli), 1000)
    return f"{'-' if milli < 0 else ''}{whole}{f'.{part:03}' if part else ''}"
