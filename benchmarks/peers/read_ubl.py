"""Read one UBL invoice many times with one reader; print milliseconds of CPU a document and what was read as JSON.

Runs in the environment of the reader that is measured: it imports nothing else. The floor is lxml with the same safe
options and the fields that a booking needs, found in the fastest way, without a check or a second place to look.
"""

import base64
import hashlib
import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

UBL = "{urn:oasis:names:specification:ubl:schema:xsd:"


def clark(path: str) -> str:
    """Return a path such as `cac:Item/cbc:Name` with its namespaces written out, as lxml finds it fastest."""
    names = path.replace("cac:", f"{UBL}CommonAggregateComponents-2}}")
    return names.replace("cbc:", f"{UBL}CommonBasicComponents-2}}")


@dataclass(frozen=True, slots=True)
class Found:
    """What a reader made of the document, to be compared with what was written; and what it did with the PDF."""

    number: str
    lines: int
    payable: str
    pdf: str = "not read"
    sha256: str = ""


# What the floor reads: field -> path.
TEXTS = {
    "number": clark("cbc:ID"),
    "type_code": clark("cbc:InvoiceTypeCode"),
    "customization_id": clark("cbc:CustomizationID"),
    "profile_id": clark("cbc:ProfileID"),
    "currency": clark("cbc:DocumentCurrencyCode"),
    "buyer_reference": clark("cbc:BuyerReference"),
    "order_reference": clark("cac:OrderReference/cbc:ID"),
    "payment_code": clark("cac:PaymentMeans/cbc:PaymentMeansCode"),
    "payment_reference": clark("cac:PaymentMeans/cbc:PaymentID"),
    "iban": clark("cac:PaymentMeans/cac:PayeeFinancialAccount/cbc:ID"),
    "bic": clark("cac:PaymentMeans/cac:PayeeFinancialAccount/cac:FinancialInstitutionBranch/cbc:ID"),
    "terms": clark("cac:PaymentTerms/cbc:Note"),
    **{
        f"{role}_{field}": clark(f"cac:Accounting{role}Party/cac:Party/{path}")
        for role in ("Supplier", "Customer")
        for field, path in {
            "name": "cac:PartyLegalEntity/cbc:RegistrationName",
            "trading_name": "cac:PartyName/cbc:Name",
            "vat": "cac:PartyTaxScheme/cbc:CompanyID",
            "company_id": "cac:PartyLegalEntity/cbc:CompanyID",
            "endpoint": "cbc:EndpointID",
            "street": "cac:PostalAddress/cbc:StreetName",
            "city": "cac:PostalAddress/cbc:CityName",
            "postal_code": "cac:PostalAddress/cbc:PostalZone",
            "country": "cac:PostalAddress/cac:Country/cbc:IdentificationCode",
            "email": "cac:Contact/cbc:ElectronicMail",
        }.items()
    },
}
DATES = {"issue_date": clark("cbc:IssueDate"), "due_date": clark("cbc:DueDate")}
AMOUNTS = {
    "vat": clark("cac:TaxTotal/cbc:TaxAmount"),
    "sum_of_lines": clark("cac:LegalMonetaryTotal/cbc:LineExtensionAmount"),
    "net": clark("cac:LegalMonetaryTotal/cbc:TaxExclusiveAmount"),
    "gross": clark("cac:LegalMonetaryTotal/cbc:TaxInclusiveAmount"),
    "prepaid": clark("cac:LegalMonetaryTotal/cbc:PrepaidAmount"),
    "rounding": clark("cac:LegalMonetaryTotal/cbc:PayableRoundingAmount"),
    "payable": clark("cac:LegalMonetaryTotal/cbc:PayableAmount"),
}
LINE, QUANTITY = clark("cac:InvoiceLine"), clark("cbc:InvoicedQuantity")
LINE_TEXTS = {
    "id": clark("cbc:ID"),
    "name": clark("cac:Item/cbc:Name"),
    "description": clark("cac:Item/cbc:Description"),
    "seller_item_id": clark("cac:Item/cac:SellersItemIdentification/cbc:ID"),
    "vat_category": clark("cac:Item/cac:ClassifiedTaxCategory/cbc:ID"),
}
LINE_NUMBERS = {
    "quantity": QUANTITY,
    "price": clark("cac:Price/cbc:PriceAmount"),
    "base_quantity": clark("cac:Price/cbc:BaseQuantity"),
    "net": clark("cbc:LineExtensionAmount"),
    "vat_rate": clark("cac:Item/cac:ClassifiedTaxCategory/cbc:Percent"),
}
SUBTOTAL = clark("cac:TaxTotal/cac:TaxSubtotal")
SUBTOTAL_TEXTS = {
    "category": clark("cac:TaxCategory/cbc:ID"),
    "reason": clark("cac:TaxCategory/cbc:TaxExemptionReason"),
}
SUBTOTAL_NUMBERS = {
    "taxable": clark("cbc:TaxableAmount"),
    "tax": clark("cbc:TaxAmount"),
    "rate": clark("cac:TaxCategory/cbc:Percent"),
}
EMBEDDED = clark("cac:AdditionalDocumentReference/cac:Attachment/cbc:EmbeddedDocumentBinaryObject")


def below(element: Any, above: str = "", found: dict[str, list[Any]] | None = None) -> dict[str, list[Any]]:
    """Return all elements below `element` by their path; faster than asking lxml for one path after the other."""
    found = {} if found is None else found
    for child in element:
        path = above + child.tag
        found.setdefault(path, []).append(child)
        if len(child) and path != LINE:
            below(child, path + "/", found)
    return found


def fields(found: dict[str, list[Any]], paths: dict[str, str], kind: Callable[[str], Any] = str) -> dict[str, Any]:
    """Return the first value at each path."""
    return {field: kind(found[path][0].text) for field, path in paths.items() if path in found}


def parse(data: bytes) -> Any:
    """Parse with the options that codasync has, for safety."""
    from lxml import etree

    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=True,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
    )
    return etree.fromstring(data, parser)


def parsing_alone() -> Callable[[bytes], None]:
    return parse


def floor() -> Callable[[bytes], Found]:
    def line(element: Any) -> dict[str, Any]:
        found = below(element)
        unit = found[QUANTITY][0].get("unitCode")
        return {**fields(found, LINE_TEXTS), **fields(found, LINE_NUMBERS, Decimal), "unit": unit}

    def subtotal(element: Any) -> dict[str, Any]:
        found = below(element)
        return {**fields(found, SUBTOTAL_TEXTS), **fields(found, SUBTOTAL_NUMBERS, Decimal)}

    def attachment(element: Any) -> dict[str, Any]:
        data = base64.b64decode(element.text)
        return {**element.attrib, "data": data, "sha256": hashlib.sha256(data).hexdigest()}

    def read(data: bytes) -> Found:
        found = below(parse(data))
        invoice = {
            **fields(found, TEXTS),
            **fields(found, DATES, date.fromisoformat),
            **fields(found, AMOUNTS, Decimal),
            "lines": [line(element) for element in found[LINE]],
            "vat_breakdown": [subtotal(element) for element in found[SUBTOTAL]],
            "attachments": [attachment(element) for element in found.get(EMBEDDED, ())],
        }
        files = invoice["attachments"]
        return Found(
            invoice["number"],
            len(invoice["lines"]),
            str(invoice["payable"]),
            *(("decoded", files[0]["sha256"]) if files else ()),
        )

    return read


def codasync() -> Callable[[bytes], Found]:
    from codasync import ubl

    def read(data: bytes) -> Found:
        invoice = ubl.read(data)
        pdf = invoice.pdf
        payable = f"{Decimal(invoice.payable_milli or 0) / 1000:.2f}"
        return Found(invoice.number, len(invoice.lines), payable, *(("decoded", pdf.sha256) if pdf else ()))

    return read


def eu_einvoice() -> Callable[[bytes], Found]:
    from eu_einvoice.parse import parse_bytes  # type: ignore[import-not-found]

    def read(data: bytes) -> Found:
        invoice, _ = parse_bytes(data)
        files = invoice.get("attachments")
        pdf = "left in base64" if files and files[0].get("content_b64") else "not read"
        return Found(invoice["number"], len(invoice["lines"]), invoice["totals"]["payable"], pdf)

    return read


def facturex() -> Callable[[bytes], Found]:
    from facturex import parse_bytes  # type: ignore[import-not-found]

    def read(data: bytes) -> Found:
        invoice = parse_bytes(data)
        # Its model has no place for attachments.
        return Found(invoice.number, len(invoice.lines), str(invoice.amount_due))

    return read


READERS = {reader.__name__: reader for reader in (parsing_alone, floor, codasync, eu_einvoice, facturex)}


def main() -> None:
    """Read the file so many times; a reader that fails says why, and has no figure."""
    name, path, times = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    data = path.read_bytes()
    try:
        read = READERS[name]()
        for _ in range(max(times // 10, 3)):  # imports and first-time work are not what is measured
            found = read(data)
        began = time.process_time()
        for _ in range(times):
            read(data)
        seconds = time.process_time() - began
    except Exception as error:  # noqa: BLE001 - whatever a peer raises is what is reported of it
        print(json.dumps({"trouble": f"{type(error).__name__}: {error}"[:200]}))
        return
    facts = asdict(found) if isinstance(found, Found) else None
    print(json.dumps({"milliseconds": seconds / times * 1000, "found": facts}))


main()
