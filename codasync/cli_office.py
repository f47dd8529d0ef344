"""Commands about the office: its registration, its dossiers, its journals."""

import datetime as dt
import sys
from typing import TYPE_CHECKING

import click

from codasync import credentials, dossiers, report
from codasync.cli_app import (
    App,
    client_of,
    dossier_argument,
    formats,
    optional_dossier,
    parse_currency,
    parse_date,
    parse_iban,
    signals,
    tell,
)
from codasync.errors import NoConnection, TlsRefused, TokenNotUsed, WrongArgument

if TYPE_CHECKING:
    from codasync.codabox import CodaBox
    from codasync.store import Store


@click.command()
@click.argument("token", required=False)
@click.option("--replace", is_flag=True, help="Register again, in place of the credentials that are there.")
@click.pass_obj
def register(app: App, token: str | None, *, replace: bool) -> None:
    """Exchange the one-time TOKEN that CodaBox mailed for the office's credentials.

    Without TOKEN it is asked for; - reads it from stdin.
    """
    from codasync.sync import connect  # noqa: PLC0415

    target = app.config.codabox.credentials_file
    if credentials.recover(target, replace=replace):
        app.say(f"an interrupted registration had its answer: the credentials are in {target}; no token was used")
        return
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
    try:
        if token == "-":  # noqa: S105 - the word for stdin
            token = sys.stdin.readline()
        elif token is None:
            if not sys.stdin.isatty():
                raise WrongArgument(text="no TOKEN given; write - to read it from stdin")
            token = click.prompt("Token", hide_input=True, err=True)
        if not (token := token.strip()).encode():
            raise WrongArgument(text="the token is empty")
    except UnicodeError:
        raise WrongArgument(text="the token is not text in UTF-8") from None
    return token


@click.command("dossiers")
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


@click.command()
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


@click.command("enable-journal")
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
    with app.open_store(create=True) as store, signals.gently() as stop:
        result = enable(app.config, app.credentials, store, choice, stop)
        for line in result.lines:
            app.say(line)
        for line in result.warnings:
            tell(f"warning: {line}")
    return result.exit_code


@click.command("disable-journal")
@dossier_argument
@click.argument("iban", callback=parse_iban)
@click.pass_obj
def disable_journal(app: App, name: str, iban: str) -> None:
    """Stop the reception for account IBAN of DOSSIER; what was received stays."""
    from codasync import status_report  # noqa: PLC0415

    with app.open_store(create=True) as store:
        dossier = dossiers.find(store.query("SELECT * FROM dossiers"), name)
        with store.transaction():
            changed = store.deselect(dossier["client_id"], iban)
        status_report.refresh(store, app.config, dossier["client_id"])
    word = "is disabled; what was received stays" if changed else "was not enabled"
    app.say(f"journal {iban} of {dossiers.label(dossier)} {word}")
