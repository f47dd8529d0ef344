"""How and when to pay: payment means, references, due date, terms, cash discount (EN 16931 BT-9, BT-20, BG-16)."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from codasync import ubl_ids as ids
from codasync.ubl_tree import Branch
from codasync.ubl_types import CashDiscount, PaymentMeans

ACCOUNT: Final = "cac:PayeeFinancialAccount"
BRANCH: Final = f"{ACCOUNT}/cac:FinancialInstitutionBranch"
TERMS: Final = "cac:PaymentTerms/cbc:Note"
# A reference stands in the first place or two; what comes after so many is not looked at.
MOST_LOOKED_AT: Final = 100
DISCOUNT_PERCENT: Final = "cbc:SettlementDiscountPercent"
# The reference is a PaymentID, in e-FFF an InstructionID.
REFERENCES: Final = ("cbc:PaymentID", "cbc:InstructionID")

# Field of PaymentMeans -> where it stands, from cac:PaymentMeans.
FIELDS: Final = {
    "code": ("cbc:PaymentMeansCode",),
    "account": (f"{ACCOUNT}/cbc:ID",),
    "bic": (f"{BRANCH}/cbc:ID", f"{BRANCH}/cac:FinancialInstitution/cbc:ID"),
    "account_name": (f"{ACCOUNT}/cbc:Name",),
    "reference": REFERENCES,
    "mandate": ("cac:PaymentMandate/cbc:ID",),
    "payer_account": ("cac:PaymentMandate/cac:PayerFinancialAccount/cbc:ID", "cac:PayerFinancialAccount/cbc:ID"),
    "card_number": ("cac:CardAccount/cbc:PrimaryAccountNumberID",),
}


def read_payment_means(invoice: Branch) -> tuple[PaymentMeans, ...]:
    """Return all ways to pay, in the document's order; IBANs with wrong check digits are noted."""
    return tuple(_means(means) for means in invoice.branches("cac:PaymentMeans"))


def first_iban(means: Sequence[PaymentMeans]) -> str:
    """Return the first payee's account that is an IBAN with right check digits, whatever its payment code, or ''."""
    return next((each.iban for each in means if each.iban), "")


def read_reference(invoice: Branch) -> str:
    """Return the reference to pay with: the first valid structured one, else the first text (BT-83).

    A Belgian structured communication comes before a creditor reference (ISO 11649). Looks at the payment means, and
    for a structured one also in the payment terms.
    """
    references = [text for path in REFERENCES for text in invoice.texts(f"cac:PaymentMeans/{path}")]
    terms = [paragraph for text in invoice.paragraphs(TERMS) for paragraph in text.splitlines()]
    looked_at = [*references[:MOST_LOOKED_AT], *terms[:MOST_LOOKED_AT]]
    for find in (ids.structured_communication, ids.creditor_reference):
        if structured := next(filter(None, map(find, looked_at)), ""):
            return structured
    for text in looked_at:
        if ids.looks_structured(text):
            invoice.reading.warn(
                "ogm_check", f"the check digits of the communication {text[:60]} are wrong", invoice.line
            )
    return next(iter(references), "")


def read_due_date(invoice: Branch) -> date | None:
    """Return the due date: the header's, else that of the payment means, else that of terms without cash discount.

    UBL 2.0 and credit notes have none in the header. In UBL.BE the date of terms with a cash discount is the last day
    for the discount.
    """
    found = invoice.day("cbc:DueDate", "cac:PaymentMeans/cbc:PaymentDueDate")
    if found is not None:
        return found
    plain = (terms for terms in invoice.branches("cac:PaymentTerms") if not _has_discount(terms))
    return next(filter(None, (terms.day("cbc:PaymentDueDate") for terms in plain)), None)


def read_terms(invoice: Branch) -> str:
    """Return the payment terms as text, one paragraph a line (BT-20)."""
    return "\n".join(invoice.paragraphs(TERMS))


def read_cash_discount(invoice: Branch) -> CashDiscount | None:
    """Return the discount for early payment, or None. Its deadline is in UBL 2.0 the end of the settlement period."""
    for terms in invoice.branches("cac:PaymentTerms"):
        if _has_discount(terms):
            return CashDiscount(
                percent=terms.decimal(DISCOUNT_PERCENT),
                amount_milli=terms.amount("cbc:Amount"),
                deadline=terms.day("cbc:PaymentDueDate", "cac:SettlementPeriod/cbc:EndDate"),
            )
    return None


def _has_discount(terms: Branch) -> bool:
    """Tell whether these terms give a discount; a percentage of nothing is none."""
    return terms.decimal(DISCOUNT_PERCENT).strip("+-0.") != ""


def _means(means: Branch) -> PaymentMeans:
    fields = means.fields(FIELDS)
    account = fields["account"]
    iban = ids.iban(account)
    if account and not iban and ids.looks_like_iban(account):
        means.reading.warn("iban_check", f"the check digits of account {account[:40]} are wrong", means.line)
    return PaymentMeans(**fields, iban=iban, due_date=means.day("cbc:PaymentDueDate"))
