"""Why a line is not a good record: one finding for each faulty field, one note for each odd one.

Only lines that do not match their layout's pattern come here, so this can afford to be exact.
"""

from codasync.coda_faults import Findings, Notes, shown
from codasync.coda_layout import Field, Layout
from codasync.coda_text import RECORD_LENGTH

_EXPECTED = {
    "n": "{digits}",
    "n?": "{digits}",
    "digits": "{digits}",
    "01": "0 or 1",
    "date": "a day as DDMMYY",
    "date?": "a day as DDMMYY, or 000000",
    "d?": "D or a blank",
    "structure": "0, 1, 2 or 3",
}


def values(layout: Layout, line: str, number: int, findings: Findings, notes: Notes) -> tuple[str, ...] | None:
    """Return the captured fields of a line, or None after noting its faults in `findings`."""
    if match := layout.pattern.fullmatch(line):
        return match.groups()
    return _explain(layout, line, number, findings, notes)


def _explain(layout: Layout, line: str, number: int, findings: Findings, notes: Notes) -> tuple[str, ...] | None:
    """Look at every field of a line that is not a good record."""
    length = len(line)
    if not layout.shortest <= length <= RECORD_LENGTH:
        findings.add(
            number, min(length, RECORD_LENGTH) + 1, _beyond(layout, length), f"{length} positions", "128 positions"
        )
        return None
    if length < RECORD_LENGTH and any(field.captured and field.slice.stop > length for field in layout.fields):
        text = f"{layout} ends after {length} positions; what is missing is taken for blanks"
        notes.add_once("short_record", number, text, layout.name)
    before = len(findings)
    padded = line.ljust(RECORD_LENGTH)
    for field, place, can_be in layout.checks:
        text = padded[place]
        if not can_be(text):
            _judge(layout, field, text, number, findings, notes)
    return None if len(findings) > before else layout.values(padded)


def _beyond(layout: Layout, length: int) -> str:
    """Name the field in which a line of a wrong length ends, or its record where it is too long."""
    cut = next((field for field in layout.fields if field.slice.stop > length), None)
    return f"{cut.name} of {layout.name}" if cut else str(layout)


def _judge(layout: Layout, field: Field, text: str, number: int, findings: Findings, notes: Notes) -> None:
    """Sort a field that is not as it should be: odd (a filler, a next or link code) or faulty."""
    where = f"{field.name} at position {field.first} of {layout.name}"
    if field.kind == "blank":
        notes.add_once("filler", number, f"{where} holds {shown(text)} and should be blank", where)
    elif field.kind in {"next", "link"}:
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
    digits = "a digit" if field.length == 1 else f"{field.length} digits"
    return _EXPECTED[field.kind].format(digits=digits)
