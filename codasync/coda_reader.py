"""The order of records: which may come next, and what each adds to the statement that is open.

`Reader.feed` takes line after line and returns a statement at each good trailer; `Reader.findings` holds what is
wrong. After a fault the reader goes on, to report the others as well, but makes nothing of the faulty statement.
"""

from collections.abc import Callable

from .coda_check import values
from .coda_faults import Findings, Notes, shown
from .coda_judge import judge_account, judge_balance, judge_days, judge_trailer
from .coda_layout import (
    CONTINUATIONS,
    FOLLOWERS,
    FREE_MESSAGE,
    HEADER,
    INFORMATION,
    INFORMATION_2,
    INFORMATION_3,
    LAYOUTS,
    MOVEMENT,
    MOVEMENT_2,
    MOVEMENT_3,
    NEW_BALANCE,
    OLD_BALANCE,
    TRAILER,
    Layout,
)
from .coda_movement import Draft, InformationDraft, movement
from .coda_open import Header, NewBalance, OldBalance, Open, signed
from .coda_text import RECORD_LENGTH
from .coda_values import Statement
from .errors import CodaError

_Handler = Callable[[str, int], Statement | None]
_COUNTED = frozenset(LAYOUTS) - {"0", "4", "9"}
_LAST_NUMBER = "9999"


class Reader:
    """Reads the statements of one file, line by line."""

    def __init__(self) -> None:
        self.findings = Findings()
        handlers: dict[str, _Handler] = {
            "0": self._header,
            "1": self._old_balance,
            "21": self._movement,
            "22": self._movement_2,
            "23": self._movement_3,
            "31": self._information,
            "32": self._information_2,
            "33": self._information_3,
            "4": self._free_message,
            "8": self._new_balance,
            "9": self._trailer,
        }
        self._after = {kind: {next_: handlers[next_] for next_ in names} for kind, names in FOLLOWERS.items()}
        self._kind = ""
        self._findings_before = 0
        self._begin(None, 0, Notes())

    def _begin(self, header: Header | None, number: int, notes: Notes) -> None:
        """Open a statement: nothing of the one before is left."""
        self._open = Open(first_line=number, header=header, notes=notes)
        self._announced = False
        self._group: list[Draft] = []
        self._draft: Draft | None = None
        self._numbers = ""
        self._information_numbers = ""
        self._sequence = "0000"
        self._last_detail = "0000"

    def feed(self, line: str, number: int) -> Statement | None:
        """Read one line; return the statement that it ends, if it is a trailer and all is well.

        Raises CodaError when this is no CODA file at all, is version 1, or has more faults than are worth naming.
        """
        expected = self._after[self._kind]
        kind = line[:2]
        handler = expected.get(kind)
        if handler is None:
            kind = line[:1]
            handler = expected.get(kind)
            if handler is None:
                return self._unexpected(line, number)
        if (kind in CONTINUATIONS) is not self._announced:
            self._note_next_code(kind, number)
        if kind in _COUNTED:
            self._open.records += 1
            self._open.fingerprint.add(line)
        self._kind = kind
        # Only the records of two digits have a next code, at position 126.
        self._announced = len(kind) == 2 and line[125:126] == "1"
        return handler(line, number)

    def finish(self, number: int) -> None:
        """Note a file that ends before its last trailer; `number` is the line after the last."""
        if self._kind != "9":
            self.findings.add(number, 0, "record", "the end of the file", _names(FOLLOWERS[self._kind]))

    def _values(self, layout: Layout, line: str, number: int) -> tuple[str, ...] | None:
        return values(layout, line, number, self.findings, self._open.notes)

    def _note_next_code(self, kind: str, number: int) -> None:
        says, follows = ("1", "does not follow") if self._announced else ("0", "follows")
        text = f"the next code of the record before says {says}, but its continuation {follows}"
        self._open.notes.add_once("next_code", number, text, kind)

    def _unexpected(self, line: str, number: int) -> Statement | None:
        """Note a record that may not come here, and go on as if it were in its place."""
        if not line.strip() and self._kind in {"", "9"}:
            return None
        if not self._kind and not _looks_like_coda(line):
            self.findings.add(number, 1, "file", shown(line), "a CODA file, whose first record starts with 00000")
            raise CodaError(self.findings)
        kind = next((each for each in (line[:2], line[:1]) if each in LAYOUTS), "")
        found = LAYOUTS[kind].name if kind else shown(line)
        self.findings.add(number, 1, "record", found, _names(FOLLOWERS[self._kind]))
        self._open.sums_known = False
        if not kind:
            self._open.records += 1
            return None
        self._open.records += kind in _COUNTED
        self._kind, self._announced = kind, len(kind) == 2 and line[125:126] == "1"
        self._group, self._draft, self._numbers, self._information_numbers = [], None, "", ""
        if kind == "0":
            self._header(line, number)
        return None

    def _header(self, line: str, number: int) -> None:
        if not _looks_like_coda(line):
            self.findings.add(number, 1, "file", shown(line), "a CODA file, whose first record starts with 00000")
            raise CodaError(self.findings)
        if len(line) == RECORD_LENGTH and line[-1] == "1":
            self.findings.add(number, RECORD_LENGTH, "version", "'1' (CODA version 1)", "'2' (CODA version 2)")
            raise CodaError(self.findings)
        notes, self._findings_before = Notes(), len(self.findings)
        header = values(HEADER, line, number, self.findings, notes)
        self._begin(Header(*header) if header else None, number, notes)

    def _old_balance(self, line: str, number: int) -> None:
        found = self._values(OLD_BALANCE, line, number)
        if found is None:
            self._open.sums_known = False
            return
        self._open.old = old = OldBalance(*found)
        self._open.account = self._open.account_of(old.account)
        judge_account(self._open, number)

    def _movement(self, line: str, number: int) -> None:
        found = self._values(MOVEMENT, line, number)
        self._numbers = line[2:10]
        if found is None:
            self._open.sums_known, self._draft, self._numbers = False, None, ""
            return
        sequence, detail, milli = found[0], found[1], signed(found[3], found[4])
        draft = self._draft = Draft(number, milli, found)
        if sequence == self._sequence and self._group and (detail != "0000" or self._last_detail == _LAST_NUMBER):
            self._group.append(draft)
            self._note_detail(detail, number, (1,))
            self._count_wrapped(detail, milli)
        else:
            self._close_movement()
            self._open_movement(draft, number)
        self._last_detail = detail

    def _open_movement(self, draft: Draft, number: int) -> None:
        """Begin a movement; details stand alone in a separate application only."""
        sequence, detail = draft.first[:2]
        if detail != "0000" and not self._open.separate_application:
            expected = f"0000, as no movement {sequence} is before it"
            self.findings.add(number, 7, "detail number (record 2.1)", shown(detail), expected)
            self._open.sums_known = False
        follows = f"{(int(self._sequence) + 1) % 10000:04}"
        if sequence != follows:
            text = f"sequence number {sequence} comes where {follows} was expected"
            self._open.notes.add_once("sequence", number, text, "movement")
        self._sequence = sequence
        self._group = [draft]
        if detail != "0000":
            return
        if draft.milli >= 0:
            self._open.credit += draft.milli
        else:
            self._open.debit -= draft.milli

    def _count_wrapped(self, detail: str, milli: int) -> None:
        if detail != "0000":
            return
        if milli >= 0:
            self._open.wrapped_credit += milli
        else:
            self._open.wrapped_debit -= milli

    def _note_detail(self, detail: str, number: int, steps: tuple[int, ...]) -> None:
        """Note a detail number that does not go on from the one before (after 9999 comes 0000)."""
        if (int(detail) - int(self._last_detail)) % 10000 not in steps:
            text = f"detail number {detail} comes after {self._last_detail}"
            self._open.notes.add_once("sequence", number, text, "detail")

    def _close_movement(self) -> None:
        """Make the movement whose records are all there; of a faulty statement none is made."""
        if self._group and len(self.findings) == self._findings_before:
            self._open.movements.append(movement(self._group, self._open.notes))
        self._group = []

    def _same_numbers(self, line: str, number: int, expected: str, layout: Layout, of: str) -> None:
        """Compare sequence and detail number with those of the record that this one continues."""
        if expected and line[2:10] != expected:
            field = f"sequence and detail number ({layout.name})"
            self.findings.add(number, 3, field, shown(line[2:10]), f"{shown(expected)} as in its record {of}")

    def _movement_2(self, line: str, number: int) -> None:
        found = self._values(MOVEMENT_2, line, number)
        if found is None:
            return
        self._same_numbers(line, number, self._numbers, MOVEMENT_2, "2.1")
        if self._draft:
            # Old files carry another reference across 110-125, before the codes at 113-125 were defined.
            codes = found[5:] if line[109:112] == "   " else ("", "", "", "")
            self._draft.second = (*found[2:5], *codes)

    def _movement_3(self, line: str, number: int) -> None:
        found = self._values(MOVEMENT_3, line, number)
        if found is None:
            return
        self._same_numbers(line, number, self._numbers, MOVEMENT_3, "2.1")
        if self._draft:
            self._draft.third = found[2:]

    def _information(self, line: str, number: int) -> None:
        found = self._values(INFORMATION, line, number)
        self._information_numbers = line[2:10] if found else ""
        if found is None or self._draft is None:
            return
        sequence, detail, _, flag, text = found
        if sequence != self._sequence:
            field = f"sequence number ({INFORMATION.name})"
            self.findings.add(number, 3, field, shown(sequence), f"{shown(self._sequence)} as in its record 2.1")
            return
        self._note_detail(detail, number, (0, 1))
        self._last_detail = detail
        self._draft.information.append(InformationDraft(number, flag == "1", text))

    def _information_2(self, line: str, number: int) -> None:
        self._continue_information(INFORMATION_2, line, number)

    def _information_3(self, line: str, number: int) -> None:
        self._continue_information(INFORMATION_3, line, number)

    def _continue_information(self, layout: Layout, line: str, number: int) -> None:
        found = self._values(layout, line, number)
        if found is None:
            return
        self._same_numbers(line, number, self._information_numbers, layout, "3.1")
        if self._draft and self._draft.information:
            self._draft.information[-1].text += found[2]

    def _free_message(self, line: str, number: int) -> None:
        found = self._values(FREE_MESSAGE, line, number)
        if found is None:
            return
        self._open.add_message(*found)

    def _new_balance(self, line: str, number: int) -> None:
        self._close_movement()
        self._open.new_line = number
        found = self._values(NEW_BALANCE, line, number)
        if found is None:
            return
        self._open.new = new = NewBalance(*found)
        if self._open.account and self._open.account_of(new.account) != self._open.account:
            expected = f"{shown(self._open.old.account.rstrip())} as in record 1" if self._open.old else ""
            self.findings.add(number, 5, "account (record 8)", shown(new.account.rstrip()), expected)
        judge_balance(self._open, self.findings)

    def _trailer(self, line: str, number: int) -> Statement | None:
        self._close_movement()
        found = self._values(TRAILER, line, number)
        if found is not None:
            judge_trailer(self._open, found, number, self.findings)
        judge_days(self._open)
        if self.findings:
            return None
        return self._open.statement(number)


def _looks_like_coda(line: str) -> bool:
    """Tell a damaged header from a file of another kind."""
    return line.startswith("0000") or (len(line) == RECORD_LENGTH and line[-1] in "012 ")


def _names(kinds: tuple[str, ...]) -> str:
    return " or ".join(LAYOUTS[kind].name for kind in kinds)
