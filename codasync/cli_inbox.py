"""Commands about the electronic invoices of a dossier: its inboxes, and approval."""

import json
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

from codasync import dossiers, inbox, report, store_reports
from codasync.cli_app import App, dossier_argument, formats, who
from codasync.errors import WrongArgument
from codasync.present_codes import flag

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codasync.store import Store

TABLE = {
    "document_id": "document",
    "inbox": "inbox",
    "number": "number",
    "issue_date": "date",
    "partner": "supplier or customer",
    "gross": "gross",
    "currency": "",
    "due_date": "due",
    "state": "state",
    "kind": "kind",
    "flags": "look at",
}
COLUMNS = (
    *("id", "dossier_code", "client_id", "inbox", "channel", "kind", "number", "issue_date", "due_date", "currency"),
    *("supplier_name", "supplier_vat", "customer_name", "customer_vat", "net", "net_milli", "vat", "vat_milli"),
    *("gross", "gross_milli", "payable", "payable_milli", "effect", "effect_milli", "payment_iban"),
    *("payment_reference", "payment_terms", "buyer_reference", "order_reference", "type_code", "dialect"),
    *("state", "approved_at", "approved_by", "flags", "warnings", "document_id", "received_at"),
)
LARGEST_ID = 2**63 - 1  # that SQLite knows
TOLD = 5  # invoices of which approval says that nothing changed
F = TypeVar("F", bound=Callable[..., Any])


def inbox_options(command: F) -> F:
    """Add the options that choose inboxes; both are as good as none."""
    command = click.option("--sales", is_flag=True, help="The invoices that the dossier sent.")(command)
    return click.option("--purchases", is_flag=True, help="The invoices that it received.")(command)


@click.command("inbox")
@dossier_argument
@inbox_options
@click.option("--new", "only_new", is_flag=True, help="Only those that are not approved yet.")
@formats
@click.pass_obj
def inbox_command(app: App, /, name: str, form: str, *, only_new: bool, **places: bool) -> None:
    """List the invoices in the inboxes of DOSSIER, newest first."""
    with app.open_store() as store:
        dossier = find_dossier(store, name)
        rows = inbox.choose(store_reports.inbox(store, dossier["client_id"]), inboxes=chosen(places), only_new=only_new)
    for row in rows:
        flags = json.loads(row["flags"])
        row.update(partner=inbox.partner(row), flags=flags, warnings=json.loads(row["warnings"]))
        if form == "table":
            row.update(kind=inbox.unusual_kind(row), flags="; ".join(map(flag, flags)))
    table = {name: heading for name, heading in TABLE.items() if name != "inbox" or len(chosen(places)) != 1}
    report.write_rows(rows, COLUMNS, sys.stdout, form=form, table_columns=table)
    if not rows:
        new, where = "new " if only_new else "", " and ".join(chosen(places))
        app.say(f"no {new}invoices in the {f'{where} inbox' if where else 'inboxes'} of {dossiers.label(dossier)}")


def find_dossier(store: "Store", name: str) -> "Mapping[str, Any]":
    """Return the row of view `dossiers` that a person names. Raises UnknownDossier, AmbiguousDossier."""
    return dossiers.find(store.query("SELECT * FROM dossiers"), name)


def chosen(places: "Mapping[str, bool]") -> list[str]:
    """Return the inboxes that options choose, none for all."""
    return [place for place, wanted in places.items() if wanted]


@click.command()
@dossier_argument
@click.argument("numbers", metavar="[NUMBER]...", nargs=-1)
@click.option(
    "--document",
    "documents",
    type=int,
    metavar="ID",
    multiple=True,
    help="The invoice of this document, as `inbox` shows it; may be given again.",
)
@inbox_options
@click.option("--supplier", default="", help="Only of this supplier: part of its name, or its VAT number.")
@click.option("--undo", is_flag=True, help="Take the approval back.")
@click.pass_obj
def approve(
    app: App,
    /,
    name: str,
    numbers: tuple[str, ...],
    documents: tuple[int, ...],
    supplier: str,
    *,
    undo: bool,
    **places: bool,
) -> None:
    """Mark invoices of DOSSIER approved, by their numbers or documents: all of them, or none."""
    from codasync.store import open_store  # noqa: PLC0415

    if not numbers and not documents:
        raise WrongArgument(text="no invoice is named: give its NUMBER, or --document with the id that `inbox` shows")
    by = "" if undo else who()
    with open_store(app.config.database) as store, store.transaction():
        dossier = find_dossier(store, name)
        rows = store_reports.inbox(store, dossier["client_id"])
        rows = inbox.choose(rows, inboxes=chosen(places), supplier=supplier)
        booked = [booked_document(store, one) for one in documents]
        meant = inbox.find(rows, numbers, booked, dossiers.label(dossier))
        changing = [row for row in meant if (row["state"] == "approved") == undo]
        if undo:
            store.take_back_approval(row["id"] for row in changing)
        else:
            store.approve((row["id"] for row in changing), by)
    tell_outcome(app, len(changing), [row for row in meant if row not in changing], undo=undo)


def booked_document(store: "Store", document: int) -> int:
    """Return the document of which a document is a copy, itself if it is none."""
    return document if document > LARGEST_ID else store_reports.original(store, document) or document


def tell_outcome(app: App, changed: int, others: Sequence[dict[str, Any]], *, undo: bool) -> None:
    """Tell how many invoices changed, and which were as they should be before."""
    if changed:
        app.say(f"{changed} invoice{'' if changed == 1 else 's'} {'new again' if undo else 'approved'}")
    for row in others[:TOLD]:
        before = "was not approved" if undo else f"was approved before: by {row['approved_by']}, {row['approved_at']}"
        app.say(f"invoice {inbox.name(row)} {before}")
    if len(others) > TOLD:
        app.say(f"and {len(others) - TOLD} more {'were not approved' if undo else 'were approved before'}")
