"""Structured communications, and the information records (3.1-3.3) that follow a movement, as values.

`Structured.as_json` turns decoded fields into what `json.dumps` takes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from codasync.coda_decode import decode, human_text, reference, reference_holds
from codasync.coda_fields import FieldValue
from codasync.coda_structured import MEANINGS


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

    @property
    def reference(self) -> str:
        """Return the payment reference, `+++123/4567/89012+++` or ISO 11649, where the type has a place for one."""
        return reference(self.raw)

    @property
    def reference_holds(self) -> bool:
        """Say whether the check digits of the reference hold; where the type has no place for one they do."""
        return reference_holds(self.raw)

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
