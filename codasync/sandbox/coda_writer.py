"""Writes CODA files of version 2: specifications in, bytes out.

A `Statement` names its account, its balance before and its movements; the balance after, the totals, the numbering of
records and the next and link codes follow from them. Layouts are those of the Febelfin standard 2.6, annex I,
written down here for writing alone: the reader has its own. A text that does not fit its field is an error, because
a test that asks for it would otherwise not test what it says.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from codasync.sandbox.coda_records import (
    HEADER,
    INFORMATION_1,
    INFORMATION_2,
    INFORMATION_3,
    MESSAGE,
    MOVEMENT_1,
    MOVEMENT_2,
    MOVEMENT_3,
    NEW_BALANCE,
    OLD_BALANCE,
    TRAILER,
    Layout,
    record,
)

RUN_OVER = 10_000


@dataclass(frozen=True, slots=True)
class Account:
    """An account. `structure` 0: Belgian number, 1: foreign number, 2: Belgian IBAN, 3: foreign IBAN."""

    number: str
    bic: str
    holder: str
    currency: str = "EUR"
    structure: int = 2
    extension: str = ""
    description: str = ""
    enterprise_number: str = ""
    bank_code: str = ""


@dataclass(frozen=True, slots=True)
class Information:
    """An information record about a movement: free text (up to 268 characters) or, `structured`, type and content."""

    text: str
    structured: bool = False


@dataclass(frozen=True, slots=True)
class Movement:
    """A booked line: amount in thousandths, credit positive; `code`: type, family, transaction, category.

    `structured` holds the three digits of a type and its content, `communication` free text (up to 149 characters).
    A missing value date is written as zeros, a missing entry date is the statement's. Details explain the amount and
    are not added to it; details may have details.
    """

    amount_milli: int
    code: str = "00150000"
    communication: str = ""
    structured: str = ""
    entry_date: date | None = None
    value_date: date | None = None
    counterparty_name: str = ""
    counterparty_account: str = ""
    counterparty_currency: str = ""
    counterparty_bic: str = ""
    bank_reference: str = ""
    customer_reference: str = ""
    category_purpose: str = ""
    purpose: str = ""
    r_type: str = ""
    r_reason: str = ""
    information: tuple[Information, ...] = ()
    details: tuple["Movement", ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement. Dates: of the balance before and after; `created` is the later one unless given.

    Without movements there is no record of the new balance, as the standard has it.
    """

    account: Account
    old_balance_milli: int
    old_balance_date: date
    new_balance_date: date
    movements: tuple[Movement, ...] = ()
    paper_number: int = 0
    coda_number: int = 0
    created: date | None = None
    duplicate: bool = False
    file_reference: str = ""
    separate_application: str = "00000"
    messages: tuple[str, ...] = ()

    @property
    def new_balance_milli(self) -> int:
        """The balance after the movements, in thousandths."""
        return self.old_balance_milli + sum(movement.amount_milli for movement in self.movements)


def write(*statements: Statement, newline: str = "\r\n", encoding: str = "cp1252") -> bytes:
    """Return a CODA file with these statements, each record ended by `newline`.

    Raises ValueError for a text that is too long or cannot be encoded.
    """
    last = len(statements) - 1
    lines = [
        line for position, statement in enumerate(statements) for line in _statement(statement, more=position < last)
    ]
    return "".join(line + newline for line in lines).encode(encoding)


def _statement(statement: Statement, *, more: bool) -> Iterator[str]:
    yield _header(statement)
    counted = [_old_balance(statement), *_movements(statement)]
    if statement.movements:
        counted.append(_new_balance(statement))
    yield from counted
    yield from _messages(statement.messages)
    yield _trailer(statement, len(counted), more=more)


def _header(statement: Statement) -> str:
    account = statement.account
    return record(
        "0",
        HEADER,
        zeros="0000",
        created=_day(statement.created or statement.new_balance_date),
        bank=account.bank_code or "000",
        application="05",
        duplicate="D" if statement.duplicate else " ",
        file_reference=statement.file_reference,
        addressee=account.holder[:26],
        bic=account.bic,
        company=account.enterprise_number.rjust(11, "0"),
        separate_application=statement.separate_application,
        version="2",
    )


def _old_balance(statement: Statement) -> str:
    account = statement.account
    return record(
        "1",
        OLD_BALANCE,
        structure=str(account.structure),
        paper_number=f"{statement.paper_number:03d}",
        account=_account(account),
        sign=_sign(statement.old_balance_milli),
        amount=_amount(statement.old_balance_milli),
        date=_day(statement.old_balance_date),
        holder=account.holder[:26],
        description=account.description,
        coda_number=f"{statement.coda_number:03d}",
    )


def _new_balance(statement: Statement) -> str:
    return record(
        "8",
        NEW_BALANCE,
        paper_number=f"{statement.paper_number:03d}",
        account=_account(statement.account),
        sign=_sign(statement.new_balance_milli),
        amount=_amount(statement.new_balance_milli),
        date=_day(statement.new_balance_date),
        link="1" if statement.messages else "0",
    )


def _trailer(statement: Statement, records: int, *, more: bool) -> str:
    amounts = [movement.amount_milli for movement in statement.movements]
    return record(
        "9",
        TRAILER,
        records=f"{records:06d}",
        debit=_amount(sum(amount for amount in amounts if amount < 0)),
        credit=_amount(sum(amount for amount in amounts if amount > 0)),
        more="1" if more else "2",
    )


def _messages(messages: Sequence[str]) -> Iterator[str]:
    for number, message in enumerate(messages, 1):
        pieces = [message[start : start + 80] for start in range(0, len(message), 80)]
        for detail, piece in enumerate(pieces):
            last = number == len(messages) and detail == len(pieces) - 1
            yield record("4", MESSAGE, numbers=_numbers(number, detail), text=piece, link="0" if last else "1")


def _movements(statement: Statement) -> Iterator[str]:
    for sequence, movement in enumerate(statement.movements, 1):
        leaves = list(_flatten(movement, depth=0))
        marks = _globalisation(leaves)
        detail = 0
        for (line, _), mark in zip(leaves, marks, strict=True):
            yield from _movement(statement, line, _numbers(sequence, detail), mark)
            detail += 1
            for position, information in enumerate(line.information, 1):
                last = position == len(line.information)
                yield from _information(line, information, _numbers(sequence, detail), last=last)
                detail += 1


def _flatten(movement: Movement, depth: int) -> Iterator[tuple[Movement, int]]:
    """Yield a movement and all its details in the order of writing, each with its depth."""
    yield movement, depth
    for detail in movement.details:
        yield from _flatten(detail, depth + 1)


def _globalisation(lines: Sequence[tuple[Movement, int]]) -> list[str]:
    """Return the globalisation code of each line: the level, on the first and the last record of a group."""
    marks = ["0"] * len(lines)
    for position, (movement, depth) in enumerate(lines):
        if movement.details:
            marks[position] = str(depth + 1)
            end = position + len(list(_flatten(movement, 0))) - 1
            # Where an outer and an inner group end together, the outer one (seen first) is named.
            marks[end] = str(depth + 1) if marks[end] == "0" else marks[end]
    return marks


def _movement(statement: Statement, movement: Movement, numbers: str, mark: str) -> list[str]:
    first, second, third = _split(movement.structured or movement.communication, (53, 53, 43))
    part_2 = {
        "communication": second,
        "customer_reference": movement.customer_reference,
        "bic": movement.counterparty_bic,
        "r_type": movement.r_type,
        "r_reason": movement.r_reason,
        "category_purpose": movement.category_purpose,
        "purpose": movement.purpose,
    }
    part_3 = {
        "account": _counterparty(movement),
        "name": movement.counterparty_name[:35],
        "communication": third,
    }
    part_1 = {
        "bank_reference": movement.bank_reference,
        "sign": _sign(movement.amount_milli),
        "amount": _amount(movement.amount_milli),
        "value_date": _day(movement.value_date),
        "code": movement.code,
        "flag": "1" if movement.structured else "0",
        "communication": first,
        "entry_date": _day(movement.entry_date or statement.new_balance_date),
        "paper_number": f"{statement.paper_number:03d}",
        "globalisation": mark,
    }
    # A communication that reaches the third part has a second one, even if that were all blanks.
    parts = [("21", MOVEMENT_1, part_1)]
    parts += [("22", MOVEMENT_2, part_2)] if any(part_2.values()) or third else []
    parts += [("23", MOVEMENT_3, part_3)] if any(part_3.values()) else []
    return _chain(parts, numbers, followed=bool(movement.information))


def _information(movement: Movement, information: Information, numbers: str, *, last: bool) -> list[str]:
    first, second, third = _split(information.text, (73, 105, 90))
    part_1 = {
        "bank_reference": movement.bank_reference,
        "code": movement.code,
        "flag": "1" if information.structured else "0",
        "communication": first,
    }
    parts = [("31", INFORMATION_1, part_1)]
    parts += [("32", INFORMATION_2, {"communication": second})] if second or third else []
    parts += [("33", INFORMATION_3, {"communication": third})] if third else []
    return _chain(parts, numbers, followed=not last)


def _chain(parts: Sequence[tuple[str, Layout, dict[str, str]]], numbers: str, *, followed: bool) -> list[str]:
    """Return the records of one line: the next code names a further part, the last link code an information record."""
    end = len(parts) - 1
    return [
        record(
            identification,
            layout,
            numbers=numbers,
            next="1" if position < end else "0",
            link="1" if followed and position == end else "0",
            **values,
        )
        for position, (identification, layout, values) in enumerate(parts)
    ]


def _split(text: str, lengths: Sequence[int]) -> list[str]:
    """Cut a text at the edges of its zones, without regard to words."""
    pieces = []
    for length in lengths:
        pieces.append(text[:length])
        text = text[length:]
    if text:
        raise ValueError(f"a communication is {len(text)} characters too long")
    return pieces


def _account(account: Account) -> str:
    """Return number and currency in the 37 characters that the structure asks for."""
    if account.structure == 0:
        return f"{account.number:12} {account.currency}0BE   {account.extension:15}"
    if account.structure == 2:
        return f"{account.number:31}{account.extension:3}{account.currency}"
    return f"{account.number:34}{account.currency}"


def _counterparty(movement: Movement) -> str:
    """Return the other account in 37 characters: twelve digits are a Belgian number, anything else has 34."""
    number, currency = movement.counterparty_account, movement.counterparty_currency
    if not number:
        return ""
    if len(number) == 12 and number.isdigit():
        return f"{number} {currency}"
    return f"{number:34}{currency}"


def _numbers(sequence: int, detail: int) -> str:
    return f"{sequence % RUN_OVER:04d}{detail % RUN_OVER:04d}"


def _day(day: date | None) -> str:
    return f"{day:%d%m%y}" if day else "000000"


def _sign(milli: int) -> str:
    return "1" if milli < 0 else "0"


def _amount(milli: int) -> str:
    return f"{abs(milli):015d}"
