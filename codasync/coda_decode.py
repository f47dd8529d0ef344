"""Decoding of structured communications by the layouts of `coda_structured`; nothing here refuses a file."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache

from codasync.coda_account import modulo_97
from codasync.coda_fields import FieldValue, day
from codasync.coda_structured import LAYOUTS, Kind

_LINE_LENGTH = 35
_NO_TERM = "999999"
_Decoder = Callable[[str, bool], FieldValue]
_ISO_11649 = re.compile(r"RF[0-9]{2}[A-Z0-9]{1,21}")


def decode(content: str, *, debit: bool) -> dict[str, FieldValue]:
    """Decode a structured communication into the fields of its layout; what does not fit its kind is None.

    `content` begins with the three digits of the type; `debit` says whether the movement's amount is negative.
    """
    text = content[3:]
    found: dict[str, FieldValue] = {}
    for name, where, decoder, meanings in _layout(content[:3]):
        part = text[where].rstrip()
        try:
            found[name] = (
                decoder(part, debit) if decoder in _OF_WORDS or len(part) == where.stop - where.start else None
            )
        except ValueError:
            found[name] = None
        if meanings is not None:
            found[f"{name}_meaning"] = meanings.get(part.strip(), "")
    return found


def human_text(content: str) -> str:
    """Return the words that a person wrote in a structured communication; "" where its type has no place for them."""
    kind = content[:3]
    if kind == _TEXT_OF_THE_BANK:
        return _lines(content[3:].rstrip(), False)
    place = _TEXT_PLACES.get(kind)
    return content[place].strip() if place else ""


def reference(content: str) -> str:
    """Return the payment reference in a structured communication, as people write it; "" where there is none.

    Types 101, 102 and 105 carry a Belgian one, shown as `+++123/4567/89012+++`; type 100 an ISO 11649 one.
    """
    if place := _BELGIAN_PLACES.get(content[:3]):
        given = content[place]
        return _belgian(given) if _is_belgian(given) else ""
    return content[3:].replace(" ", "") if content[:3] == _ISO_REFERENCE else ""


def reference_holds(content: str) -> bool:
    """Say whether the check digits of a payment reference hold; they do where the type has no place for one.

    A Belgian one is 10 digits and their remainder modulo 97, with 97 for 0. Type 105 may leave it out, or fill it with
    zeros.
    """
    kind = content[:3]
    if place := _BELGIAN_PLACES.get(kind):
        given = content[place]
        if kind == "105" and not given.strip(" 0"):
            return True
        if not _is_belgian(given):
            return False
        checked, check = divmod(int(given), 100)
        return (checked % 97 or 97) == check
    if kind == _ISO_REFERENCE:
        number = reference(content)
        return bool(_ISO_11649.fullmatch(number)) and modulo_97(number[4:] + number[:4]) == 1
    return True


def doubtful_reference(beginning: str) -> bool:
    """Say whether check digits may not hold, by the first 53 positions of a structured communication or more.

    Types 100 and 105 can have theirs further on, so that they are always doubtful.
    """
    return beginning[:3] in {_ISO_REFERENCE, "105"} or not reference_holds(beginning)


def _is_belgian(given: str) -> bool:
    return len(given) == 12 and given.isascii() and given.isdecimal() and given != _NO_REFERENCE


def _belgian(given: str) -> str:
    return f"+++{given[:3]}/{given[3:7]}/{given[7:]}+++"


def _places(*names: str) -> dict[str, slice]:
    """Return where in a content, type included, each type has the first field of these names."""
    return {
        kind: slice(first + 2, first + 2 + length)
        for kind, layout in LAYOUTS.items()
        for name, first, length, _ in layout
        if name in names
    }


_TEXT_PLACES = _places("communication", "message")
_BELGIAN_PLACES = {kind: place for kind, place in _places("reference").items() if kind in {"101", "102", "105"}}
_ISO_REFERENCE = "100"
_NO_REFERENCE = "0" * 12
_TEXT_OF_THE_BANK = "002"


@lru_cache(maxsize=64)
def _layout(kind: str) -> tuple[tuple[str, slice, _Decoder, Mapping[str, str] | None], ...]:
    """Return name, place, decoder and meanings of the fields of a type, none for an unknown one."""
    return tuple(
        (name, slice(first - 1, first - 1 + length), _decoder(of), of if isinstance(of, Mapping) else None)
        for name, first, length, of in LAYOUTS.get(kind, ())
    )


def _decoder(kind: Kind) -> _Decoder:
    if isinstance(kind, int):
        return lambda text, _debit: _decimal(text, kind)
    return _DECODERS[kind] if isinstance(kind, str) else _text


def _digits(text: str) -> str:
    digits = text.lstrip()
    if not (digits.isascii() and digits.isdecimal()):
        raise ValueError(text)
    return digits


def _text(text: str, _debit: bool) -> str:
    return text.strip()


def _reference(text: str, _debit: bool) -> str:
    return _belgian(text) if _is_belgian(text) else text.strip()


def _lines(text: str, _debit: bool) -> str:
    lines = [text[start : start + _LINE_LENGTH].strip() for start in range(0, len(text), _LINE_LENGTH)]
    return "\n".join(line for line in lines if line)


def _amount(text: str, _debit: bool) -> int:
    return int(_digits(text))


def _own_amount(text: str, debit: bool) -> int:
    return -int(_digits(text)) if debit else int(_digits(text))


def _signed_amount(text: str, _debit: bool) -> int:
    """Read 15 digits followed by their sign, as information type 006 has them."""
    digits = _digits(text)
    if len(digits) != 16 or digits[15] not in "01":
        raise ValueError(text)
    return -int(digits[:15]) if digits[15] == "1" else int(digits[:15])


def _decimal(text: str, decimals: int) -> str:
    """Return digits with a given number of decimals as a decimal string without superfluous zeros."""
    digits = _digits(text).rjust(decimals + 1, "0")
    whole, fraction = digits[: len(digits) - decimals], digits[len(digits) - decimals :].rstrip("0")
    number = whole.lstrip("0") or "0"
    return f"{number}.{fraction}" if fraction else number


def _date(text: str, _debit: bool) -> date | None:
    if text == _NO_TERM:
        return None
    if len(_digits(text)) != 6:
        raise ValueError(text)
    return day(text)


def _long_date(text: str, _debit: bool) -> date | None:
    digits = _digits(text)
    if len(digits) != 8:
        raise ValueError(text)
    return date(int(digits[4:]), int(digits[2:4]), int(digits[:2])) if digits.strip("0") else None


# All other fields are numbers that fill their place: a part of one would be another number.
_OF_WORDS = frozenset({_text, _lines, _reference})
_DECODERS: dict[str, _Decoder] = {
    "text": _text,
    "lines": _lines,
    "reference": _reference,
    "amount": _amount,
    "own": _own_amount,
    "signed": _signed_amount,
    "date": _date,
    "date8": _long_date,
}
