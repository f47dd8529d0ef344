"""What the commands share: the global options, the arguments and options of several, how something is told."""

import datetime as dt
import getpass
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import click

from codasync import config, credentials, dossiers, events, log, report
from codasync.errors import WrongArgument
from codasync.signals import Signals

if TYPE_CHECKING:
    from codasync.store import Store

signals = Signals()


@dataclass
class App:
    """What the global options say; the config is read when a command first needs it."""

    config_file: Path | None
    database: Path | None
    verbose: int
    quiet: bool
    run: Callable[[list[str]], int]
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)

    @cached_property
    def config(self) -> config.Config:
        """Return the config. Raises ConfigMissing, ConfigWrong."""
        return config.load(self.config_file, self.environ, database=self.database)

    @cached_property
    def credentials(self) -> credentials.Credentials:
        """Return the office's credentials. Raises NotRegistered, CredentialsUnsafe."""
        codabox = self.config.codabox
        return credentials.find(codabox.credentials_file, codabox.credentials_command, self.environ)

    def open_store(self, *, create: bool = False) -> "Store":
        """Open the database: to read, or, with `create`, to write."""
        from codasync.store import open_store  # noqa: PLC0415

        return open_store(self.config.database, create=create, read_only=not create)

    def say(self, line: str) -> None:
        """Tell something on stderr, unless the person wants quiet."""
        if log.writes_json():
            events.note("message", line)
        elif not self.quiet:
            tell_person(line)


def tell(line: str) -> None:
    """Tell something on stderr, to whomever it belongs."""
    if log.writes_json():
        events.note("message", line, level=events.WARNING)
    else:
        tell_person(line)


def tell_person(line: str) -> None:
    """Write a line to stderr, unless that belongs to a program, which has had the same as events."""
    if not log.writes_json():
        click.echo(report.safe(line), err=True)  # text in it may come from strangers


formats = click.option(
    "--format", "form", type=click.Choice(report.FORMATS), default="table", show_default=True, help="Form of the rows."
)
dossier_argument = click.argument("name", metavar="DOSSIER")
optional_dossier = click.argument("name", metavar="[DOSSIER]", required=False)


def parse_iban(_: click.Context, __: click.Parameter, value: str) -> str:
    """Take an IBAN as people write it. Raises WrongArgument when its check digits are wrong."""
    from stdnum import iban  # noqa: PLC0415
    from stdnum.exceptions import ValidationError  # noqa: PLC0415

    try:
        return str(iban.validate(value, check_country=False))
    except ValidationError:
        raise WrongArgument(text=f"{value} is not an IBAN: its check digits or its length are wrong") from None


def parse_date(_: click.Context, __: click.Parameter, value: str | None) -> dt.date | None:
    """Take an ISO date. Raises WrongArgument for anything else."""
    try:
        return dt.date.fromisoformat(value) if value else None
    except ValueError:
        raise WrongArgument(text=f"{value} is not a date; write it as YYYY-MM-DD") from None


def parse_currency(_: click.Context, __: click.Parameter, value: str | None) -> str:
    """Take an ISO 4217 code. Raises WrongArgument for anything else."""
    if value and not (len(value) == 3 and value.isascii() and value.isalpha()):
        raise WrongArgument(text=f"{value} is not a currency; write its three letters, such as EUR")
    return value.upper() if value else ""


def client_of(store: "Store", name: str | None) -> str | None:
    """Return the client id of the dossier that a person names. Raises UnknownDossier, AmbiguousDossier."""
    if name is None:
        return None
    return str(dossiers.find(store.query("SELECT * FROM dossiers"), name)["client_id"])


def who() -> str:
    """Return the name of the person at the keyboard, also behind sudo. Raises WrongArgument when there is none."""
    try:
        name = os.environ.get("SUDO_USER") or getpass.getuser()
    except (KeyError, OSError):
        raise WrongArgument(text="it is not known who does this: set LOGNAME") from None
    return name.encode("utf-8", "backslashreplace").decode()
