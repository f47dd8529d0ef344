"""One class per kind of trouble: its words, its hint and its exit code.

Code that finds a trouble raises the class with the facts (`UnknownDossier(name="ACM", nearest="ACME")`); the class
owns the sentence, what to do about it, and the exit code. `cli.main` turns it into one line on stderr.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


class CodasyncError(Exception):
    """Base of every expected trouble. `message` and `hint` are templates that the facts fill."""

    message: ClassVar[str] = "{text}"
    hint: ClassVar[str] = ""
    exit_code: ClassVar[int] = 1

    def __init__(self, **facts: object) -> None:
        super().__init__(facts)
        self.facts = facts

    def __str__(self) -> str:
        return self.message.format(**self.facts)

    @property
    def advice(self) -> str:
        """What to do next, or an empty string."""
        return self.hint.format(**self.facts)


class DocumentError(CodasyncError):
    """A document cannot be read."""

    exit_code = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault in a CODA file: where it is (line and position from 1, 0 for none), what is there, what should be."""

    line: int
    position: int
    field: str
    found: str
    expected: str

    def __str__(self) -> str:
        position = f", position {self.position}" if self.position else ""
        return f"line {self.line}{position}, {self.field}: found {self.found}, expected {self.expected}"


@dataclass(frozen=True, slots=True)
class ReadWarning:
    """Something odd in a document that was read all the same: a stable code, the line (0 for none), a sentence."""

    code: str
    line: int
    text: str


class CodaError(DocumentError):
    """A file is not valid CODA; `findings` holds its faults, the first twenty, in file order."""

    message = "{first}{more}"

    def __init__(self, findings: Sequence[Finding]) -> None:
        more = f" (and {len(findings) - 1} more)" if len(findings) > 1 else ""
        super().__init__(first=findings[0], more=more)
        self.findings = tuple(findings)


class UblError(DocumentError):
    """A document is not a readable UBL invoice. `kind` is a stable code, `path` the element, `line` its line or 0."""

    message = "{where}{text}"

    def __init__(self, *, kind: str, text: str, path: str = "", line: int = 0) -> None:
        where = "".join([f"line {line}: " if line else "", f"{path}: " if path else ""])
        super().__init__(where=where, text=text)
        self.kind, self.path, self.line = kind, path, line
