"""Which records belong together: a movement, its details, and the information about each (CODA 2.6, records 2 and 3).

A record 2.1 with detail number 0000 is a movement of the account; what follows under the same sequence number explains
it. Both numbers run over from 9999 to 0000, so a detail number 0000 under the sequence number of the record before it,
after 9999, is a detail as well. Records 3 belong to the record 2 before them, not to the one with their bank reference.
"""

from typing import Any

from codasync.coda_faults import Findings, shown
from codasync.coda_layout import INFORMATION, MOVEMENT, MOVEMENT_2, MOVEMENT_3, Layout
from codasync.coda_movement import Draft, information, make_movement, movement, structured_information
from codasync.coda_open import Open
from codasync.coda_values import Information

_NUMBERS = 10000
_LAST = 9999
_FIRST_DETAIL = "0001"
_ONE = (1,)
_NONE_OR_ONE = (0, 1)


class Group:
    """The movement that is being read in a statement; complete ones go to the statement."""

    def __init__(self, statement: Open, findings: Findings) -> None:
        self._statement = statement
        self._findings = findings
        self._findings_before = len(findings)
        self._drafts: list[Draft] = []
        self._draft: Draft | None = None
        self._information: int | None = None
        self._sequence = 0
        self._last_detail = 0
        self._lost = False

    def add(self, values: Any, line: int) -> None:
        """Take the values of a movement or detail: its record 2.1, and what is known of its 2.2, 2.3 and first 3.1."""
        sequence, detail = int(values[0]), int(values[1])
        milli = int(values[4]) if values[3] == "0" else -int(values[4])
        if values[27] is not None and not detail and sequence != self._sequence:
            self._add_alone(values, sequence, milli, line)
            return
        self._draft = draft = Draft(line, sequence, detail, milli, values, [])
        if sequence == self._sequence and (detail or self._last_detail == _LAST) and self._drafts:
            self._drafts.append(draft)
            self._note_detail(detail, line, _ONE)
            if not detail:
                self._statement.wrapped.add(milli)
        else:
            if self._drafts:
                self.close()
            self._begin(draft)
        self._last_detail = detail
        if values[22] is not None:
            self._inform(draft, values[22:27], _line_of_information(values, line))

    def _add_alone(self, values: Any, sequence: int, milli: int, line: int) -> None:
        """Take a movement that nothing else belongs to, and make it at once: most are such."""
        if self._drafts:
            self.close()
        if sequence != (self._sequence + 1) % _NUMBERS:
            self._note_sequence(sequence, line)
        self._sequence, self._last_detail, self._lost = sequence, 0, False
        self._statement.moved.add(milli)
        informed = () if values[22] is None else self._information_of(values, milli, line)
        if len(self._findings) == self._findings_before:
            made = make_movement(values, sequence, 0, milli, (), informed, line, self._statement.notes)
            self._statement.movements.append(made)

    def _information_of(self, values: Any, milli: int, line: int) -> tuple[Information, ...]:
        """Make the only information of a movement that nothing else belongs to."""
        number, flag, text, second, third = values[22:27]
        if number != _FIRST_DETAIL:
            self._note_detail(int(number), line, _NONE_OR_ONE)
        text += (second or "") + (third or "")
        at = _line_of_information(values, line)
        return (structured_information(at, text, milli),) if flag == "1" else information([(at, False, text)], milli)

    def add_second(self, values: tuple[str, ...], line: int) -> None:
        """Take the fields of a record 2.2: its numbers, then its values."""
        self._compare(values, self._numbers(), line, MOVEMENT_2, "2.1")
        if self._draft:
            before = self._draft.values
            self._draft.values = (*before[:12], *values[2:], *before[19:])

    def add_third(self, values: tuple[str, ...], line: int) -> None:
        """Take the fields of a record 2.3: its numbers, then its values."""
        self._compare(values, self._numbers(), line, MOVEMENT_3, "2.1")
        if self._draft:
            before = self._draft.values
            self._draft.values = (*before[:19], *values[2:], *before[22:])

    def add_information(self, values: Any, line: int) -> None:
        """Take the fields of a record 3.1: its numbers, flag and text, and the texts of its 3.2 and 3.3 or None."""
        self._information = None
        if self._draft is None:
            return
        if int(values[0]) == self._sequence:
            self._inform(self._draft, values[1:], line)
        else:
            expected = f"'{self._sequence:04}' as in its record 2.1"
            self._findings.add(line, 3, f"sequence number of {INFORMATION.name}", shown(values[0]), expected)

    def _inform(self, draft: Draft, values: Any, line: int) -> None:
        """Give a record 3.1 to its movement; its detail number goes on, or repeats the one before."""
        number, flag, text, second, third = values
        self._information = detail = int(number)
        self._note_detail(detail, line, _NONE_OR_ONE)
        self._last_detail = detail
        if second is not None:
            text += second
        if third is not None:
            text += third
        draft.information.append((line, flag == "1", text))

    def continue_information(self, values: tuple[str, ...], line: int, layout: Layout) -> None:
        """Take the fields of a record 3.2 or 3.3: its numbers, then its text."""
        if self._information is not None:
            self._compare(values, f"{self._sequence:04}{self._information:04}", line, layout, "3.1")
        if self._draft and self._draft.information:
            first, structured, text = self._draft.information[-1]
            self._draft.information[-1] = (first, structured, text + values[2])

    def lose(self) -> None:
        """Forget the record 2.1, which was faulty or out of place, so that what belongs to it is not blamed as well."""
        self._lost = True
        self._statement.sums_known = False
        self._draft = self._information = None

    def lose_information(self) -> None:
        """Forget the record 3.1, which was faulty."""
        self._information = None

    def close(self) -> None:
        """Make the movement whose records are all there; of a faulty statement none is made."""
        if self._drafts and len(self._findings) == self._findings_before:
            self._statement.movements.append(movement(self._drafts, self._statement.notes))
        self._drafts = []

    def _begin(self, draft: Draft) -> None:
        """Begin a movement; only in a separate application do details stand alone."""
        if draft.sequence != (self._sequence + 1) % _NUMBERS:
            self._note_sequence(draft.sequence, draft.line)
        self._sequence = draft.sequence
        self._drafts = [draft]
        if not draft.detail:
            self._lost = False
            self._statement.moved.add(draft.milli)
        elif not (self._lost or self._statement.separate_application):
            self._statement.sums_known = False
            expected = f"'0000', as no movement {draft.sequence:04} is before it"
            self._findings.add(draft.line, 7, f"detail number of {MOVEMENT.name}", f"'{draft.detail:04}'", expected)

    def _note_sequence(self, sequence: int, line: int) -> None:
        text = f"sequence number {sequence:04} comes after {self._sequence:04}"
        self._statement.notes.add_once("sequence", line, text, "movement")

    def _note_detail(self, detail: int, line: int, steps: tuple[int, ...]) -> None:
        if (detail - self._last_detail) % _NUMBERS not in steps:
            text = f"detail number {detail:04} comes after {self._last_detail:04}"
            self._statement.notes.add_once("sequence", line, text, "detail")

    def _numbers(self) -> str:
        """Return sequence and detail number of the record 2.1, "" where there is none to compare with."""
        return f"{self._draft.sequence:04}{self._draft.detail:04}" if self._draft else ""

    def _compare(self, values: tuple[str, ...], expected: str, line: int, layout: Layout, of: str) -> None:
        """Compare the sequence and detail number with those of the record that this one continues."""
        numbers = values[0] + values[1]
        if expected and numbers != expected:
            field = f"sequence and detail number of {layout.name}"
            self._findings.add(line, 3, field, shown(numbers), f"{shown(expected)} as in its record {of}")


def _line_of_information(values: Any, line: int) -> int:
    """Return the line of the first record 3.1, after a record 2.1 at `line` and the 2.2 and 2.3 that there are."""
    return line + 1 + (values[12] is not None) + (values[19] is not None)
