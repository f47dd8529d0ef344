"""What does not add up in an invoice, as warnings with both figures; the invoice itself is never changed.

The rules and their ids are those of EN 16931 and Peppol BIS Billing 3. Amounts are compared after rounding halves up
to cents, as the official rules do; where these are strict and honest programs differ by rounding, small differences
get a code of their own (`-rounding`).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Context, Decimal, localcontext
from math import floor
from typing import Final

from codasync.ubl_codes import E_FFF, PEPPOL, PEPPOL_SELF_BILLING, ZERO_CATEGORIES
from codasync.ubl_tree import Reading
from codasync.ubl_types import AllowanceCharge, Invoice, InvoiceLine

CENT: Final = 10
UNIT: Final = 1000
# Tolerances in thousandths: 0.02 in Peppol's own rules, below 1.00 in the VAT rules.
PEPPOL_TOLERANCE: Final = 20
VAT_TOLERANCE: Final = UNIT
# Numbers of 15 + 40 digits are multiplied without loss.
ARITHMETIC: Final = Context(prec=120)

# Terms that EN 16931 makes mandatory and a person can do without: rule, field, what is missing.
MANDATORY: Final = (
    ("BR-03", "issue_date", "the issue date"),
    ("BR-05", "currency", "the currency"),
    ("BR-12", "lines_milli", "the sum of the lines"),
    ("BR-13", "net_milli", "the total without VAT"),
    ("BR-14", "gross_milli", "the total with VAT"),
    ("BR-15", "payable_milli", "the amount to pay"),
    ("BR-CO-18", "vat_breakdown", "the VAT breakdown"),
    ("BR-16", "lines", "the line, of which there should be one at least,"),
)

# Amounts that may have two decimals: rule, field, what it is.
TWO_DECIMALS: Final = (
    ("BR-DEC-09", "lines_milli", "the sum of the lines"),
    ("BR-DEC-10", "allowances_milli", "the sum of the allowances"),
    ("BR-DEC-11", "charges_milli", "the sum of the charges"),
    ("BR-DEC-12", "net_milli", "the total without VAT"),
    ("BR-DEC-13", "vat_milli", "the VAT total"),
    ("BR-DEC-14", "gross_milli", "the total with VAT"),
    ("BR-DEC-15", "vat_accounting_milli", "the VAT total in the accounting currency"),
    ("BR-DEC-16", "prepaid_milli", "the amount paid before"),
    ("BR-DEC-17", "rounding_milli", "the rounding amount"),
    ("BR-DEC-18", "payable_milli", "the amount to pay"),
)


def check(invoice: Invoice, reading: Reading) -> None:
    """Note in `reading` every rule that `invoice` does not keep."""
    with localcontext(ARITHMETIC):
        _check_terms(invoice, reading)
        _check_totals(invoice, reading)
        _check_line_sum(invoice, reading)
        _check_vat_rows(invoice, reading)
        _check_vat_bases(invoice, reading)
        for line in invoice.lines:
            _check_line(line, reading)
        _check_percentages(invoice.allowance_charges, 0, reading)


def _check_terms(invoice: Invoice, reading: Reading) -> None:
    for rule, field, what in MANDATORY:
        if getattr(invoice, field) in {None, "", ()}:
            reading.warn(rule, f"{what} is missing")
    for rule, name in (("BR-06", invoice.supplier.name), ("BR-07", invoice.customer.name)):
        if not name:
            reading.warn(rule, f"the name of the {'supplier' if rule == 'BR-06' else 'customer'} is missing")
    for rule, field, what in TWO_DECIMALS:
        if (getattr(invoice, field) or 0) % CENT:
            reading.warn(rule, f"{what}, {_show(getattr(invoice, field))}, has more than two decimals")
    if _is_due(invoice) and not (invoice.due_date or invoice.payment_terms):
        reading.warn(
            "BR-CO-25", f"{_show(invoice.payable_milli or 0)} is to be paid, without due date or payment terms"
        )
    referenced = invoice.buyer_reference or invoice.order_reference
    if invoice.dialect in {PEPPOL, PEPPOL_SELF_BILLING} and not referenced:
        reading.warn("PEPPOL-EN16931-R003", "there is neither a buyer reference nor an order reference")
    if invoice.dialect == E_FFF and invoice.pdf is None:
        reading.warn("no_pdf", "an e-FFF invoice without its PDF, which is what counts in a dispute")


def _is_due(invoice: Invoice) -> bool:
    return invoice.kind == "invoice" and (invoice.payable_milli or 0) > 0


def _check_totals(invoice: Invoice, reading: Reading) -> None:
    for rule, stated, expected, words in _sums(invoice):
        if stated is not None and expected is not None and _cents(stated) != _cents(expected):
            reading.warn(rule, words.format(_show(stated), _show(expected)))


def _sums(invoice: Invoice) -> Iterator[tuple[str, int | None, int | None, str]]:
    """Yield each rule on the totals: what is stated, what should be (None where a part is not stated), the words."""
    net, vat, gross = invoice.net_milli, invoice.vat_milli, invoice.gross_milli
    allowances, charges = invoice.allowances_milli or 0, invoice.charges_milli or 0
    taxes = [row.tax_milli or 0 for row in invoice.vat_breakdown]

    expected = _sum_of(invoice.allowance_charges, charges=False)
    yield "BR-CO-11", allowances, expected, "the allowances, {}, are together {}"
    expected = _sum_of(invoice.allowance_charges, charges=True)
    yield "BR-CO-12", charges, expected, "the charges, {}, are together {}"
    sum_of_net = _plus(invoice.lines_milli, charges - allowances)
    yield "BR-CO-13", net, sum_of_net, "the total without VAT is {}, lines less allowances plus charges are {}"
    yield "BR-CO-14", vat, sum(taxes) if taxes else None, "the VAT total is {}, the VAT amounts are together {}"
    yield "BR-CO-15", gross, _plus(net, vat), "the total with VAT is {}, net plus VAT is {}"
    due = _plus(gross, (invoice.rounding_milli or 0) - (invoice.prepaid_milli or 0))
    yield "BR-CO-16", invoice.payable_milli, due, "the amount to pay is {}, gross less paid plus rounding is {}"


def _plus(first: int | None, second: int | None) -> int | None:
    return None if first is None or second is None else first + second


def _check_line_sum(invoice: Invoice, reading: Reading) -> None:
    nets = [line.net_milli for line in invoice.lines if line.net_milli is not None]
    if invoice.lines_milli is None or len(nets) != len(invoice.lines):
        return
    expected, stated = _cents(sum(nets)), _cents(invoice.lines_milli)
    if expected != stated:
        rule = "BR-CO-10-rounding" if abs(expected - stated) <= CENT * len(nets) else "BR-CO-10"
        reading.warn(rule, f"the sum of the lines is {_show(stated)}, the lines are together {_show(expected)}")


def _check_vat_rows(invoice: Invoice, reading: Reading) -> None:
    for row in invoice.vat_breakdown:
        if row.taxable_milli is None or row.tax_milli is None or not (row.rate or row.category in ZERO_CATEGORIES):
            continue
        rate = Decimal(0) if row.category in ZERO_CATEGORIES else Decimal(row.rate)
        expected = _round(row.taxable_milli * rate / 100)
        difference = abs(expected - row.tax_milli)
        if difference > CENT * max(len(invoice.lines), 1):
            rule = "BR-CO-17" if difference >= VAT_TOLERANCE else "BR-CO-17-rounding"
            base, tax = _show(row.taxable_milli), _show(row.tax_milli)
            words = f"VAT of {base} at {rate} % is {_show(expected)}, stated is {tax}"
            reading.warn(rule, words)


def _check_vat_bases(invoice: Invoice, reading: Reading) -> None:
    """Compare the base of each rate above zero with its lines, charges and allowances."""
    rated = _rated(invoice)
    # A cash discount in the old Belgian way lowers the base without a line or an allowance that shows it.
    if rated is None or (invoice.cash_discount is not None and not invoice.allowance_charges):
        return
    bases: dict[Decimal, int] = defaultdict(int)
    for row in invoice.vat_breakdown:
        if row.rate and row.taxable_milli is not None and row.category not in ZERO_CATEGORIES:
            bases[Decimal(row.rate)] += row.taxable_milli
    for rate, base in bases.items():
        if rate and abs(base - rated[rate]) >= VAT_TOLERANCE:
            words = f"the base at {rate} % is {_show(base)}, its lines, charges and allowances are {_show(rated[rate])}"
            reading.warn("BR-S-08", words)


def _rated(invoice: Invoice) -> defaultdict[Decimal, int] | None:
    """Return what lines, charges and allowances come to for each rate; None if one of them does not say."""
    sums: defaultdict[Decimal, int] = defaultdict(int)
    parts: list[tuple[str, str, int | None]] = [
        (line.vat_category, line.vat_rate, line.net_milli) for line in invoice.lines
    ]
    parts += [(each.vat_category, each.vat_rate, _signed(each)) for each in invoice.allowance_charges]
    for category, rate, amount in parts:
        if category in ZERO_CATEGORIES:
            continue
        if not rate or amount is None:
            return None
        sums[Decimal(rate)] += amount
    return sums


def _check_line(line: InvoiceLine, reading: Reading) -> None:
    base = Decimal(line.base_quantity or "1")
    if base <= 0:
        words = f"line {line.id}: the base quantity of the price is {line.base_quantity}"
        reading.warn("PEPPOL-EN16931-R121", words, line.source_line)
    elif line.net_milli is not None and line.quantity and line.price:
        extras = sum(_signed(each) or 0 for each in line.allowance_charges)
        expected = _round(Decimal(line.quantity) * Decimal(line.price) * UNIT / base) + extras
        if abs(expected - line.net_milli) > PEPPOL_TOLERANCE:
            words = f"line {line.id}: its amount is {_show(line.net_milli)}, quantity times price is {_show(expected)}"
            reading.warn("PEPPOL-EN16931-R120", words, line.source_line)
    _check_percentages(line.allowance_charges, line.source_line, reading)


def _check_percentages(allowance_charges: Iterable[AllowanceCharge], source_line: int, reading: Reading) -> None:
    for each, base, amount in _with_percentage(allowance_charges):
        expected = _round(base * Decimal(each.percent) / 100)
        if abs(expected - amount) > PEPPOL_TOLERANCE:
            words = f"{each.percent} % of {_show(base)} is {_show(expected)}, stated is {_show(amount)}"
            reading.warn("PEPPOL-EN16931-R040", words, source_line)


def _with_percentage(each: Iterable[AllowanceCharge]) -> Iterator[tuple[AllowanceCharge, int, int]]:
    for one in each:
        if one.percent and one.base_milli is not None and one.amount_milli is not None:
            yield one, one.base_milli, one.amount_milli


def _sum_of(allowance_charges: Iterable[AllowanceCharge], *, charges: bool) -> int:
    return sum(each.amount_milli or 0 for each in allowance_charges if each.is_charge == charges)


def _signed(each: AllowanceCharge) -> int | None:
    return each.amount_milli if each.is_charge or each.amount_milli is None else -each.amount_milli


def _cents(milli: int) -> int:
    """Round to cents, halves towards plus infinity also below zero, as XPath's round()."""
    return (milli + CENT // 2) // CENT * CENT


def _round(milli: Decimal) -> int:
    return floor(milli + Decimal("0.5"))


def _show(milli: int) -> str:
    sign, digits = "-" if milli < 0 else "", abs(milli)
    text = f"{sign}{digits // UNIT}.{digits % UNIT:03}"
    return text.removesuffix("0")
