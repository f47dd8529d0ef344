"""Keys by which invoices, and the payments of them, are found again: kept beside the rows, with an index. Pure.

The check digits are known where they are needed alone: most commands book nothing.
"""

import re

# A word of a communication may be the number of an invoice where it has a digit and is neither short nor long.
SHORTEST_NUMBER, LONGEST_NUMBER = 3, 40
MOST_WORDS = 20
_BETWEEN_WORDS = re.compile(r"[\s,;:#()+*=]+")


def supplier_number(vat: str, enterprise_number: str) -> str:
    """Return the number that identifies a supplier: ten digits for a Belgian one, else a VAT number; '' for none.

    A VAT number whose check digits are wrong identifies nobody.
    """
    from codasync import ubl_ids  # noqa: PLC0415

    if enterprise_number:
        return enterprise_number
    digits = ubl_ids.enterprise_number(vat) if vat.startswith("BE") else ""
    return digits or ("" if not vat or ubl_ids.has_right_vat_check(vat) is False else vat)


def number_key(number: str) -> str:
    """Return an invoice's number as it is looked for in a communication: letters and digits alone; '' for a bad one."""
    key = re.sub(r"[^0-9A-Z]", "", number.upper()) if len(number) <= 2 * LONGEST_NUMBER else ""
    usable = SHORTEST_NUMBER <= len(key) <= LONGEST_NUMBER and any(one.isdigit() for one in key)
    return key if usable else ""


def references(communication: str) -> dict[str, bool]:
    """Return what a free communication may name an invoice by; True for a reference with right check digits.

    Those are Belgian structured communications as +++123/4567/89012+++ and creditor references (RF...), however they
    were typed; the others are words that may be the number of an invoice.
    """
    from codasync import ubl_ids  # noqa: PLC0415

    structured, rest = ubl_ids.typed_references(communication)
    found = dict.fromkeys(structured, True)
    for word in _words(rest):
        if len(found) < MOST_WORDS and (key := number_key(word)):
            found.setdefault(key, False)
    return found


def _words(text: str) -> list[str]:
    """Return the words of a text, and what stands between the points, or between the slashes, within one."""
    words = _BETWEEN_WORDS.split(text)
    return [part for word in words for part in (word, *word.split("."), *word.split("/"))]
