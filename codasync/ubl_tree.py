"""A walk over the elements of an invoice: values by path, with what is odd about them noted on the way.

A `Branch` is an element with everything below it, found by paths written as in the standard
(`cac:Item/cbc:Name`). An empty element counts as absent. What cannot be a value of its kind is refused with UblError,
except a date, which a person can look up: that is noted and left out.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
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
# Characters of a value, and of a text in paragraphs: three pages, and thirty. EN 16931 sets no lengths.
LONGEST_VALUE: Final = 10_000
LONGEST_TEXT: Final = 100_000
# How often a group may stand at one path where each costs as much time as a whole line.
MOST: Final = {
    "cac:PaymentMeans": 1_000,
    "cac:PartyIdentification/cbc:ID": 100,
    "cac:PartyTaxScheme": 100,
    "cac:PartyLegalEntity/cbc:CompanyID": 100,
    "cbc:EndpointID": 100,
}
MOST_WARNINGS: Final = 20
MOST_QUOTED: Final = 60
# The largest sum of amounts that is accepted, in thousandths: what SQLite can hold.
MOST_MILLI: Final = 10**18


class _Ways(dict[str, "tuple[str, _Ways | None]"]):
    """What may stand below an element, by tag: its path from the branch, and what may stand below it in turn.

    The path is '' for what is not followed, as another vocabulary. One for each document, so that a hostile one with
    very many names leaves nothing behind.
    """

    __slots__ = ("_above", "_closed", "_depth")

    def __init__(self, above: str, closed: frozenset[str], depth: int) -> None:
        super().__init__()
        self._above, self._closed, self._depth = above, closed, depth

    def __missing__(self, tag: str) -> "tuple[str, _Ways | None]":
        name, further = _short_name(tag), None
        if name.startswith("cac:") and self._depth and name not in self._closed:
            further = _Ways(f"{self._above}{name}/", self._closed, self._depth - 1)
        self[tag] = (self._above + name if name else "", further)
        return self[tag]


def _short_name(tag: str) -> str:
    """Return a tag with the usual prefix; '' for what is not followed."""
    if tag.startswith(CBC):
        return "cbc:" + tag[len(CBC) :]
    name = "cac:" + tag[len(CAC) :] if tag.startswith(CAC) else ""
    return "" if name in NOT_FOLLOWED else name


class Reading:
    """What the reading of one document gathers: warnings, amounts that were rounded; and its currency."""

    def __init__(self) -> None:
        self.currency = ""
        self.inexact: list[InexactAmount] = []
        self._warnings: dict[ReadWarning, None] = {}
        self._counts: Counter[str] = Counter()
        self._ways: dict[frozenset[str], _Ways] = {}

    def ways(self, closed: frozenset[str]) -> "_Ways":
        """Return the ways below the element of a branch, of which the groups in `closed` are not unfolded."""
        if closed not in self._ways:
            self._ways[closed] = _Ways("", closed, DEEPEST)
        return self._ways[closed]

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

    __slots__ = ("_below", "_path", "element", "reading")

    def __init__(self, element: Element, reading: Reading, closed: frozenset[str] = frozenset()) -> None:
        self.element = element
        self.reading = reading
        self._path = ""
        self._below: dict[str, list[Element]] = {}
        _collect(element, reading.ways(closed), self._below)

    @property
    def line(self) -> int:
        """Return the line of the file where the element begins."""
        return line_of(self.element)

    def branches(self, path: str) -> Iterator["Branch"]:
        """Yield every element at `path` as a branch of its own. Raises UblError `limit` if there are too many."""
        for element in self.elements(path):
            yield Branch(element, self.reading)

    def branch(self, path: str) -> "Branch | None":
        """Return the first element at `path` as a branch, or None."""
        return next(self.branches(path), None)

    def elements(self, path: str) -> Sequence[Element]:
        """Return the elements at `path`. Raises UblError `limit` if there are too many."""
        found = self._below.get(path, ())
        if path in MOST and len(found) > MOST[path]:
            raise too_much(found[MOST[path]], f"there are more than {MOST[path]:,} of these")
        return found

    def texts(self, *paths: str) -> list[str]:
        """Return every text at the first of `paths`, then at the next: on one line each, empty ones left out."""
        return [text for path in paths for element in self.elements(path) if (text := on_one_line(element))]

    def text(self, *paths: str) -> str:
        """Return the first text at any of `paths`, on one line, or ''."""
        found = self._first(paths)
        return found[1] if found else ""

    def fields(self, table: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
        """Return the texts of a table that gives each field its paths, the best first."""
        return self._filled(table, self.text)

    def decimals(self, table: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
        """Return the numbers of a table that gives each field its paths. Raises UblError `amount` if one is none."""
        return self._filled(table, self.decimal)

    def _filled(self, table: Mapping[str, tuple[str, ...]], value: Callable[[str], str]) -> dict[str, str]:
        """Fill a table; most of its paths are absent, and looked at without a call."""
        found, below = dict.fromkeys(table, ""), self._below
        for field, paths in table.items():
            for path in paths:
                if path in below and (text := value(path)):
                    found[field] = text
                    break
        return found

    def paragraphs(self, path: str) -> list[str]:
        """Return every text at `path` with its line breaks."""
        return [text for element in self.elements(path) if (text := _content(element, LONGEST_TEXT).strip())]

    def attribute(self, path: str, name: str) -> str:
        """Return the attribute `name` of the first element at `path` that has it, or ''."""
        for element in self.elements(path):
            if value := attribute_of(element, name):
                return value
        return ""

    def amount(self, path: str, *, any_currency: bool = False) -> int | None:
        """Return the amount at `path` in thousandths, None if absent. Raises UblError `amount` if it is none."""
        found = self._first((path,))
        if found is None:
            return None
        if not any_currency:
            self._check_currency(found[0])
        return self._thousandths(path, *found)

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
        if path not in self._below:
            return None
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

    def warn_of_repeated(self, paths: Sequence[str]) -> None:
        """Note each of `paths` at which more than one element that is not empty stands: only the first is read."""
        for path in paths:
            found = [one for one in self._below.get(path, ()) if len(one) or (one.text or "").strip()]
            if len(found) > 1:
                first, second = (_quote((one.text or "").strip()) if not len(one) else "a group" for one in found[:2])
                words = f"it may stand once, but stands {len(found)} times: {first} is read, {second} is not"
                self._warn("repeated", found[1], words)

    def _first(self, paths: tuple[str, ...]) -> tuple[Element, str] | None:
        for path in paths:
            for element in self._below.get(path, ()):
                if text := on_one_line(element):
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

    def _thousandths(self, path: str, element: Element, text: str) -> int:
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
            self._path = self._path or term_path(self.element)
            self.reading.inexact.append(InexactAmount(f"{self._path}/{path}", line_of(element), text, amount))
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


def on_one_line(element: Element) -> str:
    """Return the text of `element` on one line. Raises UblError `content` and `limit`."""
    return " ".join(_content(element, LONGEST_VALUE).split())


def attribute_of(element: Element, name: str) -> str:
    """Return the attribute `name` of `element`, '' if it has none. Raises UblError `limit` if it is too long."""
    value = element.get(name, "")
    if len(value) > LONGEST_VALUE:
        raise too_much(element, f"its attribute {name} has {len(value):,} characters, more than {LONGEST_VALUE:,}")
    return value.strip()


def too_much(element: Element, text: str) -> UblError:
    """Return the refusal of an element that is larger, or stands more often, than any invoice needs."""
    return UblError(kind="limit", text=text, path=element_path(element), line=line_of(element))


def _collect(element: Element, ways: _Ways, below: dict[str, list[Element]]) -> None:
    for child in element:
        path, further = ways[child.tag]
        if not path:
            continue
        if path in below:
            below[path].append(child)
        else:
            below[path] = [child]
        if further is not None and len(child):
            _collect(child, further, below)


def _content(element: Element, longest: int) -> str:
    # A value broken up by an element would be read in part, which is worse than not at all.
    if len(element):
        text = "other elements stand where a value belongs"
        raise UblError(kind="content", text=text, path=element_path(element), line=line_of(element))
    content = element.text or ""
    if len(content) > longest:
        raise too_much(element, f"it has {len(content):,} characters, more than {longest:,}")
    return content


def _not_a_number(element: Element, text: str) -> UblError:
    words = f"{_quote(text)} is not a decimal number of at most 15 digits"
    return UblError(kind="amount", text=words, path=element_path(element), line=line_of(element))


def _quote(text: str) -> str:
    return repr(text if len(text) <= MOST_QUOTED else text[:MOST_QUOTED] + "...")
