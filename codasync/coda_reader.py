"""The order of records: which may come next, and what each adds to the statement that is open.

Most of a file are movements without fault or oddity: those are read a block of lines at once, by one pattern. Every
other line is read by itself, against its layout. After a fault the reader goes on, to report the others as well, but
makes nothing of the faulty statement.
"""

import re
from collections.abc import Callable, Iterable, Iterator

from codasync.coda_check import values
from codasync.coda_decode import doubtful_reference
from codasync.coda_faults import Findings, Notes, shown
from codasync.coda_group import Draft, Group
from codasync.coda_judge import (
    judge_account,
    judge_application,
    judge_balance,
    judge_days,
    judge_new_account,
    judge_trailer,
)
from codasync.coda_layout import (
    CONTINUATIONS,
    FOLLOWERS,
    FREE_MESSAGE,
    HEADER,
    INFORMATION,
    INFORMATION_2,
    INFORMATION_3,
    INFORMATION_BLOCK,
    LAYOUTS,
    MOVEMENT,
    MOVEMENT_2,
    MOVEMENT_3,
    MOVEMENT_BLOCK,
    NEW_BALANCE,
    OLD_BALANCE,
    TRAILER,
    Layout,
)
from codasync.coda_open import Header, NewBalance, OldBalance, Open, signed
from codasync.coda_statement import Statement
from codasync.coda_text import LINE_LENGTH, RECORD_LENGTH
from codasync.errors import CodaError

_Handler = Callable[[str], Statement | None]
_A_CODA_FILE = "a CODA file, whose first record starts with 00000"
_COUNTED = frozenset(LAYOUTS) - {"0", "4", "9"}
_BLANK_LINES = re.compile(r"\s*\n")
_OUTSIDE = frozenset({"", "9"})
_MOVEMENT_KINDS = frozenset({"1", "21", "22", "23", "31", "32", "33"})


class Reader:
    """Reads the statements of one file."""

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
        self._number = 0
        self._begin(Open(first_line=0, header=None, notes=Notes()))

    def _begin(self, statement: Open) -> None:
        """Open a statement: nothing of the one before is left."""
        self._open = statement
        self._group = Group(statement, self.findings)
        self._announced = False

    def statements(self, pieces: Iterable[str]) -> Iterator[Statement]:
        """Yield the statements in pieces of text that hold whole lines; the first fault ends the yielding.

        Raises CodaError when there are faults, at the latest when all has been looked at.
        """
        for text in pieces:
            position = 0
            while position < len(text):
                position = self._blocks(text, position)
                end = text.find("\n", position)
                if end < 0:
                    break
                statement = self._line(text[position:end])
                position = end + 1
                if statement is not None:
                    yield statement
        self._finish()
        if self.findings:
            raise CodaError(self.findings)

    def _blocks(self, text: str, position: int) -> int:
        """Read lines in bulk from a position on: blank ones around statements, movements and information in them.

        Return where that ends. This leaves the reader in the state in which reading each line by itself would.
        """
        if self._kind in _OUTSIDE:
            if blank := _BLANK_LINES.match(text, position):
                self._number += blank[0].count("\n")
                return blank.end()
        elif self._kind in _MOVEMENT_KINDS and not self._announced:
            return self._movements(text, position)
        return position

    def _movements(self, text: str, position: int) -> int:
        """Read movements and information as long as they are as they should be; return where that ends."""
        group, start, number = self._group, position, self._number
        while True:
            if match := MOVEMENT_BLOCK.match(text, position):
                group.add_block(match[0], match.groups(""), number + 1)
            elif self._kind != "1" and (match := INFORMATION_BLOCK.match(text, position)):
                sequence, detail, structured = match.groups("")
                doubtful = doubtful_reference(structured)
                group.add_information(match[0], sequence, detail, number + 1, doubtful=doubtful)
            else:
                break
            end = match.end()
            number += (end - position) // LINE_LENGTH
            position = end
            self._kind = "23"
        if position > start:
            self._open.fingerprint.add(text[start:position])
            self._open.records += number - self._number
            self._number = number
            last_line = position - LINE_LENGTH
            self._kind = text[last_line : last_line + 2]
            self._announced = text[last_line + 125] == "1"
        return position

    def _line(self, line: str) -> Statement | None:
        """Read one line; return the statement that it ends, if it is a trailer and all is well.

        Raises CodaError when this is no CODA file at all, is version 1, or has more faults than are worth naming.
        """
        self._number += 1
        expected = self._after[self._kind]
        kind = line[:2] if line[:2] in LAYOUTS else line[:1]
        handler = expected.get(kind)
        if handler is None:
            self._unexpected(kind, line)
            return None
        if (kind in CONTINUATIONS) is not self._announced:
            self._note_next_code(kind)
        if kind in _COUNTED:
            self._open.records += 1
            self._open.fingerprint.add(line.rstrip(" ") + "\n")
        self._go_on(kind, line)
        return handler(line)

    def _go_on(self, kind: str, line: str) -> None:
        self._kind = kind
        # Only the records of two digits have a next code, at position 126.
        self._announced = len(kind) == 2 and line[125:126] == "1"

    def _finish(self) -> None:
        """Note a file with nothing in it, or one that ends before its last trailer, at the line after its last."""
        if not self._kind and not self.findings:
            self.findings.add(1, 0, "file", "nothing", _A_CODA_FILE)
        elif self._kind != "9":
            self.findings.add(self._number + 1, 0, "record", "the end of the file", _names(FOLLOWERS[self._kind]))

    def _values(self, layout: Layout, line: str) -> tuple[str, ...] | None:
        return values(layout, line, self._number, self.findings, self._open.notes)

    def _note_next_code(self, kind: str) -> None:
        says, follows = ("1", "does not follow") if self._announced else ("0", "follows")
        text = f"the next code of the record before says {says}, but its continuation {follows}"
        self._open.notes.add_once("next_code", self._number, text, kind)

    def _unexpected(self, kind: str, line: str) -> None:
        """Note a record that may not come here, and go on as if it were in its place."""
        self._require_coda(line)
        known = kind in LAYOUTS
        found = str(LAYOUTS[kind]) if known else shown(line)
        self.findings.add(self._number, 1, "record", found, _names(FOLLOWERS[self._kind]))
        self._group.lose()
        if known:
            self._open.records += kind in _COUNTED
            self._go_on(kind, line)
        else:
            self._open.count_known = False
        if kind == "0":
            self._header(line)

    def _require_coda(self, line: str) -> None:
        """Tell a file of another kind from a damaged header, by its first line."""
        coda = line.startswith("0000") or (len(line) == RECORD_LENGTH and line[-1] in "012 ")
        if not self._open.first_line and not coda:
            self.findings.add(self._number, 1, "file", shown(line), _A_CODA_FILE)
            raise CodaError(self.findings)

    def _header(self, line: str) -> None:
        self._require_coda(line)
        if len(line) == RECORD_LENGTH and line[-1] == "1":
            found = "'1' (CODA version 1)"
            self.findings.add(self._number, RECORD_LENGTH, "version", found, "'2' (CODA version 2)")
            raise CodaError(self.findings)
        statement = Open(first_line=self._number, header=None, notes=Notes())
        self._begin(statement)
        if header := self._values(HEADER, line):
            statement.header = Header(*header)
            judge_application(statement, self._number)

    def _old_balance(self, line: str) -> None:
        found = self._values(OLD_BALANCE, line)
        if found is None:
            return
        self._open.old = old = OldBalance(*found)
        self._open.account = self._open.account_of(old.account)
        judge_account(self._open, self._number)

    def _movement(self, line: str) -> None:
        if found := self._values(MOVEMENT, line):
            sequence, detail, _, sign, amount, *_ = found
            milli = signed(sign, amount)
            self._group.add(Draft(self._number, int(sequence), int(detail), milli, [_whole(line)], doubtful=True))
        else:
            self._group.lose()

    def _movement_2(self, line: str) -> None:
        self._more(line, MOVEMENT_2)

    def _movement_3(self, line: str) -> None:
        self._more(line, MOVEMENT_3)

    def _more(self, line: str, layout: Layout) -> None:
        if found := self._values(layout, line):
            self._group.add_more(_whole(line), found[0] + found[1], self._number, layout)

    def _information(self, line: str) -> None:
        if found := self._values(INFORMATION, line):
            sequence, detail, *_ = found
            self._group.add_information(_whole(line), sequence, detail, self._number, doubtful=True)
        else:
            self._group.lose_information()

    def _information_2(self, line: str) -> None:
        self._information_more(line, INFORMATION_2)

    def _information_3(self, line: str) -> None:
        self._information_more(line, INFORMATION_3)

    def _information_more(self, line: str, layout: Layout) -> None:
        if found := self._values(layout, line):
            self._group.continue_information(_whole(line), found[0] + found[1], self._number, layout)

    def _free_message(self, line: str) -> None:
        if found := self._values(FREE_MESSAGE, line):
            sequence, detail, text = found
            self._open.add_message(sequence, detail, text, self._number)

    def _new_balance(self, line: str) -> None:
        self._group.close()
        if found := self._values(NEW_BALANCE, line):
            self._open.new, self._open.new_line = NewBalance(*found), self._number
            judge_new_account(self._open, self.findings)
            judge_balance(self._open, self.findings)

    def _trailer(self, line: str) -> Statement | None:
        self._group.close()
        if found := self._values(TRAILER, line):
            judge_trailer(self._open, found, self._number, self.findings)
        judge_days(self._open)
        return None if self.findings else self._open.statement(self._number)


def _whole(line: str) -> str:
    """Return a line with the trailing blanks that it may have lost, and its end."""
    return f"{line:{RECORD_LENGTH}}\n"


def _names(kinds: tuple[str, ...]) -> str:
    *others, last = [LAYOUTS[kind].name.removeprefix("record ") for kind in kinds]
    return f"a record {', '.join(others)} or {last}" if others else str(LAYOUTS[kinds[0]])
