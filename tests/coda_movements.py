"""Writes the movements of a CODA statement at random, with their details and information, and says what is in them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple

import coda_builder as builder
from coda_accounts import counterparty
from coda_pen import Pen
from coda_types import KINDS, UNKNOWN, Content, content, length

Said = dict[str, Any]
"""The names and values of a public value of the reader: what it has to say."""

_NUMBERS = 10_000
_CODES = ("00150000", "00101000", "00000000", "00450000", "03937000", "04938000", "39999999", "20149000")
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


class Warned(NamedTuple):
    """A warning: at which line, about what, and how many more of its kind it stands for."""

    line: int
    code: str
    more: int = 0


class _Zones(NamedTuple):
    """Where a communication can run: over which records, and how long it can be in those."""

    name: str
    record: str
    rooms: Mapping[str, int]


_MOVEMENT = _Zones("a movement", "2.", {"1": 53, "12": 106, "13": 96, "123": 149})
_INFORMATION = _Zones("information", "3.", {"1": 73, "12": 178, "13": 163, "123": 268})


@dataclass(slots=True)
class Page:
    """Where a statement is written: at the end of the lines of its file; and what a reader warns about in it."""

    pen: Pen
    lines: list[str]
    day: date
    separate: str = ""
    warnings: list[Warned] = field(default_factory=list)
    records: int = 0
    _once: dict[str, int] = field(default_factory=dict)

    def add(self, *lines: str) -> None:
        """Write records, and count those that a trailer counts."""
        self.lines += lines
        self.records += sum(line[0] in "1238" for line in lines)

    def warn(self, code: str, line: int, once: str = "") -> None:
        """Expect a warning; of those of one kind the first alone, and the number of the others."""
        if once in self._once:
            place = self._once[once]
            self.warnings[place] = self.warnings[place]._replace(more=self.warnings[place].more + 1)
            return
        if once:
            self._once[once] = len(self.warnings)
        self.warnings.append(Warned(line, code))


@dataclass(slots=True)
class Sums:
    """The sums of amounts, as trailers have them."""

    debit: int = 0
    credit: int = 0

    def add(self, milli: int) -> None:
        """Add one amount to the sum on its side."""
        if milli < 0:
            self.debit -= milli
        else:
            self.credit += milli


class Movements:
    """Writes the movements of a statement one after the other, and adds them up."""

    def __init__(self, page: Page) -> None:
        self._page, self._pen = page, page.pen
        self.sums, self.wrapped = Sums(), Sums()
        self._sequence = self._detail = 0
        self._repeating = self._pen.may("records 3.1 that repeat the detail number", 3)

    def write(self) -> list[Said]:
        """Write a movement with its details; of details alone in a separate application each is one."""
        pen = self._pen
        if self._page.separate and pen.may("details alone in a separate application", 2):
            self._sequence = (self._sequence + 1) % _NUMBERS
            types = [pen.pick("679") for _ in range(1 + pen.number(3))]
            self._detail = 0
            alone = []
            for type_ in types:
                self._detail = (self._detail + 1) % _NUMBERS
                alone.append(self._finish(self._record(amount(self._pen, 10**9), type_)))
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
        jump = self._pen.pick((9999, 9998, 0, 17))
        if jump not in {self._sequence, following} and self._pen.may("sequence numbers jump", 10):
            self._page.warn("sequence", len(self._page.lines) + 1, "sequence")
            following = jump
        elif not following:
            self._pen.drawn.add("sequence number 0000 after 9999")
        self._sequence, self._detail = following, 0

    def _with_details(self, total: str, types: list[str]) -> Said:
        """Write a movement and under it the details of some types, those of type 9 under the type 7 before."""
        tree = _tree(types)
        amounts = [amount(self._pen, 10**10) for _ in types]
        for above, below in tree.items():
            if below:
                amounts[above] = self._total([amounts[each] for each in below])
        milli = self._total([amounts[each] for each in tree]) if types else amount(self._pen, 10**12)
        self.sums.add(milli)
        made = self._record(milli, total, at_ends=bool(types) or self._pen.number(2) > 0)
        if types and self._pen.may("detail numbers run over"):
            self._detail = self._pen.pick((9998, 9997))
            self._page.warn("sequence", len(self._page.lines) + 1, "detail")
        details = []
        for place, (type_, part) in enumerate(zip(types, amounts, strict=True)):
            self._detail = (self._detail + 1) % _NUMBERS
            if not self._detail:
                self._pen.drawn.add("detail number 0000 after 9999")
                self.wrapped.add(part)
            details.append(self._record(part, type_, at_ends=place == len(types) - 1))
        for above, of in tree.items():
            details[above]["details"] = [self._finish(details[each]) for each in of]
        made["details"] = [self._finish(details[each]) for each in tree]
        return self._finish(made)

    def _total(self, amounts: list[int]) -> int:
        return sum(amounts) + (self._pen.may("details that do not add up", 8) and amount(self._pen, 10**6))

    def _finish(self, made: Said) -> Said:
        """Say what follows from the details of a movement."""
        details = made["details"]
        same = made["amount_milli"] == sum(detail["amount_milli"] for detail in details)
        made["details_add_up"] = (
            bool(details) and same and all(detail["details_add_up"] for detail in details if detail["details"])
        )
        if details and not same:
            self._page.warn("details_sum", made["line"])
        made["leaves"] = list(_leaves(made, ()))
        return made

    def _record(self, milli: int, type_: str, *, at_ends: bool = False) -> Said:
        """Write the records 2 of a movement or detail and the records 3 about it; return what they say."""
        pen, line = self._pen, len(self._page.lines) + 1
        code = f"{type_}{pen.pick(_CODES)[1:]}" if type_ else pen.pick(_CODES)
        if not type_ and pen.may("movement with the type of a detail", 8):
            code = pen.pick(("99999999", "80137011"))
        entry = before(self._page.day, pen.number(3))
        if not self._detail and pen.may("booked after the new balance", 20):
            entry = min(self._page.day + timedelta(1), date(2079, 12, 31))
        value = None if pen.may("unknown value date", 6) else pen.day()
        structured, text, parts = _communication(pen, _MOVEMENT, debit=milli < 0)
        if parts == "13" and len(text) > 53:
            pen.drawn.add("text in record 2.3 without 2.2")
        second, third = self._second(line) if "2" in parts else {}, self._third(line) if "3" in parts else {}
        paper, globalisation = pen.number(1000), pen.pick((0, 1 if at_ends else 0, 2))
        if globalisation:
            pen.drawn.add("globalisation code")
        reference = pen.text(21)
        informations = pen.number(4) if pen.may("information", 3) else 0
        self._page.add(
            *builder.movement(
                self._sequence,
                milli,
                detail=self._detail,
                reference=reference,
                value=ddmmyy(value),
                code=code,
                text=text,
                structured=structured.text if structured else "",
                entry=ddmmyy(entry),
                paper=number_or_blank(pen, paper),
                globalisation=str(globalisation),
                informed=bool(informations),
                parts=parts,
                **second.pop("written", {}),
                **third.pop("written", {}),
            )
        )
        if structured and not structured.holds:
            self._page.warn("structured_communication", line)
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

    def _second(self, line: int) -> Said:
        """Draw what record 2.2 has beside the communication."""
        pen = self._pen
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
            self._page.warn("unknown_code", line, "unknown code")
        elif pen.may("reference across positions 110 to 125", 12):
            # Of old files, whose record 2.2 had nothing but a reference of the bank there.
            written = {**written, "r_transaction": "", "reason": "", "category": "", "purpose": ""}
            written["bic"] = f"{written['bic']:11}0084324630"
            codes = dict.fromkeys(codes, "")
            self._page.warn("filler", line + 1, "filler of 2.2")
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
        account, name = counterparty(self._pen), self._pen.words(35)
        if account.odd:
            self._page.warn("counterparty_iban", line)
        written = {"account": account.zone, "name": name}
        return {**account.said, "counterparty_name": name, "written": written}

    def _information(self, count: int, *, debit: bool) -> list[Said]:
        """Write records 3 after a movement; free texts in a row are one text."""
        pen, free = self._pen, False
        made: list[Said] = []
        for place in range(count):
            number, line = (self._detail + (not self._repeating)) % _NUMBERS, len(self._page.lines) + 1
            self._detail = number
            structured, text, parts = _communication(pen, _INFORMATION, debit=debit)
            self._page.add(
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
            if structured and not structured.holds:
                self._page.warn("structured_communication", line)
            if structured:
                made.append({"text": structured.words, "structured": _structured(structured), "line": line})
            elif free:
                pen.drawn.add("free texts in a row")
                made[-1]["text"] += text.ljust(_INFORMATION.rooms[parts])
            else:
                made.append({"text": text.ljust(_INFORMATION.rooms[parts]), "structured": None, "line": line})
            free = not structured
        return [each | {"text": each["text"].rstrip(" ")} for each in made]


def amount(pen: Pen, stop: int) -> int:
    """Draw an amount or a balance, in thousandths."""
    milli: int = pen.pick((1, pen.number(1_000_000), pen.number(stop), 0))
    return -milli if pen.number(2) else milli


def ddmmyy(day: date | None) -> str:
    return day.strftime("%d%m%y") if day else "000000"


def before(day: date, days: int) -> date:
    """Return an earlier day, but none before those that two digits stand for."""
    return max(day - timedelta(days), date(1980, 1, 1))


def number_or_blank(pen: Pen, number: int) -> str:
    """Write a number of three digits, or now and then blanks for zero."""
    return "   " if not number and pen.may("number left blank", 2) else f"{number:03}"


def _communication(pen: Pen, zones: _Zones, *, debit: bool) -> tuple[Content | None, str, str]:
    """Draw a structured communication or a free text, and the records that it runs over."""
    names = {f"records {'+'.join(f'{zones.record}{part}' for part in parts)}": parts for parts in zones.rooms}
    parts = names[pen.one_of(*names)]
    if not pen.number(2):
        return None, pen.text(zones.rooms[parts]), parts
    kind = pen.one_of(*(f"type {kind} in {zones.name}" for kind in KINDS))[5:8]
    if length(kind) > zones.rooms[parts] or (kind in _OF_ANY_LENGTH and parts == "13"):
        parts = "123"
    return content(pen, kind, zones.rooms[parts], debit=debit), "", parts


def _structured(made: Content) -> Said:
    return {
        "type": made.kind,
        "raw": made.text,
        "fields": made.fields,
        "reference": made.reference,
        "reference_holds": made.holds,
    }


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
    given = made["r_transaction"] or made["r_reason"]
    made["r_transaction"] = made["r_transaction"] or (digit if digit in {"1", "2", "3", "4", "5"} else "")
    made["r_reason"] = made["r_reason"] or (reason if reason in _REASONS else "")
    return not given and bool(made["r_transaction"] or made["r_reason"])


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
