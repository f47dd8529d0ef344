"""Tables of codes that the invoice reader uses: roots, document types, dialects, Belgian VAT codes, warnings.

Sources: UBL 2.1 (OASIS); UNCL1001 as restricted by EN 16931 and Peppol BIS Billing 3; the TaxCategory/Name list of
e-FFF and UBL.BE; Peppol's electronic address schemes.
"""

import re
from typing import Final

from codasync.ubl_types import Kind

UBL: Final = "urn:oasis:names:specification:ubl:schema:xsd:"
CAC: Final = f"{{{UBL}CommonAggregateComponents-2}}"
CBC: Final = f"{{{UBL}CommonBasicComponents-2}}"
ENVELOPE: Final = "{http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader}StandardBusinessDocument"

# The namespace is the same in every UBL 2.x, so the version of a document does not matter to the reading.
ROOTS: Final[dict[str, Kind]] = {
    f"{{{UBL}Invoice-2}}Invoice": "invoice",
    f"{{{UBL}CreditNote-2}}CreditNote": "credit_note",
    f"{{{UBL}SelfBilledInvoice-2}}SelfBilledInvoice": "invoice",
    f"{{{UBL}SelfBilledCreditNote-2}}SelfBilledCreditNote": "credit_note",
}

# What other documents are, for the person who meets one where an invoice was expected.
OTHER_DOCUMENTS: Final = {
    "CrossIndustryInvoice": "a UN/CEFACT cross-industry invoice (CII, Factur-X, ZUGFeRD), which is not UBL",
    "CrossIndustryDocument": "a UN/CEFACT cross-industry invoice (ZUGFeRD 1), which is not UBL",
    "ApplicationResponse": "a UBL answer to a document, not an invoice",
    "AttachedDocument": "a UBL wrapper round another document, not an invoice",
    "Order": "a UBL order, not an invoice",
    "OrderResponse": "a UBL answer to an order, not an invoice",
    "DespatchAdvice": "a UBL despatch advice, not an invoice",
    "Reminder": "a UBL payment reminder, not an invoice",
    "StandardBusinessDocument": "an envelope of another kind",
    "html": "a web page, not an invoice",
    "Document": "an ISO 20022 message or another kind of document, not an invoice",
    "Invoice": "an invoice, but not of UBL 2",
    "CreditNote": "a credit note, but not of UBL 2",
}

# Codes of UNCL1001 that stand for a credit note whatever the root element is called.
CREDIT_NOTE_TYPES: Final = frozenset({"81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "532"})

UBL_BE: Final = "UBL.BE"
E_FFF: Final = "e-FFF"
PEPPOL: Final = "Peppol BIS Billing 3.0"
PEPPOL_SELF_BILLING: Final = "Peppol self-billing 3.0"
PEPPOL_PINT: Final = "Peppol PINT"
EN_16931: Final = "EN 16931"
OTHER_UBL: Final = "UBL 2"

# First match wins. Each looks at the CustomizationID; e-FFF, which has none of its own, is recognised in between.
DIALECTS_BEFORE_E_FFF: Final = (
    (UBL_BE, re.compile(r"UBL\.BE", re.IGNORECASE)),
    (PEPPOL_SELF_BILLING, re.compile(r"poacc:selfbilling:3\.0")),
    (PEPPOL, re.compile(r"^(?!.*(?:#conformant#|international)).*poacc:billing:3\.0", re.DOTALL)),
)
DIALECTS_AFTER_E_FFF: Final = (
    (PEPPOL_PINT, re.compile(r"^urn:peppol:pint:")),
    (EN_16931, re.compile(r"en16931", re.IGNORECASE)),
)
E_FFF_PROFILE: Final = re.compile(r"\be?-?fff\b|fff\.be", re.IGNORECASE)
E_FFF_REFERENCE: Final = "efff"
# The references that name the software that made the document; they carry no file.
SOFTWARE_REFERENCES: Final = frozenset({"ubl.be", E_FFF_REFERENCE})
PROJECT_REFERENCE: Final = "50"
INVOICED_OBJECT: Final = "130"

# How a document marks its own PDF among the attachments.
INVOICE_PDF_MARKS: Final = frozenset({"commercialinvoice", "creditnote"})

BELGIAN_VAT_CODES: Final = {
    "00": "0 %",
    "01": "6 %",
    "02": "12 %",
    "03": "21 %",
    "45": "reverse charge (co-contractor)",
    "NA": "exempt or not applicable",
    "FD": "financial discount",
    "SC": "small company",
    "NS": "not subject to VAT",
    "00/44": "services abroad without VAT",
    "03/SE": "standard exchange",
    "MA": "margin scheme",
    "46/GO": "intra-community goods",
    "46/TR": "intra-community triangular trade",
    "44": "intra-community services",
    "47/TO": "other exempt: transport and travel",
    "47/AS": "other exempt: assembly",
    "47/DI": "other exempt: distance sales",
    "47/SE": "other exempt: services",
    "47/EX": "export outside the community",
    "47/EI": "indirect export",
    "47/EE": "export by electronic means",
    "OSS-S": "one-stop shop, services",
    "OSS-G": "one-stop shop, goods",
    "OSS-I": "one-stop shop, imports",
}

# VAT categories under which no VAT is charged, whatever rate stands beside them (UNCL5305).
ZERO_CATEGORIES: Final = frozenset({"Z", "E", "AE", "K", "G", "O"})

# Electronic address schemes that hold a Belgian enterprise number, with or without BE (9956 is withdrawn, but seen).
BELGIAN_ENDPOINTS: Final = frozenset({"0208", "9925", "9956", "BE:CBE", "BE:VAT"})
# How documents mark an enterprise number among the identifications of a party.
BELGIAN_REGISTERS: Final = frozenset({"0208", "9925", "9956", "BE:CBE", "BE:VAT", "KBO", "BCE", "CBE", "KBO-BCE"})
# A SEPA creditor identifier stands between the party's identifications, but does not identify it.
SEPA: Final = "SEPA"

# "NA" in an order reference means that the buyer gave none.
NO_REFERENCE: Final = frozenset({"NA", "N/A"})

# Warnings that need nobody: worth knowing, but the document means what it says. All others are for a person to look at.
NOTES: Final = frozenset(
    {
        "envelope",
        "credit_code_in_invoice",
        "invoice_code_in_credit_note",
        "date_with_time",
        "empty_attachment",
        "base64_padding",
        "BR-CO-09",
        "BR-CO-10-rounding",
        "BR-CO-17-rounding",
        "BR-CO-25",
        *(f"BR-DEC-{number:02}" for number in range(9, 19)),
        "PEPPOL-EN16931-R003",
    }
)

EXTENSION_OF_TYPE: Final = {
    "application/pdf": ".pdf",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "text/csv": ".csv",
    "text/xml": ".xml",
    "application/xml": ".xml",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.oasis.opendocument.spreadsheet": ".ods",
}
