"""The values that `ubl.read` returns: an invoice and its parts.

Everything is frozen. Money is an `int` in thousandths of the currency unit (`*_milli`, None when the document does
not state it); prices, quantities and rates are the document's own decimal numbers as text, so that nothing is
rounded; dates are `datetime.date` or None; other text is `str`, empty when absent. Amounts keep the document's sign:
what a document means for the customer is `Invoice.effect_milli`, and nowhere else.

Numbers such as BT-84 are the business terms of EN 16931-1.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from codasync.errors import ReadWarning

Kind = Literal["invoice", "credit_note"]


@dataclass(frozen=True, slots=True)
class Identifier:
    """A number that somebody gave to a party or a thing, and the scheme it belongs to (ISO 6523 or free)."""

    value: str
    scheme: str = ""


@dataclass(frozen=True, slots=True)
class Period:
    """From and to, both days included; either may be unknown (BG-14, BG-26)."""

    start: date | None = None
    end: date | None = None


@dataclass(frozen=True, slots=True)
class Party:
    """A company in the document (BG-4 seller, BG-7 buyer, BG-10 payee, BG-11 tax representative).

    `vat` has its country prefix and no punctuation; `enterprise_number` is ten digits with a right check, for Belgian
    companies only. Where the document states several, `vat` comes from the VAT registration, else from the endpoint
    or the other identifications.
    """

    name: str = ""
    legal_name: str = ""
    trading_name: str = ""
    vat: str = ""
    enterprise_number: str = ""
    company_id: str = ""
    company_id_scheme: str = ""
    tax_registration: str = ""
    endpoint: str = ""
    endpoint_scheme: str = ""
    ids: tuple[Identifier, ...] = ()
    street: str = ""
    building_number: str = ""
    additional_street: str = ""
    address_line: str = ""
    city: str = ""
    postal_code: str = ""
    subdivision: str = ""
    country: str = ""
    contact_name: str = ""
    contact_phone: str = ""
    contact_email: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """Where and when the goods or services were delivered (BG-13), and UBL.BE's legal mention (`BELM-nnn`)."""

    actual_date: date | None = None
    name: str = ""
    location_id: str = ""
    street: str = ""
    additional_street: str = ""
    city: str = ""
    postal_code: str = ""
    country: str = ""
    legal_mention_code: str = ""
    legal_mention: str = ""


@dataclass(frozen=True, slots=True)
class PaymentMeans:
    """One way to pay (BG-16): the account is the payee's, `payer_account` is the customer's own (direct debit).

    `account` is as the document writes it; `iban` is the same without spaces when its check digits are right, else
    ''.
    """

    code: str = ""
    account: str = ""
    iban: str = ""
    bic: str = ""
    account_name: str = ""
    reference: str = ""
    due_date: date | None = None
    mandate: str = ""
    payer_account: str = ""
    card_number: str = ""


@dataclass(frozen=True, slots=True)
class CashDiscount:
    """A discount for paying early: its percentage, the amount to pay in that case, and the last day for it."""

    percent: str = ""
    amount_milli: int | None = None
    deadline: date | None = None


@dataclass(frozen=True, slots=True)
class PrecedingInvoice:
    """An earlier invoice that this document is about (BG-3)."""

    number: str
    issue_date: date | None = None


@dataclass(frozen=True, slots=True)
class AllowanceCharge:
    """A reduction, or a surcharge when `is_charge`, of the document (BG-20, BG-21) or of a line (BG-27, BG-28)."""

    is_charge: bool
    amount_milli: int | None = None
    base_milli: int | None = None
    percent: str = ""
    reason: str = ""
    reason_code: str = ""
    vat_category: str = ""
    vat_rate: str = ""


@dataclass(frozen=True, slots=True)
class VatSubtotal:
    """One row of the VAT breakdown (BG-23). `belgian_vat_code` is the code of the Belgian VAT return's boxes."""

    taxable_milli: int | None = None
    tax_milli: int | None = None
    category: str = ""
    rate: str = ""
    belgian_vat_code: str = ""
    exemption_reason: str = ""
    exemption_code: str = ""


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """One line (BG-25). `price` is the price of `base_quantity` units; ids need not be unique.

    `source_line` is the line of the file where it begins.
    """

    id: str = ""
    note: str = ""
    accounting_cost: str = ""
    quantity: str = ""
    unit_code: str = ""
    price: str = ""
    base_quantity: str = ""
    gross_price: str = ""
    price_discount: str = ""
    net_milli: int | None = None
    vat_milli: int | None = None
    name: str = ""
    description: str = ""
    seller_item_id: str = ""
    buyer_item_id: str = ""
    standard_item_id: str = ""
    standard_item_scheme: str = ""
    classification_code: str = ""
    order_line: str = ""
    vat_category: str = ""
    vat_rate: str = ""
    belgian_vat_code: str = ""
    period: Period | None = None
    allowance_charges: tuple[AllowanceCharge, ...] = ()
    source_line: int = 0


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file in the document, decoded, or a link to one elsewhere (then `data` is empty and `uri` says where).

    `file_name` is safe to use as the name of a file: no path, no control characters, never empty. It need not be
    unique. `sha256` is that of `data` in hexadecimal, empty for a link.
    """

    file_name: str
    mime_type: str = ""
    description: str = ""
    data: bytes = b""
    size: int = 0
    sha256: str = ""
    uri: str = ""
    is_invoice_pdf: bool = False


@dataclass(frozen=True, slots=True)
class InexactAmount:
    """An amount with more decimals than a thousandth: its path and line in the file, its text, and what it became."""

    path: str
    line: int
    text: str
    milli: int


@dataclass(frozen=True, slots=True)
class Invoice:
    """An electronic invoice or credit note as its document states it; nothing in it is recomputed.

    `effect_milli` is what the customer owes by it (negative: what is given back). `vat_accounting_milli` is the VAT
    total in `vat_currency` where that is another one (BT-111). `payment_iban` is the first account with right check
    digits; `payment_reference` a Belgian structured communication as +++123/4567/89012+++ where there is a valid one,
    else a valid creditor reference (RF...) without spaces, else the text of the reference.
    """

    kind: Kind
    number: str
    type_code: str = ""
    issue_date: date | None = None
    due_date: date | None = None
    tax_point_date: date | None = None
    tax_point_code: str = ""
    currency: str = ""
    vat_currency: str = ""
    dialect: str = ""
    customization_id: str = ""
    profile_id: str = ""
    software: str = ""
    document_status: str = ""
    is_copy: bool = False
    buyer_reference: str = ""
    order_reference: str = ""
    sales_order_reference: str = ""
    contract_reference: str = ""
    despatch_reference: str = ""
    project_reference: str = ""
    invoiced_object: str = ""
    accounting_cost: str = ""
    customer_number: str = ""
    creditor_id: str = ""
    notes: tuple[str, ...] = ()
    period: Period | None = None
    preceding_invoices: tuple[PrecedingInvoice, ...] = ()
    supplier: Party = Party()
    customer: Party = Party()
    payee: Party | None = None
    tax_representative: Party | None = None
    delivery: Delivery | None = None
    net_milli: int | None = None
    vat_milli: int | None = None
    gross_milli: int | None = None
    payable_milli: int | None = None
    lines_milli: int | None = None
    allowances_milli: int | None = None
    charges_milli: int | None = None
    prepaid_milli: int | None = None
    rounding_milli: int | None = None
    vat_accounting_milli: int | None = None
    effect_milli: int | None = None
    lines: tuple[InvoiceLine, ...] = ()
    vat_breakdown: tuple[VatSubtotal, ...] = ()
    allowance_charges: tuple[AllowanceCharge, ...] = ()
    payment_means: tuple[PaymentMeans, ...] = ()
    payment_iban: str = ""
    payment_reference: str = ""
    payment_terms: str = ""
    cash_discount: CashDiscount | None = None
    attachments: tuple[Attachment, ...] = ()
    inexact_amounts: tuple[InexactAmount, ...] = ()
    warnings: tuple[ReadWarning, ...] = ()

    @property
    def pdf(self) -> Attachment | None:
        """Return the invoice's own PDF, or None when the document embeds none."""
        return next((attachment for attachment in self.attachments if attachment.is_invoice_pdf), None)
