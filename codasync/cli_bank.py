"""Commands about the bank as accounting sees it: what it has booked, and what CODA brought since."""

import datetime as dt
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import click

from codasync import dossiers, report
from codasync.cli_app import App, dossier_argument, formats, parse_date, parse_iban, tell
from codasync.errors import LedgerError, WrongArgument

TABLE = {
    "state": "state",
    "entry_date": "date",
    "iban": "account",
    "extension": "extension",
    "amount": "amount",
    "currency": "",
    "counterparty_name": "counterparty",
    "communication": "communication",
    "statement_number": "statement",
}
COLUMNS = (
    *("id", "dossier_code", "journal_code", "iban", "currency", "extension", "source", "state", "statement_number"),
    *("sequence_number", "detail_number", "entry_date", "value_date", "amount", "amount_milli", "counterparty_name"),
    *("counterparty_iban", "counterparty_bic", "counterparty_account", "structured_communication", "communication"),
    *("transaction_code", "bank_reference", "statement_id"),
)
STATES = ("unprocessed", "matched", "unmatched")
IMPORTED = {
    "iban": "account",
    "currency": "",
    "new": "new",
    "replaced": "replaced",
    "removed": "removed",
    "unchanged": "unchanged",
}
LARGEST = 20_000_000  # bytes: some years of a large dossier
Row = dict[str, Any]


@click.command("import-ledger")
@dossier_argument
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--profile", metavar="NAME", default="generic", help="How the file is written: [ledger.NAME] in the config."
)
@click.option("--dry-run", is_flag=True, help="Say what would change; change nothing.")
@formats
@click.pass_obj
def import_ledger(app: App, name: str, file: Path, profile: str, *, dry_run: bool, form: str) -> None:
    """Take over the bank lines of DOSSIER that accounting software exported to FILE (CSV).

    They replace those of the same statements, so that a corrected file corrects, and the same file changes nothing.
    """
    from codasync import ledger, status_report, store_ledger, store_reports  # noqa: PLC0415

    written = find_profile(app.config.ledgers, profile)
    with app.open_store(create=not dry_run) as store:
        client_id = dossiers.find(store.query("SELECT * FROM dossiers"), name)["client_id"]
        known = [
            ledger.Account(row["iban"], row["currency"], row["journal_code"])
            for row in store_reports.journals(store, client_id)
        ]
        try:
            lines = ledger.read(read_file(file), written, known)
        except LedgerError as error:
            tell_lines(file, error)
            raise
        if dry_run:
            changes = store_ledger.plan_import(store, client_id, lines)
        else:
            with store.transaction():
                changes = store_ledger.plan_import(store, client_id, lines)
                store_ledger.import_lines(store, client_id, changes)
        rows = [one.counts() for one in changes]
        if not dry_run and any(row[what] for row in rows for what in ("new", "replaced", "removed")):
            status_report.refresh(store, app.config, client_id)
    report.write_rows(rows, tuple(IMPORTED), sys.stdout, form=form, table_columns=IMPORTED)
    app.say("nothing was changed: --dry-run" if dry_run else f"{len(lines)} lines of {file} stand in the ledger")


def find_profile(profiles: Mapping[str, Any], name: str) -> Any:
    """Return a profile of the config. Raises WrongArgument when there is none of this name."""
    if name not in profiles:
        raise WrongArgument(text=f"no profile {name!r}: the config has [ledger.{'], [ledger.'.join(sorted(profiles))}]")
    return profiles[name]


def read_file(path: Path) -> bytes:
    """Return the bytes of a file. Raises WrongArgument when it cannot be read, LedgerError when it is too large."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise WrongArgument(text=f"cannot read {path}: {error.strerror}") from None
    if len(data) > LARGEST:
        raise LedgerError(f"is larger than {LARGEST // 1_000_000} MB; export a shorter period")
    return data


def tell_lines(path: Path, error: LedgerError) -> None:
    """Name the lines that are wrong, on stderr."""
    for line in error.lines:
        tell(f"{path}: {line}")
    if more := error.count - len(error.lines):
        tell(f"{path}: and {more} more")


@click.command()
@dossier_argument
@click.option("--iban", callback=lambda *given: parse_iban(*given) if given[2] else "", help="Only this account.")
@click.option("--from", "first", callback=parse_date, metavar="DATE", help="Only from this day on.")
@click.option("--to", "last", callback=parse_date, metavar="DATE", help="Only up to this day.")
@click.option("--state", type=click.Choice(STATES), help="Only in this state.")
@formats
@click.pass_obj
def transactions(
    app: App, name: str, iban: str, first: dt.date | None, last: dt.date | None, state: str | None, form: str
) -> None:
    """Show the bank of DOSSIER: on top what CODA brought and accounting has not booked, then what it booked.

    The newest come first. States: unprocessed (by CODA); matched or unmatched (booked by accounting).
    """
    from codasync import store_ledger  # noqa: PLC0415

    if first and last and first > last:
        raise WrongArgument(text=f"--from {first} is after --to {last}")
    with app.open_store() as store:
        dossier = dossiers.find(store.query("SELECT * FROM dossiers"), name)
        accounts = chosen(store_ledger.balances(store, dossier["client_id"]), iban, dossiers.label(dossier))
        rows = store_ledger.transactions(
            store,
            dossier["client_id"],
            iban=iban,
            first=first.isoformat() if first else "",
            last=last.isoformat() if last else "",
            state=state or "",
        )
    if form != "table":
        report.write_rows(rows, COLUMNS, sys.stdout, form=form, table_columns={})
        return
    report.write_lines(map(balance_line, accounts), sys.stdout)
    if rows:
        write_table(rows, accounts)
    else:
        asked = " as asked for" if iban or first or last or state else " yet"
        report.write_lines([f"no transactions of {dossiers.label(dossier)}{asked}"], sys.stdout)


def chosen(accounts: list[Row], iban: str, dossier: str) -> list[Row]:
    """Return the accounts of which CODA or accounting says anything, with an IBAN only that one.

    Raises WrongArgument when the dossier has no such account.
    """
    if iban and iban not in {row["iban"] for row in accounts}:
        names = ", ".join(dict.fromkeys(row["iban"] for row in accounts)) or "none"
        raise WrongArgument(text=f"{iban} is no account of {dossier}; its accounts: {names}")
    return [row for row in accounts if iban in {"", row["iban"]} and (row["date"] or row["booked_to"])]


def balance_line(row: Row) -> str:
    """Say the balance of an account and how far accounting has come."""
    account = " ".join(filter(None, (row["journal_code"], row["iban"], row["currency"], row["extension"])))
    balance = f"{row['balance']:,.2f} on {row['date']}" if row["date"] else "no CODA yet"
    return f"{account}: {balance}, {'booked to ' + row['booked_to'] if row['booked_to'] else 'nothing booked'}"


def write_table(rows: list[Row], accounts: Iterable[Row]) -> None:
    """Write transactions for people; what the head lines say of all of them is left out."""
    shown = [{**row, "communication": row["structured_communication"] or row["communication"]} for row in rows]
    said = {
        "iban": len({row["iban"] for row in accounts}) == 1,
        "extension": not any(row["extension"] for row in rows),
        "currency": len({row["currency"] for row in rows}) == 1,
    }
    columns = {name: heading for name, heading in TABLE.items() if not said.get(name)}
    report.write_rows(shown, COLUMNS, sys.stdout, form="table", table_columns=columns, spare=("statement_number",))
