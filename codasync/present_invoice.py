"""An invoice as a person reads it: who owes whom how much, for what, how to pay, what is odd, how it stands. Pure."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from codasync.present import Field, beside, clean, cut, day, labelled, money, number, paragraph, percent, some, table
from codasync.present_codes import PAYMENT_MEANS, TYPES, UNITS, VAT_CATEGORIES, flag
from codasync.report import pad
from codasync.ubl_codes import BELGIAN_VAT_CODES
from codasync.ubl_types import AllowanceCharge, Attachment, Invoice, InvoiceLine, Party, PaymentMeans, VatSubtotal

Row = Mapping[str, Any]
MANY_LINES = 1000  # lines of an invoice that are shown
MANY = 50  # of anything else
CODE = 8  # characters of a code
NUMBER = 60  # of the number of an invoice
LINES = (
    Field("description", wide=True),
    *(Field("quantity", right=True), Field("unit"), Field("price", right=True), Field("VAT", right=True)),
    Field("net", right=True),
)
VAT = (Field("rate", right=True), Field("kind", wide=True), Field("base", right=True), Field("VAT", right=True))
# what leads from the lines to what is to be paid: field, its name; amounts as the document states them
TOTALS = (
    ("lines_milli", "lines"),
    ("allowances_milli", "less allowances"),
    ("charges_milli", "plus charges"),
    ("net_milli", "net"),
    ("vat_milli", "VAT"),
    ("gross_milli", "gross"),
    ("prepaid_milli", "less paid before"),
    ("rounding_milli", "rounding"),
    ("payable_milli", "to pay"),
)
ALWAYS = frozenset({"net_milli", "vat_milli", "gross_milli", "payable_milli"})


@dataclass(frozen=True, slots=True)
class Standing:
    """What the books know of an invoice.

    `row` is its row of view `invoices`; `copy_of` the document that stands there when this one is a duplicate of it;
    `payments` are transactions that are proposed to pay it; `pdf` says where its PDF is, empty for nowhere.
    """

    row: Row | None = None
    copy_of: int | None = None
    payments: Sequence[Row] = ()
    pdf: str = ""


def invoice(found: Invoice | None, standing: Standing, room: int) -> Iterable[str]:
    """Give an invoice in lines of `room` characters, None for one that stands by its PDF alone."""
    yield ""
    if found is None:
        yield "invoice that stands by its PDF alone"
        yield from _standing(standing, room)
        return
    yield from paragraph(f"{found.kind.replace('_', ' ')} {cut(found.number, NUMBER)}", room, indent=0, hanging=2)
    yield from _head(found, room)
    yield from _standing(standing, room)
    for name, party in (
        ("supplier", found.supplier),
        ("customer", found.customer),
        ("payee", found.payee),
        ("tax representative", found.tax_representative),
    ):
        if party:
            yield from _section(name, _party(party, room))
    yield from _section("payment", _payment(found, room))
    yield from _section("", _lines(found, room))
    yield from _section("allowances and charges", _allowances(found.allowance_charges, room))
    yield from _section("", _vat(found, room))
    yield from _section("", _totals(found, room))
    yield from _section("references", _references(found, room))
    yield from _section("attachments", _attachments(found.attachments, room))
    yield from _section("notes", _notes(found.notes, room))
    yield from _section("warnings", _warnings(found, room))


def _section(name: str, lines: Iterable[str]) -> Iterator[str]:
    """Give lines below a heading and an empty line; nothing without lines."""
    for count, line in enumerate(lines):
        if not count:
            yield ""
            if name:
                yield name
        yield line


def _head(found: Invoice, room: int) -> Iterator[str]:
    yield from labelled("date", day(found.issue_date) or "not stated", room)
    yield from labelled("due", day(found.due_date) or "not stated", room)
    if found.tax_point_date:
        yield from labelled("tax point", day(found.tax_point_date), room)
    if found.period:
        yield from labelled("period", _period(found.period.start, found.period.end), room)
    kind = TYPES.get(found.type_code, "")
    yield from labelled("type", f"{kind} ({found.type_code})" if kind else found.type_code, room)
    yield from labelled("dialect", f"{found.dialect} {'(a copy)' if found.is_copy else ''}", room)


def _period(start: object, end: object) -> str:
    return f"{start or '...'} to {end or '...'}"


def _standing(standing: Standing, room: int) -> Iterator[str]:
    """Give how the invoice stands in its inbox, what a person should look at, and what may pay it."""
    if standing.copy_of:
        yield from labelled("copy of", f"document {standing.copy_of}", room)
    if row := standing.row:
        approved = f" by {row['approved_by']}, {row['approved_at']}" if row["state"] == "approved" else ""
        yield from labelled("inbox", f"{row['inbox']}, {row['state']}{approved}", room)
        for count, code in enumerate(json.loads(row["flags"])):
            yield from labelled("" if count else "look at", f"{flag(code)} ({code})", room)
    yield from labelled("PDF", standing.pdf or "none", room)
    payments, more = some(standing.payments, 5)
    for count, one in enumerate(payments):
        yield from labelled("" if count else "proposed payment", _proposal(one), room)
    yield from labelled("", more, room)


def _proposal(payment: Row) -> str:
    amount = f"{money(payment['amount_milli'])} {payment['currency']}"
    number = payment["statement_number"] or ""
    where = f"statement {number} of {payment['iban']} (document {payment['document_id']})"
    return f"{payment['entry_date']}, {amount}, {where}: {payment['reason']}, confidence {payment['confidence']}"


def _party(party: Party, room: int) -> Iterator[str]:
    address = ", ".join(
        filter(
            None,
            [
                f"{party.street} {party.building_number}".strip(),
                party.additional_street,
                party.address_line,
                f"{party.postal_code} {party.city}".strip(),
                party.subdivision,
                party.country,
            ],
        )
    )
    numbers = [
        f"VAT {party.vat}" if party.vat else "",
        f"enterprise number {_dotted(party.enterprise_number)}" if party.enterprise_number else "",
        f"company id {party.company_id}" if party.company_id and not party.enterprise_number else "",
    ]
    contact = (party.contact_name, party.contact_phone, party.contact_email)
    yield from paragraph(party.name or "no name", room)
    if party.trading_name not in {"", party.name}:
        yield from paragraph(f"trading as {party.trading_name}", room)
    for text in (address, ", ".join(filter(None, numbers)), ", ".join(filter(None, contact))):
        yield from paragraph(text, room)


def _dotted(enterprise_number: str) -> str:
    return f"{enterprise_number[:4]}.{enterprise_number[4:7]}.{enterprise_number[7:]}"


def _payment(found: Invoice, room: int) -> Iterator[str]:
    means, more = some(found.payment_means, MANY)
    for one in means:
        yield from _means(one, "" if one.due_date == found.due_date else day(one.due_date), room)
    yield from labelled("", more, room)
    yield from labelled("reference", found.payment_reference, room)
    yield from labelled("terms", found.payment_terms, room)
    if discount := found.cash_discount:
        share = f"{percent(discount.percent)} when paid" if discount.percent else "when paid"
        by = f" by {discount.deadline}" if discount.deadline else " early"
        amount = (
            "" if discount.amount_milli is None else f": {money(discount.amount_milli)} {found.currency} to pay then"
        )
        yield from labelled("cash discount", f"{share}{by}{amount}", room)


def _means(one: PaymentMeans, due: str, room: int) -> Iterator[str]:
    account = f"to {one.iban or one.account} {one.bic}" if one.account else ""
    details = [
        PAYMENT_MEANS.get(one.code, ""),
        account.strip(),
        one.account_name and f"in the name of {one.account_name}",
        one.mandate and f"mandate {one.mandate}",
        one.payer_account and f"from {one.payer_account}",
        one.card_number and f"card {one.card_number}",
        due and f"due {due}",
    ]
    yield from labelled("how", ", ".join(filter(None, details)), room)


def _lines(found: Invoice, room: int) -> Iterator[str]:
    shown, more = some(found.lines, MANY_LINES)
    if not shown:
        return
    rows = [
        (
            clean(one.name or one.description or "-"),
            number(one.quantity),
            cut(UNITS.get(one.unit_code, one.unit_code), CODE),
            _price(one),
            percent(one.vat_rate) or cut(one.vat_category, CODE),
            "" if one.net_milli is None else money(one.net_milli),
        )
        for one in shown
    ]
    codes = defaultdict(set)
    for vat in found.vat_breakdown:
        codes[percent(vat.rate)].add(vat.belgian_vat_code)
    heading, *texts = table(LINES, rows, room)
    yield from heading
    for one, text in zip(shown, texts, strict=True):
        yield from text
        yield from _beneath(one, room, with_code=len(codes[percent(one.vat_rate)]) > 1)
    yield from paragraph(more, room)


def _price(line: InvoiceLine) -> str:
    per = f" per {number(line.base_quantity)}" if number(line.base_quantity) not in {"", "1"} else ""
    return f"{number(line.price, 2)}{per}"


def _beneath(line: InvoiceLine, room: int, *, with_code: bool) -> Iterator[str]:
    """Give what a line says besides its amounts, below it; its VAT code, where its rate has several."""
    items = [line.seller_item_id, line.buyer_item_id, line.standard_item_id]
    texts = [
        line.description if line.name else "",
        line.note,
        f"item {', '.join(filter(None, items))}" if any(items) else "",
        f"period {_period(line.period.start, line.period.end)}" if line.period else "",
        f"Belgian VAT code {line.belgian_vat_code}" if with_code and line.belgian_vat_code else "",
    ]
    for text in texts:
        yield from paragraph(text, room, indent=4)
    for one in line.allowance_charges[:MANY]:
        yield from paragraph(f"{_allowance(one)}: {money(one.amount_milli)}", room, indent=4)


def _allowances(found: Sequence[AllowanceCharge], room: int) -> Iterator[str]:
    shown, more = some(found, MANY)
    for one in shown:
        vat = f", VAT {percent(one.vat_rate)}" if one.vat_rate else ""
        yield from beside(clean(f"{_allowance(one)}{vat}"), money(one.amount_milli), room)
    yield from paragraph(more, room)


def _allowance(one: AllowanceCharge) -> str:
    share = f" {percent(one.percent)}" if one.percent else ""
    base = "" if one.base_milli is None else f" of {money(one.base_milli)}"
    reason = one.reason or one.reason_code
    return f"{'charge' if one.is_charge else 'allowance'}{share}{base}{f', {reason}' if reason else ''}"


def _vat(found: Invoice, room: int) -> Iterator[str]:
    shown, more = some(found.vat_breakdown, MANY)
    rows = [(percent(one.rate), _vat_words(one), _stated(one.taxable_milli), _stated(one.tax_milli)) for one in shown]
    for lines in table(VAT, rows, room) if rows else ():
        yield from lines
    yield from paragraph(more, room)


def _vat_words(one: VatSubtotal) -> str:
    belgian = BELGIAN_VAT_CODES.get(one.belgian_vat_code, "")
    code = f"Belgian VAT code {cut(one.belgian_vat_code, CODE)}" if one.belgian_vat_code else ""
    words = [
        VAT_CATEGORIES.get(one.category, cut(one.category, CODE)),
        f"{code}: {belgian}" if belgian else code,
        one.exemption_reason or one.exemption_code,
    ]
    return clean(", ".join(filter(None, words)))


def _stated(milli: int | None) -> str:
    return "not stated" if milli is None else money(milli)


def _totals(found: Invoice, room: int) -> Iterator[str]:
    amounts = [
        (words, _stated(getattr(found, name))) for name, words in TOTALS if getattr(found, name) or name in ALWAYS
    ]
    amounts.append(("the customer owes by it", _stated(found.effect_milli)))
    if found.vat_accounting_milli is not None:
        amounts.append((f"VAT in {cut(found.vat_currency, CODE)}", money(found.vat_accounting_milli)))
    wide = max(len(amount) for _, amount in amounts)
    currency = cut(found.currency, CODE)
    for words, amount in amounts:
        shown = f"{words} {currency}" if words in {"to pay", "gross"} else words
        yield f"{pad(shown, room - wide - 2, right=True)}  {amount:>{wide}}"


def _references(found: Invoice, room: int) -> Iterator[str]:
    """Give what an invoice refers to, each with its name."""
    preceding, more = some(found.preceding_invoices, MANY)
    named = {
        "buyer reference": found.buyer_reference,
        "order": found.order_reference,
        "sales order": found.sales_order_reference,
        "contract": found.contract_reference,
        "despatch": found.despatch_reference,
        "project": found.project_reference,
        "object": found.invoiced_object,
        "accounting cost": found.accounting_cost,
        "customer number": found.customer_number,
    }
    for name, text in named.items():
        yield from labelled(name, text, room)
    for one in preceding:
        yield from labelled("earlier invoice", f"{one.number} {f'of {one.issue_date}' if one.issue_date else ''}", room)
    yield from labelled("", more, room)
    if delivery := found.delivery:
        yield from labelled("delivered", day(delivery.actual_date), room)
        place = (delivery.name, delivery.street, f"{delivery.postal_code} {delivery.city}".strip(), delivery.country)
        yield from labelled("delivered to", ", ".join(filter(None, place)), room)
        yield from labelled("legal mention", f"{delivery.legal_mention} {delivery.legal_mention_code}".strip(), room)


def _attachments(found: Sequence[Attachment], room: int) -> Iterator[str]:
    shown, more = some(found, MANY)
    for one in shown:
        what = one.uri or f"{one.mime_type or 'unknown kind'}, {one.size:,} bytes"
        yield from paragraph(
            f"{one.file_name} ({what}){f': {one.description}' if one.description else ''}", room, hanging=2
        )
    yield from paragraph(more, room)


def _notes(found: Sequence[str], room: int) -> Iterator[str]:
    shown, more = some(found, MANY)
    for note in shown:
        yield from paragraph(note, room)
    yield from paragraph(more, room)


def _warnings(found: Invoice, room: int) -> Iterator[str]:
    shown, more = some(found.warnings, MANY)
    for one in shown:
        yield from paragraph(f"{one.code}{f', line {one.line}' if one.line else ''}: {one.text}", room, hanging=2)
    yield from paragraph(more, room)
