"""The bytes of a CSV file as a heading and rows, each with the number of the line where it begins. Pure.

Everything that is wrong with the file as a whole raises LedgerError.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from codasync.errors import BadLine, LedgerError
from codasync.ledger_profile import AUTO, DELIMITERS, ENCODINGS

# what people take for a CSV file, by how it begins
OTHER_KINDS = {
    b"PK\x03\x04": "is an Excel workbook or another packed file",
    b"\xd0\xcf\x11\xe0": "is an Excel workbook of the old kind",
    b"%PDF": "is a PDF",
    b"\xff\xfe": "is text in UTF-16",
    b"\xfe\xff": "is text in UTF-16",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the line of the file where it begins, counted from 1, and its cells without outer white space."""

    line: int
    cells: Sequence[str]


def rows(data: bytes, *, encoding: str, delimiter: str) -> tuple[Row, Iterator[Row]]:
    """Return the heading of a CSV file, and its other rows as they are read; lines without any text are passed over.

    `encoding` and `delimiter` may be `auto`: UTF-8, else cp1252; the delimiter that divides the heading into most
    columns. Raises LedgerError, also while the rows are read.
    """
    text = _decode(data, encoding)
    if delimiter == AUTO:
        delimiter = max(DELIMITERS, key=lambda one: _width(text, one))
    found = _rows(text, delimiter)
    if (heading := next(found, None)) is None:
        raise LedgerError("is empty")
    return heading, found


def _width(text: str, delimiter: str) -> int:
    """Return into how many columns a delimiter divides the heading; 0 when the quotes do not fit it."""
    try:
        return len(next(_rows(text, delimiter), Row(1, ())).cells)
    except LedgerError:
        return 0


def _rows(text: str, delimiter: str) -> Iterator[Row]:
    # newline=None: a carriage return alone ends a line as well, as old programs write it
    reader = csv.reader(io.StringIO(text, newline=None), delimiter=DELIMITERS[delimiter], strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = [cell.strip() for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error as error:
            raise LedgerError("is not CSV", [BadLine(line, _explain(error))]) from None
        if any(cells):
            yield Row(line, cells)


def _explain(error: csv.Error) -> str:
    if "unexpected end" in str(error) or "field larger" in str(error):
        return "a quoted text begins in this row and does not end"
    return f"the quotes are not as CSV has them ({error})"


def _decode(data: bytes, encoding: str) -> str:
    for beginning, kind in OTHER_KINDS.items():
        if data.startswith(beginning):
            raise LedgerError(f"{kind}; save it as CSV in UTF-8")
    if not data.strip():
        raise LedgerError("is empty")
    if b"\0" in data:
        raise LedgerError("is not a text file; save it as CSV in UTF-8")
    for name in ENCODINGS if encoding == AUTO else (encoding,):
        try:
            text = data.decode(name).removeprefix("\ufeff")
        except UnicodeDecodeError as error:
            at = error.start
        else:
            if not text.strip():
                raise LedgerError("is empty")
            return text
    line = data.count(b"\n", 0, at) + 1
    expected = "UTF-8 or cp1252" if encoding == AUTO else encoding
    raise LedgerError("is not text as expected", [BadLine(line, f"byte {data[at]:#04x} is not {expected}")])
