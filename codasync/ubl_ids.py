"""Numbers with check digits: VAT and enterprise numbers, IBANs, Belgian structured communications.

The arithmetic is python-stdnum's; what surrounds it here are the many ways in which documents write these numbers.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from stdnum import iban as iban_numbers
from stdnum import iso11649
from stdnum.be import ogm_vcs
from stdnum.be import vat as belgian_numbers
from stdnum.eu import vat as european_numbers

MOST: Final = 40
NOT_ALNUM: Final = re.compile(r"[^0-9A-Z]")
# Words before a number (the tax, the register), then BE, then nine or ten digits, then a court or the like.
BELGIAN: Final = re.compile(
    r"(?:0208|9925|9956)?(?:BTW|TVA|MWST|UST|VAT|RPR|RPM|RPJ|KBO|BCE|CBE|NR)*(BE)?((?:[01][0-9]{9})|(?:[1-9][0-9]{8}))[A-Z]*"
)
COUNTRY: Final = re.compile(r"[A-Z]{2}[0-9A-Z]")
EUROPEAN: Final = frozenset(european_numbers.MEMBER_STATES) | {"el", "xi"}
# Twelve digits as +++123/4567/89012+++ or ***...***, or with the slashes alone, within other text.
COMMUNICATION: Final = re.compile(
    r"(?:\+{3}|\*{3})\s*([0-9]{3})\s*/?\s*([0-9]{4})\s*/?\s*([0-9]{5})\s*(?:\+{3}|\*{3})"
    r"|(?<![0-9/])([0-9]{3})/([0-9]{4})/([0-9]{5})(?![0-9/])"
)
TWELVE_DIGITS: Final = re.compile(r"[0-9]{12}")
# The same as people type it in a free communication: with other signs, or none.
TYPED: Final = re.compile(r"(?<![0-9])([0-9]{3})[ ./-]{0,3}([0-9]{4})[ ./-]{0,3}([0-9]{5})(?![0-9])")
# A creditor reference (ISO 11649), which people write in groups of four.
CREDITOR_REFERENCE: Final = re.compile(r"(?<![0-9A-Z])RF[0-9]{2}(?: ?[0-9A-Z]){1,21}")
# A longer text is no reference any more.
MOST_REFERENCE: Final = 1_000


def enterprise_number(text: str) -> str:
    """Return the Belgian enterprise number in `text` as ten digits, or '' if there is none with a right check.

    Takes it with or without BE, dots, spaces, words such as BTW or RPR, and the old form of nine digits.
    """
    parts = BELGIAN.fullmatch(_compact(text))
    if parts is None:
        return ""
    digits = parts[2].zfill(10)
    # The pattern has taken care of all else that a number must be; cleaning it once more would take most of the time.
    return digits if int(digits) and belgian_numbers.checksum(digits) == 0 else ""


def says_belgian(text: str) -> bool:
    """Tell whether `text` is written as a Belgian VAT number, with BE before the digits."""
    parts = BELGIAN.fullmatch(_compact(text))
    return parts is not None and parts[1] is not None


def vat_number(text: str, country: str) -> str:
    """Return the VAT number in `text` with its country prefix and without punctuation, right or wrong; '' for words.

    A number without prefix gets BE if it is a right Belgian one and the party's `country` is Belgium or unknown, or
    the party's own country if it is right there; else it stays as it is.
    """
    number = _compact(text)
    if not any(character.isdigit() for character in number):
        return ""
    parts = BELGIAN.fullmatch(number)
    if parts is not None and parts[1]:
        return "BE" + parts[2].zfill(10)
    if COUNTRY.match(number) and parts is None:
        return number
    if country in {"BE", ""} and enterprise_number(text):
        return "BE" + enterprise_number(text)
    prefixed = country + number
    return prefixed if country and has_right_vat_check(prefixed) else number


def states_country(text: str) -> bool:
    """Tell whether a VAT number is written with its country's letters (BR-CO-09; Greece uses EL)."""
    number = _compact(text)
    parts = BELGIAN.fullmatch(number)
    return parts[1] is not None if parts is not None else COUNTRY.match(number) is not None


def has_right_vat_check(vat: str) -> bool | None:
    """Tell whether the check of a VAT number with prefix is right; None for countries without a known rule."""
    if vat[:2].lower() not in EUROPEAN:
        return None
    return bool(vat.isascii() and vat.isalnum() and european_numbers.is_valid(vat))


def iban(text: str) -> str:
    """Return the IBAN in `text` without spaces, or '' if it is none with right check digits (ISO 13616)."""
    number = _compact(text).removeprefix("IBAN")
    # check_country would refuse Belgian accounts of banks that are missing in stdnum's table.
    return number if iban_numbers.is_valid(number, check_country=False) else ""


def looks_like_iban(text: str) -> bool:
    """Tell whether `text` is shaped as an IBAN: letters, check digits, and at least eleven characters more."""
    return re.fullmatch(r"(?:IBAN)?[A-Z]{2}[0-9]{2}[0-9A-Z]{11,30}", _compact(text)) is not None


def structured_communication(text: str) -> str:
    """Return the valid OGM-VCS that `text` is or holds, as +++123/4567/89012+++, or ''.

    Twelve digits count only when they are the whole text; within other text the +++, *** or slashes are needed.
    """
    text = text[:MOST_REFERENCE]
    plain = re.sub(r"[\s+*/]", "", text)
    candidates = [plain] if TWELVE_DIGITS.fullmatch(plain) else []
    candidates += ["".join(part for part in match.groups() if part) for match in COMMUNICATION.finditer(text)]
    return next((f"+++{ogm_vcs.format(digits)}+++" for digits in candidates if ogm_vcs.is_valid(digits)), "")


def creditor_reference(text: str) -> str:
    """Return the first valid creditor reference (ISO 11649) that `text` is or holds, without its spaces, or ''."""
    return next(_creditor_references(text), "")


def typed_references(text: str) -> tuple[list[str], str]:
    """Return the valid references in a free communication, however they were typed, and the text without OGM-VCS.

    OGM-VCS are written +++123/4567/89012+++, creditor references (ISO 11649) without spaces.
    """
    belgian: list[str] = []

    def take(found: re.Match[str]) -> str:
        digits = "".join(found.groups())
        if not ogm_vcs.is_valid(digits):
            return found[0]
        belgian.append(f"+++{ogm_vcs.format(digits)}+++")
        return " "

    rest = TYPED.sub(take, text[:MOST_REFERENCE])
    return [*belgian, *_creditor_references(rest)], rest


def _creditor_references(text: str) -> Iterator[str]:
    for found in CREDITOR_REFERENCE.finditer(text[:MOST_REFERENCE].upper()):
        groups = found[0].split(" ")
        # Where it ends, in groups, only the check digits tell.
        candidates = ("".join(groups[:end]) for end in range(len(groups), 0, -1))
        yield from islice(filter(iso11649.is_valid, candidates), 1)


def looks_structured(text: str) -> bool:
    """Tell whether `text` is written as a structured communication, between +++ or *** or with its slashes."""
    return COMMUNICATION.search(text[:MOST_REFERENCE]) is not None


def _compact(text: str) -> str:
    return NOT_ALNUM.sub("", text[: MOST * 2].upper())[:MOST]
