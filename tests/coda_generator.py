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
from coda_movements import Movements, Page, Said, amount, before, ddmmyy, number_or_blank
from coda_pen import Pen

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
)
"""What a reader takes, and warns about."""


@dataclass(frozen=True, slots=True)
class File:
    """A file: its lines, their bytes, what its statements say and warn about, the variations that were drawn."""

    lines: list[str]
    data: bytes
    statements: list[Said]
    warnings: list[list[tuple[str, int]]]
    drawn: frozenset[str]


def generate(source: Random, *, without: Sequence[str] = (), statements: int = 3, movements: int = 4) -> File:
    """Write a file of at most so many statements of at most so many movements with their details each."""
    pen = Pen(source, without)
    charset = pen.one_of("ascii", "latin-1", "cp1252", "utf-8")
    pen.write_in(charset)
    end = {"LF": "\n", "CR LF": "\r\n", "CR": "\r", "no line ends": ""}[pen.one_of("LF", "CR LF", "CR", "no line ends")]
    lines: list[str] = []
    made: list[_Statement] = []
    for _ in range(1 + pen.number(statements)):
        if made:
            pen.drawn.add("several statements")
            if end and pen.may("blank lines between statements"):
                lines.append("")
        made.append(_Statement(Page(pen, lines, pen.day())))
        made[-1].write(movements)
    if len({each.said["account"] for each in made}) > 1 and len({each.said["currency"] for each in made}) > 1:
        pen.drawn.add("several accounts and currencies")
    _relink(pen, lines)
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


def _relink(pen: Pen, lines: list[str]) -> None:
    """Write link codes that say nothing, as banks do."""
    if pen.may("link codes that say nothing"):
        for number, line in enumerate(lines):
            if line[:1] in {"2", "3", "4", "8"}:
                lines[number] = f"{line[:-1]}{number % 3 % 2}"


def _bytes(pen: Pen, lines: list[str], end: str, charset: str) -> bytes:
    """Write the bytes of a file, with what editors and old systems leave in it."""
    text = lines
    # Trailers alone may end in blanks, and records 1 of which a bank left out the number.
    whole = all(line[:1] == "9" or line[-1:] != " " for line in lines)
    if end and whole and pen.may("trailing blanks stripped"):
        text = [line.rstrip(" ") for line in lines]
    data = "".join(f"{line}{end}" for line in text).encode(charset)
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

    def _header(self) -> None:
        pen = self.page.pen
        created = pen.day()
        duplicate = pen.may("duplicate")
        self.page.separate = f"{1 + pen.number(99_999):05}" if pen.may("separate application", 8) else ""
        enterprise = pen.pick((pen.digits(10), ""))
        names = ("file_reference", 10), ("addressee", 26), ("bic", 11)
        told = {name: pen.words(longest) for name, longest in names}
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
                application=pen.pick(("05", "00")),
                references=pen.text(32),
            )
        )
        self.said |= told | {
            "creation_date": created,
            "duplicate": duplicate,
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
        paper = "000" if self.page.separate else number_or_blank(pen, pen.number(1000))
        self.page.add(builder.new_balance(milli, paper=paper, account=zone.new, date=ddmmyy(day)))
        self.said |= {"new_balance_milli": milli, "new_balance_date": day}

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
