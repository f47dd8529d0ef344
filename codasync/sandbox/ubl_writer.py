"""Writes electronic invoices: a specification in, UBL bytes out, in one of three dialects.

`EFFF` is UBL 2.0 as Belgian packages exchanged it for years, `UBL_BE` its successor on UBL 2.1, `PEPPOL` is BIS
Billing 3. Totals, VAT and rounding follow from the lines: each line is rounded to cents, VAT per rate, halves up. The
reader has its own knowledge of these dialects; nothing here is shared with it.
"""

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from xml.sax.saxutils import escape, quoteattr

CENT = Decimal("0.01")
COMMON = "urn:oasis:names:specification:ubl:schema:xsd:"
EN_16931 = "urn:cen.eu:en16931:2017"
EAS_ENTERPRISE_NUMBER = "0208"
REVERSE_CHARGE = "Reverse charge"


class Dialect(StrEnum):
    """The three dialects that reach a Belgian accounting office."""

    EFFF = "e-fff"
    UBL_BE = "ubl.be"
    PEPPOL = "peppol"


CUSTOMIZATIONS = {
    Dialect.EFFF: "1.0",
    Dialect.UBL_BE: f"{EN_16931}#conformant#urn:UBL.BE:1.0.0.20180214",
    Dialect.PEPPOL: f"{EN_16931}#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0",
}
PEPPOL_PROFILE = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
BELGIAN_CODES = {("S", 21): "03", ("S", 12): "02", ("S", 6): "01", ("Z", 0): "00", ("AE", 0): "45", ("K", 0): "46/GO"}


@dataclass(frozen=True, slots=True)
class Party:
    """A seller or buyer; `vat` has its country prefix."""

    name: str
    vat: str
    street: str
    zip: str
    city: str
    country: str = "BE"
    email: str = ""

    @property
    def enterprise_number(self) -> str:
        """The ten digits of a Belgian party, else an empty string."""
        return self.vat.removeprefix("BE") if self.country == "BE" else ""


@dataclass(frozen=True, slots=True)
class Line:
    """A line: its net is quantity times price. `category`: S standard, Z zero, AE reverse charge, K within the EU."""

    text: str
    price: Decimal
    quantity: Decimal = Decimal(1)
    percent: int = 21
    category: str = "S"
    unit: str = "C62"

    @property
    def net(self) -> Decimal:
        """The amount without VAT, in cents."""
        return _cents(self.quantity * self.price)


@dataclass(frozen=True, slots=True)
class VatRate:
    """What a document charges at one rate."""

    category: str
    percent: int
    base: Decimal
    vat: Decimal


@dataclass(frozen=True, slots=True)
class Invoice:
    """An invoice, or a credit note (with positive amounts) when `credit_note` is true."""

    number: str
    issue_date: date
    supplier: Party
    customer: Party
    lines: tuple[Line, ...]
    dialect: Dialect = Dialect.PEPPOL
    credit_note: bool = False
    due_date: date | None = None
    currency: str = "EUR"
    iban: str = ""
    bic: str = ""
    payment_reference: str = ""
    preceding: str = ""
    note: str = ""
    software: str = "Modèle Facturation"
    pdf: bytes | None = None

    @property
    def rates(self) -> tuple[VatRate, ...]:
        """The VAT breakdown, highest rate first."""
        keys = sorted({(line.percent, line.category) for line in self.lines}, reverse=True)
        return tuple(self._rate(category, percent) for percent, category in keys)

    @property
    def net(self) -> Decimal:
        """The total without VAT."""
        return sum((line.net for line in self.lines), Decimal("0.00"))

    @property
    def vat(self) -> Decimal:
        """The VAT of all rates."""
        return sum((rate.vat for rate in self.rates), Decimal("0.00"))

    @property
    def gross(self) -> Decimal:
        """The total with VAT, which is also what is to be paid."""
        return self.net + self.vat

    @property
    def file_name(self) -> str:
        """A name for the PDF inside."""
        return self.number.replace("/", "-") + ".pdf"

    def _rate(self, category: str, percent: int) -> VatRate:
        lines = (line for line in self.lines if (line.category, line.percent) == (category, percent))
        base = sum((line.net for line in lines), Decimal("0.00"))
        return VatRate(category, percent, base, _cents(base * percent / 100))


def write(invoice: Invoice) -> bytes:
    """Return the invoice as UTF-8 XML in its dialect."""
    root = "CreditNote" if invoice.credit_note else "Invoice"
    body = "".join(_document(invoice))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<{root} xmlns="{COMMON}{root}-2" xmlns:cac="{COMMON}CommonAggregateComponents-2" '
        f'xmlns:cbc="{COMMON}CommonBasicComponents-2">\n{body}</{root}>\n'
    ).encode()


def _document(invoice: Invoice) -> Iterator[str]:
    """Yield the children of the root in the order of the schema."""
    yield from _header(invoice)
    if invoice.preceding:
        yield _group("BillingReference", _group("InvoiceDocumentReference", _leaf("ID", invoice.preceding)))
    yield from _references(invoice)
    yield _group("AccountingSupplierParty", _party(invoice.supplier, invoice.dialect))
    yield _group("AccountingCustomerParty", _party(invoice.customer, invoice.dialect))
    if not (invoice.credit_note and invoice.dialect == Dialect.EFFF):
        yield _payment(invoice)
    yield _vat_total(invoice)
    yield _totals(invoice)
    for number, line in enumerate(invoice.lines, 1):
        yield _line(invoice, number, line)


def _header(invoice: Invoice) -> Iterator[str]:
    efff = invoice.dialect == Dialect.EFFF
    if efff:
        yield _leaf("UBLVersionID", "2.0")
    yield _leaf("CustomizationID", CUSTOMIZATIONS[invoice.dialect])
    yield _leaf("ProfileID", f"E-FFF.BE {invoice.software}" if efff else PEPPOL_PROFILE)
    yield _leaf("ID", invoice.number)
    yield _leaf("CopyIndicator", "false" if efff else "")
    yield _leaf("IssueDate", invoice.issue_date.isoformat())
    if invoice.credit_note:
        yield _leaf("CreditNoteTypeCode", "" if efff else "381")
    else:
        due = invoice.due_date.isoformat() if invoice.due_date else ""
        yield _leaf("DueDate", "" if efff else due)
        listing = {"listURI": "http://www.fff.be/codelist/InvoiceTypeCode"} if efff else {}
        yield _leaf("InvoiceTypeCode", "380", **listing)
    yield _leaf("Note", invoice.note)
    yield _leaf("DocumentCurrencyCode", invoice.currency)
    yield _leaf("BuyerReference", "" if efff else "compta")


def _references(invoice: Invoice) -> Iterator[str]:
    kind = "CreditNote" if invoice.credit_note else "CommercialInvoice"
    described = "DocumentType" if invoice.dialect == Dialect.EFFF else "DocumentDescription"
    if invoice.pdf is not None:
        reference = _leaf("ID", invoice.file_name if invoice.dialect == Dialect.EFFF else invoice.number)
        yield _group("AdditionalDocumentReference", reference + _leaf(described, kind) + _attachment(invoice))
    software = {Dialect.EFFF: "eFFF", Dialect.UBL_BE: "UBL.BE", Dialect.PEPPOL: ""}[invoice.dialect]
    if software:
        yield _group("AdditionalDocumentReference", _leaf("ID", software) + _leaf(described, invoice.software))


def _attachment(invoice: Invoice) -> str:
    data = b64encode(invoice.pdf or b"").decode()
    name = {} if invoice.dialect == Dialect.EFFF else {"filename": invoice.file_name}
    return _group("Attachment", _leaf("EmbeddedDocumentBinaryObject", data, mimeCode="application/pdf", **name))


def _party(party: Party, dialect: Dialect) -> str:
    number = party.enterprise_number
    scheme = {"schemeID": EAS_ENTERPRISE_NUMBER}
    efff = dialect == Dialect.EFFF
    address = (
        _leaf("StreetName", party.street)
        + _leaf("CityName", party.city)
        + _leaf("PostalZone", party.zip)
        + _group("Country", _leaf("IdentificationCode", party.country))
    )
    legal = _leaf("RegistrationName", party.name) + _leaf("CompanyID", number, **scheme)
    endpoint = _leaf("EndpointID", number, **scheme) or _leaf("EndpointID", party.vat, schemeID="9944")
    return _group(
        "Party",
        ("" if efff else endpoint)
        + _group("PartyName", _leaf("Name", party.name))
        + _group("PostalAddress", address)
        + _group("PartyTaxScheme", _leaf("CompanyID", party.vat) + _vat_scheme())
        + ("" if efff else _group("PartyLegalEntity", legal))
        + _group("Contact", _leaf("ElectronicMail", party.email)),
    )


def _payment(invoice: Invoice) -> str:
    """Return how to pay; the reference has another place in e-FFF, and a credit note keeps its due date here."""
    efff = invoice.dialect == Dialect.EFFF
    due = invoice.due_date.isoformat() if invoice.due_date and (efff or invoice.credit_note) else ""
    branch = _leaf("ID", invoice.bic)
    account = _leaf("ID", invoice.iban, **({"schemeName": "IBAN"} if efff else {})) + _group(
        "FinancialInstitutionBranch", _group("FinancialInstitution", branch) if efff else branch
    )
    return _group(
        "PaymentMeans",
        _leaf("PaymentMeansCode", "1" if efff else "30")
        + _leaf("PaymentDueDate", due)
        + _leaf("InstructionID" if efff else "PaymentID", invoice.payment_reference)
        + _group("PayeeFinancialAccount", account if invoice.iban else ""),
    )


def _vat_total(invoice: Invoice) -> str:
    subtotals = "".join(
        _group(
            "TaxSubtotal",
            _money("TaxableAmount", rate.base, invoice)
            + _money("TaxAmount", rate.vat, invoice)
            + _leaf("Percent", str(rate.percent) if invoice.dialect == Dialect.EFFF else "")
            + _category("TaxCategory", invoice, rate.category, rate.percent),
        )
        for rate in invoice.rates
    )
    return _group("TaxTotal", _money("TaxAmount", invoice.vat, invoice) + subtotals)


def _category(name: str, invoice: Invoice, category: str, percent: int) -> str:
    """Return a VAT category; the Belgian dialects name the code of the VAT return beside it."""
    efff, peppol = invoice.dialect == Dialect.EFFF, invoice.dialect == Dialect.PEPPOL
    reason = REVERSE_CHARGE if category in {"AE", "K"} and name == "TaxCategory" else ""
    return _group(
        name,
        _leaf("ID", category)
        + _leaf("Name", "" if peppol else BELGIAN_CODES[category, percent])
        + _leaf("Percent", "" if efff else str(percent))
        + _leaf("TaxExemptionReason", reason)
        + _vat_scheme(),
    )


def _totals(invoice: Invoice) -> str:
    return _group(
        "LegalMonetaryTotal",
        _money("LineExtensionAmount", invoice.net, invoice)
        + _money("TaxExclusiveAmount", invoice.net, invoice)
        + _money("TaxInclusiveAmount", invoice.gross, invoice)
        + _money("PayableAmount", invoice.gross, invoice),
    )


def _line(invoice: Invoice, number: int, line: Line) -> str:
    kind = "CreditNote" if invoice.credit_note else "Invoice"
    quantity = "CreditedQuantity" if invoice.credit_note else "InvoicedQuantity"
    efff = invoice.dialect == Dialect.EFFF
    item = _leaf("Name", line.text)
    if not efff:
        item += _category("ClassifiedTaxCategory", invoice, line.category, line.percent)
    return _group(
        f"{kind}Line",
        _leaf("ID", str(number))
        + _leaf(quantity, str(line.quantity), unitCode=line.unit)
        + _money("LineExtensionAmount", line.net, invoice)
        + ("" if invoice.dialect == Dialect.PEPPOL else _line_vat(invoice, line))
        + _group("Item", item)
        + _group("Price", _money("PriceAmount", line.price, invoice)),
    )


def _line_vat(invoice: Invoice, line: Line) -> str:
    vat = _cents(line.net * line.percent / 100)
    subtotal = ""
    if invoice.dialect == Dialect.EFFF:
        subtotal = _group(
            "TaxSubtotal",
            _money("TaxableAmount", line.net, invoice)
            + _money("TaxAmount", vat, invoice)
            + _leaf("Percent", str(line.percent))
            + _category("TaxCategory", invoice, line.category, line.percent),
        )
    return _group("TaxTotal", _money("TaxAmount", vat, invoice) + subtotal)


def _vat_scheme() -> str:
    return _group("TaxScheme", _leaf("ID", "VAT"))


def _money(name: str, amount: Decimal, invoice: Invoice) -> str:
    return _leaf(name, f"{amount:f}", currencyID=invoice.currency)


def _leaf(name: str, text: str, **attributes: str) -> str:
    """Return an element with text, or nothing for an empty text."""
    if not text:
        return ""
    written = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
    return f"<cbc:{name}{written}>{escape(text)}</cbc:{name}>\n"


def _group(name: str, content: str) -> str:
    """Return an element with children, or nothing without them."""
    return f"<cac:{name}>\n{content}</cac:{name}>\n" if content else ""


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)
