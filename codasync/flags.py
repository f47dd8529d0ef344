"""Flags of an invoice: what a person should look at before approving it. Pure.

A flag is a short word: the code of a warning of the reader, or one of those below. The reader's codes are explained in
`docs/ubl-reader.md`.
"""

from codasync.dossiers import number
from codasync.ubl_codes import NOTES
from codasync.ubl_types import Invoice, Party

OTHER_PARTY = "other_party"  # the document is not made out to (purchases) or by (sales) this dossier
SAME_NUMBER = "same_number"  # another document in this inbox has the same supplier, number, day and kind
PDF_ONLY = "pdf_only"  # there is no structured document: nothing is read


def flags(invoice: Invoice | None, inbox: str, enterprise_number: str, *, rival: bool) -> list[str]:
    """Return the flags of an invoice, None for one that exists as PDF alone.

    `enterprise_number` is the dossier's, empty when it is not known; `rival` tells that another document claims to be
    the same invoice.
    """
    if invoice is None:
        return [PDF_ONLY]
    found = {warning.code for warning in invoice.warnings} - NOTES
    if enterprise_number and _is_of_others(invoice, inbox, enterprise_number):
        found.add(OTHER_PARTY)
    if rival:
        found.add(SAME_NUMBER)
    return sorted(found)


def _is_of_others(invoice: Invoice, inbox: str, enterprise_number: str) -> bool:
    """Tell whether the party in the dossier's place states a number, and neither party's is the dossier's."""
    own, other = invoice.customer, invoice.supplier
    if inbox == "sales":
        own, other = other, own
    return bool(_numbers(own)) and enterprise_number not in _numbers(own) | _numbers(other)


def _numbers(party: Party) -> set[str]:
    return {party.enterprise_number, number(party.vat) or party.vat} - {""}
