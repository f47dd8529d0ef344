"""What a person types: one short command per verb. The only place that prints or exits.

`main` turns every error into one line on stderr and a documented exit code. Modules that are slow to import are
imported by the commands that need them, so that `--help` answers at once.
"""

import datetime as dt
import io
import logging
import os
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from codasync import __version__, config, credentials, dossiers, report
from codasync.errors import CodasyncError, NoConnection, TlsRefused, TokenNotUsed, WrongArgument
from codasync.signals import Signals

if TYPE_CHECKING:
    from codasync.codabox import CodaBox
    from codasync.store import Store

signals = Signals()


@dataclass
class App:
    """What the global options say; the config is read when a command first needs it."""

    config_file: Path | None
    database: Path | None
    verbose: int
    quiet: bool
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
        if not self.quiet:
            tell(line)


def tell(line: str) -> None:
    """Write a line to stderr; text in it may come from strangers."""
    click.echo(report.safe(line), err=True)


def main() -> None:
    """Run the command line and exit."""
    signals.install()
    # a name that the terminal's character set lacks is shown as an escape
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    sys.exit(run(None))


def run(arguments: list[str] | None) -> int:
    """Run one command line; return its exit code."""
    try:
        code = commands.main(arguments, prog_name="codasync", standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.Abort:
        return 130
    except CodasyncError as error:
        tell(f"codasync: {error}{f' - {error.advice}' if error.advice else ''}")
        return error.exit_code
    except Exception as error:  # noqa: BLE001 - the last resort of the program
        return tell_unexpected(error)
    return code if isinstance(code, int) else 0


def tell_unexpected(error: Exception) -> int:
    """Tell of an error that no command expects, or that stdout takes no more; return the exit code."""
    refusal = give_up_output()
    if isinstance(refusal, BrokenPipeError):
        return 0
    if refusal:
        tell(f"codasync: cannot write the output: {refusal.strerror}")
        return 1
    tell(f"codasync: unexpected {type(error).__name__}: {error} - report this; -v shows where it happened")
    if logging.getLogger("codasync").isEnabledFor(logging.INFO):
        traceback.print_exception(error)
    return 1


def give_up_output() -> OSError | None:
    """Return why stdout cannot be written, if it cannot, and drop what waits for it, or Python complains at its end."""
    try:
        sys.stdout.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return error
    return None


class Commands(click.Group):
    """The commands. That the reader of a pipe has seen enough is no failure of theirs; Click would exit with 1."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was typed."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            give_up_output()
            return 0


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__)
@click.option("--config", "config_file", type=click.Path(path_type=Path), help="Config file.")
@click.option("--db", "database", type=click.Path(path_type=Path), envvar="CODASYNC_DB", help="Database file.")
@click.option("-v", "--verbose", count=True, help="Say what happens; twice for more.")
@click.option("-q", "--quiet", is_flag=True, help="Say only what goes wrong.")
@click.pass_context
def commands(
    context: click.Context, config_file: Path | None, database: Path | None, verbose: int, *, quiet: bool
) -> None:
    """Fetch an accounting office's bank statements and invoices from CodaBox into one SQLite file."""
    context.obj = App(config_file, database, verbose, quiet)
    logger = logging.getLogger("codasync")
    logger.setLevel([logging.CRITICAL, logging.INFO, logging.DEBUG][min(verbose, 2)])
    if verbose and not logger.handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("%(asctime)s %(name)s %(message)s"))
        logger.addHandler(handler)


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


# --- the office


@commands.command()
@click.argument("token", required=False)
@click.option("--replace", is_flag=True, help="Register again, in place of the credentials that are there.")
@click.pass_obj
def register(app: App, token: str | None, *, replace: bool) -> None:
    """Exchange the one-time TOKEN that CodaBox mailed for the office's credentials.

    Without TOKEN it is asked for; - reads it from stdin.
    """
    from codasync.sync import connect  # noqa: PLC0415

    target = app.config.codabox.credentials_file
    with credentials.reserve(target, replace=replace) as place, connect(app.config, None) as box:
        secret = read_token(token)
        with signals.gently():
            place.keep(exchange(box, secret))
    app.say(f"registered: the credentials are in {target}")


def exchange(box: "CodaBox", token: str) -> bytes:
    """Spend the token. Raises TokenNotUsed when CodaBox was not reached, and what `CodaBox.exchange_token` raises."""
    try:
        return box.exchange_token(token)
    except TlsRefused:
        raise
    except NoConnection as trouble:
        raise TokenNotUsed(**trouble.facts) from None


def read_token(token: str | None) -> str:
    """Take the token from the argument, from stdin for `-`, or from a hidden prompt."""
    if token == "-":  # noqa: S105 - the word for stdin
        token = sys.stdin.readline()
    elif token is None:
        if not sys.stdin.isatty():
            raise WrongArgument(text="no TOKEN given; write - to read it from stdin")
        token = click.prompt("Token", hide_input=True, err=True)
    if not (token := token.strip()):
        raise WrongArgument(text="the token is empty")
    return token


@commands.command("dossiers")
@click.option("--refresh", is_flag=True, help="Ask CodaBox now.")
@formats
@click.pass_obj
def list_dossiers(app: App, *, refresh: bool, form: str) -> None:
    """List the dossiers that CodaBox delivers for."""
    from codasync import store_reports  # noqa: PLC0415

    if refresh:
        with app.open_store(create=True) as store:
            ask_codabox(app, store)
    with app.open_store() as store:
        rows = store_reports.dossiers(store)
    table = {
        "dossier_code": "dossier",
        "name": "name",
        "enterprise_number": "enterprise",
        "journals_enabled": "journals",
        "last_polled_at": "last polled",
        "last_poll_error": "trouble",
    }
    columns = (*table, "client_id", "feed_id", "vanished_at")
    report.write_rows(rows, columns, sys.stdout, form=form, table_columns=table)


def ask_codabox(app: App, store: "Store") -> None:
    """Bring dossiers, mandates and accounts up to date."""
    from codasync.refresh import note_clients, note_pod  # noqa: PLC0415
    from codasync.sync import connect  # noqa: PLC0415

    with connect(app.config, app.credentials) as box:
        note_pod(store, box.pod())
        note_clients(store, box.clients(), all_of_them=True)


@commands.command()
@optional_dossier
@formats
@click.pass_obj
def journals(app: App, name: str | None, form: str) -> None:
    """List the bank accounts known for DOSSIER, or for all, and which are enabled."""
    from codasync import store_reports  # noqa: PLC0415

    with app.open_store() as store:
        rows = store_reports.journals(store, client_of(store, name))
    table = {
        "dossier_code": "dossier",
        "dossier_name": "name",
        "iban": "account",
        "currency": "currency",
        "extension": "extension",
        "journal_code": "journal",
        "enabled": "enabled",
        "mandate_state": "mandate",
        "account_state": "account state",
    }
    rows = [{**row, "enabled": bool(row["enabled"])} for row in rows]
    columns = (*table, "enabled_at", "since", "client_id")
    report.write_rows(rows, columns, sys.stdout, form=form, table_columns=table)


def client_of(store: "Store", name: str | None) -> str | None:
    """Return the client id of the dossier that a person names. Raises UnknownDossier, AmbiguousDossier."""
    if name is None:
        return None
    return str(dossiers.find(store.query("SELECT * FROM dossiers"), name)["client_id"])


# --- journals


@commands.command("enable-journal")
@dossier_argument
@click.argument("iban", callback=parse_iban)
@click.option("--journal", "journal_code", metavar="CODE", help="Its journal code in accounting, such as B01.")
@click.option("--currency", callback=parse_currency, help="Only this sub-account; else all of the IBAN.")
@click.option(
    "--since", callback=parse_date, metavar="DATE", help="Take statements from this date on, also earlier ones."
)
@click.pass_obj
def enable_journal(
    app: App, name: str, iban: str, journal_code: str | None, currency: str, since: dt.date | None
) -> int:
    """Start the reception of the CODA statements of account IBAN of DOSSIER."""
    from codasync.enabling import Choice, enable  # noqa: PLC0415

    choice = Choice(name, iban, currency, journal_code, since)
    with app.open_store(create=True) as store, signals.gently():
        result = enable(app.config, app.credentials, store, choice)
    for line in result.lines:
        app.say(line)
    return result.exit_code


@commands.command("disable-journal")
@dossier_argument
@click.argument("iban", callback=parse_iban)
@click.pass_obj
def disable_journal(app: App, name: str, iban: str) -> None:
    """Stop the reception for account IBAN of DOSSIER; what was received stays."""
    with app.open_store(create=True) as store:
        dossier = dossiers.find(store.query("SELECT * FROM dossiers"), name)
        with store.transaction():
            changed = store.deselect(dossier["client_id"], iban)
    word = "is disabled; what was received stays" if changed else "was not enabled"
    app.say(f"journal {iban} of {dossiers.label(dossier)} {word}")


# --- the pass


@commands.command("sync")
@click.option("--dossier", "name", help="Look at this dossier only.")
@click.option("--dry-run", is_flag=True, help="List what would be fetched; change nothing.")
@click.option("--refresh", is_flag=True, help="Ask for mandates and accounts even when that was done today.")
@formats
@click.pass_obj
def sync_command(app: App, name: str | None, *, dry_run: bool, refresh: bool, form: str) -> int:
    """Make one pass: fetch what is new, store it, acknowledge it."""
    from codasync import sync  # noqa: PLC0415

    if dry_run:
        result = sync.dry_run(app.config, app.credentials, only=name)
        table = {
            "dossier_code": "dossier",
            "model": "kind",
            "action": "action",
            "formats": "formats",
            "reason": "reason",
        }
        columns = (*table, "feed_kind", "feed_index", "metadata")
        report.write_rows(result.planned, columns, sys.stdout, form=form, table_columns=table)
        told = [f"codasync: {one.text}" for one in result.troubles]
    else:
        with signals.gently() as stop, progress(app) as on_progress:
            result = sync.run(app.config, app.credentials, only=name, refresh=refresh, stop=stop, progress=on_progress)
            told = pass_lines(app, result)
    for line in told:
        tell(line)
    return result.exit_code


def pass_lines(app: App, result: Any) -> list[str]:
    """Choose what is said of a pass: everything to a person who watches, to cron only what is worth a mail."""
    watched = sys.stderr.isatty() or app.verbose
    lines = (
        [f"codasync: {one.text}" for one in result.troubles] if watched else [f"codasync: {one}" for one in result.news]
    )
    if result.ended_by and result.ended_by.advice and lines:
        lines[-1] += f" - {result.ended_by.advice}"
    if not app.quiet and (watched or result.received or result.new_dossiers or result.vanished_dossiers):
        lines.insert(0, summary(result))
    return lines


def summary(result: Any) -> str:
    """Say in one line what a pass brought."""
    parts = [f"{result.received} document{'' if result.received == 1 else 's'} received"]
    for state, words in (("duplicate", "known already"), ("unreadable", "unreadable (codasync status)")):
        if count := result.counts[state]:
            parts.append(f"{count} {words}")
    parts.append(f"{result.feeds_polled} feeds polled")
    for heading, names in (("new", result.new_dossiers), ("no longer listed", result.vanished_dossiers)):
        if names:
            parts.append(f"{len(names)} dossier{'' if len(names) == 1 else 's'} {heading}: {', '.join(names[:5])}")
            parts[-1] += ", ..." if len(names) > 5 else ""
    return "; ".join(parts)


@contextmanager
def progress(app: App) -> Iterator[Callable[[int, int], None] | None]:
    """Show a progress bar where somebody can see it."""
    if not sys.stderr.isatty() or app.quiet or app.verbose:
        yield None
        return
    advance, stop = report.progress_bar(sys.stderr)
    try:
        yield advance
    finally:
        stop()


# --- reports


@commands.command()
@optional_dossier
@click.option("--problems", is_flag=True, help="Only journals that need somebody.")
@click.option("--check", is_flag=True, help="Exit with 3 when a journal needs somebody.")
@formats
@click.pass_obj
def status(app: App, name: str | None, *, problems: bool, check: bool, form: str) -> int:
    """Report which bank journals receive their statements, which do not, why, and what to do."""
    from codasync import reception, status_report, store_reports  # noqa: PLC0415

    with app.open_store() as store:
        rows, elsewhere = status_report.rows(store, client_of(store, name))
        last_run = store_reports.last_run(store)
    needing = [row for row in rows if row["state"] in reception.NEEDS_SOMEBODY]
    if form == "table":
        head = reception.sentence(app.config.office_name, [row["state"] for row in rows], last_run)
        report.write_lines([head], sys.stdout)
    report.write_rows(
        needing if problems else rows,
        status_report.COLUMNS,
        sys.stdout,
        form=form,
        table_columns=status_report.TABLE,
    )
    if form == "table":
        report.write_lines([*status_report.totals(rows), *elsewhere], sys.stdout)
    return 3 if check and needing else 0


@commands.command()
@click.argument("document", metavar="DOCUMENT")
@click.option("--raw", is_flag=True, help="Its bytes as received.")
@click.option("--pdf", is_flag=True, help="The PDF of an invoice.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write to this file, which must not exist.")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", help="Form of the facts.")
@click.pass_obj
def show(app: App, document: str, *, raw: bool, pdf: bool, output: Path | None, form: str) -> None:
    """Show one document, named by its id or its feed index: its facts, its bytes, or its PDF."""
    from codasync import showing, store_reports  # noqa: PLC0415

    if output and not (raw or pdf):
        raise WrongArgument(text="-o goes with --raw or --pdf: say which of them to write")
    with app.open_store() as store:
        row = store_reports.document(store, document)
        data = store_reports.content(store, row["id"]) if not pdf else showing.pdf(store, row)
    if raw or pdf:
        if data is None:
            raise WrongArgument(
                text=f"document {row['id']} has no {'PDF' if pdf else 'bytes'}: {row['state']} {row['reason']}"
            )
        write_bytes(data, output)
    elif form == "json":
        report.write_json(row, sys.stdout)
    else:
        report.write_lines(showing.lines(row, data), sys.stdout)


def write_bytes(data: bytes, output: Path | None) -> None:
    """Write bytes to stdout or to a new file. Raises WrongArgument when the file is there or cannot be written."""
    if output is None:
        sys.stdout.buffer.write(data)
        return
    try:
        with output.open("xb") as file:
            file.write(data)
    except OSError as error:
        raise WrongArgument(text=f"cannot write {output}: {error.strerror}") from None


# --- trying things out


@commands.command("sandbox")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default="sandbox")
@click.option("--port", type=click.IntRange(0, 65535), help="Port on 127.0.0.1; 0 picks a free one.")
@click.option("--advance", metavar="DAYS", type=click.IntRange(min=1), help="Let banking days pass; do not serve.")
@click.option("--token", is_flag=True, help="Print a new one-time token; do not serve.")
def sandbox_command(folder: Path, port: int | None, advance: int | None, *, token: bool) -> None:
    """Serve an imitation of CodaBox on this machine, whose state is kept in FOLDER."""
    from codasync import sandbox  # noqa: PLC0415

    if advance:
        tell(f"it is {sandbox.advance(folder, advance)} in this sandbox now")
    if token:
        click.echo(sandbox.issue_token(folder))
    if advance or token:
        return
    box = sandbox.open_folder(folder, port=port) if sandbox.exists(folder) else sandbox.create(folder, port=port or 0)
    sandbox.serve(box, on_ready=introduce_sandbox)


def introduce_sandbox(box: Any) -> None:
    """Say what to write into a config, and how to register."""
    for line in ("[codabox]", f'base_url = "{box.url}"', f'software_company = "{box.software_company}"'):
        tell(line)


@commands.command("demo")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default="demo")
def demo_command(folder: Path) -> None:
    """Run the whole main job against the sandbox, in FOLDER, which can then be explored."""
    from codasync import demo, store_reports  # noqa: PLC0415
    from codasync.store import open_store  # noqa: PLC0415

    def accounts() -> list[dict[str, Any]]:
        with open_store(folder / "codasync.db", read_only=True) as store:
            return store_reports.journals(store, None)

    demo.play(demo.prepare(folder), folder, run, accounts, click.echo)
    for line in demo.farewell(folder):
        click.echo(line)
