"""From the records of a movement to the movement: joined communications, decoded fields, details as a tree."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .coda_account import counterparty_account, looks_like_iban
from .coda_decode import human_text, reference
from .coda_faults import Notes, money, shown
from .coda_fields import count, day
from .coda_values import Information, Movement, new_information, new_movement, new_structured

_DETAIL_WITH_DETAILS = "7"
_DETAIL_OF_DETAIL = "9"
_R_TRANSACTION = re.compile(r"[1-5]")
_ISO_CODE = re.compile(r"[A-Z][A-Z0-9]{3}")
_FILLERS = frozenset({"NOTPROVIDED", "NOT PROVIDED"})
_NO_CODES = (" ", "    ", "    ", "    ")
_BLANK_CODES = ("", "", "", "")
_NO_SECOND: tuple[str, ...] = ("", "", "", "", "", "")
_NO_THIRD: tuple[str, ...] = ("", "", "", "")
NO_CONTINUATIONS: tuple[str | None, ...] = (None,) * 10
"""The values of a movement's records 2.2 (seven) and 2.3 (three) where it has none."""


@dataclass(slots=True)
class Draft:
    """A record 2.1 and what follows it, until its movement is complete.

    `values` are the captured fields of its records: twelve of 2.1, seven of 2.2, three of 2.3, the numbers of 2.2 and
    2.3 left out; None for a record that is not there. `information` are its records 3: line, structured or not, text.
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
        return _made(drafts[0], (), notes)
    details = _details(drafts[1:], notes)
    return _with_details(drafts[0], details, notes)


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
        below = tuple(_made(draft, (), notes) for draft in drafts[start:position])
        made.append(_with_details(head, below, notes) if below else _made(head, (), notes))
    return tuple(made)


def _with_details(draft: Draft, details: tuple[Movement, ...], notes: Notes) -> Movement:
    total = sum(detail.amount_milli for detail in details)
    if total != draft.milli:
        text = f"the details add up to {money(total)}, their total is {money(draft.milli)}; the total counts"
        notes.add("details_sum", draft.line, text)
    return _made(draft, details, notes)


def _made(draft: Draft, details: tuple[Movement, ...], notes: Notes) -> Movement:
    """Make one movement. The order of the values is that of the fields of Movement."""
    values: Any = draft.values
    _, _, bank_reference, _, _, value_date, code, flag, content, entry_date, paper, globalised = values[:12]
    second, third, structured, structured_communication = _NO_SECOND, _NO_THIRD, None, ""
    if values[12] is not None:
        second = _second(values, draft.line, notes)
        content += values[12]
    if values[19] is not None:
        third = _third(values, draft.line, notes)
        content += values[21]
    content = content.rstrip(" ")
    if flag == "1":
        structured = new_structured((content[:3], content, draft.milli < 0))
        structured_communication = _reference(content, draft.line, notes)
        content = human_text(content)
    begin = (draft.sequence, draft.detail, draft.milli, day(entry_date), day(value_date), code, content)
    rest = (
        bank_reference.rstrip(" "),
        count(globalised),
        count(paper),
        details,
        _information(draft) if draft.information else (),
        draft.line,
    )
    return new_movement((*begin, structured_communication, structured, *third, *second, *rest))


def _second(values: Any, line: int, notes: Notes) -> tuple[str, ...]:
    """Return customer reference, BIC, R-transaction, reason, category purpose and purpose of a record 2.2."""
    customer_reference = values[13].strip(" ")
    if customer_reference in _FILLERS:
        customer_reference = ""
    codes = values[15:19]
    kept = _BLANK_CODES if codes == _NO_CODES else _codes(codes, line, notes)
    return (customer_reference, values[14].rstrip(" "), *kept)


def _codes(codes: tuple[str, ...], line: int, notes: Notes) -> tuple[str, ...]:
    """Keep what can be an R-transaction and ISO 20022 codes; the positions held other things in older files."""
    patterns = (_R_TRANSACTION, _ISO_CODE, _ISO_CODE, _ISO_CODE)
    kept = tuple(code if pattern.fullmatch(code) else "" for code, pattern in zip(codes, patterns, strict=True))
    if dropped := [code for code, keep in zip(codes, kept, strict=True) if not keep and code.strip(" 0")]:
        held = ", ".join(shown(code) for code in dropped)
        notes.add("unknown_code", line, f"positions 113-125 of record 2.2 hold {held}, which is no ISO code")
    return kept


def _third(values: Any, line: int, notes: Notes) -> tuple[str, ...]:
    """Return name, account as given, its IBAN and its currency of a record 2.3."""
    account, iban, currency = counterparty_account(values[19])
    if not iban and looks_like_iban(account):
        notes.add("counterparty_iban", line, f"the check digits of counterparty account {account} do not hold")
    return values[20].strip(" "), account, iban, currency


def _reference(content: str, line: int, notes: Notes) -> str:
    found, holds = reference(content)
    if not holds:
        text = f"the check digits of {shown(content[3:])} (type {content[:3]}) do not hold"
        notes.add("structured_communication", line, text)
    return found


def _information(draft: Draft) -> tuple[Information, ...]:
    """Make the information of a movement: structured records each, free ones that follow each other joined.

    Joined without a separator, as banks cut one text at position 73 and go on in the next record 3.1.
    """
    made: list[Information] = []
    free: list[str] = []
    first = 0
    for line, is_structured, text in draft.information:
        if not is_structured:
            first = first if free else line
            free.append(text)
            continue
        if free:
            made.append(_free(free, first))
            free = []
        structured = new_structured((text[:3], text.rstrip(" "), draft.milli < 0))
        made.append(new_information((human_text(text), structured, line)))
    if free:
        made.append(_free(free, first))
    return tuple(made)


def _free(texts: list[str], line: int) -> Information:
    return new_information(("".join(texts).rstrip(" "), None, line))
