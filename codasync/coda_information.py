"""Structured communications, and the information records (3.1-3.3) that follow a movement, as values.

`Structured.as_json` turns decoded fields into what `json.dumps` takes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from codasync.coda_decode import decode, human_text
from codasync.coda_fields import FieldValue
from codasync.coda_layout import INFORMATION, INFORMATION_2, INFORMATION_3
from codasync.coda_structured import MEANINGS

_FLAG = INFORMATION.place("communication structure")
_TEXTS = {layout.number: layout.place("communication") for layout in (INFORMATION, INFORMATION_2, INFORMATION_3)}


@dataclass(frozen=True, slots=True)
class Structured:
    """A structured communication: its three-digit type and, in `raw`, all of it as given, the type included.

    `fields` are decoded when they are asked for, by the layout of the type; `debit` says whether the movement's amount
    is negative, which the unsigned amounts of type 105 follow.
    """

    type: str
    raw: str
    debit: bool = False

    @property
    def meaning(self) -> str:
        """Return what the type is for, in English; "" for an unknown type."""
        return MEANINGS.get(self.type, "")

    @property
    def fields(self) -> Mapping[str, FieldValue]:
        """Return the fields that the layout names; none for a type without a known layout.

        Amounts are fields named `*_milli` (int thousandths), dates `datetime.date`, rates and quantities decimal
        strings; a field that is blank or cannot be read is None.
        """
        return decode(self.raw, debit=self.debit)

    @property
    def text(self) -> str:
        """Return the words that a person wrote, where the type has a place for them, else an empty string."""
        return human_text(self.raw)

    def as_json(self) -> dict[str, str | int | None]:
        """Return type, meaning, every field (dates as YYYY-MM-DD) and raw as values that JSON knows."""
        plain = {name: str(value) if isinstance(value, date) else value for name, value in self.fields.items()}
        return {"type": self.type, "meaning": self.meaning, **plain, "raw": self.raw}


@dataclass(frozen=True, slots=True)
class Information:
    """What information records (3.1-3.3) say about a movement: consecutive free texts joined, or one structured."""

    text: str
    structured: Structured | None
    line: int


def information(records: Iterable[tuple[int, str]], *, debit: bool) -> tuple[Information, ...]:
    """Make the information of the records 3 of a movement, each with the number of its line.

    Structured records stand each for itself. Free texts that follow each other are joined without a separator, as
    banks cut one text at position 73 and go on in the next record 3.1.
    """
    texts: list[tuple[int, bool, list[str]]] = []
    for line, record in records:
        text = record[_TEXTS[record[:2]]]
        is_structured = record[_FLAG] == "1"
        if record[:2] != INFORMATION.number or (texts and not is_structured and not texts[-1][1]):
            texts[-1][2].append(text)
        else:
            texts.append((line, is_structured, [text]))
    return tuple(_information(line, kind, "".join(parts), debit=debit) for line, kind, parts in texts)


def _information(line: int, is_structured: bool, text: str, *, debit: bool) -> Information:
    if not is_structured:
        return Information(text.rstrip(" "), None, line)
    return Information(human_text(text), Structured(text[:3], text.rstrip(" "), debit), line)
