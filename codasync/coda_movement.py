"""A movement as its records say it: joined communications, decoded fields, its details and information below it.

A movement keeps its records as the file gives them, and decodes what it is asked for: few callers look at more than
half of its twenty-five values, and making them all takes longer than checking the file.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache

from codasync.coda_account import counterparty_account
from codasync.coda_codes import CodeMeaning, code_meaning
from codasync.coda_decode import human_text, reference
from codasync.coda_fields import count, day, sure_day
from codasync.coda_information import Information, Structured, information
from codasync.coda_layout import INFORMATION, MOVEMENT, MOVEMENT_2, MOVEMENT_3
from codasync.coda_text import LINE_LENGTH

_SEQUENCE = MOVEMENT.place("sequence number")
_DETAIL = MOVEMENT.place("detail number")
_BANK_REFERENCE = MOVEMENT.place("bank reference")
_SIGN = MOVEMENT.place("sign")
_AMOUNT = MOVEMENT.place("amount")
_VALUE_DATE = MOVEMENT.place("value date")
_CODE = MOVEMENT.place("transaction code")
_FLAG = MOVEMENT.place("communication structure")
_TEXT = MOVEMENT.place("communication")
ENTRY_DATE = MOVEMENT.place("entry date")
_PAPER_NUMBER = MOVEMENT.place("paper statement number")
_GLOBALISATION = MOVEMENT.place("globalisation code")
_NUMBER_2, _NUMBER_3 = MOVEMENT_2.number, MOVEMENT_3.number
_TEXT_2 = MOVEMENT_2.place("communication")
_CUSTOMER_REFERENCE = MOVEMENT_2.place("customer reference")
_BIC = MOVEMENT_2.place("counterparty BIC")
_FILLER = MOVEMENT_2.place("filler")
_R_TRANSACTION = MOVEMENT_2.place("R-transaction")
_R_REASON = MOVEMENT_2.place("return reason")
_CATEGORY_PURPOSE = MOVEMENT_2.place("category purpose")
_PURPOSE = MOVEMENT_2.place("purpose")
_ACCOUNT = MOVEMENT_3.place("counterparty account")
_NAME = MOVEMENT_3.place("counterparty name")
_TEXT_3 = MOVEMENT_3.place("communication")
_NO_REFERENCES = frozenset({"NOTPROVIDED", "NOT PROVIDED"})
_remembered = lru_cache(maxsize=1 << 6)  # Who asks a movement for one value asks it for others next.
_R_DIGIT = re.compile(r"[1-5]")
_ISO_CODE = re.compile(r"[A-Z][A-Z0-9]{3}")
_CODES = (
    (_R_TRANSACTION, _R_DIGIT),
    (_R_REASON, _ISO_CODE),
    (_CATEGORY_PURPOSE, _ISO_CODE),
    (_PURPOSE, _ISO_CODE),
)
_SHOWN = (
    "sequence_number",
    "detail_number",
    "amount_milli",
    "entry_date",
    "counterparty_name",
    "structured_communication",
    "communication",
    "details",
    "line",
)


@dataclass(frozen=True, slots=True, repr=False)
class Movement:
    """One movement (records 2.1-2.3 with their 3.1-3.3), with its details as a tree below it.

    `records` are its lines as given, each ended by a line feed; `line` is the number of the first. All else is read
    from them when it is asked for. One of the `leaves` of a `total` has the counterparty, communication and value date
    of its total where it has none itself.
    """

    records: str
    details: tuple["Movement", ...] = ()
    line: int = 0
    total: "Movement | None" = field(default=None, compare=False)

    def __repr__(self) -> str:
        return f"Movement({', '.join(f'{name}={getattr(self, name)!r}' for name in _SHOWN)})"

    @property
    def sequence_number(self) -> int:
        """Return the number that a movement shares with its details."""
        return int(self.records[_SEQUENCE])

    @property
    def detail_number(self) -> int:
        """Return 0 for a movement of the account, another number for what explains it."""
        return int(self.records[_DETAIL])

    @property
    def amount_milli(self) -> int:
        """Return the amount; that of a detail explains its movement and is never to be added to it."""
        amount = int(self.records[_AMOUNT])
        return -amount if _is_debit(self.records) else amount

    @property
    def entry_date(self) -> date:
        """Return the day on which the bank booked it."""
        return sure_day(self.records[ENTRY_DATE])

    @property
    def value_date(self) -> date | None:
        """Return the day from which it bears interest, None where the bank gives none."""
        return day(self._with(_value_date)[_VALUE_DATE])

    @property
    def transaction_code(self) -> str:
        """Return the eight digits that say what this is: type, family, operation, category."""
        return self.records[_CODE]

    @property
    def transaction_type(self) -> str:
        """Return the first digit of the transaction code: single, total, detail of which total."""
        return self.transaction_code[0:1]

    @property
    def transaction_family(self) -> str:
        """Return digits 2-3 of the transaction code."""
        return self.transaction_code[1:3]

    @property
    def transaction_operation(self) -> str:
        """Return digits 4-5 of the transaction code: what was done, within its family."""
        return self.transaction_code[3:5]

    @property
    def transaction_category(self) -> str:
        """Return digits 6-8 of the transaction code: which part of the amount, 000 being the net amount."""
        return self.transaction_code[5:8]

    @property
    def meaning(self) -> CodeMeaning:
        """Return what the transaction code says in English, part by part; `str()` of it is one line."""
        return code_meaning(self.transaction_code)

    @property
    def communication(self) -> str:
        """Return the free text, or the words inside a structured communication."""
        records = self._with(_content)
        return human_text(_content(records)) if _is_structured(records) else _content(records)

    @property
    def structured_communication(self) -> str:
        """Return the reference to match on: `+++123/4567/89012+++` or an ISO 11649 reference."""
        records = self._with(_content)
        return reference(_content(records))[0] if _is_structured(records) else ""

    @property
    def structured(self) -> Structured | None:
        """Return the structured communication, None where there is free text."""
        records = self._with(_content)
        content = _content(records)
        return Structured(content[:3], content, _is_debit(records)) if _is_structured(records) else None

    @property
    def counterparty_name(self) -> str:
        """Return who paid or was paid."""
        return _third(self._with(_counterparty))[_NAME].strip(" ")

    @property
    def counterparty_account(self) -> str:
        """Return the counterparty's account as given."""
        return self._account[0]

    @property
    def counterparty_iban(self) -> str:
        """Return the counterparty's IBAN, filled only when its check digits hold."""
        return self._account[1]

    @property
    def counterparty_currency(self) -> str:
        """Return the currency of the counterparty's account."""
        return self._account[2]

    @property
    def counterparty_bic(self) -> str:
        """Return the BIC of the counterparty's bank."""
        return _second(self._with(_counterparty))[_BIC].rstrip(" ")

    @property
    def customer_reference(self) -> str:
        """Return the end-to-end reference that the one who ordered it gave."""
        given = _second(self.records)[_CUSTOMER_REFERENCE].strip(" ")
        return "" if given in _NO_REFERENCES else given

    @property
    def r_transaction(self) -> str:
        """Return the digit of what went wrong with a direct debit: reject, return, refund, reversal, cancellation."""
        return _code(self.records, _R_TRANSACTION, _R_DIGIT) or self._of_direct_debit("r_transaction", _R_DIGIT)

    @property
    def r_reason(self) -> str:
        """Return the ISO 20022 code of why it went wrong."""
        return _code(self.records, _R_REASON, _ISO_CODE) or self._of_direct_debit("r_reason", _ISO_CODE)

    @property
    def category_purpose(self) -> str:
        """Return the ISO 20022 code of the kind of payment."""
        return _code(self.records, _CATEGORY_PURPOSE, _ISO_CODE)

    @property
    def purpose(self) -> str:
        """Return the ISO 20022 code of what was paid for."""
        return _code(self.records, _PURPOSE, _ISO_CODE)

    @property
    def bank_reference(self) -> str:
        """Return the bank's own reference."""
        return self.records[_BANK_REFERENCE].rstrip(" ")

    @property
    def globalisation_code(self) -> int:
        """Return the level at which details begin and end, as the bank gives it."""
        return count(self.records[_GLOBALISATION])

    @property
    def paper_number(self) -> int:
        """Return the number of the paper statement that this is printed on."""
        return count(self.records[_PAPER_NUMBER])

    @property
    def information(self) -> tuple[Information, ...]:
        """Return what the records 3.1-3.3 say: consecutive free texts joined, or one structured."""
        if INFORMATION.number[0] not in self.records[::LINE_LENGTH]:
            return ()
        lines = enumerate(_lines(self.records), self.line)
        return information((each for each in lines if each[1][0] == "3"), debit=_is_debit(self.records))

    @property
    def unknown_codes(self) -> list[str]:
        """Return what stands in the places of R-transaction, reason and purposes and can be no such code."""
        second = _second(self.records)
        given = [(second[place], _code(self.records, place, pattern)) for place, pattern in _CODES]
        return [code for code, kept in given if not kept and code.strip(" 0")] if _has_codes(second) else []

    @property
    def details_add_up(self) -> bool:
        """Say whether there are details and their amounts sum to this one's, at every level."""
        if not self.details or sum(detail.amount_milli for detail in self.details) != self.amount_milli:
            return False
        return all(detail.details_add_up for detail in self.details if detail.details)

    @property
    def leaves(self) -> tuple["Movement", ...]:
        """Return the details that can be booked instead of this total; itself where they do not add up exactly.

        Each knows its total, and says what that says where it says nothing itself.
        """
        if not self.details_add_up:
            return (self,)
        return tuple(leaf for detail in self.details for leaf in replace(detail, total=self).leaves)

    def _of_direct_debit(self, name: str, pattern: re.Pattern[str]) -> str:
        """Return a code that the structured communication of a direct debit (type 127) gives."""
        structured = self.structured
        given = structured.fields.get(name) if structured and structured.type == "127" else None
        return given if isinstance(given, str) and pattern.fullmatch(given) else ""

    def _with(self, what: Callable[[str], str]) -> str:
        """Return the records that say something: its own, or else those of the nearest total whose leaf this is."""
        movement = self
        while movement.total and not what(movement.records):
            movement = movement.total
        return movement.records

    @property
    def _account(self) -> tuple[str, str, str]:
        third = _third(self._with(_counterparty))
        return counterparty_account(third[_ACCOUNT]) if third else ("", "", "")


def _record(records: str, number: str) -> str:
    """Return record 2.2 or 2.3, "" where there is none: then all its fields are "" as well."""
    for start in (LINE_LENGTH, 2 * LINE_LENGTH):
        if records.startswith(number, start):
            return records[start : start + LINE_LENGTH]
    return ""


@_remembered
def _second(records: str) -> str:
    return _record(records, _NUMBER_2)


@_remembered
def _third(records: str) -> str:
    return _record(records, _NUMBER_3)


def _has_codes(second: str) -> bool:
    """Say whether record 2.2 can have codes at 113-125: old files carry another reference across 110-125."""
    return not second[_FILLER].strip(" ")


def _code(records: str, place: slice, pattern: re.Pattern[str]) -> str:
    """Return an R-transaction or ISO 20022 code if it can be one; the positions held other things in older files."""
    second = _second(records)
    code = second[place]
    return code if pattern.fullmatch(code) and _has_codes(second) else ""


@_remembered
def _content(records: str) -> str:
    """Return the communication of all records, structured or not."""
    return (records[_TEXT] + _second(records)[_TEXT_2] + _third(records)[_TEXT_3]).rstrip(" ")


@_remembered
def _counterparty(records: str) -> str:
    """Return all that is said about a counterparty, "" for nothing."""
    third = _third(records)
    return (third[_ACCOUNT] + third[_NAME] + _second(records)[_BIC]).strip(" ")


def _value_date(records: str) -> str:
    return records[_VALUE_DATE].strip("0")


def _is_structured(records: str) -> bool:
    return records[_FLAG] == "1"


def _is_debit(records: str) -> bool:
    return records[_SIGN] == "1"


def _lines(records: str) -> Iterator[str]:
    return (records[start : start + LINE_LENGTH] for start in range(0, len(records), LINE_LENGTH))
