"""Which records belong together: a movement, its details, and the information about each (CODA 2.6, records 2 and 3).

A record 2.1 with detail number 0000 is a movement of the account; what follows under the same sequence number explains
it. Both numbers run over from 9999 to 0000, so a detail number 0000 under the sequence number of the record before it,
after 9999, is a detail as well. Records 3 belong to the record 2 before them, not to the one with their bank reference.
"""

from typing import Any

from .coda_faults import Findings, shown
from .coda_layout import INFORMATION, MOVEMENT, MOVEMENT_2, MOVEMENT_3, Layout
from .coda_movement import Draft, movement
from .coda_open import Open

_NUMBERS = 10000
_LAST = 9999


class Group:
    """The movement that is being read in a statement; complete ones go to the statement."""

    def __init__(self, statement: Open, findings: Findings) -> None:
        self._statement = statement
        self._findings = findings
        self._findings_before = len(findings)
        self._drafts: list[Draft] = []
        self._draft: Draft | None = None
        self._numbers = ""
        self._information_numbers = ""
        self._sequence = 0
        self._last_detail = 0
        self._lost = False

    def add(self, values: Any, line: int) -> None:
        """Take the values of a record 2.1, and of its 2.2 and 2.3 as far as they are known: a movement or a detail."""
        sequence, detail = int(values[0]), int(values[1])
        milli = int(values[4]) if values[3] == "0" else -int(values[4])
        draft = Draft(line, sequence, detail, milli, values, [])
        if sequence == self._sequence and (detail or self._last_detail == _LAST) and self._drafts:
            self._drafts.append(draft)
            self._note_detail(detail, line)
            if not detail:
                self._statement.wrapped.add(draft.milli)
        else:
            if self._drafts:
                self.close()
            self._begin(draft)
        self._draft = draft
        self._numbers = values[0] + values[1]
        self._last_detail = detail

    def add_second(self, values: tuple[str, ...], line: int) -> None:
        """Take the fields of a record 2.2: its numbers, then its values."""
        self._compare(values, self._numbers, line, MOVEMENT_2, "2.1")
        if self._draft:
            before = self._draft.values
            self._draft.values = (*before[:12], *values[2:], *before[19:])

    def add_third(self, values: tuple[str, ...], line: int) -> None:
        """Take the fields of a record 2.3: its numbers, then its values."""
        self._compare(values, self._numbers, line, MOVEMENT_3, "2.1")
        if self._draft:
            account, name, text = values[2:]
            self._draft.values = (*self._draft.values[:19], account, name, text)

    def add_information(self, values: tuple[str, ...], line: int, text: str) -> None:
        """Take the fields of a record 3.1, with the text of the 3.2 and 3.3 as far as it is known."""
        self._information_numbers = values[0] + values[1]
        if self._draft is None:
            return
        sequence, detail = int(values[0]), int(values[1])
        if sequence != self._sequence:
            expected = f"'{self._sequence:04}' as in its record 2.1"
            self._findings.add(line, 3, f"sequence number of {INFORMATION.name}", shown(values[0]), expected)
            return
        if detail != self._last_detail:
            self._note_detail(detail, line)
            self._last_detail = detail
        self._draft.information.append((line, values[3] == "1", text))

    def continue_information(self, values: tuple[str, ...], line: int, layout: Layout) -> None:
        """Take the fields of a record 3.2 or 3.3: its numbers, then its text."""
        self._compare(values, self._information_numbers, line, layout, "3.1")
        if self._draft and self._draft.information:
            first, structured, text = self._draft.information[-1]
            self._draft.information[-1] = (first, structured, text + values[2])

    def lose(self) -> None:
        """Forget the record 2.1, which was faulty or out of place, so that what belongs to it is not blamed as well."""
        self._lost = True
        self._statement.sums_known = False
        self._draft, self._numbers, self._information_numbers = None, "", ""

    def lose_information(self) -> None:
        """Forget the record 3.1, which was faulty."""
        self._information_numbers = ""

    def close(self) -> None:
        """Make the movement whose records are all there; of a faulty statement none is made."""
        if self._drafts and len(self._findings) == self._findings_before:
            self._statement.movements.append(movement(self._drafts, self._statement.notes))
        self._drafts = []

    def _begin(self, draft: Draft) -> None:
        """Begin a movement; only in a separate application do details stand alone."""
        if draft.sequence != (self._sequence + 1) % _NUMBERS:
            text = f"sequence number {draft.sequence:04} comes after {self._sequence:04}"
            self._statement.notes.add_once("sequence", draft.line, text, "movement")
        self._sequence = draft.sequence
        self._drafts = [draft]
        if not draft.detail:
            self._lost = False
            self._statement.moved.add(draft.milli)
        elif not (self._lost or self._statement.separate_application):
            self._statement.sums_known = False
            expected = f"'0000', as no movement {draft.sequence:04} is before it"
            self._findings.add(draft.line, 7, f"detail number of {MOVEMENT.name}", f"'{draft.detail:04}'", expected)

    def _note_detail(self, detail: int, line: int) -> None:
        if (detail - self._last_detail) % _NUMBERS != 1:
            text = f"detail number {detail:04} comes after {self._last_detail:04}"
            self._statement.notes.add_once("sequence", line, text, "detail")

    def _compare(self, values: tuple[str, ...], expected: str, line: int, layout: Layout, of: str) -> None:
        """Compare the sequence and detail number with those of the record that this one continues."""
        numbers = values[0] + values[1]
        if expected and numbers != expected:
            field = f"sequence and detail number of {layout.name}"
            self._findings.add(line, 3, field, shown(numbers), f"{shown(expected)} as in its record {of}")
