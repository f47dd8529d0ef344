"""A movement as a value: its decoded fields, its details and information below it."""

from datetime import date
from typing import NamedTuple

from codasync.coda_codes import CodeMeaning, code_meaning
from codasync.coda_information import Information, Structured


class Movement(NamedTuple):
    """One movement (records 2.1-2.3 with their 3.1-3.3), with its details as a tree below it.

    A tuple and not a dataclass, as a file has very many of them and a frozen dataclass takes six times as long to make.
    """

    sequence_number: int
    """The number that a movement shares with its details."""
    detail_number: int
    """0 for a movement of the account, another number for what explains it."""
    amount_milli: int
    """That of a detail explains its movement and is never to be added to it."""
    entry_date: date
    """The day on which the bank booked it."""
    value_date: date | None
    """The day from which it bears interest, None where the bank gives none."""
    transaction_code: str
    """Eight digits that say what this is: type, family, operation, category."""
    communication: str
    """The free text, or the words inside a structured communication."""
    structured_communication: str
    """The reference to match on: `+++123/4567/89012+++` or an ISO 11649 reference."""
    structured: Structured | None
    """The structured communication, None where there is free text."""
    counterparty_name: str
    counterparty_account: str
    """The counterparty's account as given."""
    counterparty_iban: str
    """Filled only when its check digits hold."""
    counterparty_currency: str
    counterparty_bic: str
    customer_reference: str
    """The end-to-end reference that the one who ordered it gave."""
    r_transaction: str
    """What went wrong with a direct debit or transfer: 1 reject, 2 return, 3 refund, 4 reversal, 5 cancellation."""
    r_reason: str
    """The ISO 20022 code of why it went wrong."""
    category_purpose: str
    """The ISO 20022 code of the kind of payment."""
    purpose: str
    """The ISO 20022 code of what was paid for."""
    unknown_codes: tuple[str, ...]
    """What stands in the place of the four codes before and is none that is known, as given."""
    bank_reference: str
    """The bank's own reference."""
    globalisation_code: int
    """The level at which details begin and end, as the bank gives it."""
    paper_number: int
    """The number of the paper statement that this is printed on."""
    information: tuple[Information, ...]
    """What the records 3.1-3.3 say: consecutive free texts joined, or one structured."""
    details: tuple["Movement", ...]
    line: int
    """The number of its first line in the file."""

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
        """Return the details that can be booked instead of this total; itself where they do not add up exactly.

        Each has the counterparty, communication and value date of its total where it has none itself.
        """
        if not self.details_add_up:
            return (self,)
        return tuple(leaf for detail in self.details for leaf in _below(self, detail).leaves)


def _below(total: Movement, detail: Movement) -> Movement:
    """Return a detail with what its total says where it says nothing itself."""
    if not (detail.counterparty_name or detail.counterparty_account or detail.counterparty_bic):
        detail = detail._replace(
            counterparty_name=total.counterparty_name,
            counterparty_account=total.counterparty_account,
            counterparty_iban=total.counterparty_iban,
            counterparty_currency=total.counterparty_currency,
            counterparty_bic=total.counterparty_bic,
        )
    if not (detail.communication or detail.structured):
        detail = detail._replace(
            communication=total.communication,
            structured_communication=total.structured_communication,
            structured=total.structured,
        )
    return detail if detail.value_date else detail._replace(value_date=total.value_date)
