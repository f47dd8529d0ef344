"""Flags of an invoice: what a person should look at before approving it. Pure.

A flag is a short word: the code of a warning of the reader, or one of those below. The reader's codes are explained in
`docs/ubl-reader.md`.
"""

from collections.abc import Mapping
from typing import Any

from codasync.dossiers import number
from codasync.ubl_codes import NOTES
from codasync.ubl_names import same_name
from codasync.ubl_types import Invoice, Party

OTHER_PARTY = "other_party"  # the document is not made out to (purchases) or by (sales) this dossier
SAME_NUMBER = "same_number"  # another document in this inbox has the same supplier, number, day and kind
PDF_ONLY = "pdf_only"  # there is no structured document, or it cannot be read: nothing is read


def flags(invoice: Invoice | None, inbox: str, dossier: Mapping[str, Any], *, rival: bool) -> list[str]:
    """Return the flags of an invoice, None for one that stands by its PDF alone.

    `dossier` has a name and an enterprise number, empty where they are not known; `rival` tells that another document
    claims to be the same invoice.
    """
    if invoice is None:
        return [PDF_ONLY]
    found = {warning.code for warning in invoice.warnings} - NOTES
    if _is_of_others(invoice, inbox, dossier):
        found.add(OTHER_PARTY)
    if rival:
        found.add(SAME_NUMBER)
    return sorted(found)


def _is_of_others(invoice: Invoice, inbox: str, dossier: Mapping[str, Any]) -> bool:
    """Tell whether somebody else stands in the dossier's place, or the dossier in the place of somebody else."""
    own, other = invoice.customer, invoice.supplier
    if inbox == "sales":
        own, other = other, own
    return _is_dossier(own, dossier) is False or _is_dossier(other, dossier) is True


def _is_dossier(party: Party, dossier: Mapping[str, Any]) -> bool | None:
    """Tell whether a party is the dossier: by numbers, else by name; None where both have nothing to compare."""
    own = number(dossier["enterprise_number"])
    numbers = {party.enterprise_number, number(party.vat) or party.vat} - {""}
    names = {party.legal_name, party.trading_name} - {""}
    if numbers and own:
        return own in numbers
    if names and dossier["name"]:
        return any(same_name(name, dossier["name"]) for name in names)
    return None if numbers or names or not (own or dossier["name"]) else False
