"""A statement while its records come in, and the statement made of it when they are all there."""

import hashlib
from dataclasses import dataclass, field
from typing import NamedTuple

from codasync.coda_account import Account, statement_account
from codasync.coda_faults import Notes
from codasync.coda_fields import count, day, sure_day
from codasync.coda_records import Movements, Records
from codasync.coda_statement import Statement


class Header(NamedTuple):
    """The captured fields of record 0."""

    creation_date: str
    bank_number: str
    application: str
    duplicate: str
    file_reference: str
    addressee: str
    bic: str
    enterprise_number: str
    separate_application: str
    transaction_reference: str
    related_reference: str


class OldBalance(NamedTuple):
    """The captured fields of record 1."""

    structure: str
    paper_number: str
    account: str
    sign: str
    amount: str
    date: str
    holder: str
    description: str
    coda_number: str


class NewBalance(NamedTuple):
    """The captured fields of record 8."""

    paper_number: str
    account: str
    sign: str
    amount: str
    date: str


class Fingerprint:
    """SHA-256 over lines of text, whatever their character set, line ends and trailing blanks were."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()

    def add(self, lines: str) -> None:
        """Take more lines, without trailing blanks and each ended by a line feed."""
        self._digest.update(lines.encode())

    def hexdigest(self, account: Account) -> str:
        """Return the fingerprint of the lines under the account that they belong to."""
        named = f"{account.number}\n{account.currency}\n{account.extension}"
        return hashlib.sha256(self._digest.digest() + named.encode()).hexdigest()


@dataclass(slots=True)
class Totals:
    """Sums of amounts in thousandths, by their direction; neither is negative."""

    credit: int = 0
    debit: int = 0

    def add(self, milli: int) -> None:
        """Add one signed amount."""
        if milli >= 0:
            self.credit += milli
        else:
            self.debit -= milli


@dataclass(slots=True)
class Open:
    """What is known of a statement so far; a record that is missing or faulty is None."""

    first_line: int
    header: Header | None
    notes: Notes
    old: OldBalance | None = None
    account: Account | None = None
    new: NewBalance | None = None
    new_line: int = 0
    movements: list[Records] = field(default_factory=list)
    messages: list[list[str]] = field(default_factory=list)
    message_number: str = ""
    records: int = 0
    moved: Totals = field(default_factory=Totals)
    wrapped: Totals = field(default_factory=Totals)
    sums_known: bool = True
    count_known: bool = True
    fingerprint: Fingerprint = field(default_factory=Fingerprint)

    @property
    def separate_application(self) -> str:
        """Return the code of a separate application, "" for a normal statement."""
        code = self.header.separate_application if self.header else ""
        return code if code.strip("0 ") else ""

    @property
    def old_milli(self) -> int:
        """Return the old balance in thousandths, 0 where there is none."""
        return signed(self.old.sign, self.old.amount) if self.old else 0

    @property
    def new_milli(self) -> int:
        """Return the new balance in thousandths; an empty statement without record 8 keeps the old one."""
        return signed(self.new.sign, self.new.amount) if self.new else self.old_milli

    def account_of(self, zone: str) -> Account:
        """Read an account zone by the structure digit of record 1, as records 1 and 8 of a statement share it."""
        return statement_account(self.old.structure if self.old else " ", zone)

    def add_message(self, sequence: str, detail: str, text: str, line: int) -> None:
        """Take one record 4; those of one sequence number are one message."""
        if not self.messages or sequence != self.message_number or detail == "0000":
            self.messages.append([])
        expected = f"{len(self.messages):04}", f"{len(self.messages[-1]):04}"
        if (sequence, detail) != expected:
            odd = f"free message {sequence}, record {detail}, comes where {', record '.join(expected)}, should"
            self.notes.add_once("sequence", line, odd, "message")
        self.messages[-1].append(text)
        self.message_number = sequence

    def statement(self, last_line: int) -> Statement | None:
        """Make the statement; None when a record that it needs was not there."""
        header, old, account = self.header, self.old, self.account
        if header is None or old is None or account is None:
            return None
        old_date = day(old.date)
        return Statement(
            account=account.number,
            iban=account.iban,
            currency=account.currency,
            extension=account.extension,
            holder=old.holder.strip(" "),
            account_description=old.description.strip(" "),
            bic=header.bic.strip(" "),
            enterprise_number=header.enterprise_number[1:] if header.enterprise_number.strip("0 ") else "",
            addressee=header.addressee.strip(" "),
            paper_number=count(old.paper_number),
            coda_number=count(old.coda_number),
            creation_date=sure_day(header.creation_date),
            file_reference=header.file_reference.strip(" "),
            transaction_reference=header.transaction_reference.strip(" "),
            related_reference=header.related_reference.strip(" "),
            last_paper_number=count((self.new or old).paper_number),
            duplicate=header.duplicate == "D",
            separate_application=self.separate_application,
            old_balance_milli=self.old_milli,
            old_balance_date=old_date,
            new_balance_milli=self.new_milli,
            new_balance_date=sure_day(self.new.date) if self.new else old_date,
            movements=Movements(tuple(self.movements)),
            free_messages=tuple("".join(message).rstrip(" ") for message in self.messages),
            warnings=self.notes.warnings(),
            first_line=self.first_line,
            last_line=last_line,
            fingerprint=self.fingerprint.hexdigest(account),
        )


def signed(sign: str, amount: str) -> int:
    """Return an amount in thousandths: sign 0 is credit and positive, 1 debit and negative."""
    return int(amount) if sign == "0" else -int(amount)
