"""One document as lines of text for people: a statement as on paper, an invoice's head. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

from codasync.coda import Movement, Statement, Structured
from codasync.ubl import Invoice

FACTS = ("dossier_code", "model", "format", "state", "reason", "feed_index", "received_at", "size", "sha256")
HEAD = frozenset({"type", "meaning", "raw"})


def facts(document: Mapping[str, Any]) -> Iterable[str]:
    """Give the facts of a row of view `documents`."""
    yield f"document {document['id']}"
    for name in FACTS:
        if document[name] not in {None, ""}:
            yield f"  {name.replace('_', ' ')}: {document[name]}"


def money(milli: int | None) -> str:
    """Write thousandths with two decimals, or three where they count."""
    if milli is None:
        return "?"
    sign, units, rest = "-" if milli < 0 else "", *divmod(abs(milli), 1000)
    return f"{sign}{units:,}.{rest:03d}" if rest % 10 else f"{sign}{units:,}.{rest // 10:02d}"


def statement(found: Statement) -> Iterable[str]:
    """Give a statement as people know it from paper, details indented below their movement."""
    yield ""
    yield f"statement {found.paper_number} (CODA {found.coda_number}) of {found.iban or found.account} {found.currency}"
    yield f"  holder: {found.holder}"
    yield f"  {found.old_balance_date or 'unknown date'}  old balance  {money(found.old_balance_milli):>18}"
    for movement in found.movements:
        yield from _movement(movement, "  ")
    yield f"  {found.new_balance_date or 'unknown date'}  new balance  {money(found.new_balance_milli):>18}"
    for message in found.free_messages:
        yield f"  {message}"
    for warning in found.warnings:
        yield f"  warning, line {warning.line}: {warning.text}"


def _movement(movement: Movement, indent: str) -> Iterable[str]:
    who = " ".join(
        filter(None, [movement.counterparty_name, movement.counterparty_iban or movement.counterparty_account])
    )
    value = f" value {movement.value_date}" if movement.value_date not in {None, movement.entry_date} else ""
    number = f"{movement.sequence_number:04d}"
    yield f"{indent}{movement.entry_date}  {number}  {money(movement.amount_milli):>18}  {who}{value}".rstrip()
    for line in _explanation(movement):
        yield f"{indent}            {' '.join(line.split())}"
    for detail in movement.details:
        yield from _movement(detail, indent + "    ")


def _explanation(movement: Movement) -> Iterable[str]:
    """Give what is known of a movement besides its amount and counterparty, a line each."""
    lines = [str(movement.meaning), movement.structured_communication, movement.communication]
    if movement.structured and not movement.structured_communication:
        lines.append(_structured(movement.structured))
    lines += [_structured(one.structured) if one.structured else one.text for one in movement.information]
    return filter(None, lines)


def _structured(found: Structured) -> str:
    """Give the decoded fields of a structured communication, the meaning of a code in its place."""
    stated = {name: value for name, value in found.as_json().items() if value and name not in HEAD}
    shown = {
        name.removesuffix("_meaning").removesuffix("_milli"): money(int(value)) if name.endswith("_milli") else value
        for name, value in stated.items()
    }
    fields = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in shown.items())
    return f"{found.meaning or f'type {found.type}'}: {fields or found.raw}"


def invoice(found: Invoice) -> Iterable[str]:
    """Give an invoice as a person reads it: whose, what, how much, how to pay, and what is odd."""
    yield ""
    kind, due = found.kind.replace("_", " "), found.due_date or "not stated"
    yield f"{kind} {found.number}  {found.issue_date or ''}  due {due}  ({found.dialect})"
    yield f"  supplier: {found.supplier.name} {found.supplier.vat}".rstrip()
    yield f"  customer: {found.customer.name} {found.customer.vat}".rstrip()
    yield from _references(found)
    for line in found.lines:
        yield f"  {line.quantity:>10} {line.unit_code:<4} {line.name or line.description}  {money(line.net_milli)}"
    for vat in found.vat_breakdown:
        yield f"  VAT {vat.rate or vat.category}: {money(vat.tax_milli)} on {money(vat.taxable_milli)}"
    yield f"  net {money(found.net_milli)}  VAT {money(found.vat_milli)}  gross {money(found.gross_milli)}"
    owed = f"the customer owes {money(found.effect_milli)} by it"
    yield f"  payable {money(found.payable_milli)} {found.currency}; {owed}"
    for means in found.payment_means:
        yield f"  to {means.iban or means.account} {means.bic}".rstrip()
    for attachment in found.attachments:
        yield f"  attachment: {attachment.file_name} ({attachment.mime_type}, {attachment.size} bytes)"
    for warning in found.warnings:
        yield f"  warning, line {warning.line}: {warning.text}"


def _references(found: Invoice) -> Iterable[str]:
    """Give what an invoice refers to, and its words, a line each."""
    named = {
        "buyer reference": found.buyer_reference,
        "order": found.order_reference,
        "preceding invoice": ", ".join(one.number for one in found.preceding_invoices),
        "payment terms": found.payment_terms,
        "payment reference": found.payment_reference,
        "note": " / ".join(found.notes),
    }
    return (f"  {name}: {' '.join(text.split())}" for name, text in named.items() if text)
