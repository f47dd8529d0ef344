"""From the records of a movement to the movement: joined communications, decoded fields, details as a tree."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from codasync.coda_account import counterparty_account, looks_like_iban
from codasync.coda_decode import human_text, reference
from codasync.coda_faults import Notes, money, shown
from codasync.coda_fields import count, day
from codasync.coda_values import Information, Movement, new_information, new_movement, new_structured

_DETAIL_WITH_DETAILS = "7"
_DETAIL_OF_DETAIL = "9"
_R_TRANSACTION = re.compile(r"[1-5]")
_ISO_CODE = re.compile(r"[A-Z][A-Z0-9]{3}")
_FILLERS = frozenset({"NOTPROVIDED", "NOT PROVIDED"})
_NO_CODES = (" ", "    ", "    ", "    ")
NO_CONTINUATIONS: tuple[str | None, ...] = (None,) * 16
"""What a record 2.1 by itself lacks: seven values of 2.2, three of 2.3, five of 3.1 to 3.3, that it is alone."""


@dataclass(slots=True)
class Draft:
    """A record 2.1 and what follows it, until its movement is complete.

    `values` are the captured fields of its records: twelve of 2.1, seven of 2.2, three of 2.3, the numbers of 2.2 and
    2.3 left out, and five of its first 3.1 to 3.3; None for a record that is not there. `information` are all its
    records 3: line, structured or not, text.
    """

    line: int
    sequence: int
    detail: int
    milli: int
    values: tuple[str | None, ...]
    information: list[tuple[int, bool, str]]

    @property
    def type(self) -> str:
        """Return the type digit of the transaction code."""
        return (self.values[6] or "")[:1]


def movement(drafts: Sequence[Draft], notes: Notes) -> Movement:
    """Make a movement of its own draft and those of its details; the caller has put them in file order."""
    if len(drafts) == 1:
        return _of_draft(drafts[0], (), notes)
    return _with_details(drafts[0], _details(drafts[1:], notes), notes)


def _details(drafts: Sequence[Draft], notes: Notes) -> tuple[Movement, ...]:
    """Put details of type 9 under the type 7 before them and all others side by side (CODA 2.6, transaction types)."""
    made: list[Movement] = []
    position = 0
    while position < len(drafts):
        head, position = drafts[position], position + 1
        start = position
        if head.type == _DETAIL_WITH_DETAILS:
            while position < len(drafts) and drafts[position].type == _DETAIL_OF_DETAIL:
                position += 1
        below = tuple(_of_draft(draft, (), notes) for draft in drafts[start:position])
        made.append(_with_details(head, below, notes) if below else _of_draft(head, (), notes))
    return tuple(made)


def _with_details(draft: Draft, details: tuple[Movement, ...], notes: Notes) -> Movement:
    total = sum(detail.amount_milli for detail in details)
    if total != draft.milli:
        text = f"the details add up to {money(total)}, their total is {money(draft.milli)}; the total counts"
        notes.add("details_sum", draft.line, text)
    return _of_draft(draft, details, notes)


def _of_draft(draft: Draft, details: tuple[Movement, ...], notes: Notes) -> Movement:
    numbers = draft.sequence, draft.detail, draft.milli
    return make_movement(
        draft.values, *numbers, details, information(draft.information, draft.milli), draft.line, notes
    )


def make_movement(
    values: Any,
    sequence: int,
    detail: int,
    milli: int,
    details: tuple[Movement, ...],
    informed: tuple[Information, ...],
    line: int,
    notes: Notes,
) -> Movement:
    """Make one movement of the values of its records, as a draft holds them, and of what is already known of it."""
    _, _, bank_reference, _, _, value_date, code, flag, content, entry_date, paper, globalised = values[:12]
    customer_reference = bic = r_transaction = r_reason = category_purpose = purpose = ""
    name = account = iban = currency = structured_communication = ""
    structured = None
    if values[12] is not None:
        content += values[12]
        customer_reference = values[13].strip(" ")
        if customer_reference in _FILLERS:
            customer_reference = ""
        bic = values[14].rstrip(" ")
        if values[15:19] != _NO_CODES:
            r_transaction, r_reason, category_purpose, purpose = _codes(values[15:19], line, notes)
    if values[19] is not None:
        content += values[21]
        name = values[20].strip(" ")
        account, iban, currency = counterparty_account(values[19])
        if account and not iban:
            _note_account(account, line, notes)
    content = content.rstrip(" ")
    if flag == "1":
        structured = new_structured(content[:3], content, milli < 0)
        structured_communication = _reference(content, line, notes)
        content = human_text(content)
    # The values stand in the order of the fields of Movement: naming them would take a fifth more time.
    # fmt: off
    return new_movement(
        sequence, detail, milli, day(entry_date), day(value_date), code, content, structured_communication, structured,
        name, account, iban, currency, customer_reference, bic, r_transaction, r_reason, category_purpose, purpose,
        bank_reference.rstrip(" "), count(globalised), count(paper), details, informed, line,
    )
    # fmt: on


def _codes(codes: tuple[str, ...], line: int, notes: Notes) -> tuple[str, ...]:
    """Keep what can be an R-transaction and ISO 20022 codes; the positions held other things in older files."""
    patterns = (_R_TRANSACTION, _ISO_CODE, _ISO_CODE, _ISO_CODE)
    kept = tuple(code if pattern.fullmatch(code) else "" for code, pattern in zip(codes, patterns, strict=True))
    if dropped := [code for code, keep in zip(codes, kept, strict=True) if not keep and code.strip(" 0")]:
        held = ", ".join(shown(code) for code in dropped)
        notes.add("unknown_code", line, f"positions 113-125 of record 2.2 hold {held}, which is no ISO code")
    return kept


def _note_account(account: str, line: int, notes: Notes) -> None:
    """Note a counterparty's account that has the shape of an IBAN and is none."""
    if looks_like_iban(account):
        notes.add("counterparty_iban", line, f"the check digits of counterparty account {account} do not hold")


def _reference(content: str, line: int, notes: Notes) -> str:
    found, holds = reference(content)
    if not holds:
        text = f"the check digits of {shown(content[3:])} (type {content[:3]}) do not hold"
        notes.add("structured_communication", line, text)
    return found


def information(items: Sequence[tuple[int, bool, str]], milli: int) -> tuple[Information, ...]:
    """Make the information of a movement: structured records each, free ones that follow each other joined.

    An item is line, structured or not, text. Free texts are joined without a separator, as banks cut one text at
    position 73 and go on in the next record 3.1.
    """
    made: list[Information] = []
    free: list[str] = []
    first = 0
    for line, is_structured, text in items:
        if not is_structured:
            first = first if free else line
            free.append(text)
            continue
        if free:
            made.append(_free(free, first))
            free = []
        made.append(structured_information(line, text, milli))
    if free:
        made.append(_free(free, first))
    return tuple(made)


def structured_information(line: int, text: str, milli: int) -> Information:
    """Make one structured information of the text of its records."""
    return new_information(human_text(text), new_structured(text[:3], text.rstrip(" "), milli < 0), line)


def _free(texts: list[str], line: int) -> Information:
    return new_information("".join(texts).rstrip(" "), None, line)
