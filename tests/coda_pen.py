"""What generators of CODA files write with: it draws at random, and remembers which variations it drew."""

from collections.abc import Sequence
from datetime import date
from random import Random
from typing import Any

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/.,:;+-()'  "
_ASCII = "".join(Random(7).choices(_LETTERS, k=3000))
_ACCENTS = "".join(Random(8).choices(f"{_LETTERS}éèàüçßÉÖñ", k=3000))
_EITHER = _ASCII.replace("Q", "Ã©")
_EURO = "".join(Random(9).choices(f"{_LETTERS}éèàüç€", k=3000))


class Pen:
    """Draws from a source of randomness, and remembers which of the named variations it drew.

    Whatever is drawn first or as the smallest number is the simplest, so that hypothesis can find a small example.
    """

    def __init__(self, source: Random, without: Sequence[str] = ()) -> None:
        self._source = source
        self._without = frozenset(without)
        self.drawn: set[str] = set()
        self.letters = _ASCII

    def may(self, variation: str, one_in: int = 4) -> bool:
        """Decide about a variation, and remember it if it was drawn."""
        if variation in self._without or self.number(one_in) < one_in - 1:
            return False
        self.drawn.add(variation)
        return True

    def one_of(self, *variations: str) -> str:
        """Choose one of several variations, and remember it."""
        chosen: str = self.pick([each for each in variations if each not in self._without])
        self.drawn.add(chosen)
        return chosen

    def number(self, stop: int) -> int:
        """Draw a number from 0 up to, not including, a stop."""
        return self._source.randrange(stop)

    def pick(self, options: Sequence[Any]) -> Any:
        """Choose one of several options."""
        return options[self.number(len(options))]

    def digits(self, length: int) -> str:
        """Draw a number with leading zeros."""
        return f"{self.number(10**length):0{length}}"

    def checked_digits(self) -> str:
        """Draw the ten digits of a Belgian number that two more check, which are 97 where nothing remains."""
        number = self.number(10**10)
        return f"{number - number % 97 if self.may('check digits 97', 8) else number:010}"

    def text(self, longest: int) -> str:
        """Draw a text without trailing blanks: none, a short one, or one that is nearly as long as may be."""
        length: int = self.pick((0, min(longest, 10), longest))
        start = self.number(len(self.letters) - longest)
        return self.letters[start : start + length].rstrip(" ")

    def words(self, longest: int) -> str:
        """Draw a text without blanks around it."""
        return self.text(longest).lstrip(" ")

    def write_in(self, charset: str) -> None:
        """Write letters with accents from here on, and the euro sign where a character set has it."""
        self.letters = {"ascii": _ASCII, "latin-1": _ACCENTS, "either": _EITHER}.get(charset, _EURO)

    def day(self) -> date:
        """Draw a day of the hundred years that two digits stand for."""
        first, late, end = (date(year, 1, 1).toordinal() for year in (1980, 2069, 2080))
        if self.may("day of a year from 2069 on", 40):
            return date.fromordinal(late + self.number(end - late))
        return date.fromordinal(first + self.number(late - first - 1))
