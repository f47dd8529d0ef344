"""Writes account numbers of CODA 2 at random: the structures of records 1 and 8, the unmarked ones of record 2.3."""

from dataclasses import dataclass
from random import Random
from typing import Any

from coda_pen import Pen

_LETTERS_AND_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
_CURRENCIES = ("EUR", "USD", "GBP", "CHF")


@dataclass(slots=True)
class Zone:
    """An account: its digit of structure, its 37 positions in records 1 and 8, what they say."""

    structure: str
    old: str
    new: str
    said: dict[str, Any]
    odd: bool = False


def account(pen: Pen) -> Zone:
    """Write an account in one of the structures."""
    structure = pen.one_of(*(f"account structure {digit}" for digit in "0123 "))[-1]
    number, iban, currency = "", "", pen.pick(_CURRENCIES)
    if pen.may("currency that is none", 20):
        currency = pen.pick(("   ", "E1R"))
    belgian_number = structure == "0" or (structure == " " and pen.may("blank structure before a Belgian number", 2))
    wrong = structure != "1" and pen.may("own account whose check digits do not hold", 12)
    if belgian_number:
        number, iban = _belgian(pen)
        if wrong:
            number = f"{number[:10]}{int(number[10:]) % 97 + 1:02}"
    elif structure == "1":
        number = _foreign_number(pen)
    else:
        country = "BE" if structure in "2 " else pen.pick(("NL", "DE", "FR", "LU", "MT"))
        number = iban = _belgian(pen)[1] if country == "BE" else _foreign_iban(pen, country)
        if wrong:
            number = f"{number[:2]}{other_digits(number[2:4])}{number[4:]}"
    extension = ""
    if structure in "02 " and pen.may("extension zone", 2):
        extension = pen.words(15 if belgian_number else 3)

    def zone(extension: str, country: str) -> str:
        if belgian_number:
            return f"{number} {currency}{country:3}   {extension:15}"
        return f"{number:31}{extension:3}{currency}" if structure in "2 " else f"{number:34}{currency}"

    country = pen.pick(("", "0BE", " BE"))
    old = new = zone(extension, country)
    if (country if belgian_number else extension) and pen.may("extension or country left out in record 8"):
        new = zone("", "")
    told = {
        "account": number,
        "iban": "" if wrong else iban,
        "currency": currency.strip(),
        "extension": extension,
    }
    return Zone(structure, old, new, told, odd=wrong)


def _belgian(pen: Pen) -> tuple[str, str]:
    """Return a Belgian account number and its IBAN."""
    first = pen.checked_digits()
    number = f"{first}{int(first) % 97 or 97:02}"
    return number, f"BE{check_digits(number, 'BE')}{number}"


def _foreign_iban(pen: Pen, country: str) -> str:
    number = _alphanumeric(pen, 11 + pen.number(20))
    return f"{country}{check_digits(number, country)}{number}"


def _foreign_number(pen: Pen) -> str:
    """Draw a number that is neither Belgian nor an IBAN."""
    return f"N-{_alphanumeric(pen, 1 + pen.number(32))}"


def _alphanumeric(pen: Pen, size: int) -> str:
    return "".join(Random(pen.number(1_000)).choices(_LETTERS_AND_DIGITS, k=size))


@dataclass(slots=True)
class Counterparty:
    zone: str
    said: dict[str, Any]
    odd: bool = False


def counterparty(pen: Pen) -> Counterparty:
    """Write the account of a counterparty, which has no digit of structure: what it is shows in its form alone."""
    form = pen.one_of(
        "no counterparty account",
        "counterparty Belgian number",
        "counterparty Belgian IBAN",
        "counterparty foreign IBAN",
        "counterparty foreign number",
        "counterparty account that is none",
    )
    currency = pen.pick(("EUR", "", "USD"))
    number = iban = ""
    odd = False
    if "IBAN" in form:
        number = iban = _belgian(pen)[1] if "Belgian" in form else _foreign_iban(pen, "NL")
        if pen.may("counterparty IBAN whose check digits do not hold", 8):
            number, iban, odd = f"{number[:2]}{other_digits(number[2:4])}{number[4:]}", "", True
    elif form == "counterparty Belgian number":
        number, iban = _belgian(pen)
    elif form == "counterparty account that is none":
        number = pen.pick(("000000000000", "666000000484"))
    elif form == "counterparty foreign number":
        number = pen.pick(("0001234567890123", _foreign_number(pen)))
    else:
        currency = ""
    zone = f"{number} {currency}" if number[:12].isdigit() and len(number) == 12 else f"{number:34}{currency}"
    told = {"counterparty_account": number, "counterparty_iban": iban, "counterparty_currency": currency}
    return Counterparty(zone, told, odd)


def check_digits(text: str, letters: str) -> str:
    """Return the two digits that ISO 7064 puts behind two letters, as for a country and its account number."""
    number = "".join(str(int(character, 36)) for character in f"{text}{letters}00")
    return f"{98 - int(number) % 97:02}"


def other_digits(check: str) -> str:
    """Return two digits that do not hold where the given ones do."""
    return f"{(int(check) + 1) % 100:02}"
