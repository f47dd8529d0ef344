"""Which records belong together: a movement, its details, and the information about each (CODA 2.6, records 2 and 3).

A record 2.1 with detail number 0000 is a movement of the account; what follows under the same sequence number explains
it. Both numbers run over from 9999 to 0000, so a detail number 0000 under the sequence number of the record before it,
after 9999, is a detail as well. Records 3 belong to the record 2 before them, not to the one with their bank reference.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from codasync.coda_account import counterparty_account
from codasync.coda_decode import doubtful_reference
from codasync.coda_faults import Findings, Notes, shown
from codasync.coda_judge import judge_details, judge_movement
from codasync.coda_layout import INFORMATION, MOVEMENT, Layout
from codasync.coda_open import Open, signed
from codasync.coda_records import Records, movement
from codasync.coda_text import LINE_LENGTH

_NUMBERS = 10000
_LAST = 9999
_FIRST_DETAIL = "0001"
_ONE = (1,)
_NONE_OR_ONE = (0, 1)
_DETAIL_WITH_DETAILS = "7"
_DETAIL_OF_DETAIL = "9"


@dataclass(slots=True)
class Draft:
    """A record 2.1 and what follows it, until its movement is complete; doubtful if there is anything to look at.

    `records` are in pieces: joined one by one, very many would take for ever.
    """

    line: int
    sequence: int
    detail: int
    milli: int
    records: list[str]
    doubtful: bool

    @property
    def type(self) -> str:
        """Return the type digit of the transaction code."""
        return self.records[0][53]


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

    def add_block(self, text: str, captured: Sequence[str], line: int) -> None:
        """Take the records of a movement or detail that are as they should be, and what their pattern captures."""
        first, second, sign, amount, structured, codes, account, informed, about, alone = captured
        sequence, detail, milli = int(first), int(second), signed(sign, amount)
        doubtful = bool(
            codes
            or (account and not counterparty_account(account)[1])
            or (structured and doubtful_reference(structured))
            or (about and doubtful_reference(about))
        )
        if alone and not detail and sequence != self._sequence:
            self._add_alone((line, text, ()), sequence, milli, doubtful=doubtful)
        else:
            self.add(Draft(line, sequence, detail, milli, [text], doubtful))
        if informed:
            self._inform(int(informed), line + text[::LINE_LENGTH].index(INFORMATION.number[0]))

    def _add_alone(self, made: Records, sequence: int, milli: int, *, doubtful: bool) -> None:
        """Take a movement that no details belong to: most are such."""
        if self._drafts:
            self.close()
        if sequence != (self._sequence + 1) % _NUMBERS:
            self._note_sequence(sequence, made[0])
        self._sequence, self._last_detail, self._lost = sequence, 0, False
        self._statement.moved.add(milli)
        if len(self._findings) == self._findings_before:
            if doubtful:
                judge_movement(movement(made), self._statement.notes)
            self._statement.movements.append(made)

    def add(self, draft: Draft) -> None:
        """Take a movement or detail of which more may come."""
        self._draft = draft
        if self._is_detail(draft):
            self._drafts.append(draft)
            self._note_detail(draft.detail, draft.line, _ONE)
            if not draft.detail:
                self._statement.wrapped.add(draft.milli)
        else:
            if self._drafts:
                self.close()
            self._begin(draft)
        self._last_detail = draft.detail

    def _is_detail(self, draft: Draft) -> bool:
        """Tell whether a record 2.1 explains the movement before it; details alone in a separate application do not."""
        if not self._drafts or draft.sequence != self._sequence:
            return False
        if self._statement.separate_application and self._drafts[0].detail:
            return False
        return bool(draft.detail) or self._last_detail == _LAST

    def add_more(self, record: str, numbers: str, line: int, layout: Layout) -> None:
        """Take a record 2.2 or 2.3 and its sequence and detail number."""
        if self._draft:
            self._compare(numbers, f"{self._draft.sequence:04}{self._draft.detail:04}", line, layout, MOVEMENT)
            self._draft.records.append(record)
            self._draft.doubtful = True

    def add_information(self, text: str, sequence: str, detail: str, line: int, *, doubtful: bool) -> None:
        """Take a record 3.1 with its sequence and detail number, and the 3.2 and 3.3 that continue it, if any."""
        self._information = None
        if self._draft is None:
            return
        if int(sequence) == self._sequence:
            self._draft.records.append(text)
            self._draft.doubtful |= doubtful
            self._inform(int(detail), line)
        else:
            expected = f"'{self._sequence:04}' as in its record 2.1"
            self._findings.add(line, 3, f"sequence number of {INFORMATION.name}", shown(sequence), expected)

    def _inform(self, detail: int, line: int) -> None:
        """Take the detail number of a record 3.1: it goes on, or repeats the one before."""
        self._information = detail
        self._note_detail(detail, line, _NONE_OR_ONE)
        self._last_detail = detail

    def continue_information(self, record: str, numbers: str, line: int, layout: Layout) -> None:
        """Take a record 3.2 or 3.3 and its sequence and detail number."""
        if self._draft and self._information is not None:
            self._compare(numbers, f"{self._sequence:04}{self._information:04}", line, layout, INFORMATION)
            self._draft.records.append(record)

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
            head, *details = self._drafts
            self._statement.movements.append(_records(head, _parts(details), self._statement.notes))
        self._drafts = []

    def _begin(self, draft: Draft) -> None:
        """Begin a movement; only in a separate application do details stand alone."""
        alone = draft.detail and self._statement.separate_application
        if draft.sequence != (self._sequence + 1) % _NUMBERS and not alone:
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

    def _compare(self, numbers: str, expected: str, line: int, layout: Layout, of: Layout) -> None:
        """Compare the sequence and detail number with those of the record that this one continues."""
        if numbers != expected:
            field = f"sequence and detail number of {layout.name}"
            self._findings.add(line, 3, field, shown(numbers), f"{shown(expected)} as in its {of.name}")


def _parts(details: Sequence[Draft]) -> list[Sequence[Draft]]:
    """Divide details, putting those of type 9 with the type 7 before them (CODA 2.6, transaction types)."""
    parts: list[Sequence[Draft]] = []
    end = 0
    while end < len(details):
        start, end = end, end + 1
        if details[start].type == _DETAIL_WITH_DETAILS:
            while end < len(details) and details[end].type == _DETAIL_OF_DETAIL:
                end += 1
        parts.append(details[start:end])
    return parts


def _records(head: Draft, parts: Sequence[Sequence[Draft]], notes: Notes) -> Records:
    """Return the records of a movement with those of its details, each with its own, and judge them."""
    text = "".join(head.records)
    if head.doubtful:
        judge_movement(movement((head.line, text, ())), notes)
    if parts:
        judge_details(head.line, head.milli, sum(first.milli for first, *_ in parts), notes)
    # After their total, as a warning that stands for several names the first line.
    return head.line, text, tuple(_records(first, [[one] for one in rest], notes) for first, *rest in parts)
