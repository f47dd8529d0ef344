"""Totals, VAT breakdown, allowances and charges (EN 16931 BG-20 to BG-23), exactly as the document states them."""

from typing import Final

from codasync.ubl_codes import BELGIAN_VAT_CODES
from codasync.ubl_tree import Branch, total
from codasync.ubl_types import AllowanceCharge, VatSubtotal

# Field of Invoice -> its element in cac:LegalMonetaryTotal (BT-106 to BT-109, BT-112 to BT-115).
TOTALS: Final = {
    "lines_milli": "cbc:LineExtensionAmount",
    "net_milli": "cbc:TaxExclusiveAmount",
    "gross_milli": "cbc:TaxInclusiveAmount",
    "allowances_milli": "cbc:AllowanceTotalAmount",
    "charges_milli": "cbc:ChargeTotalAmount",
    "prepaid_milli": "cbc:PrepaidAmount",
    "rounding_milli": "cbc:PayableRoundingAmount",
    "payable_milli": "cbc:PayableAmount",
}
CATEGORY: Final = "cac:TaxCategory"


def read_totals(invoice: Branch) -> dict[str, int | None]:
    """Return the header's totals by the name of their field, None for those that are not stated."""
    return {field: invoice.amount(f"cac:LegalMonetaryTotal/{name}") for field, name in TOTALS.items()}


def read_vat(invoice: Branch) -> tuple[int | None, int | None, tuple[VatSubtotal, ...]]:
    """Return the VAT total, the VAT total in the accounting currency (BT-110, BT-111), and the breakdown.

    Belgian programs write one TaxTotal a rate, which add up; others repeat the same total without its breakdown,
    which must not be added; a total in another currency is the same VAT once more. So: of the totals in the
    document's currency, those with a breakdown are added, and without any the first one counts.
    """
    stated: list[int | None] = []
    breakdown: list[VatSubtotal] = []
    plain = foreign = None
    for tax in invoice.branches("cac:TaxTotal"):
        currency = tax.attribute("cbc:TaxAmount", "currencyID").upper()
        if currency and invoice.reading.currency not in {"", currency}:
            foreign = foreign or tax
        elif tax.elements("cac:TaxSubtotal"):
            stated.append(tax.amount("cbc:TaxAmount"))
            breakdown += map(_subtotal, tax.branches("cac:TaxSubtotal"))
        else:
            plain = plain or tax
    if not breakdown and plain:
        stated.append(plain.amount("cbc:TaxAmount"))
    amounts = [amount for amount in stated if amount is not None]
    accounting = foreign.amount("cbc:TaxAmount", any_currency=True) if foreign else None
    return total(amounts, invoice.element) if amounts else None, accounting, tuple(breakdown)


def read_allowance_charges(branch: Branch) -> tuple[AllowanceCharge, ...]:
    """Return the allowances and charges directly below the document or a line."""
    return tuple(_allowance_charge(each) for each in branch.branches("cac:AllowanceCharge"))


def read_belgian_code(branch: Branch, *paths: str) -> str:
    """Return the code of the Belgian VAT return that e-FFF and UBL.BE write as the name of a VAT category, or ''.

    Elsewhere such a name is free text; it is no code then.
    """
    code = branch.text(*paths).upper().replace(" ", "")
    return code if code in BELGIAN_VAT_CODES else ""


def _subtotal(row: Branch) -> VatSubtotal:
    return VatSubtotal(
        taxable_milli=row.amount("cbc:TaxableAmount"),
        tax_milli=row.amount("cbc:TaxAmount"),
        category=row.text(f"{CATEGORY}/cbc:ID"),
        rate=row.decimal(f"{CATEGORY}/cbc:Percent", "cbc:Percent"),
        belgian_vat_code=read_belgian_code(row, f"{CATEGORY}/cbc:Name"),
        exemption_reason=row.text(f"{CATEGORY}/cbc:TaxExemptionReason"),
        exemption_code=row.text(f"{CATEGORY}/cbc:TaxExemptionReasonCode"),
    )


def _allowance_charge(each: Branch) -> AllowanceCharge:
    return AllowanceCharge(
        is_charge=each.flag("cbc:ChargeIndicator") or False,
        amount_milli=each.amount("cbc:Amount"),
        base_milli=each.amount("cbc:BaseAmount"),
        percent=each.decimal("cbc:MultiplierFactorNumeric"),
        reason=each.text("cbc:AllowanceChargeReason"),
        reason_code=each.text("cbc:AllowanceChargeReasonCode"),
        vat_category=each.text(f"{CATEGORY}/cbc:ID"),
        vat_rate=each.decimal(f"{CATEGORY}/cbc:Percent"),
    )
