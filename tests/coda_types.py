"""Writes structured communications of CODA 2 at random, and says what their fields are.

Every type is written down here from its description, apart from the reader's tables: `name 1-15 milli` is a field at
the positions 1 to 15 after the type. Kinds: `text`; `milli` digits with three decimals; `own` the same with the sign
of the movement; `signed` fifteen digits and their sign; `day` DDMMYY; `longday` DDMMYYYY; `lines` of 35; a number n
digits with n decimals; `belgian` a structured communication; `iso` an ISO 11649 reference; a name in capitals a code
that this table gives the meanings of.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from coda_accounts import check_digits, other_digits
from coda_pen import Pen

_CODES = {
    "SCHEME": "1 Bancontact, 2 Maestro, 3 private, 5 TINA, 9 other",
    "POS": "0 cumulative, 1 withdrawal, 2 cumulative on network, 5 other terminals, 7 retail, 8 teledata, 9 fuel",
    "CARD": "1 withdrawal, 2 Proton loaded, 3 Proton refunded, 4 purchase reversed, 5 other, 7 retail, 8 teledata,"
    " 9 fuel",
    "PRODUCT": "01 leaded substitute, 02 euro premium, 03 diesel, 04 LPG, 06 98 octane, 07 regular unleaded,"
    " 08 heating oil, 09 lubricant, 10 petrol, 11 99+, 12 avgas, 16 other",
    "MINIMUM": "0 minimum does not apply, 1 minimum applies, 2 minimum does not apply",
    "ISSUER": "1 Mastercard, 2 Visa, 3 American Express, 4 Diners, 9 other",
    "DOM80": "0 paid, 1 cancelled or unknown, 2 refused, D the payer disagrees, E number of another creditor",
    "DEBIT": "0 unspecified, 1 recurrent, 2 one-off, 3 first, 4 last",
    "SEPA": "0 unspecified, 1 core, 2 B2B",
    "OUTCOME": "0 paid, 1 technical reason, 2 reason not specified, 3 the debtor disagrees, 4 the debtor's account",
    "REASON": "AC04 account closed, MD06 refund requested by the debtor",
    "R": "0 paid, 1 reject, 2 return, 3 refund, 4 reversal, 5 cancellation",
    "SECURITY": "01 SVM, 02 ISIN, 04 Telekurs, 05 Sedol, 06 Cedel, 07 Euroclear, 08 WKN, 09 EOE, 99 internal",
    "COUPON": "1 dividend, 2 interest",
    "QUANTITY": "N nominal, U per unit",
}
CODES = {
    name: {code: meaning for code, _, meaning in (each.partition(" ") for each in text.split(", "))}
    for name, text in _CODES.items()
}
_FIELDS = {
    "001": "name 1-70 text, street 71-105 text, town 106-140 text, identification 141-175 text",
    "002": "text 1-265 lines",
    "004": "bank 1-265 lines",
    "005": "correspondent 1-265 lines",
    "006": "description 1-30 text, currency 31-33 text, amount_milli 34-49 signed, category 50-52 text",
    "007": "count 1-7 0, denomination_milli 8-13 milli, total_milli 14-28 milli",
    "008": "name 1-70 text, identification 71-105 text",
    "009": "name 1-70 text, identification 71-105 text",
    "010": "order 1-13 text, file 14-28 text, customer_reference 29-41 text, code_type 42-43 SECURITY,"
    " code 44-58 text, quantity_kind 59-59 QUANTITY, quantity 60-71 4, issue_currency 72-74 text,"
    " units_per_trade 75-78 0, quotation_currency 79-81 text, price 82-93 4, rate 94-105 8, name 106-145 text,"
    " slip 146-158 text, coupon 159-166 text, coupon_date 167-174 longday, market 175-204 text,"
    " deal_date 205-212 longday, nature 213-236 text, nominal_milli 237-251 milli",
    "011": "order 1-13 text, file 14-28 text, customer_reference 29-41 text, code_type 42-43 SECURITY,"
    " code 44-58 text, quantity 59-70 4, name 71-110 text, currency 111-113 text, coupon_amount 114-127 6,"
    " kind 128-128 COUPON, foreign_tax_milli 129-143 milli, nature 144-167 text, coupon_number 168-173 text,"
    " date 174-179 day, rate 180-191 8, payment_currency 192-194 text, nominal_milli 195-209 milli",
    "100": "reference 1-146 iso",
    "101": "reference 1-12 belgian",
    "102": "reference 1-12 belgian",
    "103": "number 1-12 text",
    "105": "amount_milli 1-15 own, original_amount_milli 16-30 own, rate 31-42 8, currency 43-45 text,"
    " reference 46-57 belgian, country 58-59 text, equivalent_eur_milli 60-74 own",
    "106": "equivalent_milli 1-15 milli, base_milli 16-30 milli, percent 31-42 8, minimum 43-43 MINIMUM,"
    " equivalent_eur_milli 44-58 milli",
    "107": "mandate_number 1-12 text, date 13-18 day, communication 19-48 text, outcome 49-49 DOM80,"
    " creditor_number 50-60 text",
    "108": "equivalent_milli 1-15 milli, base_milli 16-30 milli, interest_rate 31-42 8, from_date 43-48 day,"
    " to_date 49-54 day",
    "111": "scheme 1-1 SCHEME, terminal 2-7 text, period 8-10 text, first_sequence 11-16 text, first_date 17-22 day,"
    " last_sequence 23-28 text, last_date 29-34 day, kind 35-35 POS, terminal_name 36-51 text, town 52-61 text",
    "113": "card 1-16 text, scheme 17-17 SCHEME, terminal 18-23 text, sequence 24-29 text, date 30-35 day,"
    " time 36-39 text, kind 40-40 CARD, terminal_name 41-56 text, town 57-66 text, original_amount_milli 67-81 milli,"
    " rate 82-93 8, currency 94-96 text, volume 97-101 2, product 102-103 PRODUCT, unit_price_milli 104-108 milli",
    "114": "scheme 1-1 SCHEME, terminal 2-7 text, period 8-10 text, sequence 11-16 text, date 17-22 day,"
    " time 23-26 text, kind 27-27 POS, terminal_name 28-43 text, town 44-53 text, reference 54-69 text",
    "115": "card 1-16 text, scheme 17-17 SCHEME, terminal 18-23 text, sequence 24-29 text, date 30-35 day,"
    " time 36-39 text, validation_date 40-45 day, validation_sequence 46-51 text, customer_amount_milli 52-66 milli,"
    " conformity 67-67 text, terminal_name 68-83 text, town 84-93 text, message 94-105 text",
    "121": "amount_milli 1-15 milli, due_date 16-21 day, agreed_due_date 22-27 day, issue_date 28-33 day,"
    " enterprise_number 34-44 text, currency 45-47 text, bill_number 51-63 text, rate 64-75 8",
    "122": "days 1-4 0, rate 5-16 8, base_milli 17-31 milli, minimum 32-32 MINIMUM, bill_number 33-45 text,"
    " due_date 46-51 day",
    "123": "start_date 1-6 day, end_date 7-12 day, base_milli 13-27 milli, percent 28-39 8, days 40-43 0,"
    " minimum 44-44 MINIMUM, guarantee_number 45-57 text",
    "124": "card 1-20 text, issuer 21-21 ISSUER, invoice 22-33 text, identification 34-48 text, date 49-54 day",
    "125": "account 1-12 text, extension 13-27 text, old_balance_milli 28-42 milli, new_balance_milli 43-57 milli,"
    " amount_milli 58-72 milli, currency 73-75 text, start_date 76-81 day, end_date 82-87 day, rate 88-99 8,"
    " reference 100-112 text",
    "126": "number 1-15 text, amount_milli 16-30 milli, equivalent_milli 31-45 milli, start_date 46-51 day,"
    " end_date 52-57 day, rate 58-69 8, interest_milli 70-84 milli, currency 85-87 text, exchange_rate 88-99 8",
    "127": "settlement_date 1-6 day, kind 7-7 DEBIT, scheme 8-8 SEPA, outcome 9-9 OUTCOME, creditor 10-44 text,"
    " mandate 45-79 text, communication 80-141 text, r_transaction 142-142 R, r_reason 143-146 REASON",
}
UNKNOWN = ("003", "104", "112", "120", "012", "099", "109", "128", "999")
"""Types whose fields no source gives, and some that no source names: they are kept as they are."""

KINDS = (*_FIELDS, *UNKNOWN)
_WORDS = {"107": "communication", "115": "message", "127": "communication", "002": "text"}


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a type; the positions count from 1 and include the last."""

    name: str
    first: int
    last: int
    kind: str


@dataclass(frozen=True, slots=True)
class Content:
    """A structured communication: its text with the type, and what a reader has to make of it.

    `words` are what a person wrote, `reference` is what payments are matched by, and `holds` says that its check
    digits do.
    """

    kind: str
    text: str
    fields: dict[str, Any]
    words: str = ""
    reference: str = ""
    holds: bool = True


def _field(text: str) -> Field:
    name, place, kind = text.split()
    first, last = place.split("-")
    return Field(name, int(first), int(last), kind)


FIELDS = {kind: tuple(map(_field, text.split(", "))) for kind, text in _FIELDS.items()}


def content(pen: Pen, kind: str, room: int, *, debit: bool) -> Content:
    """Write a communication of a type into the room that its records have, the type included."""
    if kind in UNKNOWN:
        text = f"{kind}{pen.text(room - 3)}".rstrip()
        return Content(kind, text, {})
    made = _Made(kind, pen, room - 3, debit=debit)
    for field in FIELDS[kind]:
        made.write(field)
    return made.content()


def length(kind: str) -> int:
    """Return how many positions a type takes, the type included; 0 if that is not known."""
    return 3 + FIELDS[kind][-1].last if kind in FIELDS else 0


class _Made:
    """A structured communication while its fields are drawn."""

    def __init__(self, kind: str, pen: Pen, room: int, *, debit: bool) -> None:
        self._kind, self._pen, self._room, self._debit = kind, pen, room, debit
        self._text = ""
        self._fields: dict[str, Any] = {}
        self._reference, self._holds = "", True

    def write(self, field: Field) -> None:
        """Draw one field; what lies beyond the room is lost."""
        width = field.last - field.first + 1
        left = max(0, min(width, self._room - field.first + 1))
        text, value = self._draw(field, width)
        if left < width:
            assert not left or field.kind in {"text", "lines"}, "no record may end within a number"
            value = _joined(text[:left]) if field.kind == "lines" else text[:left].strip(" ")
            value = value if field.kind in {"text", "lines", *CODES} else None
        self._text = self._text.ljust(field.first - 1) + text[:left]
        self._fields[field.name] = value
        if field.kind in CODES:
            self._fields[f"{field.name}_meaning"] = CODES[field.kind].get(value, "")

    def content(self) -> Content:
        """Return what was drawn."""
        words = self._fields[_WORDS[self._kind]] if self._kind in _WORDS else ""
        text = (self._kind + self._text).rstrip(" ")
        return Content(self._kind, text, self._fields, words, self._reference, self._holds)

    def _draw(self, field: Field, width: int) -> tuple[str, Any]:
        """Return the text of a field, as wide as it has to be, and its value."""
        kind = field.kind
        if kind in {"belgian", "iso"}:
            return self._refer(kind, width)
        if kind == "lines":
            text = self._pen.text(min(width, self._room)).ljust(width)
            return text, _joined(text)
        if kind == "text":
            words = self._pen.words(width)
            return words.ljust(width), words
        return self._draw_value(kind, width)

    def _draw_value(self, kind: str, width: int) -> tuple[str, Any]:
        """Return a code, a day or a number, or blanks."""
        pen = self._pen
        if pen.may("blank field of a structured communication", 8):
            return " " * width, "" if kind in CODES else None
        if kind in CODES:
            known = sorted(CODES[kind])
            code = "X".rjust(width, "0") if pen.may("code without a meaning", 8) else pen.pick(known)
            return code, code
        if kind == "day":
            return _day(pen)
        if kind == "longday":
            day = pen.day()
            return (day.strftime("%d%m%Y"), day) if pen.number(4) else ("0" * width, None)
        return self._draw_number(kind, width)

    def _draw_number(self, kind: str, width: int) -> tuple[str, Any]:
        number = self._pen.pick((0, self._pen.number(10**width), 10 ** self._pen.number(width)))
        if kind == "milli":
            return f"{number:0{width}}", number
        if kind == "own":
            return f"{number:0{width}}", -number if self._debit else number
        if kind == "signed":
            number //= 10
            sign = self._pen.number(2)
            return f"{number:0{width - 1}}{sign}", -number if sign else number
        decimal = (Decimal(number) / 10 ** int(kind)).normalize()
        return f"{number:0{width}}", f"{decimal:f}"

    def _refer(self, kind: str, width: int) -> tuple[str, str]:
        """Draw a reference to match payments by, or none where a type need not have one."""
        pen = self._pen
        self._holds = not pen.may("reference whose check digits do not hold", 6)
        if kind == "iso":
            text = iso_reference(pen.digits(6) + pen.pick(("", "INVOICE", pen.digits(15))), holds=self._holds)
            self._reference = text
            return text.ljust(width), text
        if self._kind == "105" and pen.may("no reference in type 105"):
            self._holds = True
            text = pen.pick(("0" * width, " " * width))
            return text, text.strip(" ")
        text = belgian_reference(pen.checked_digits(), holds=self._holds)
        self._reference = f"+++{text[:3]}/{text[3:7]}/{text[7:]}+++"
        return text, self._reference


def _day(pen: Pen) -> tuple[str, date | None]:
    day = pen.day()
    return ((day.strftime("%d%m%y"), day), ("000000", None), ("999999", None))[max(0, pen.number(6) - 3)]


def _joined(text: str) -> str:
    lines = [text[start : start + 35].strip(" ") for start in range(0, len(text), 35)]
    return "\n".join(filter(None, lines))


def belgian_reference(number: str, *, holds: bool = True) -> str:
    """Return ten digits and two that check them: the remainder after division by 97, or 97 where there is none."""
    remainder = int(number) % 97 or 97
    return f"{number}{remainder if holds else remainder % 97 + 1:02}"


def iso_reference(text: str, *, holds: bool = True) -> str:
    """Return an ISO 11649 reference: RF, two digits that check the text, and the text."""
    check = check_digits(text, "RF")
    return f"RF{check if holds else other_digits(check)}{text}"
