"""Writes CODA files of every legal kind at random, and says what a reader has to find in them.

What is expected is what was drawn, never what was written read back: it is a `Said`, the names and values of a public
value of the reader. Nothing here comes from the reader. Every variation has a name; a caller can do without some, and
sees which were drawn. Odd files are legal too: what a reader should warn about is expected as (code, line).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

import coda_builder as builder
from coda_types import KINDS, UNKNOWN, Content, Pen, check_digits, content, length, other_digits

Said = dict[str, Any]
_NUMBERS = 10_000
_LETTERS_AND_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
_CURRENCIES = ("EUR", "USD", "GBP", "CHF")
_CODES = ("00150000", "00101000", "00000000", "00450000", "03937000", "04938000", "39999999", "20149000")
_PARTS_OF_MOVEMENTS = {"1": 53, "12": 106, "13": 96, "123": 149}
_PARTS_OF_INFORMATION = {"1": 73, "12": 178, "13": 163, "123": 268}

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
    made = [_Statement(pen, [])]
    lines: list[str] = made[0].lines
    made[0].write(movements)
    for _ in range(pen.number(statements)):
        pen.drawn.add("several statements")
        if end and pen.may("blank lines between statements"):
            lines.append("")
        made.append(_Statement(pen, lines))
        made[-1].write(movements)
    if len({each.said["account"] for each in made}) > 1 and len({each.said["currency"] for each in made}) > 1:
        pen.drawn.add("several accounts and currencies")
    _relink(pen, lines)
    data = _bytes(pen, lines, end, charset)
    warnings = [sorted(each.warnings) for each in made]
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
class _Zone:
    """An account: its digit of structure, its 37 positions in records 1 and 8, what they say."""

    structure: str
    old: str
    new: str
    said: Said
    odd: bool = False


def _account(pen: Pen) -> _Zone:
    """Write an account in one of the structures."""
    structure = pen.one_of(*(f"account structure {digit}" for digit in "0123 "))[-1]
    number, iban, currency = "", "", pen.pick(_CURRENCIES)
    if pen.may("currency that is none", 20):
        currency = pen.pick(("   ", "E1R"))
    belgian_number = structure == "0" or (structure == " " and pen.may("blank structure before a Belgian number", 2))
    wrong = structure != "1" and pen.may("own account whose check digits do not hold", 12)
    if belgian_number:
        number, iban = _belgian(pen)
        if wrong:
            number = f"{number[:10]}{int(number[10:]) % 97 + 1:02}"
    elif structure == "1":
        number = _foreign_number(pen)
    else:
        country = "BE" if structure in "2 " else pen.pick(("NL", "DE", "FR", "LU", "MT"))
        number = iban = _belgian(pen)[1] if country == "BE" else _foreign_iban(pen, country)
        if wrong:
            number = f"{number[:2]}{other_digits(number[2:4])}{number[4:]}"
    extension = ""
    if structure in "02 " and pen.may("extension zone", 2):
        extension = pen.words(15 if belgian_number else 3)

    def zone(extension: str, country: str) -> str:
        if belgian_number:
            return f"{number} {currency}{country:3}   {extension:15}"
        return f"{number:31}{extension:3}{currency}" if structure in "2 " else f"{number:34}{currency}"

    country = pen.pick(("", "0BE", " BE"))
    old = new = zone(extension, country)
    if (country if belgian_number else extension) and pen.may("extension or country left out in record 8"):
        new = zone("", "")
    told = {
        "account": number,
        "iban": "" if wrong else iban,
        "currency": currency.strip(),
        "extension": extension,
    }
    return _Zone(structure, old, new, told, odd=wrong)


def _belgian(pen: Pen) -> tuple[str, str]:
    """Return a Belgian account number and its IBAN."""
    first = pen.digits(10)
    number = f"{first}{int(first) % 97 or 97:02}"
    return number, f"BE{check_digits(number, 'BE')}{number}"


def _foreign_iban(pen: Pen, country: str) -> str:
    number = _alphanumeric(pen, 11 + pen.number(20))
    return f"{country}{check_digits(number, country)}{number}"


def _foreign_number(pen: Pen) -> str:
    """Draw a number that is neither Belgian nor an IBAN."""
    return f"N-{_alphanumeric(pen, 1 + pen.number(32))}"


def _alphanumeric(pen: Pen, size: int) -> str:
    return "".join(Random(pen.number(1_000)).choices(_LETTERS_AND_DIGITS, k=size))


@dataclass(slots=True)
class _Counterparty:
    zone: str
    said: Said
    odd: bool = False


def _counterparty(pen: Pen) -> _Counterparty:
    """Write the account of a counterparty, which has no digit of structure: what it is shows in its form alone."""
    form = pen.one_of(
        "no counterparty account",
        "counterparty Belgian number",
        "counterparty Belgian IBAN",
        "counterparty foreign IBAN",
        "counterparty foreign number",
        "counterparty account that is none",
    )
    currency = pen.pick(("EUR", "", "USD"))
    number = iban = ""
    odd = False
    if "IBAN" in form:
        number = iban = _belgian(pen)[1] if "Belgian" in form else _foreign_iban(pen, "NL")
        if pen.may("counterparty IBAN whose check digits do not hold", 8):
            number, iban, odd = f"{number[:2]}{other_digits(number[2:4])}{number[4:]}", "", True
    elif form == "counterparty Belgian number":
        number, iban = _belgian(pen)
    elif form == "counterparty account that is none":
        number = pen.pick(("000000000000", "666000000484"))
    elif form == "counterparty foreign number":
        number = pen.pick(("0001234567890123", _foreign_number(pen)))
    else:
        currency = ""
    zone = f"{number} {currency}" if number[:12].isdigit() and len(number) == 12 else f"{number:34}{currency}"
    told = {"counterparty_account": number, "counterparty_iban": iban, "counterparty_currency": currency}
    return _Counterparty(zone, told, odd)


def _ddmmyy(day: date | None) -> str:
    return day.strftime("%d%m%y") if day else "000000"


def _before(day: date, days: int) -> date:
    """Return an earlier day, but none before those that two digits stand for."""
    return max(day - timedelta(days), date(1980, 1, 1))


@dataclass(slots=True)
class _Sums:
    """The sums of amounts, as trailers have them."""

    debit: int = 0
    credit: int = 0

    def add(self, milli: int) -> None:
        if milli < 0:
            self.debit -= milli
        else:
            self.credit += milli


@dataclass(slots=True)
class _Statement:
    """One statement while it is written at the end of the lines of its file."""

    pen: Pen
    lines: list[str]
    said: Said = field(default_factory=dict)
    warnings: list[tuple[str, int]] = field(default_factory=list)
    _once: set[str] = field(default_factory=set)
    _records: int = 0
    _sums: _Sums = field(default_factory=_Sums)
    _wrapped: _Sums = field(default_factory=_Sums)
    _sequence: int = 0
    _detail: int = 0
    _repeating: bool = False
    _separate: str = ""
    _day: date = date(2025, 1, 1)

    def write(self, movements: int) -> None:
        """Write all records."""
        pen = self.pen
        self.said["first_line"] = len(self.lines) + 1
        self._day = pen.day()
        self._header()
        zone = _account(pen)
        old, old_line = self._old_balance(zone), len(self.lines)
        if zone.odd:
            self._warn("own_account", old_line)
        if not zone.said["currency"].isalpha():
            self._warn("currency", old_line)
        self._repeating = pen.may("records 3.1 that repeat the detail number", 3)
        self.said["movements"] = []
        for _ in range(pen.number(movements + 1)):
            self.said["movements"] += self._movement()
        if self.said["movements"] or pen.may("record 8 without movements"):
            self._new_balance(zone, old)
        else:
            pen.drawn.add("empty statement without record 8")
            self.said |= {"new_balance_milli": old, "new_balance_date": self.said["old_balance_date"]}
        self._messages()
        self._trailer()
        self.said["last_line"] = len(self.lines)

    def _add(self, *lines: str) -> None:
        self.lines += lines
        self._records += sum(line[0] in "1238" for line in lines)

    def _warn(self, code: str, line: int, once: str = "") -> None:
        """Expect a warning; of those of one kind, the first alone."""
        if not (once and once in self._once):
            self.warnings.append((code, line))
        self._once.add(once)

    def _header(self) -> None:
        pen = self.pen
        created = pen.day()
        duplicate = pen.may("duplicate")
        self._separate = f"{1 + pen.number(99_999):05}" if pen.may("separate application", 8) else ""
        enterprise = pen.pick((pen.digits(10), ""))
        names = ("file_reference", 10), ("addressee", 26), ("bic", 11)
        told = {name: pen.words(longest) for name, longest in names}
        self._add(
            builder.header(
                created=_ddmmyy(created),
                duplicate="D" if duplicate else " ",
                reference=told["file_reference"],
                addressee=told["addressee"],
                bic=told["bic"],
                enterprise=f"0{enterprise}" if enterprise else " " * 11 if pen.may("number left blank") else "0" * 11,
                separate=self._separate or pen.pick(("00000", "     ")),
                bank=_number_or_blank(pen, pen.pick((0, pen.number(1000)))),
                application=pen.pick(("05", "00")),
                references=pen.text(32),
            )
        )
        self.said |= told | {
            "creation_date": created,
            "duplicate": duplicate,
            "separate_application": self._separate,
            "enterprise_number": enterprise.strip() if enterprise.strip("0") else "",
        }

    def _old_balance(self, zone: _Zone) -> int:
        """Write record 1; return the balance."""
        pen = self.pen
        milli = 0 if self._separate else self._amount(10**14)
        day = None if pen.may("old balance without a date", 8) else _before(self._day, pen.number(30))
        paper, number = pen.number(1000), pen.number(1000)
        holder, description = pen.words(26), pen.words(35)
        self._add(
            builder.old_balance(
                milli,
                structure=zone.structure,
                paper=_number_or_blank(pen, paper),
                account=zone.old,
                date=_ddmmyy(day),
                holder=holder,
                description=description,
                number=_number_or_blank(pen, number),
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

    def _new_balance(self, zone: _Zone, old: int) -> None:
        """Write record 8, for what the movements make of the old balance."""
        pen, line = self.pen, len(self.lines) + 1
        milli = 0 if self._separate else old + self._sums.credit - self._sums.debit
        old_day, day = self.said["old_balance_date"], self._day
        if old_day and pen.may("new balance older than the old one", 20):
            day = _before(old_day, 1)
        if old_day and day < old_day:
            self._warn("dates", line)
        for movement in self.said["movements"]:
            if movement["entry_date"] > day:
                self._warn("dates", movement["line"], "entry")
        paper = "000" if self._separate else _number_or_blank(pen, pen.number(1000))
        self._add(builder.new_balance(milli, paper=paper, account=zone.new, date=_ddmmyy(day)))
        self.said |= {"new_balance_milli": milli, "new_balance_date": day}

    def _messages(self) -> None:
        """Write records 4, some messages over several of them."""
        self.said["free_messages"] = texts = []
        for sequence in range(1, 1 + self.pen.number(3)):
            self.pen.drawn.add("free message")
            parts = 1 + self.pen.number(3)
            if parts > 1:
                self.pen.drawn.add("free message over several records")
            text = self.pen.text(80 * parts)
            for detail in range(parts):
                self._add(builder.message(sequence, detail, text[80 * detail : 80 * detail + 80]))
            texts.append(text)
        self.said["free_messages"] = tuple(texts)

    def _trailer(self) -> None:
        """Write record 9; what separate applications add up is not known, nor whether wrapped details count."""
        pen = self.pen
        debit, credit = self._sums.debit, self._sums.credit
        wrapped = self._wrapped
        if (wrapped.debit or wrapped.credit) and pen.may("trailer that counts a detail 0000", 2):
            debit, credit = debit + wrapped.debit, credit + wrapped.credit
        if self._separate:
            debit, credit = pen.number(10**9), pen.number(10**9)
        multiple = pen.pick(("2", "1", " "))
        self._add(builder.trailer(self._records, debit, credit, multiple=multiple))

    def _amount(self, stop: int) -> int:
        """Draw an amount or a balance, in thousandths."""
        milli: int = self.pen.pick((1, self.pen.number(1_000_000), self.pen.number(stop), 0))
        return -milli if self.pen.number(2) else milli

    def _movement(self) -> list[Said]:
        """Write a movement with its details; of details alone in a separate application each is one."""
        pen = self.pen
        if self._separate and pen.may("details alone in a separate application", 2):
            self._sequence = (self._sequence + 1) % _NUMBERS
            types = [pen.pick("679") for _ in range(1 + pen.number(3))]
            self._detail = 0
            alone = []
            for type_ in types:
                self._detail = (self._detail + 1) % _NUMBERS
                alone.append(self._finish(self._record(self._amount(10**9), type_)))
            return alone
        self._next_sequence()
        shape = pen.one_of(
            "movement without details",
            "details 5 under a total 1",
            "details 6 and 7 under a total 2",
            "details 9 under a detail 7",
            "details 8 under a single amount 3",
            "details 0 under a total 1",
        )
        total, types = shape[-1], [shape[8]] * (1 + pen.number(3))
        if shape == "movement without details":
            total, types = "", []
        elif shape == "details 6 and 7 under a total 2":
            types = [pen.pick("67") for _ in types]
        elif shape == "details 9 under a detail 7":
            total, types = "2", [pen.pick("6799") for _ in range(2 + pen.number(4))]
        return [self._with_details(total, types)]

    def _next_sequence(self) -> None:
        """Go on to the next sequence number, which runs over after 9999."""
        following = (self._sequence + 1) % _NUMBERS
        jump = self.pen.pick((9999, 9998, 0, 17))
        if jump not in {self._sequence, following} and self.pen.may("sequence numbers jump", 10):
            self._warn("sequence", len(self.lines) + 1, "sequence")
            following = jump
        elif not following:
            self.pen.drawn.add("sequence number 0000 after 9999")
        self._sequence, self._detail = following, 0

    def _with_details(self, total: str, types: list[str]) -> Said:
        """Write a movement and under it the details of some types, those of type 9 under the type 7 before."""
        tree = _tree(types)
        amounts = [self._amount(10**10) for _ in types]
        for above, below in tree.items():
            if below:
                amounts[above] = self._total([amounts[each] for each in below])
        milli = self._total([amounts[each] for each in tree]) if types else self._amount(10**12)
        self._sums.add(milli)
        made = self._record(milli, total, at_ends=bool(types) or self.pen.number(2) > 0)
        if types and self.pen.may("detail numbers run over"):
            self._detail = self.pen.pick((9998, 9997))
            self._warn("sequence", len(self.lines) + 1, "detail")
        details = []
        for place, (type_, amount) in enumerate(zip(types, amounts, strict=True)):
            self._detail = (self._detail + 1) % _NUMBERS
            if not self._detail:
                self.pen.drawn.add("detail number 0000 after 9999")
                self._wrapped.add(amount)
            details.append(self._record(amount, type_, at_ends=place == len(types) - 1))
        for above, of in tree.items():
            details[above]["details"] = [self._finish(details[each]) for each in of]
        made["details"] = [self._finish(details[each]) for each in tree]
        return self._finish(made)

    def _total(self, amounts: list[int]) -> int:
        return sum(amounts) + (self.pen.may("details that do not add up", 8) and self._amount(10**6))

    def _finish(self, made: Said) -> Said:
        """Say what follows from the details of a movement."""
        details = made["details"]
        same = made["amount_milli"] == sum(detail["amount_milli"] for detail in details)
        made["details_add_up"] = (
            bool(details) and same and all(detail["details_add_up"] for detail in details if detail["details"])
        )
        if details and not same:
            self.warnings.append(("details_sum", made["line"]))
        made["leaves"] = list(_leaves(made, ()))
        return made

    def _record(self, milli: int, type_: str, *, at_ends: bool = False) -> Said:
        """Write the records 2 of a movement or detail and the records 3 about it; return what they say."""
        pen, line = self.pen, len(self.lines) + 1
        code = f"{type_}{pen.pick(_CODES)[1:]}" if type_ else pen.pick(_CODES)
        if not type_ and pen.may("movement with the type of a detail", 8):
            code = pen.pick(("99999999", "80137011"))
        entry = _before(self._day, pen.number(3))
        if not self._detail and pen.may("booked after the new balance", 20):
            entry = min(self._day + timedelta(1), date(2079, 12, 31))
        value = None if pen.may("unknown value date", 6) else pen.day()
        structured, text, parts = self._communication(debit=milli < 0)
        second, third = self._second(line) if "2" in parts else {}, self._third(line) if "3" in parts else {}
        paper, globalisation = pen.number(1000), pen.pick((0, 1 if at_ends else 0, 2))
        if globalisation:
            pen.drawn.add("globalisation code")
        reference = pen.text(21)
        informations = pen.number(4) if pen.may("information", 3) else 0
        self._add(
            *builder.movement(
                self._sequence,
                milli,
                detail=self._detail,
                reference=reference,
                value=_ddmmyy(value),
                code=code,
                text=text,
                structured=structured.text if structured else "",
                entry=_ddmmyy(entry),
                paper=_number_or_blank(pen, paper),
                globalisation=str(globalisation),
                informed=bool(informations),
                parts=parts,
                **second.pop("written", {}),
                **third.pop("written", {}),
            )
        )
        if structured and not structured.holds:
            self.warnings.append(("structured_communication", line))
        made = {
            "line": line,
            "sequence_number": self._sequence,
            "detail_number": self._detail,
            "amount_milli": milli,
            "entry_date": entry,
            "value_date": value,
            "transaction_code": code,
            "transaction_type": code[0],
            "transaction_family": code[1:3],
            "transaction_operation": code[3:5],
            "transaction_category": code[5:],
            "bank_reference": reference,
            "paper_number": paper,
            "globalisation_code": globalisation,
            **_NO_SECOND,
            **_NO_THIRD,
            **second,
            **third,
            **_communicated(structured, text),
            "details": [],
        }
        if made["r_transaction"] and made["r_reason"]:
            pen.drawn.add("R-transaction and reason in record 2.2")
        elif _of_direct_debit(made):
            pen.drawn.add("R-transaction or reason in type 127 alone")
        made["information"] = self._information(informations, debit=milli < 0)
        return made

    def _communication(self, *, debit: bool) -> tuple[Content | None, str, str]:
        """Draw a structured communication or a free text, and the records that it runs over."""
        pen = self.pen
        parts = pen.one_of(*(f"records 2.{'+2.'.join(each)}" for each in _PARTS_OF_MOVEMENTS))
        parts = parts.removeprefix("records ").replace("2.", "").replace("+", "")
        if pen.number(2):
            text = pen.text(_PARTS_OF_MOVEMENTS[parts])
            if parts == "13" and len(text) > 53:
                pen.drawn.add("text in record 2.3 without 2.2")
            return None, text, parts
        kind = pen.one_of(*(f"type {kind} in a movement" for kind in KINDS))[5:8]
        if length(kind) > _PARTS_OF_MOVEMENTS[parts] or (kind in _OF_ANY_LENGTH and parts == "13"):
            parts = "123"
        return content(pen, kind, _PARTS_OF_MOVEMENTS[parts], debit=debit), "", parts

    def _second(self, line: int) -> Said:
        """Draw what record 2.2 has beside the communication."""
        pen = self.pen
        reference = "NOTPROVIDED" if pen.may("reference that says none", 6) else pen.words(35)
        codes = {
            "r_transaction": pen.pick(("", "1", "2", "3", "4", "5")),
            "reason": pen.pick(("", *_REASONS)),
            "category": pen.pick(("", "SALA", "SUPP")),
            "purpose": pen.pick(("", "BONU")),
        }
        written = {"customer_reference": reference, "bic": pen.words(11)} | codes
        if pen.may("code that can be none", 12):
            name = pen.pick(("reason", "category", "purpose"))
            written[name], codes[name] = "12a", ""
            self.warnings.append(("unknown_code", line))
        elif pen.may("reference across positions 110 to 125", 12):
            # Of old files, whose record 2.2 had nothing but a reference of the bank there.
            written = {**written, "r_transaction": "", "reason": "", "category": "", "purpose": ""}
            written["bic"] = f"{written['bic']:11}0084324630"
            codes = dict.fromkeys(codes, "")
            self._warn("filler", line + 1, "filler of 2.2")
        return {
            "customer_reference": "" if reference == "NOTPROVIDED" else reference,
            "counterparty_bic": written["bic"][:11].strip(),
            "r_transaction": codes["r_transaction"],
            "r_reason": codes["reason"],
            "category_purpose": codes["category"],
            "purpose": codes["purpose"],
            "written": written,
        }

    def _third(self, line: int) -> Said:
        """Draw what record 2.3 has beside the communication."""
        account, name = _counterparty(self.pen), self.pen.words(35)
        if account.odd:
            self.warnings.append(("counterparty_iban", line))
        written = {"account": account.zone, "name": name}
        return {**account.said, "counterparty_name": name, "written": written}

    def _information(self, count: int, *, debit: bool) -> list[Said]:
        """Write records 3 after a movement; free texts in a row are one text."""
        pen, free = self.pen, False
        made: list[Said] = []
        for place in range(count):
            number, line = (self._detail + (not self._repeating)) % _NUMBERS, len(self.lines) + 1
            self._detail = number
            parts = pen.one_of(*(f"records 3.{'+3.'.join(each)}" for each in _PARTS_OF_INFORMATION))
            parts = parts.removeprefix("records ").replace("3.", "").replace("+", "")
            structured, text = None, ""
            if pen.number(2):
                kind = pen.one_of(*(f"type {kind} in information" for kind in KINDS))[5:8]
                if length(kind) > _PARTS_OF_INFORMATION[parts] or (kind in _OF_ANY_LENGTH and parts == "13"):
                    parts = "123"
                structured = content(pen, kind, _PARTS_OF_INFORMATION[parts], debit=debit)
            else:
                text = pen.text(_PARTS_OF_INFORMATION[parts])
            self._add(
                *builder.information(
                    self._sequence,
                    number,
                    text=text,
                    structured=structured.text if structured else "",
                    reference=pen.text(21),
                    code=pen.digits(8),
                    more=place < count - 1,
                    parts=parts,
                )
            )
            if structured:
                made.append({"text": structured.words, "structured": _structured(structured), "line": line})
            elif free:
                pen.drawn.add("free texts in a row")
                made[-1]["text"] += text.ljust(_PARTS_OF_INFORMATION[parts])
            else:
                made.append({"text": text.ljust(_PARTS_OF_INFORMATION[parts]), "structured": None, "line": line})
            free = not structured
        return [each | {"text": each["text"].rstrip(" ")} for each in made]


_REASONS = ("AC04", "MD06")
_OF_ANY_LENGTH = (*UNKNOWN, "002", "004", "005", "100")
_NO_SECOND = dict.fromkeys(
    ("customer_reference", "counterparty_bic", "r_transaction", "r_reason", "category_purpose", "purpose"), ""
)
_NO_THIRD = dict.fromkeys(
    ("counterparty_account", "counterparty_iban", "counterparty_currency", "counterparty_name"), ""
)
_OF_COUNTERPARTY = ("counterparty_name", "counterparty_account", "counterparty_currency", "counterparty_iban")
_OF_COMMUNICATION = ("communication", "structured_communication", "structured")


def _number_or_blank(pen: Pen, number: int) -> str:
    return "   " if not number and pen.may("number left blank", 2) else f"{number:03}"


def _structured(made: Content) -> Said:
    return {"type": made.kind, "raw": made.text, "fields": made.fields}


def _communicated(structured: Content | None, text: str) -> Said:
    if structured is None:
        return {"communication": text, "structured_communication": "", "structured": None}
    return {
        "communication": structured.words,
        "structured_communication": structured.reference,
        "structured": _structured(structured),
    }


def _of_direct_debit(made: Said) -> bool:
    """Take what went wrong with a direct debit from its communication, where record 2.2 does not say it."""
    if not made["structured"] or made["structured"]["type"] != "127":
        return False
    fields = made["structured"]["fields"]
    digit, reason = fields["r_transaction"], fields["r_reason"]
    before = made["r_transaction"] or made["r_reason"]
    made["r_transaction"] = made["r_transaction"] or (digit if digit in {"1", "2", "3", "4", "5"} else "")
    made["r_reason"] = made["r_reason"] or (reason if reason in _REASONS else "")
    return not before and bool(made["r_transaction"] or made["r_reason"])


def _tree(types: Sequence[str]) -> dict[int, list[int]]:
    """Return which details stand under the movement, by their place, and which under each of those."""
    tree: dict[int, list[int]] = {}
    for place, type_ in enumerate(types):
        above = max(tree, default=None)
        if type_ == "9" and above is not None and types[above] == "7" and place == above + 1 + len(tree[above]):
            tree[above].append(place)
        else:
            tree[place] = []
    return tree


def _leaves(made: Said, totals: Collection[Said]) -> Sequence[Said]:
    """Return what can be booked instead of a movement, each with what its totals say where it says nothing."""
    above = (*totals, made)
    if made["details_add_up"]:
        return [leaf for detail in made["details"] for leaf in _leaves(detail, above)]
    leaf = {"amount_milli": made["amount_milli"]}
    nearest = above[::-1]
    who = next((each for each in nearest if any(each[name] for name in (*_OF_COUNTERPARTY, "counterparty_bic"))), made)
    what = next((each for each in nearest if each["communication"] or each["structured"]), made)
    leaf |= {name: who[name] for name in (*_OF_COUNTERPARTY, "counterparty_bic")}
    leaf |= {name: what[name] for name in _OF_COMMUNICATION}
    leaf["value_date"] = next((each["value_date"] for each in nearest if each["value_date"]), None)
    return [leaf]
