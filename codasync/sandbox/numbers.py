"""Makes numbers whose check digits are right: enterprise numbers, accounts, communications, identifiers.

Everything here is computed from its arguments, so that the same seed always makes the same office.
"""

import random
from uuid import NAMESPACE_URL, uuid5


def identifier(*parts: object) -> str:
    """Return a UUID that depends on `parts` alone."""
    return str(uuid5(NAMESPACE_URL, "codasync-sandbox:" + "/".join(map(str, parts))))


def dice(*parts: object) -> random.Random:
    """Return a generator of chance that depends on `parts` alone; it makes stories, not secrets."""
    return random.Random("/".join(map(str, parts)))  # noqa: S311


def enterprise_number(serial: int) -> str:
    """Return a Belgian enterprise number of ten digits in the range 0010, which is not issued to anybody."""
    first = 100_000 + serial % 10_000
    return f"{first:08d}{97 - first % 97:02d}"


def belgian_account(bank: str, serial: int) -> str:
    """Return the twelve digits of a Belgian account at the bank with this three-digit code."""
    first = f"{bank}{serial % 10_000_000:07d}"
    return f"{first}{int(first) % 97 or 97:02d}"


def iban(country: str, account: str) -> str:
    """Return the IBAN of a national account number (ISO 13616, modulo 97)."""
    digits = "".join(str(int(character, 36)) for character in account + country)
    return f"{country}{98 - int(digits + '00') % 97:02d}{account}"


def structured_communication(serial: int) -> str:
    """Return a Belgian structured communication (OGM-VCS): ten digits and two check digits."""
    first = serial % 10_000_000_000
    return f"{first:010d}{first % 97 or 97:02d}"
