"""What a document means for the customer: whether it is a credit note, and the sign of what is owed by it.

This is the only place that decides a sign. A credit note states positive amounts, and its type does the crediting; a
negative invoice credits by its minus (Peppol BIS Billing 3, "Negative invoices and credit notes"). Amounts themselves
are never turned round.
"""

from dataclasses import dataclass
from typing import Final, Literal

from codasync.ubl_codes import CREDIT_NOTE_TYPES
from codasync.ubl_tree import Reading
from codasync.ubl_types import Kind

TypeSays = Literal["invoice", "credit_note"]


@dataclass(frozen=True, slots=True)
class Meaning:
    """The kind of a document, the factor from what is payable to what is owed, and the code of a remark or ''."""

    kind: Kind
    factor: int
    remark: str = ""


# (root element, what the type code says, payable amount below zero) -> meaning.
SIGNS: Final[dict[tuple[Kind, TypeSays, bool], Meaning]] = {
    ("invoice", "invoice", False): Meaning("invoice", +1),
    ("invoice", "invoice", True): Meaning("invoice", +1),
    ("invoice", "credit_note", False): Meaning("credit_note", -1, "credit_code_in_invoice"),
    ("invoice", "credit_note", True): Meaning("credit_note", +1, "credited_twice"),
    ("credit_note", "credit_note", False): Meaning("credit_note", -1),
    ("credit_note", "credit_note", True): Meaning("credit_note", -1, "negative_credit_note"),
    ("credit_note", "invoice", False): Meaning("credit_note", -1, "invoice_code_in_credit_note"),
    ("credit_note", "invoice", True): Meaning("credit_note", -1, "negative_credit_note"),
}

REMARKS: Final = {
    "credit_code_in_invoice": "type code {code} makes this Invoice a credit note",
    "credited_twice": "type code {code} and a negative amount both credit: it is counted as one credit",
    "negative_credit_note": (
        "a credit note with a negative amount: by the rule the customer owes it, "
        "but most senders mean a credit; a person has to decide"
    ),
    "invoice_code_in_credit_note": "type code {code} is an invoice's, but the document says it is a CreditNote",
}


def decide(root: Kind, type_code: str, payable_milli: int | None, reading: Reading) -> tuple[Kind, int | None]:
    """Return the kind of a document and what the customer owes by it, in thousandths (None if nothing is stated).

    Takes the kind of the root element, the type code (UNCL1001, '' for none) and the payable amount as stated; notes
    every case where these contradict each other.
    """
    meaning = SIGNS[root, _says(type_code, root), (payable_milli or 0) < 0]
    if meaning.remark:
        reading.warn(meaning.remark, REMARKS[meaning.remark].format(code=type_code))
    return meaning.kind, None if payable_milli is None else meaning.factor * payable_milli


def _says(type_code: str, root: Kind) -> TypeSays:
    if not type_code:
        return root
    return "credit_note" if type_code in CREDIT_NOTE_TYPES else "invoice"
