"""Reads electronic invoices: `read` takes the bytes of a UBL 2 document and returns an `Invoice`, or refuses them.

Reads every dialect alike (e-FFF, UBL.BE, Peppol BIS 3, other EN 16931 UBL): each term has its paths, and the first
that is not empty counts. Amounts are the document's own; nothing is recomputed, and what does not add up is a warning
on the result. No I/O. What is verified is in docs/ubl-reader.md.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from codasync.errors import UblError
from codasync.ubl_amounts import read_allowance_charges, read_totals, read_vat
from codasync.ubl_attachments import read_attachments
from codasync.ubl_codes import (
    DIALECTS_AFTER_E_FFF,
    DIALECTS_BEFORE_E_FFF,
    E_FFF,
    E_FFF_PROFILE,
    E_FFF_REFERENCE,
    INVOICED_OBJECT,
    NO_REFERENCE,
    OTHER_UBL,
    PROJECT_REFERENCE,
    ROOTS,
    SOFTWARE_REFERENCES,
)
from codasync.ubl_lines import read_lines
from codasync.ubl_parties import read_creditor_id, read_party
from codasync.ubl_payment import (
    first_iban,
    read_cash_discount,
    read_due_date,
    read_payment_means,
    read_reference,
    read_terms,
)
from codasync.ubl_rules import check
from codasync.ubl_signs import decide
from codasync.ubl_tree import Branch, Reading
from codasync.ubl_types import Delivery, Invoice, Kind, Party, PrecedingInvoice
from codasync.ubl_xml import element_path, parse

__all__ = ["Invoice", "read"]

TYPE_CODES: Final = ("cbc:InvoiceTypeCode", "cbc:CreditNoteTypeCode")
DOCUMENT_REFERENCE: Final = "cac:AdditionalDocumentReference"
SUPPLIER: Final = "cac:AccountingSupplierParty/cac:Party"
CUSTOMER: Final = "cac:AccountingCustomerParty"
DELIVERY_ADDRESSES: Final = ("cac:DeliveryLocation/cac:Address", "cac:DeliveryAddress")

# What a document has once at most: a second one may say something else.
ONCE: Final = (
    *("cbc:ID", "cbc:IssueDate", "cbc:DocumentCurrencyCode"),
    *("cac:AccountingSupplierParty", SUPPLIER, CUSTOMER, f"{CUSTOMER}/cac:Party"),
    *("cac:LegalMonetaryTotal", "cac:LegalMonetaryTotal/cbc:PayableAmount"),
)

# Groups of the header that are read as branches of their own.
CLOSED: Final = frozenset({"cac:AllowanceCharge", "cac:BillingReference", "cac:Delivery", "cac:TaxTotal"})

# Field of Invoice -> where its text stands, from the root.
TEXTS: Final = {
    "type_code": TYPE_CODES,
    "customization_id": ("cbc:CustomizationID",),
    "profile_id": ("cbc:ProfileID",),
    "tax_point_code": ("cac:InvoicePeriod/cbc:DescriptionCode",),
    "buyer_reference": ("cbc:BuyerReference",),
    "order_reference": ("cac:OrderReference/cbc:ID",),
    "sales_order_reference": ("cac:OrderReference/cbc:SalesOrderID",),
    "contract_reference": ("cac:ContractDocumentReference/cbc:ID",),
    "despatch_reference": ("cac:DespatchDocumentReference/cbc:ID",),
    "project_reference": ("cac:ProjectReference/cbc:ID",),
    "accounting_cost": ("cbc:AccountingCost",),
    "customer_number": (f"{CUSTOMER}/cbc:SupplierAssignedAccountID",),
}

# Field of Delivery -> where it stands, from cac:Delivery.
DELIVERY: Final = {
    "name": ("cac:DeliveryParty/cac:PartyName/cbc:Name",),
    "location_id": ("cac:DeliveryLocation/cbc:ID",),
    "street": tuple(f"{address}/cbc:StreetName" for address in DELIVERY_ADDRESSES),
    "additional_street": tuple(f"{address}/cbc:AdditionalStreetName" for address in DELIVERY_ADDRESSES),
    "city": tuple(f"{address}/cbc:CityName" for address in DELIVERY_ADDRESSES),
    "postal_code": tuple(f"{address}/cbc:PostalZone" for address in DELIVERY_ADDRESSES),
    "country": tuple(f"{address}/cac:Country/cbc:IdentificationCode" for address in DELIVERY_ADDRESSES),
    "legal_mention_code": ("cac:DeliveryTerms/cbc:ID",),
    "legal_mention": ("cac:DeliveryTerms/cbc:SpecialTerms",),
}


def read(data: bytes) -> Invoice:
    """Return the invoice or credit note in `data`, a UBL 2.0 or 2.1 document, alone or in a Peppol envelope.

    Raises UblError, and nothing else, for whatever is not a readable invoice; see docs/ubl-reader.md for its kinds.
    Source: UBL 2.1, EN 16931 and Peppol BIS Billing 3; e-FFF 1.0 and UBL.BE for the Belgian terms.
    """
    root, enveloped = parse(data)
    reading = Reading()
    header = Branch(root, reading, CLOSED)
    if enveloped:
        reading.warn("envelope", "the document came in a transport envelope, which was taken off", header.line)
    number = header.text("cbc:ID")
    if not number:
        raise UblError(
            kind="number", text="the document has no number", path=f"{element_path(root)}/cbc:ID", line=header.line
        )
    header.warn_of_repeated(ONCE)
    reading.currency = _currency(header)
    facts = _terms(header) | _parties(header) | _payment(header) | _amounts(header, ROOTS[root.tag])
    invoice = Invoice(
        number=number,
        currency=reading.currency,
        lines=tuple(read_lines(root, reading)),
        attachments=read_attachments(root, reading),
        inexact_amounts=tuple(reading.inexact),
        **facts,
    )
    check(invoice, reading)
    return replace(invoice, warnings=reading.warnings())


def _currency(header: Branch) -> str:
    stated = header.text("cbc:DocumentCurrencyCode").upper()
    return stated or header.attribute("cac:LegalMonetaryTotal/cbc:PayableAmount", "currencyID").upper()


def _terms(header: Branch) -> dict[str, Any]:
    """Return dates, references, notes and the like."""
    texts = header.fields(TEXTS)
    if texts["order_reference"].upper() in NO_REFERENCE:
        texts["order_reference"] = ""
    return {
        **texts,
        **_document_references(header, texts["project_reference"]),
        "dialect": _dialect(header, texts),
        "issue_date": header.day("cbc:IssueDate"),
        "tax_point_date": header.day("cbc:TaxPointDate"),
        "vat_currency": header.text("cbc:TaxCurrencyCode").upper(),
        "is_copy": header.flag("cbc:CopyIndicator") or False,
        "notes": tuple(header.paragraphs("cbc:Note")),
        "period": header.period("cac:InvoicePeriod"),
        "preceding_invoices": tuple(_preceding_invoices(header)),
        "delivery": _delivery(header),
    }


def _dialect(header: Branch, texts: dict[str, str]) -> str:
    """Return the label of the dialect, for people: the reading does not depend on it."""
    customization = texts["customization_id"]
    for label, pattern in DIALECTS_BEFORE_E_FFF:
        if pattern.search(customization):
            return label
    references = {text.lower() for text in header.texts(f"{DOCUMENT_REFERENCE}/cbc:ID")}
    code_list = header.attribute(TYPE_CODES[0], "listURI").lower()
    if E_FFF_PROFILE.search(texts["profile_id"]) or E_FFF_REFERENCE in references or "fff.be" in code_list:
        return E_FFF
    return next((label for label, pattern in DIALECTS_AFTER_E_FFF if pattern.search(customization)), OTHER_UBL)


def _document_references(header: Branch, project: str) -> dict[str, str]:
    """Return what stands among the document references and is no file: software, status, project, invoiced object."""
    facts = {"software": "", "document_status": "", "invoiced_object": "", "project_reference": project}
    for reference in header.branches(DOCUMENT_REFERENCE):
        number, code = reference.text("cbc:ID"), reference.text("cbc:DocumentTypeCode")
        if number.lower() in SOFTWARE_REFERENCES:
            facts["software"] = facts["software"] or reference.text("cbc:DocumentDescription", "cbc:DocumentType")
            facts["document_status"] = facts["document_status"] or reference.text("cbc:DocumentStatusCode")
        elif code == PROJECT_REFERENCE:
            facts["project_reference"] = facts["project_reference"] or number
        elif code == INVOICED_OBJECT:
            facts["invoiced_object"] = facts["invoiced_object"] or number
    return facts


def _preceding_invoices(header: Branch) -> Iterator[PrecedingInvoice]:
    for reference in header.branches("cac:BillingReference"):
        for name in ("cac:InvoiceDocumentReference", "cac:CreditNoteDocumentReference"):
            if number := reference.text(f"{name}/cbc:ID"):
                yield PrecedingInvoice(number, reference.day(f"{name}/cbc:IssueDate"))


def _delivery(header: Branch) -> Delivery | None:
    for delivery in header.branches("cac:Delivery"):
        found = Delivery(**delivery.fields(DELIVERY), actual_date=delivery.day("cbc:ActualDeliveryDate"))
        if found != Delivery():
            return found
    return None


def _parties(header: Branch) -> dict[str, Any]:
    supplier, customer = header.branch(SUPPLIER), header.branch(f"{CUSTOMER}/cac:Party")
    payee, representative = header.branch("cac:PayeeParty"), header.branch("cac:TaxRepresentativeParty")
    return {
        "supplier": read_party(supplier) if supplier else Party(),
        "customer": read_party(customer) if customer else Party(),
        "payee": read_party(payee) if payee else None,
        "tax_representative": read_party(representative) if representative else None,
        "creditor_id": read_creditor_id(payee) or read_creditor_id(supplier),
    }


def _payment(header: Branch) -> dict[str, Any]:
    means = read_payment_means(header)
    return {
        "due_date": read_due_date(header),
        "payment_means": means,
        "payment_iban": first_iban(means),
        "payment_reference": read_reference(header),
        "payment_terms": read_terms(header),
        "cash_discount": read_cash_discount(header),
    }


def _amounts(header: Branch, root: Kind) -> dict[str, Any]:
    totals = read_totals(header)
    vat, accounting, breakdown = read_vat(header)
    kind, effect = decide(root, header.text(*TYPE_CODES), totals["payable_milli"], header.reading)
    return {
        **totals,
        "kind": kind,
        "effect_milli": effect,
        "vat_milli": vat,
        "vat_accounting_milli": accounting,
        "vat_breakdown": breakdown,
        "allowance_charges": read_allowance_charges(header),
    }
