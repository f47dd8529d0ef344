"""A bank statement as people know it from paper: balances, movements with their details, what they add up to. Pure."""

from collections.abc import Iterable, Iterator

from stdnum.be import iban as belgian

from codasync.coda import Movement, Statement, Structured
from codasync.present import beside, clean, day, labelled, money, paragraph, wrap
from codasync.report import pad

HEAD = frozenset({"type", "meaning", "raw"})
TEXT = 20  # where the text of a movement begins: behind its number and its day
VALUE = 12  # the place of a value date
DEEPER = 2  # how much further to the right each level of details begins


def statement(found: Statement, room: int) -> Iterable[str]:
    """Give a statement in lines of `room` characters; details stand below their movement, left of its amount."""
    amounts = [found.old_balance_milli, found.new_balance_milli, *(one.amount_milli for one in found.movements)]
    amount = max(len(money(sum(map(abs, amounts)))), len("amount"))
    yield ""
    yield f"statement {found.paper_number} (CODA {found.coda_number}) of {found.iban or clean(found.account)} " + clean(
        f"{found.currency} {found.extension}"
    )
    yield from labelled("bank", bank(found), room)
    yield from labelled("holder", found.holder, room)
    yield from labelled("account", found.account_description, room)
    yield ""
    yield _row("nr", "date", "", "value", "amount", room, amount)
    yield _row("", day(found.old_balance_date), "old balance", "", money(found.old_balance_milli), room, amount)
    for movement in found.movements:
        yield from _movement(movement, room, amount)
    yield from _totals(found, room, amount)
    yield _row("", day(found.new_balance_date), "new balance", "", money(found.new_balance_milli), room, amount)
    for message in found.free_messages:
        yield from paragraph(message, room)
    for warning in found.warnings:
        yield from paragraph(f"warning, line {warning.line}: {warning.text}", room, hanging=2)


def bank(found: Statement) -> str:
    """Name the bank of a statement's account: a Belgian one by its code in the account number, and its BIC."""
    name = belgian.info(found.iban).get("bank", "") if found.iban.startswith("BE") else ""
    return ", ".join(filter(None, [name, found.bic]))


def _row(number: str, date: str, text: str, value: str, right: str, room: int, amount: int) -> str:
    """Set a line of the statement: `amount` is the width of the amounts, which stand at its end."""
    space = _space(room, amount)
    return f"  {number:<4}  {date:<10}  {pad(text, space)}  {value:<{VALUE - 2}}  {right:>{amount}}".rstrip()


def _space(room: int, amount: int) -> int:
    return max(16, room - TEXT - VALUE - 2 - amount)


def _movement(movement: Movement, room: int, amount: int) -> Iterator[str]:
    first, *others = _texts(movement)
    head, *rest = wrap(first, _space(room, amount))
    number, value = f"{movement.sequence_number:04d}", day(movement.value_date)
    yield _row(number, day(movement.entry_date), head, value, money(movement.amount_milli), room, amount)
    for text in [" ".join(rest), *others]:
        yield from paragraph(text, room, indent=TEXT)
    yield from _details(movement, room - amount - 2, TEXT)


def _details(movement: Movement, room: int, indent: int) -> Iterator[str]:
    for detail in movement.details:
        first, *others = [text for text in _texts(detail) if text != clean(movement.meaning)] or ["-"]
        if detail.value_date not in {None, movement.value_date}:
            others.append(f"value {detail.value_date}")
        yield from beside(f"- {first}", money(detail.amount_milli), room, indent=indent)
        for text in others:
            yield from paragraph(text, room, indent=indent + DEEPER)
        yield from _details(detail, room, indent + DEEPER)


def _texts(movement: Movement) -> list[str]:
    """Give what is known of a movement besides its amount, at least one text: the counterparty first."""
    account = movement.counterparty_iban or movement.counterparty_account
    texts = [
        movement.counterparty_name,
        f"{account} {movement.counterparty_bic if account else ''}",
        str(movement.meaning),
        movement.structured_communication,
        movement.communication,
    ]
    if movement.structured and not movement.structured_communication:
        texts.append(_structured(movement.structured, movement.communication))
    texts += [_structured(one.structured, "") if one.structured else one.text for one in movement.information]
    if movement.customer_reference:
        texts.append(f"reference {movement.customer_reference}")
    return [text for text in map(clean, texts) if text] or ["-"]


def _structured(found: Structured, told: str) -> str:
    """Give the decoded fields of a structured communication, a code by its meaning, without the words already told."""
    stated = {name: value for name, value in found.as_json().items() if value and name not in HEAD and value != told}
    shown = {
        name.removesuffix("_meaning").removesuffix("_milli"): money(int(value)) if name.endswith("_milli") else value
        for name, value in stated.items()
    }
    fields = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in shown.items())
    meaning = found.meaning or f"type {found.type}"
    return meaning if told and not fields else f"{meaning}: {fields or found.raw}"


def _totals(found: Statement, room: int, amount: int) -> Iterator[str]:
    for name, amounts in (
        ("credit", [one.amount_milli for one in found.movements if one.amount_milli > 0]),
        ("debit", [one.amount_milli for one in found.movements if one.amount_milli < 0]),
    ):
        words = f"{len(amounts)} {name}{'' if len(amounts) == 1 else 's'}"
        yield _row("", "", words, "", money(sum(amounts)), room, amount)
