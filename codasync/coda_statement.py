"""What the CODA reader returns: a statement with its movements.

All values are frozen; money is `int` thousandths of the currency unit (credit positive, debit negative, as the bank
signs it), dates are `datetime.date`, text is `str`, and what a file does not give is `""`, `0` or `None`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from codasync.coda_movement import Movement
from codasync.errors import ReadWarning


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement: an account in one currency over one delivery, with both balances and all its movements.

    `paper_number` is what is printed on the paper statement, `last_paper_number` on the last where the file covers
    several; `coda_number` counts the files of an account within a year. `transaction_reference` and
    `related_reference` come with accounts abroad (MT940, fields 20 and 21). `fingerprint` names the content (SHA-256
    over account and records 1, 2, 3 and 8 as text), so that the same statement delivered again has the same one.
    `warnings` are oddities that did not prevent reading.
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
    movements: Sequence[Movement] = ()
    bic: str = ""
    enterprise_number: str = ""
    addressee: str = ""
    file_reference: str = ""
    transaction_reference: str = ""
    related_reference: str = ""
    last_paper_number: int = 0
    duplicate: bool = False
    separate_application: str = ""
    free_messages: tuple[str, ...] = ()
    warnings: tuple[ReadWarning, ...] = ()
    first_line: int = 0
    last_line: int = 0
    fingerprint: str = ""
