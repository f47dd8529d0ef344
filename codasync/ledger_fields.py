"""What a cell of a bank line says: a date, a statement number, a currency, yes or no, an account. Pure.

Every function takes a cell without outer white space and raises ValueError with the reason when it cannot be read.
"""

import datetime as dt
import re
from collections.abc import Callable

from stdnum import iban as stdnum_iban
from stdnum.exceptions import ValidationError

from codasync.ledger_profile import AUTO, DATE_PARTS

# notations that mean the same day to everybody here; 04/13/2026 is refused, never taken for an American date
DATE_FORMATS = ("YYYY-MM-DD", "DD/MM/YYYY", "DD-MM-YYYY", "DD.MM.YYYY", "YYYYMMDD")
WORDS = {
    **dict.fromkeys(("yes", "oui", "ja", "true", "1"), True),
    **dict.fromkeys(("no", "non", "nee", "false", "0", ""), False),
}
NUMBER = re.compile(
    r"(?:(?P<year>[12][0-9]{3})[/-])?(?P<number>[0-9]{1,6})|(?P<number_first>[0-9]{1,6})[/-](?P<year_last>[12][0-9]{3})"
)


def date_reader(notation: str) -> Callable[[str], dt.date]:
    """Return a function that reads dates: in one notation such as `DD/MM/YYYY`, or `auto` for any of the usual ones."""
    notations = DATE_FORMATS if notation == AUTO else (notation,)
    patterns = [_date_pattern(one) for one in notations]

    def read(text: str) -> dt.date:
        for pattern in patterns:
            if match := pattern.fullmatch(text):
                try:
                    return dt.date(int(match["year"]), int(match["month"]), int(match["day"]))
                except ValueError:
                    raise ValueError(f"{text!r} is no day of the calendar") from None
        raise ValueError(f"{text!r} is not a date; expected {', '.join(notations)}")

    return read


def _date_pattern(notation: str) -> re.Pattern[str]:
    pattern = re.escape(notation)
    for part, digits in DATE_PARTS.items():
        pattern = pattern.replace(part, digits)
    return re.compile(pattern)


def number(text: str) -> tuple[int | None, int | None]:
    """Return the number of a statement and the year that is written with it; None for what is not said.

    `12`, `012`, `2026/12`, `12-2026`; a number of nothing but zeros says nothing.
    """
    if not text:
        return None, None
    match = NUMBER.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not the number of a statement, such as 12 or 2026/12")
    year = match["year"] or match["year_last"]
    return int(match["number"] or match["number_first"]) or None, int(year) if year else None


def currency(text: str) -> str:
    """Return an ISO 4217 code in capitals, empty for none."""
    if text and not (len(text) == 3 and text.isascii() and text.isalpha()):
        raise ValueError(f"{text!r} is not a currency, such as EUR")
    return text.upper()


def yes(text: str) -> bool:
    """Tell whether a cell says yes."""
    try:
        return WORDS[text.casefold()]
    except KeyError:
        raise ValueError(f"{text!r} is neither yes nor no") from None


def compact(text: str) -> str:
    """Write an account number without separators, letters in capitals."""
    return "".join(text.split()).replace("-", "").replace(".", "").upper()


def is_iban(text: str) -> bool:
    """Tell whether a compact account number has the check digits and length of an IBAN."""
    try:
        stdnum_iban.validate(text, check_country=False)
    except ValidationError:
        return False
    return True
