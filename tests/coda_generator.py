"""Writes CODA files of every legal kind at random, and says what a reader has to find in them.

What is expected is what was drawn, never what was written read back: it is a `Said`, the names and values of a public
value of the reader. Nothing here comes from the reader. Every variation has a name; a caller can do without some, and
sees which were drawn. Odd files are legal too: what a reader should warn about is expected as (code, line).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

import coda_builder as builder
from coda_accounts import Zone, account
from coda_movements import Movements, Page, Said, Warned, amount, before, ddmmyy, number_or_blank
from coda_pen import Pen
from coda_rules import record

ODDITIES = (
    "own account whose check digits do not hold",
    "currency that is none",
    "sequence numbers jump",
    "detail numbers run over",
    "details that do not add up",
    "counterparty IBAN whose check digits do not hold",
    "code that can be none",
    "reference across positions 110 to 125",
    "booked after the new balance",
    "new balance older than the old one",
    "reference whose check digits do not hold",
    "application that is another",
    "blank link codes",
)
"""What a reader takes, and warns about."""


@dataclass(frozen=True, slots=True)
class File:
    """A file: its lines, their bytes, what its statements say and warn about, the variations that were drawn."""

    lines: list[str]
    data: bytes
    statements: list[Said]
    warnings: list[list[Warned]]
    drawn: frozenset[str]


def generate(source: Random, *, without: Sequence[str] = (), statements: int = 3, movements: int = 4) -> File:
    """Write a file of at most so many statements of at most so many movements with their details each."""
    pen = Pen(source, without)
    charset = pen.one_of("ascii", "latin-1", "cp1252", "utf-8")
    end = {"LF": "\n", "CR LF": "\r\n", "CR": "\r", "no line ends": ""}[pen.one_of("LF", "CR LF", "CR", "no line ends")]
    pen.write_in(charset)
    # Only the lengths of whole lines tell single bytes from UTF-8 then.
    whole = end and charset in {"latin-1", "cp1252"} and pen.may("single bytes that are good UTF-8")
    if whole:
        pen.write_in("either")
    lines: list[str] = []
    made: list[_Statement] = []
    for _ in range(1 + pen.number(statements)):
        if made:
            pen.drawn.add("several statements")
            if end and pen.may("blank lines between statements"):
                lines.append("")
        made.append(_Statement(Page(pen, lines, pen.day())))
        made[-1].write(movements)
        made[-1].relink()
        if end and not whole and pen.may("trailing blanks stripped"):
            made[-1].strip()
    if len({each.said["account"] for each in made}) > 1 and len({each.said["currency"] for each in made}) > 1:
        pen.drawn.add("several accounts and currencies")
    data = _bytes(pen, lines, end, charset)
    warnings = [sorted(each.page.warnings) for each in made]
    return File(lines, data, [each.said for each in made], warnings, frozenset(pen.drawn))


def said(value: Any, like: Any) -> Any:
    """Return what a value of the reader says about what was written, in the form in which that is kept."""
    if isinstance(like, dict) and value is not None and not isinstance(value, Mapping):
        return {name: said(getattr(value, name), part) for name, part in like.items()}
    if isinstance(like, list):
        found = list(value)
        return [said(each, part) for each, part in zip(found, like, strict=False)] + found[len(like) :]
    return value


def _bytes(pen: Pen, lines: list[str], end: str, charset: str) -> bytes:
    """Write the bytes of a file, with what editors and old systems leave in it."""
    data = "".join(f"{line}{end}" for line in lines).encode(charset)
    if end and pen.may("no line end at the end"):
        data = data.removesuffix(end.encode())
    elif end and pen.may("blank lines at the end"):
        data += end.encode() * (1 + pen.number(3))
    if pen.may("Ctrl-Z"):
        data += b"\x1a"
    if pen.may("byte order mark"):
        data = b"\xef\xbb\xbf" + data
    return data


@dataclass(slots=True)
class _Statement:
    """One statement while it is written at the end of the lines of its file."""

    page: Page
    said: Said = field(default_factory=dict)
    _movements: Movements = field(init=False)

    def __post_init__(self) -> None:
        self._movements = Movements(self.page)

    def write(self, movements: int) -> None:
        """Write all records."""
        page, pen = self.page, self.page.pen
        self.said["first_line"] = len(page.lines) + 1
        self._header()
        zone = account(pen)
        old, old_line = self._old_balance(zone), len(page.lines)
        if zone.odd:
            page.warn("own_account", old_line)
        if not zone.said["currency"].isalpha():
            page.warn("currency", old_line)
        self.said["movements"] = []
        for _ in range(pen.number(movements + 1)):
            self.said["movements"] += self._movements.write()
        if self.said["movements"] or pen.may("record 8 without movements"):
            self._new_balance(zone, old)
        else:
            pen.drawn.add("empty statement without record 8")
            self.said |= {"new_balance_milli": old, "new_balance_date": self.said["old_balance_date"]}
        self._messages()
        self._trailer()
        self.said["last_line"] = len(page.lines)

    def relink(self) -> None:
        """Write link codes that say nothing, as banks do, or none at all."""
        pen, lines = self.page.pen, self.page.lines
        blank = pen.may("blank link codes", 8)
        if not blank and not pen.may("link codes that say nothing"):
            return
        for number in range(self.said["first_line"], len(lines) + 1):
            line = lines[number - 1]
            if line[0] in "2348":
                lines[number - 1] = f"{line[:-1]}{' ' if blank else number % 3 % 2}"
            if line[0] in "2348" and blank:
                self.page.warn("link_code", number, f"link code of {record(line)}")

    def strip(self) -> None:
        """Leave out trailing blanks, as editors do; a reader cannot know that there was no text."""
        lines = self.page.lines
        for number in range(self.said["first_line"], len(lines) + 1):
            line = lines[number - 1] = lines[number - 1].rstrip(" ")
            if len(line) < {"1": 128, "4": 112}.get(line[0], 0):
                self.page.warn("short_record", number, f"short record {line[0]}")

    def _header(self) -> None:
        pen = self.page.pen
        created = pen.day()
        duplicate = pen.may("duplicate")
        self.page.separate = f"{1 + pen.number(99_999):05}" if pen.may("separate application", 8) else ""
        enterprise = pen.pick((pen.digits(10), ""))
        names = ("file_reference", 10), ("addressee", 26), ("bic", 11)
        told = {name: pen.words(longest) for name, longest in names}
        references = pen.words(16), pen.words(16)
        application = pen.pick(("05", "00", "  "))
        if pen.may("application that is another", 12):
            application = "06"
            self.page.warn("application", len(self.page.lines) + 1)
        self.page.add(
            builder.header(
                created=ddmmyy(created),
                duplicate="D" if duplicate else " ",
                reference=told["file_reference"],
                addressee=told["addressee"],
                bic=told["bic"],
                enterprise=f"0{enterprise}" if enterprise else " " * 11 if pen.may("number left blank") else "0" * 11,
                separate=self.page.separate or pen.pick(("00000", "     ")),
                bank=number_or_blank(pen, pen.pick((0, pen.number(1000)))),
                application=application,
                references=f"{references[0]:16}{references[1]}",
            )
        )
        self.said |= told | {
            "creation_date": created,
            "duplicate": duplicate,
            "transaction_reference": references[0],
            "related_reference": references[1],
            "separate_application": self.page.separate,
            "enterprise_number": enterprise.strip() if enterprise.strip("0") else "",
        }

    def _old_balance(self, zone: Zone) -> int:
        """Write record 1; return the balance."""
        pen = self.page.pen
        milli = 0 if self.page.separate else amount(pen, 10**14)
        day = None if pen.may("old balance without a date", 8) else before(self.page.day, pen.number(30))
        paper, number = pen.number(1000), pen.number(1000)
        holder, description = pen.words(26), pen.words(35)
        self.page.add(
            builder.old_balance(
                milli,
                structure=zone.structure,
                paper=number_or_blank(pen, paper),
                account=zone.old,
                date=ddmmyy(day),
                holder=holder,
                description=description,
                number=number_or_blank(pen, number),
            )
        )
        self.said |= zone.said | {
            "paper_number": paper,
            "last_paper_number": paper,
            "coda_number": number,
            "old_balance_milli": milli,
            "old_balance_date": day,
            "holder": holder,
            "account_description": description,
        }
        return milli

    def _new_balance(self, zone: Zone, old: int) -> None:
        """Write record 8, for what the movements make of the old balance."""
        pen, line = self.page.pen, len(self.page.lines) + 1
        milli = 0 if self.page.separate else old + self._movements.sums.credit - self._movements.sums.debit
        old_day, day = self.said["old_balance_date"], self.page.day
        if old_day and pen.may("new balance older than the old one", 20):
            day = before(old_day, 1)
        if old_day and day < old_day:
            self.page.warn("dates", line)
        for movement in self.said["movements"]:
            if movement["entry_date"] > day:
                self.page.warn("dates", movement["line"], "entry")
        number = 0 if self.page.separate else pen.number(1000)
        paper = number_or_blank(pen, number)
        self.page.add(builder.new_balance(milli, paper=paper, account=zone.new, date=ddmmyy(day)))
        self.said |= {"new_balance_milli": milli, "new_balance_date": day, "last_paper_number": number}

    def _messages(self) -> None:
        """Write records 4, some messages over several of them."""
        self.said["free_messages"] = texts = []
        for sequence in range(1, 1 + self.page.pen.number(3)):
            self.page.pen.drawn.add("free message")
            parts = 1 + self.page.pen.number(3)
            if parts > 1:
                self.page.pen.drawn.add("free message over several records")
            text = self.page.pen.text(80 * parts)
            for detail in range(parts):
                self.page.add(builder.message(sequence, detail, text[80 * detail : 80 * detail + 80]))
            texts.append(text)
        self.said["free_messages"] = tuple(texts)

    def _trailer(self) -> None:
        """Write record 9; what separate applications add up is not known, nor whether wrapped details count."""
        pen = self.page.pen
        debit, credit = self._movements.sums.debit, self._movements.sums.credit
        wrapped = self._movements.wrapped
        if (wrapped.debit or wrapped.credit) and pen.may("trailer that counts a detail 0000", 2):
            debit, credit = debit + wrapped.debit, credit + wrapped.credit
        if self.page.separate:
            debit, credit = pen.number(10**9), pen.number(10**9)
        multiple = pen.pick(("2", "1", " "))
        self.page.add(builder.trailer(self.page.records, debit, credit, multiple=multiple))
