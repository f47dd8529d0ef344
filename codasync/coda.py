"""The CODA reader: bytes of a file of Belgian bank statements (Febelfin CODA, version 2) to statements.

`read` and `iter_statements` take the bytes of a whole file and return frozen values; they read no file, print nothing
and raise nothing but `errors.CodaError`, which names every fault with its line, position, field, what was found and
what was expected. What is odd but readable is a warning on the statement.

The parts: `coda_text` makes lines of bytes, `coda_layout` has the records as tables, `coda_check` says why a line is
not a good record, `coda_reader` knows their order, `coda_group` which of them make a movement, `coda_judge` what must
hold for it and for a whole statement. `coda_statement`, `coda_movement` and `coda_information` are the values, and
`coda_records` makes movements of their records; `coda_structured` has the structured communications as tables and
`coda_decode` reads them, `coda_codes` the transaction codes, `coda_iso_codes` those of ISO 20022.
"""

from collections.abc import Iterator

from codasync.coda_codes import CodeMeaning
from codasync.coda_fields import FieldValue
from codasync.coda_information import Information, Structured
from codasync.coda_movement import Movement
from codasync.coda_reader import Reader
from codasync.coda_statement import Statement
from codasync.coda_text import pieces

__all__ = [
    "CodeMeaning",
    "FieldValue",
    "Information",
    "Movement",
    "Statement",
    "Structured",
    "iter_statements",
    "read",
]


def read(data: bytes) -> list[Statement]:
    """Read all statements of a CODA file; raises CodaError, and then none of them is returned."""
    return list(iter_statements(data))


def iter_statements(data: bytes) -> Iterator[Statement]:
    """Iterate over the statements of a CODA file one by one, each checked against its balances and its trailer.

    Raises CodaError at the first fault that is found after the statements before it were yielded, when the rest of
    the file has been looked at as well. A caller who must not act on part of a file uses `read`.
    """
    return Reader().statements(pieces(data))
