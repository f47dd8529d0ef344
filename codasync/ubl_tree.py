"""A walk over the elements of an invoice: values by path, with what is odd about them noted on the way.

A `Branch` is an element with everything below it, found by paths written as in the standard
(`cac:Item/cbc:Name`). An empty element counts as absent. What cannot be a value of its kind is refused with UblError,
except a date, which a person can look up: that is noted and left out.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from lxml.etree import _Element as Element

from codasync.errors import ReadWarning, UblError
from codasync.ubl_codes import CAC, CBC
from codasync.ubl_types import InexactAmount, Period
from codasync.ubl_xml import element_path, line_of, term_path

# xsd:decimal in ASCII digits. `\d` and Decimal() would also take Arabic-Indic and full-width digits; a comma is never
# guessed. Fifteen digits before the point keep thousandths within 64 bits.
DECIMAL: Final = re.compile(r"([+-]?)(?=\.?[0-9])([0-9]{0,15})(?:\.([0-9]{0,40}))?")
# xsd:date with its optional zone; some senders add a time.
DATE: Final = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(T[0-9:.]{0,20})?(?:Z|[+-][0-9]{2}:[0-9]{2})?")
TRUE: Final = frozenset({"true", "1"})
FALSE: Final = frozenset({"false", "0"})
# Lines are read one at a time, from the root; lines within lines are not read.
NOT_FOLLOWED: Final = frozenset(
    {"cac:InvoiceLine", "cac:CreditNoteLine", "cac:SubInvoiceLine", "cac:SubCreditNoteLine"}
)
# No term lies deeper; a hostile document may.
DEEPEST: Final = 7
MOST_WARNINGS: Final = 20
MOST_QUOTED: Final = 60
# The largest sum of amounts that is accepted, in thousandths: what SQLite can hold.
MOST_MILLI: Final = 10**18


class _Names(dict[str, str]):
    """The short name of each tag: with the usual prefix, '' for what is not followed, as another vocabulary.

    One for each document, so that a hostile one with a million names leaves nothing behind.
    """

    def __missing__(self, tag: str) -> str:
        if tag.startswith(CBC):
            name = "cbc:" + tag[len(CBC) :]
        else:
            name = "cac:" + tag[len(CAC) :] if tag.startswith(CAC) else ""
        self[tag] = "" if name in NOT_FOLLOWED else name
        return self[tag]


class Reading:
    """What the reading of one document gathers: warnings, amounts that were rounded; and its currency."""

    def __init__(self) -> None:
        self.currency = ""
        self.names = _Names()
        self.inexact: list[InexactAmount] = []
        self._warnings: dict[ReadWarning, None] = {}
        self._counts: Counter[str] = Counter()

    def warn(self, code: str, text: str, line: int = 0) -> None:
        """Note something odd, once; of one code the first twenty are kept, and how many more there were."""
        if self.only_counts(code):
            self._counts[code] += 1
            return
        warning = ReadWarning(code, line, text)
        if warning not in self._warnings:
            self._counts[code] += 1
            self._warnings[warning] = None

    def only_counts(self, code: str) -> bool:
        """Tell whether the next warning of `code` will be counted and not kept."""
        return self._counts[code] >= MOST_WARNINGS

    def warnings(self) -> tuple[ReadWarning, ...]:
        """Return all that was noted, in the order it was found."""
        more = [
            ReadWarning(code, 0, f"and {count - MOST_WARNINGS} more of these")
            for code, count in self._counts.items()
            if count > MOST_WARNINGS
        ]
        return (*self._warnings, *more)


class Branch:
    """An element and what stands below it, by path, in document order.

    Of the groups in `closed` only the elements themselves are found: what is read as a branch of its own need not be
    unfolded here too.
    """

    __slots__ = ("_below", "element", "reading")

    def __init__(self, element: Element, reading: Reading, closed: frozenset[str] = frozenset()) -> None:
        self.element = element
        self.reading = reading
        self._below: dict[str, list[Element]] = {}
        _collect(element, "", self._below, reading.names, closed, DEEPEST)

    @property
    def line(self) -> int:
        """Return the line of the file where the element begins."""
        return line_of(self.element)

    def branches(self, path: str) -> Iterator["Branch"]:
        """Yield every element at `path` as a branch of its own."""
        for element in self._below.get(path, ()):
            yield Branch(element, self.reading)

    def branch(self, path: str) -> "Branch | None":
        """Return the first element at `path` as a branch, or None."""
        return next(self.branches(path), None)

    def elements(self, path: str) -> Sequence[Element]:
        """Return the elements at `path`."""
        return self._below.get(path, ())

    def texts(self, *paths: str) -> list[str]:
        """Return every text at the first of `paths`, then at the next: on one line each, empty ones left out."""
        return [text for path in paths for element in self.elements(path) if (text := _on_one_line(element))]

    def text(self, *paths: str) -> str:
        """Return the first text at any of `paths`, on one line, or ''."""
        found = self._first(paths)
        return found[1] if found else ""

    def fields(self, table: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
        """Return the texts of a table that gives each field its paths, the best first."""
        return {field: self.text(*paths) for field, paths in table.items()}

    def paragraphs(self, path: str) -> list[str]:
        """Return every text at `path` with its line breaks."""
        return [text for element in self.elements(path) if (text := _content(element).strip())]

    def attribute(self, path: str, name: str) -> str:
        """Return the attribute `name` of the first element at `path` that has it, or ''."""
        for element in self.elements(path):
            if value := element.get(name, "").strip():
                return value
        return ""

    def amount(self, path: str, *, any_currency: bool = False) -> int | None:
        """Return the amount at `path` in thousandths, None if absent. Raises UblError `amount` if it is none."""
        found = self._first((path,))
        if found is None:
            return None
        if not any_currency:
            self._check_currency(found[0])
        return self._thousandths(*found)

    def decimal(self, *paths: str) -> str:
        """Return the number at the first of `paths`, as it is written. Raises UblError `amount` if it is none."""
        found = self._first(paths)
        if found is None:
            return ""
        if DECIMAL.fullmatch(found[1]) is None:
            raise _not_a_number(*found)
        self._check_currency(found[0])
        return found[1]

    def day(self, *paths: str) -> date | None:
        """Return the date at the first of `paths`, whatever its zone; None, and a warning, if it is none."""
        found = self._first(paths)
        return self._date(*found) if found else None

    def period(self, path: str) -> Period | None:
        """Return the period at `path`, or None when neither of its ends is stated."""
        start, end = self.day(f"{path}/cbc:StartDate"), self.day(f"{path}/cbc:EndDate")
        return Period(start, end) if start or end else None

    def flag(self, path: str) -> bool | None:
        """Return the xsd:boolean at `path`; None if absent, and with a warning if it is none."""
        found = self._first((path,))
        if found is None:
            return None
        element, text = found
        if text.lower() not in TRUE | FALSE:
            self._warn("boolean", element, f"{_quote(text)} is neither true nor false")
            return None
        return text.lower() in TRUE

    def _first(self, paths: tuple[str, ...]) -> tuple[Element, str] | None:
        for path in paths:
            if path in self._below:
                for element in self._below[path]:
                    if text := _on_one_line(element):
                        return element, text
        return None

    def _check_currency(self, element: Element) -> None:
        stated = element.get("currencyID", "")
        if stated == self.reading.currency:
            return
        currency = stated.strip().upper()
        if currency and self.reading.currency not in {"", currency}:
            words = f"the amount is in {_quote(currency)}, the document in {self.reading.currency}"
            self._warn("PEPPOL-EN16931-R051", element, words)

    def _thousandths(self, element: Element, text: str) -> int:
        parts = DECIMAL.fullmatch(text)
        if parts is None:
            raise _not_a_number(element, text)
        sign, whole, fraction = parts.groups("")
        milli = int("0" + whole + fraction[:3].ljust(3, "0"))
        rest = fraction[3:].rstrip("0")
        # Halves go towards plus infinity, as in XPath's round(), which the official rules use.
        milli += rest > "5" if sign == "-" else rest >= "5"
        amount = -milli if sign == "-" else milli
        if rest:
            self.reading.inexact.append(InexactAmount(term_path(element), line_of(element), text, amount))
            self._warn("inexact_amount", element, f"{text} has more than three decimals")
        return amount

    def _date(self, element: Element, text: str) -> date | None:
        parts = DATE.fullmatch(text)
        try:
            day = date.fromisoformat(parts[1]) if parts else None
        except ValueError:
            day = None
        # Year 1 is what some programs write for "no date".
        if parts is None or day is None or day.year == 1:
            self._warn("date", element, f"{_quote(text)} is not a date")
            return None
        if parts[2]:
            self._warn("date_with_time", element, f"of {text} only the date is kept")
        return day

    def _warn(self, code: str, element: Element, words: str) -> None:
        # Of thousands that are only counted, nobody needs the path.
        path = "" if self.reading.only_counts(code) else term_path(element)
        self.reading.warn(code, f"{path}: {words}", line_of(element))


def total(amounts: list[int], where: Element) -> int:
    """Return the sum of `amounts` in thousandths. Raises UblError `amount` when no column could hold it."""
    result = sum(amounts)
    if abs(result) > MOST_MILLI:
        raise UblError(kind="amount", text="the sum is too large", path=element_path(where), line=line_of(where))
    return result


def _collect(
    element: Element, above: str, below: dict[str, list[Element]], names: _Names, closed: frozenset[str], depth: int
) -> None:
    for child in element:
        name = names[child.tag]
        if not name:
            continue
        path = above + name
        if path in below:
            below[path].append(child)
        else:
            below[path] = [child]
        if depth and len(child) and name not in closed:
            _collect(child, path + "/", below, names, closed, depth - 1)


def _on_one_line(element: Element) -> str:
    return " ".join(_content(element).split())


def _content(element: Element) -> str:
    # A value broken up by an element would be read in part, which is worse than not at all.
    if len(element):
        text = "other elements stand where a value belongs"
        raise UblError(kind="content", text=text, path=element_path(element), line=line_of(element))
    return element.text or ""


def _not_a_number(element: Element, text: str) -> UblError:
    words = f"{_quote(text)} is not a decimal number of at most 15 digits"
    return UblError(kind="amount", text=words, path=element_path(element), line=line_of(element))


def _quote(text: str) -> str:
    return repr(text if len(text) <= MOST_QUOTED else text[:MOST_QUOTED] + "...")
