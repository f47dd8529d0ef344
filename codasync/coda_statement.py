"""What the CODA reader returns: statements, movements, information, decoded structured communications.

All are frozen; money is `int` thousandths of the currency unit (credit positive, debit negative, as the bank
signs it), dates are `datetime.date`, text is `str`, and what a file does not give is `""`, `0` or `None`.
`Structured.as_json` turns decoded fields into what `json.dumps` takes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, make_dataclass
from datetime import date
from typing import Any, TypeVar

from codasync.coda_codes import CodeMeaning, code_meaning
from codasync.coda_decode import decode, human_text
from codasync.coda_fields import FieldValue
from codasync.coda_structured import MEANINGS
from codasync.errors import ReadWarning

_Value = TypeVar("_Value", bound="Structured | Information | Movement")


@dataclass(frozen=True, slots=True)
class Structured:
    """A structured communication: its three-digit type and, in `raw`, all of it as given, the type included.

    `fields` are decoded when they are asked for, by the layout of the type; `debit` says whether the movement's amount
    is negative, which the unsigned amounts of type 105 follow.
    """

    type: str
    raw: str
    debit: bool = False

    @property
    def meaning(self) -> str:
        """Return what the type is for, in English; "" for an unknown type."""
        return MEANINGS.get(self.type, "")

    @property
    def fields(self) -> Mapping[str, FieldValue]:
        """Return the fields that the layout names; none for a type without a known layout.

        Amounts are fields named `*_milli` (int thousandths), dates `datetime.date`, rates and quantities decimal
        strings; a field that is blank or cannot be read is None.
        """
        return decode(self.raw, debit=self.debit)

    @property
    def text(self) -> str:
        """Return the words that a person wrote, where the type has a place for them, else an empty string."""
        return human_text(self.raw)

    def as_json(self) -> dict[str, str | int | None]:
        """Return type, meaning, every field (dates as YYYY-MM-DD) and raw as values that JSON knows."""
        plain = {name: str(value) if isinstance(value, date) else value for name, value in self.fields.items()}
        return {"type": self.type, "meaning": self.meaning, **plain, "raw": self.raw}


@dataclass(frozen=True, slots=True)
class Information:
    """What information records (3.1-3.3) say about a movement: consecutive free texts joined, or one structured."""

    text: str
    structured: Structured | None
    line: int


@dataclass(frozen=True, slots=True)
class Movement:
    """One movement (records 2.1-2.3 with their 3.x), with its details as a tree below it.

    `amount_milli` of a detail explains its movement and is never to be added to it. `communication` is the free
    text, or the words inside a structured communication; `structured_communication` is the reference to match on:
    `+++123/4567/89012+++` or an ISO 11649 reference. `counterparty_account` is as given; `counterparty_iban` is filled
    only when its check digits hold.
    """

    sequence_number: int
    detail_number: int
    amount_milli: int
    entry_date: date
    value_date: date | None
    transaction_code: str
    communication: str = ""
    structured_communication: str = ""
    structured: Structured | None = None
    counterparty_name: str = ""
    counterparty_account: str = ""
    counterparty_iban: str = ""
    counterparty_currency: str = ""
    customer_reference: str = ""
    counterparty_bic: str = ""
    r_transaction: str = ""
    r_reason: str = ""
    category_purpose: str = ""
    purpose: str = ""
    bank_reference: str = ""
    globalisation_code: int = 0
    paper_number: int = 0
    details: tuple["Movement", ...] = ()
    information: tuple[Information, ...] = ()
    line: int = 0

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
    def details_add_up(self) -> bool:
        """Say whether there are details and their amounts sum to this one's, at every level."""
        if not self.details or sum(detail.amount_milli for detail in self.details) != self.amount_milli:
            return False
        return all(detail.details_add_up for detail in self.details if detail.details)

    @property
    def leaves(self) -> tuple["Movement", ...]:
        """Return the details that can be booked instead of this total; itself where they do not add up exactly."""
        if not self.details_add_up:
            return (self,)
        return tuple(leaf for detail in self.details for leaf in detail.leaves)


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement: an account in one currency over one delivery, with both balances and all its movements.

    `paper_number` is what is printed on the paper statement, `coda_number` counts the files of an account within a
    year. `fingerprint` names the content (SHA-256 over account and records 1, 2, 3 and 8 as text), so that the same
    statement delivered again has the same one. `warnings` are oddities that did not prevent reading.
    """

    account: str
    iban: str
    currency: str
    extension: str
    holder: str
    account_description: str
    paper_number: int
    coda_number: int
    creation_date: date
    old_balance_milli: int
    old_balance_date: date | None
    new_balance_milli: int
    new_balance_date: date | None
    movements: tuple[Movement, ...] = ()
    bic: str = ""
    enterprise_number: str = ""
    addressee: str = ""
    file_reference: str = ""
    duplicate: bool = False
    separate_application: str = ""
    free_messages: tuple[str, ...] = ()
    warnings: tuple[ReadWarning, ...] = field(default=())
    first_line: int = 0
    last_line: int = 0
    fingerprint: str = ""


def _maker(cls: type[_Value]) -> Callable[..., _Value]:
    """Return a function that makes a value of a frozen dataclass from all its fields, in their order.

    The constructor of a frozen dataclass takes ten times as long as that of an open one, for a movement a third of the
    time that reading it takes. So an open twin with the same slots is filled, and then becomes what it is a twin of.
    """
    twin: Any = make_dataclass(f"_{cls.__name__}", [(each.name, object) for each in fields(cls)], slots=True)

    def make(*values: object) -> _Value:
        value: Any = twin(*values)
        value.__class__ = cls
        made: _Value = value
        return made

    return make


new_movement = _maker(Movement)
new_information = _maker(Information)
new_structured = _maker(Structured)
