"""Structured communications of CODA that the sandbox writes: the three digits of a type, then fields of fixed width."""

from datetime import date

BANCONTACT = "1"


def belgian(reference: str) -> str:
    """Return a Belgian structured communication (type 101) of twelve digits."""
    return f"101{reference}"


def direct_debit(settled: date, creditor: str, mandate: str, text: str) -> str:
    """Return a recurrent core direct debit that was paid (type 127)."""
    return f"127{settled:%d%m%y}110{creditor:35}{mandate:35}{text[:62]:62}0    "


def card_payment(day: date, minute: int, shop: str, town: str, amount_milli: int) -> str:
    """Return a purchase with a debit card (type 113) at so many minutes after midnight."""
    clock = f"{minute // 60:02d}{minute % 60:02d}"
    card = f"{'670300XXXXXX1234':16}{BANCONTACT}"
    terminal = f"{'000017':6}{'004211':6}{day:%d%m%y}{clock}7"
    return f"113{card}{terminal}{shop[:16]:16}{town[:10]:10}{amount_milli:015d}{100_000_000:012d}EUR"


def takings(first: date, last: date, shop: str, town: str) -> str:
    """Return the takings of a payment terminal over some days (type 111)."""
    terminal = f"{'004711':6}{'001':3}"
    span = f"{'000001':6}{first:%d%m%y}{'000087':6}{last:%d%m%y}"
    return f"111{BANCONTACT}{terminal}{span}7{shop[:16]:16}{town[:10]:10}"
