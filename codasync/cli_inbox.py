"""Commands about the electronic invoices of a dossier: its inboxes, and approval."""

import json
import sys
from collections.abc import Callable
from typing import Any, TypeVar

import click

from codasync import dossiers, inbox, report, store_reports
from codasync.cli_app import App, dossier_argument, formats, who

TABLE = {
    "inbox": "inbox",
    "kind": "kind",
    "number": "number",
    "issue_date": "date",
    "partner": "supplier or customer",
    "gross": "gross",
    "currency": "",
    "due_date": "due",
    "state": "state",
    "flags": "flags",
}
COLUMNS = (
    *("id", "dossier_code", "inbox", "channel", "kind", "number", "issue_date", "due_date", "currency"),
    *("supplier_name", "supplier_vat", "customer_name", "customer_vat", "net", "net_milli", "vat", "vat_milli"),
    *("gross", "gross_milli", "payable", "payable_milli", "effect", "effect_milli", "payment_iban"),
    *("payment_reference", "state", "approved_at", "approved_by", "flags", "document_id"),
)
F = TypeVar("F", bound=Callable[..., Any])


def inbox_options(command: F) -> F:
    """Add the options that choose an inbox."""
    command = click.option("--sales", "place", flag_value="sales", help="Only invoices that the dossier sent.")(command)
    return click.option("--purchases", "place", flag_value="purchases", help="Only invoices that it received.")(command)


@click.command("inbox")
@dossier_argument
@inbox_options
@click.option("--new", "only_new", is_flag=True, help="Only those that are not approved yet.")
@formats
@click.pass_obj
def inbox_command(app: App, name: str, place: str | None, *, only_new: bool, form: str) -> None:
    """List the invoices in the inboxes of DOSSIER."""
    with app.open_store() as store:
        dossier = dossiers.find(store.query("SELECT * FROM dossiers"), name)
        rows = inbox.choose(store_reports.inbox(store, dossier["client_id"]), inbox=place or "", only_new=only_new)
    for row in rows:
        flags = json.loads(row["flags"])
        row.update(partner=inbox.partner(row), flags=" ".join(flags) if form == "table" else flags)
    report.write_rows(rows, COLUMNS, sys.stdout, form=form, table_columns=TABLE)


@click.command()
@dossier_argument
@click.argument("numbers", metavar="NUMBER...", nargs=-1, required=True)
@inbox_options
@click.option("--supplier", default="", help="Only of this supplier: part of its name, or its VAT number.")
@click.option("--undo", is_flag=True, help="Take the approval back.")
@click.pass_obj
def approve(app: App, name: str, numbers: tuple[str, ...], place: str | None, supplier: str, *, undo: bool) -> None:
    """Mark invoices of DOSSIER approved, by their numbers: all of them, or none."""
    with app.open_store(create=True) as store:
        dossier = dossiers.find(store.query("SELECT * FROM dossiers"), name)
        rows = inbox.choose(store_reports.inbox(store, dossier["client_id"]), inbox=place or "", supplier=supplier)
        ids = [row["id"] for row in inbox.find(rows, numbers, dossiers.label(dossier))]
        with store.transaction():
            if undo:
                store.take_back_approval(ids)
            else:
                store.approve(ids, who())
    app.say(f"{len(ids)} invoice{'' if len(ids) == 1 else 's'} {'new again' if undo else 'approved'}")
