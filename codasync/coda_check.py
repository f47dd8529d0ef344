"""Why a line is not a good record: one finding for each faulty field, one note for each odd one.

Only lines that do not match their layout's pattern come here, so this may be slow and can afford to be exact.
"""

import re

from codasync.coda_faults import Findings, Notes, shown
from codasync.coda_layout import TRAILER, Field, Layout
from codasync.coda_text import RECORD_LENGTH

_EXPECTED = {
    "n": "{length} digits",
    "n?": "{length} digits",
    "digits": "{length} digits",
    "01": "0 or 1",
    "date": "a day as DDMMYY",
    "date?": "a day as DDMMYY, or 000000",
    "d?": "D or a blank",
    "structure": "0, 1, 2 or 3",
}
_UNPADDED_TRAILER = 52


def values(layout: Layout, line: str, number: int, findings: Findings, notes: Notes) -> tuple[str, ...] | None:
    """Return the captured fields of a line, or None after noting its faults in `findings`."""
    if match := layout.pattern.fullmatch(line):
        return match.groups()
    return _explain(layout, line, number, findings, notes)


def _explain(layout: Layout, line: str, number: int, findings: Findings, notes: Notes) -> tuple[str, ...] | None:
    """Look at every field of a line that is not a good record."""
    if layout is TRAILER and _UNPADDED_TRAILER <= len(line) < RECORD_LENGTH:
        # The only record that may end in blanks, which editors and transfers strip.
        line = line.ljust(RECORD_LENGTH)
    if len(line) != RECORD_LENGTH:
        found = f"{len(line)} positions"
        findings.add(number, min(len(line), RECORD_LENGTH) + 1, str(layout), found, f"{RECORD_LENGTH} positions")
        return None
    before = len(findings)
    for field in layout.fields:
        text = line[field.slice]
        if not re.fullmatch(field.pattern, text):
            _judge(layout, field, text, number, findings, notes)
    return None if len(findings) > before else tuple(line[each] for each in layout.slices)


def _judge(layout: Layout, field: Field, text: str, number: int, findings: Findings, notes: Notes) -> None:
    """Sort a field that is not as it should be: odd (a filler, a next or link code) or faulty."""
    where = f"{field.name} at position {field.first} of {layout.name}"
    if field.kind == "blank":
        notes.add_once("filler", number, f"{where} holds {shown(text)} and should be blank", where)
    elif field.kind == "code":
        notes.add_once(field.name.replace(" ", "_"), number, f"{where} is {shown(text)}, expected 0 or 1", where)
    else:
        position = field.first + (_first_wrong(text) if field.kind in {"n", "n?", "digits"} else 0)
        findings.add(number, position, f"{field.name} of {layout.name}", shown(text), expected(field))


def _first_wrong(text: str) -> int:
    """Return the offset of the first character that is not a digit."""
    return next((offset for offset, character in enumerate(text) if character not in "0123456789"), 0)


def expected(field: Field) -> str:
    """Return in words what a field has to hold."""
    if field.kind.startswith("="):
        return shown(field.kind[1:])
    return _EXPECTED[field.kind].format(length=field.length)
