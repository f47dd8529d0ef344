"""Single values of CODA 2: days, and numbers that may be blank."""

from datetime import date
from functools import lru_cache

FieldValue = str | int | date | None
"""What a decoded field of a structured communication holds."""

_PIVOT = 80
"""Two-digit years from here on are of the twentieth century; no CODA 2 file is that old, an issue date may be."""


@lru_cache(maxsize=1 << 12)
def day(text: str) -> date | None:
    """Return the day that DDMMYY stands for, None for 000000; raises ValueError for anything else."""
    if text == "000000":
        return None
    year = int(text[4:6])
    return date(year + (1900 if year >= _PIVOT else 2000), int(text[2:4]), int(text[:2]))


@lru_cache(maxsize=1 << 12)
def sure_day(text: str) -> date:
    """Return the day that DDMMYY stands for, where 000000 is not allowed."""
    found = day(text)
    if found is None:
        raise ValueError(text)
    return found


@lru_cache(maxsize=1 << 14)
def count(text: str) -> int:
    """Return the number that digits stand for, 0 for blanks."""
    return int(text) if text.strip() else 0
