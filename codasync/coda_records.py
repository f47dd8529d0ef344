"""From the records 2.1-2.3 and 3.1-3.3 of a movement to its values; they have been checked, and days are days."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import overload

from codasync.coda_account import counterparty_account
from codasync.coda_decode import human_text
from codasync.coda_fields import count, day, sure_day
from codasync.coda_information import Information, Structured
from codasync.coda_iso_codes import CATEGORY_PURPOSES, PURPOSES, REASONS
from codasync.coda_layout import INFORMATION, INFORMATION_2, INFORMATION_3, MOVEMENT, MOVEMENT_2, MOVEMENT_3
from codasync.coda_movement import Movement
from codasync.coda_text import LINE_LENGTH

_NUMBER_2, _NUMBER_3 = MOVEMENT_2.number, MOVEMENT_3.number
_TEXT_2 = MOVEMENT_2.place("communication")
_CUSTOMER_REFERENCE = MOVEMENT_2.place("customer reference")
_BIC = MOVEMENT_2.place("counterparty BIC")
_BEFORE_CODES = MOVEMENT_2.place("filler")
_CODE_PLACES = tuple(
    MOVEMENT_2.place(name) for name in ("R-transaction", "return reason", "category purpose", "purpose")
)
_CODES = slice(_CODE_PLACES[0].start, _CODE_PLACES[-1].stop)
_TEXT_3 = MOVEMENT_3.place("communication")
_COUNTERPARTY = slice(MOVEMENT_3.place("counterparty account").start, MOVEMENT_3.place("counterparty name").stop)
_ACCOUNT = slice(0, MOVEMENT_3.place("counterparty name").start - _COUNTERPARTY.start)
_NAME = slice(_ACCOUNT.stop, None)
_FLAG = INFORMATION.place("communication structure")
_TEXTS = {layout.number: layout.place("communication") for layout in (INFORMATION, INFORMATION_2, INFORMATION_3)}
_NO_REFERENCES = frozenset({"NOTPROVIDED", "NOT PROVIDED"})
_CODE_LISTS = (frozenset("12345"), REASONS, CATEGORY_PURPOSES, PURPOSES)
_CODE = re.compile(r"[A-Z][A-Z0-9]{3}")
_Codes = tuple[str, str, str, str, tuple[str, ...]]
_Order = tuple[str, str, str, str, str, str, tuple[str, ...]]
_NO_CODES: _Codes = ("", "", "", "", ())
_NO_ORDER: _Order = ("", "", *_NO_CODES)
_NOBODY = ("", "", "", "")
_DIRECT_DEBIT = "127"
Records = tuple[int, str, tuple["Records", ...]]
"""Of a movement: the number of its first line, its records as given with a line feed each, the same of its details.

A plain tuple, as there are very many, and the garbage collector does not look at plain tuples of texts and numbers.
"""


@dataclass(frozen=True, slots=True)
class Movements(Sequence[Movement]):
    """The movements of a statement: made of their records when they are asked for, and anew each time.

    Few callers look at all movements of all statements, and making them takes as long as checking the file.
    """

    records: tuple[Records, ...] = ()

    def __len__(self) -> int:
        return len(self.records)

    def __iter__(self) -> Iterator[Movement]:
        return map(movement, self.records)

    @overload
    def __getitem__(self, place: int) -> Movement: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Movement, ...]: ...
    def __getitem__(self, place: int | slice) -> Movement | tuple[Movement, ...]:
        if isinstance(place, slice):
            return tuple(map(movement, self.records[place]))
        return movement(self.records[place])


def movement(records: Records) -> Movement:
    """Make a movement of its records, with its details below it."""
    first_line, text, details = records
    sequence, detail, bank_reference, sign, amount, value_date, code, flag, content, entry_date, paper, level = (
        MOVEMENT.values(text)
    )
    order, counterparty, start = _NO_ORDER, _NOBODY, LINE_LENGTH
    if text.startswith(_NUMBER_2, start):
        line, start = text[start : start + LINE_LENGTH], start + LINE_LENGTH
        order, content = _order(line), content + line[_TEXT_2]
    if text.startswith(_NUMBER_3, start):
        line, start = text[start : start + LINE_LENGTH], start + LINE_LENGTH
        counterparty, content = _counterparty(line[_COUNTERPARTY]), content + line[_TEXT_3]
    content = content.rstrip()
    milli, debit = int(amount), sign == "1"
    structured = Structured(content[:3], content, debit) if flag == "1" and content else None
    values = (
        count(sequence),
        count(detail),
        -milli if debit else milli,
        sure_day(entry_date),
        day(value_date),
        code,
        structured.text if structured else content,
        structured.reference if structured else "",
        structured,
        *counterparty,
        *order,
        bank_reference.rstrip(),
        count(level),
        count(paper),
        _information(text[start:-1], first_line + start // LINE_LENGTH, debit=debit) if start < len(text) else (),
        tuple(map(movement, details)) if details else (),
        first_line,
    )
    made = Movement._make(values)
    return _direct_debit(made, structured) if structured and structured.type == _DIRECT_DEBIT else made


def _order(line: str) -> _Order:
    """Return BIC, customer reference and codes of a record 2.2."""
    reference = line[_CUSTOMER_REFERENCE].strip()
    if line[_CODES].isspace() or not line[_BEFORE_CODES].isspace():
        codes = _NO_CODES  # older files have a reference of the bank at 110-125
    else:
        codes = _codes(line[place] for place in _CODE_PLACES)
    return line[_BIC].rstrip(), "" if reference in _NO_REFERENCES else reference, *codes


@lru_cache(maxsize=1 << 12)
def _counterparty(zone: str) -> tuple[str, str, str, str]:
    """Return name, account, IBAN and currency, which stand side by side in a record 2.3."""
    return zone[_NAME].strip(), *counterparty_account(zone[_ACCOUNT])


def _codes(fields: Iterable[str]) -> _Codes:
    """Return R-transaction, reason, category purpose and purpose, and what stands there and is on no list.

    What is on its list is believed. No list is complete for ever: what is on none is kept as long as all such have the
    shape of a code, for else another text runs over these positions.
    """
    given = [field if field.strip(" 0") else "" for field in fields]
    unlisted = tuple(code for code, known in zip(given, _CODE_LISTS, strict=True) if code and code not in known)
    believed = all(_CODE.fullmatch(code) for code in unlisted)
    kept = (code if believed or code not in unlisted else "" for code in given)
    r_transaction, r_reason, category_purpose, purpose = kept
    return r_transaction, r_reason, category_purpose, purpose, unlisted


def _direct_debit(made: Movement, structured: Structured) -> Movement:
    """Return the movement of a direct debit with the R-transaction and reason that its communication gives."""
    fields = structured.fields
    r_transaction, r_reason, *_ = _codes([str(fields["r_transaction"]), str(fields["r_reason"]), "", ""])
    return made._replace(r_transaction=made.r_transaction or r_transaction, r_reason=made.r_reason or r_reason)


def _information(text: str, first: int, *, debit: bool) -> tuple[Information, ...]:
    """Make the information of the records 3 of a movement, the first of which is on a given line.

    Structured records stand each for itself. Free texts that follow each other are joined without a separator, as
    banks cut one text at position 73 and go on in the next record 3.1.
    """
    texts: list[tuple[int, bool, list[str]]] = []
    for number, line in enumerate(text.split("\n"), first):
        part = line[_TEXTS[line[:2]]]
        is_structured = line[_FLAG] == "1"
        if line[:2] != INFORMATION.number or (texts and not is_structured and not texts[-1][1]):
            texts[-1][2].append(part)
        else:
            texts.append((number, is_structured, [part]))
    joined = [(number, is_structured, "".join(parts).rstrip()) for number, is_structured, parts in texts]
    return tuple(
        Information(human_text(whole), Structured(whole[:3], whole, debit), number)
        if is_structured
        else Information(whole, None, number)
        for number, is_structured, whole in joined
    )
