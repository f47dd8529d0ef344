"""From the records of a movement to the movement: joined communications, decoded fields, details as a tree."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from .coda_account import counterparty_account, looks_like_iban
from .coda_decode import decode, reference
from .coda_faults import Notes, money, shown
from .coda_fields import count, day, sure_day
from .coda_values import Information, Movement, Structured, new_movement

_DETAIL_WITH_DETAILS = "7"
_DETAIL_OF_DETAIL = "9"
_R_TRANSACTION = re.compile(r"[1-5]")
_ISO_CODE = re.compile(r"[A-Z][A-Z0-9]{3}")
_FILLERS = frozenset({"NOTPROVIDED", "NOT PROVIDED"})
_NO_SECOND = ("", "", "", "", "", "", "")
_NO_THIRD = ("", "", "", "", "")


@dataclass(slots=True)
class InformationDraft:
    """The fields of a record 3.1 and the text of the 3.2 and 3.3 that continue it."""

    line: int
    structured: bool
    text: str


@dataclass(slots=True)
class Draft:
    """The captured fields of a record 2.1 and of what follows it, until its movement is complete."""

    line: int
    milli: int
    first: tuple[str, ...]
    second: tuple[str, ...] | None = None
    third: tuple[str, ...] | None = None
    information: list[InformationDraft] = field(default_factory=list)

    @property
    def type(self) -> str:
        """Return the type digit of the transaction code."""
        return self.first[6][0]


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
    sequence, detail, bank_reference, _, _, value_date, code, flag, text, entry_date, paper, globalised = draft.first
    second = _second(draft, notes) if draft.second else _NO_SECOND
    third = _third(draft, notes) if draft.third else _NO_THIRD
    content = text + second[0] + third[0]
    communication, structured_communication, structured = content.rstrip(" "), "", None
    if flag == "1":
        structured = _structured(content, draft, notes)
        communication, structured_communication = structured.text, _reference(structured, draft.line, notes)
    return new_movement(
        int(sequence),
        int(detail),
        draft.milli,
        sure_day(entry_date),
        day(value_date),
        code,
        communication,
        structured_communication,
        structured,
        third[1],
        third[2],
        third[3],
        second[2],
        third[4],
        bank_reference.rstrip(" "),
        second[1],
        second[3],
        second[4],
        second[5],
        second[6],
        int(globalised),
        count(paper),
        details,
        _information(draft, notes) if draft.information else (),
        draft.line,
    )


def _second(draft: Draft, notes: Notes) -> tuple[str, ...]:
    """Return text, customer reference, BIC, R-transaction, reason, category purpose and purpose of a record 2.2."""
    text, reference, bic, *codes = draft.second or ()
    reference = reference.strip(" ")
    if reference in _FILLERS:
        reference = ""
    if not any(code.strip(" ") for code in codes):
        return text, reference, bic.strip(" "), "", "", "", ""
    patterns = (_R_TRANSACTION, _ISO_CODE, _ISO_CODE, _ISO_CODE)
    kept = [code if pattern.fullmatch(code) else "" for code, pattern in zip(codes, patterns, strict=True)]
    if dropped := [code for code, keep in zip(codes, kept, strict=True) if not keep and code.strip(" 0")]:
        held = ", ".join(shown(code) for code in dropped)
        notes.add("unknown_code", draft.line, f"positions 113-125 of record 2.2 hold {held}, which is no ISO code")
    return text, reference, bic.strip(" "), *kept


def _third(draft: Draft, notes: Notes) -> tuple[str, ...]:
    """Return text, name, account as given, its IBAN and its currency of a record 2.3."""
    zone, name, text = draft.third or ()
    account, iban, currency = counterparty_account(zone)
    if not iban and looks_like_iban(account):
        notes.add("counterparty_iban", draft.line, f"the check digits of counterparty account {account} do not hold")
    return text, name.strip(" "), account, iban, currency


def _structured(content: str, draft: Draft, notes: Notes) -> Structured:
    structured, problems = decode(content, debit=draft.milli < 0)
    if problems:
        text = f"structured communication {structured.type} does not fit its layout: {', '.join(problems)}"
        notes.add("structured_layout", draft.line, text)
    return structured


def _reference(structured: Structured, line: int, notes: Notes) -> str:
    reference_, holds = reference(structured)
    if not holds:
        given = shown(structured.raw[3:])
        notes.add("structured_communication", line, f"the check digits of {given} (type {structured.type}) do not hold")
    return reference_


def _information(draft: Draft, notes: Notes) -> tuple[Information, ...]:
    """Decode the structured records 3 of a movement and join free ones that follow each other."""
    made: list[Information] = []
    free: list[InformationDraft] = []
    for item in draft.information:
        if not item.structured:
            free.append(item)
            continue
        made.extend(_joined(free))
        free = []
        structured = _structured(item.text, Draft(item.line, draft.milli, draft.first), notes)
        made.append(Information(structured.text, structured, item.line))
    made.extend(_joined(free))
    return tuple(made)


def _joined(free: list[InformationDraft]) -> list[Information]:
    """Join free texts without a separator: banks cut one text at position 73 and go on in the next record 3.1."""
    if not free:
        return []
    return [Information("".join(item.text for item in free).rstrip(" "), None, free[0].line)]
