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

    def __reduce__(self) -> tuple[object, ...]:
        return _blank, (type(self),), self.__dict__

    def __str__(self) -> str:
        return self.message.format(**self.facts)

    @property
    def advice(self) -> str:
        """What to do next, or an empty string."""
        return self.hint.format(**self.facts)


def _blank(kind: type[CodasyncError]) -> CodasyncError:
    """Make an error without its facts, which pickle puts in place: constructors differ."""
    return kind.__new__(kind)


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


class ConfigMissing(CodasyncError):
    """No config file in any of the places that are searched."""

    message = "no config file found; looked for {places}"
    hint = "copy config.example.toml to one of these places, or name one with --config"
    exit_code = 10


class ConfigWrong(CodasyncError):
    """The config has mistakes; `problems` lists them all, each with its key."""

    message = "{path}: {problems}"
    hint = "config.example.toml explains every key"
    exit_code = 10

    def __init__(self, path: object, problems: Sequence[str]) -> None:
        super().__init__(path=path, problems="; ".join(problems))
        self.problems = tuple(problems)


class NotRegistered(CodasyncError):
    """There are no usable credentials."""

    message = "the office is not registered: {reason}"
    hint = "run `codasync register` with the one-time token that CodaBox mailed"
    exit_code = 10


class CredentialsUnsafe(CodasyncError):
    """Others than their owner can read the credentials."""

    message = "{path} can be read by others (mode {mode})"
    hint = "chmod 600 {path}"
    exit_code = 10


class CredentialsExist(CodasyncError):
    """`register` would overwrite credentials."""

    message = "{path} already holds credentials; the token was not used"
    hint = "add --replace to register again"
    exit_code = 10


class NotWritable(CodasyncError):
    """A file or folder that codasync has to write cannot be written."""

    message = "cannot write {path}: {reason}"
    hint = "{remedy}"
    exit_code = 10


class AnswerNotUnderstood(CodasyncError):
    """The answer to the token exchange is not what it should be; it is kept in a file."""

    message = "CodaBox's answer to the token could not be understood; it is kept in {path}"
    hint = "look into that file: it may hold the user name and password; report this"
    exit_code = 1


class PassRunning(CodasyncError):
    """Another run holds the lock."""

    message = "another run is still working on {path} ({holder})"
    hint = "usually nothing to do; it ends by itself"
    exit_code = 11


class TokenRefused(CodasyncError):
    """CodaBox refuses the one-time token."""

    message = "CodaBox refuses this token: {detail}"
    hint = (
        "a token works once, and a newer one makes it worthless; ask api@codabox.com for a new one "
        "and run `codasync register` again"
    )
    exit_code = 12


class CredentialsRefused(CodasyncError):
    """CodaBox refuses the office's user name and password, or the software company."""

    message = "CodaBox refuses the office's credentials: {detail}"
    hint = "check codabox.software_company; ask api@codabox.com for a new token and run `codasync register --replace`"
    exit_code = 12


class Unreachable(CodasyncError):
    """CodaBox did not give a usable answer, after retries; the next pass may succeed."""

    message = "{what}: {reason}"
    hint = "nothing to do unless it lasts; the next pass tries again"
    exit_code = 13


class NoConnection(Unreachable):
    """No HTTP answer at all: the trouble is on the way to CodaBox, not with one document."""


class TokenNotUsed(NoConnection):
    """CodaBox was not reached, so the one-time token is as good as before."""

    hint = "the token was not used: register with it when CodaBox can be reached"


class TlsRefused(NoConnection):
    """The certificate of the server is not accepted."""

    hint = "check the system's clock and certificates, or name your own authority as codabox.ca_bundle"


class AnswerLost(Unreachable):
    """The answer to the token exchange did not arrive; CodaBox may have spent the token."""

    hint = "try the same token once more; if CodaBox refuses it, ask api@codabox.com for a new one"


class ApiChanged(CodasyncError):
    """CodaBox answered something that API version 2 does not provide for."""

    message = "{what}: {reason}"
    hint = "report this: codasync does not know this answer of CodaBox"


class Forbidden(CodasyncError):
    """CodaBox answers 403 for one thing."""

    message = "{what}: CodaBox forbids it ({reason})"
    hint = "ask CodaBox whether the office may still receive documents for this dossier"
    exit_code = 3


class NotServed(CodasyncError):
    """CodaBox does not have, or cannot give, one thing that was asked for (404, 410, too large, not a document)."""

    message = "{what}: {reason}"
    exit_code = 3


class FeedStuck(CodasyncError):
    """A feed still lists what CodaBox accepted as acknowledged."""

    message = "{what}: CodaBox accepted the acknowledgement but lists the same documents again"
    hint = "nothing is lost; report it to CodaBox if it lasts"
    exit_code = 3


class WrongArgument(CodasyncError):
    """An argument is not what it has to be."""

    message = "{text}"
    exit_code = 2


class UnknownDossier(WrongArgument):
    """No dossier has this code, number or id."""

    message = "no dossier {name!r}; {nearest}"
    hint = "`codasync dossiers` lists them; `codasync dossiers --refresh` asks CodaBox"


class AmbiguousDossier(WrongArgument):
    """More than one dossier answers to this name."""

    message = "{name!r} can mean several dossiers: {candidates}"
    hint = "name it by its CodaBox client id"


class UnknownDocument(WrongArgument):
    """No document has this id."""

    message = "no document {name}"
    hint = "the column id of the database view `documents` numbers them"


class NothingToGiveUp(WrongArgument):
    """A document needs nobody."""

    message = "document {id} {state}; there is nothing to give up, and nothing was changed"


class UnknownInvoice(WrongArgument):
    """No invoice in the inbox has this number or document."""

    message = "no {name} in the inbox of {dossier}; nothing was changed"
    hint = "`codasync inbox` lists them"


class AmbiguousInvoice(WrongArgument):
    """More than one invoice has this number."""

    message = "{number} can mean several invoices of {dossier}: {candidates}; nothing was changed"
    hint = "name it by its document, as written here"


class EnabledElsewhere(WrongArgument):
    """An account is received for one dossier only, or nobody knew whose its statements are."""

    message = "account {iban} is enabled for {dossier}: it can be received for one dossier only"
    hint = "disable it there first, with `codasync disable-journal`"


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line of a file, counted from 1, and what is wrong with it."""

    line: int
    text: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.text}"


class LedgerError(WrongArgument):
    """A file of bank lines cannot be imported; `lines` are the first that are wrong, `count` how many there are."""

    message = "the file {text}; nothing was imported"
    hint = "docs/ledger.md says how the file has to be"

    def __init__(self, text: str, lines: Sequence[BadLine] = (), count: int = 0) -> None:
        super().__init__(text=text)
        self.lines, self.count = tuple(lines), count or len(lines)


class DatabaseTrouble(CodasyncError):
    """The database cannot be used."""

    message = "database {path}: {reason}"
    hint = "{remedy}"
    exit_code = 14


class CannotExport(CodasyncError):
    """The folder of an export takes nothing, or nothing more."""

    message = "cannot export to {path}: {reason}"
    hint = "let this user write there, or make room; what is there is whole, and the next export goes on"
    exit_code = 14


class Stopped(CodasyncError):
    """A signal ended the run, after the document in hand."""

    message = "ended by a signal; what was received is safe"


class HungUp(Stopped):
    """Ended by SIGHUP."""

    exit_code = 129


class Interrupted(Stopped):
    """Ended by SIGINT."""

    exit_code = 130


class Terminated(Stopped):
    """Ended by SIGTERM."""

    exit_code = 143
