"""Builds UBL documents for the tests of the reader: a whole invoice as text, any part of which can be replaced.

It shares no table with the reader; what it writes is spelled out here as the standard spells it.
"""

import base64

CAC = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
CBC = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
PEPPOL = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
PDF = b"%PDF-1.4\n%an invoice for people\n%%EOF\n"


def tag(name: str, content: object = "", **attributes: str) -> str:
    """Return an element: `tag("cbc:ID", "1")`; attributes as keywords."""
    written = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return f"<{name}{written}>{content}</{name}>"


def money(name: str, amount: object, currency: str = "EUR") -> str:
    """Return an element that holds an amount."""
    return tag(name, amount, currencyID=currency)


def vat_category(name: str = "cac:TaxCategory", code: str = "S", rate: object = 21, belgian: str = "") -> str:
    """Return a VAT category."""
    label = tag("cbc:Name", belgian) if belgian else ""
    parts = tag("cbc:ID", code) + label + tag("cbc:Percent", rate)
    return tag(name, parts + tag("cac:TaxScheme", tag("cbc:ID", "VAT")))


def party(name: str, number: str, extra: str = "", city: str = "Gent") -> str:
    """Return a party with a Belgian enterprise number of ten digits, as Peppol writes it."""
    address = tag("cbc:StreetName", "Kouter 1") + tag("cbc:CityName", city) + tag("cbc:PostalZone", "9000")
    address += tag("cac:Country", tag("cbc:IdentificationCode", "BE"))
    registration = tag("cbc:CompanyID", f"BE{number}") + tag("cac:TaxScheme", tag("cbc:ID", "VAT"))
    legal = tag("cbc:RegistrationName", name) + tag("cbc:CompanyID", number, schemeID="0208")
    return tag(
        "cac:Party",
        tag("cbc:EndpointID", number, schemeID="0208")
        + extra
        + tag("cac:PostalAddress", address)
        + tag("cac:PartyTaxScheme", registration)
        + tag("cac:PartyLegalEntity", legal),
    )


def line(
    number: object = 1, quantity: object = 1, price: object = "100.00", net: object = "100.00", **more: str
) -> str:
    """Return an invoice line; `item`, `extra` and `price_extra` are put in where they belong."""
    item = more.get("item", tag("cbc:Name", "Advice")) + vat_category("cac:ClassifiedTaxCategory")
    priced = money("cbc:PriceAmount", price) + more.get("price_extra", "")
    return tag(
        more.get("name", "cac:InvoiceLine"),
        tag("cbc:ID", number)
        + tag(more.get("quantity_name", "cbc:InvoicedQuantity"), quantity, unitCode="C62")
        + money("cbc:LineExtensionAmount", net)
        + more.get("extra", "")
        + tag("cac:Item", item)
        + tag("cac:Price", priced),
    )


def totals(net: object = "100.00", gross: object = "121.00", payable: object = "121.00", extra: str = "") -> str:
    """Return the header's totals."""
    parts = money("cbc:LineExtensionAmount", net) + money("cbc:TaxExclusiveAmount", net)
    parts += money("cbc:TaxInclusiveAmount", gross) + extra + money("cbc:PayableAmount", payable)
    return tag("cac:LegalMonetaryTotal", parts)


def tax_total(base: object = "100.00", tax: object = "21.00", rate: object = 21, belgian: str = "") -> str:
    """Return a VAT total with one row."""
    row = money("cbc:TaxableAmount", base) + money("cbc:TaxAmount", tax) + vat_category(rate=rate, belgian=belgian)
    return tag("cac:TaxTotal", money("cbc:TaxAmount", tax) + tag("cac:TaxSubtotal", row))


def payment_means(account: str = "BE68539007547034", reference: str = "+++090/9337/55493+++", extra: str = "") -> str:
    """Return a credit transfer."""
    parts = tag("cbc:PaymentMeansCode", "30") + extra + tag("cbc:PaymentID", reference)
    return tag("cac:PaymentMeans", parts + tag("cac:PayeeFinancialAccount", tag("cbc:ID", account)))


def attachment(
    data: str | bytes = PDF,
    name: str = "invoice.pdf",
    mime: str = "application/pdf",
    number: str = "1",
    extra: str = "",
    reference: str = "cac:AdditionalDocumentReference",
) -> str:
    """Return a document reference that embeds `data`; text is taken as base64 already."""
    text = data if isinstance(data, str) else base64.b64encode(data).decode()
    attributes = {"mimeCode": mime} | ({"filename": name} if name else {})
    embedded = tag("cbc:EmbeddedDocumentBinaryObject", text, **attributes)
    return tag(reference, tag("cbc:ID", number) + extra + tag("cac:Attachment", embedded))


# The parts of an invoice by name, in the order of the standard.
PARTS = {
    "customization": tag("cbc:CustomizationID", PEPPOL),
    "profile": tag("cbc:ProfileID", "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"),
    "number": tag("cbc:ID", "2026-0001"),
    "issue_date": tag("cbc:IssueDate", "2026-01-05"),
    "due_date": tag("cbc:DueDate", "2026-02-04"),
    "type": tag("cbc:InvoiceTypeCode", "380"),
    "note": "",
    "currency": tag("cbc:DocumentCurrencyCode", "EUR"),
    "buyer_reference": tag("cbc:BuyerReference", "PO 7"),
    "references": "",
    "attachments": "",
    "supplier": tag("cac:AccountingSupplierParty", party("Boekhoudkantoor Alfa BV", "0428759497")),
    "customer": tag("cac:AccountingCustomerParty", party("Beta NV", "0403170701", city="Antwerpen")),
    "delivery": "",
    "payment_means": payment_means(),
    "payment_terms": tag("cac:PaymentTerms", tag("cbc:Note", "30 days")),
    "allowance_charges": "",
    "tax": tax_total(),
    "totals": totals(),
    "lines": line(),
}


def document(root: str = "Invoice", attributes: str = "", **changes: str) -> str:
    """Return an invoice of 121.00 EUR as text, without XML declaration; `changes` replace parts by their name."""
    unknown = set(changes) - set(PARTS)
    assert not unknown, f"no such parts: {unknown}"
    content = "\n".join(part for part in (PARTS | changes).values() if part)
    namespace = f"urn:oasis:names:specification:ubl:schema:xsd:{root}-2"
    return f'<{root} xmlns="{namespace}" xmlns:cac="{CAC}" xmlns:cbc="{CBC}"{attributes}>\n{content}\n</{root}>\n'


def invoice(**changes: str) -> bytes:
    """Return an invoice of 121.00 EUR in UTF-8."""
    return ('<?xml version="1.0" encoding="UTF-8"?>\n' + document(**changes)).encode()


def credit_note(**changes: str) -> bytes:
    """Return a credit note of 121.00 EUR in UTF-8: no due date in the header, a type code and lines of its own."""
    own = {
        "due_date": "",
        "type": tag("cbc:CreditNoteTypeCode", "381"),
        "lines": line(name="cac:CreditNoteLine", quantity_name="cbc:CreditedQuantity"),
    }
    return document(root="CreditNote", **(own | changes)).encode()
