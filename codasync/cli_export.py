"""The command that writes documents as files for accounting software."""

import sys
from pathlib import Path

import click

from codasync import report
from codasync.cli_app import App, client_of, formats, signals, tell_person

EXPORT_LOCK = ".export.lock"


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(readable=False, path_type=Path))
@click.option("--dossier", "name", help="Only the documents of this dossier.")
@click.option("--dry-run", is_flag=True, help="List what would be written; change nothing.")
@formats
@click.pass_obj
def export(app: App, folder: Path, name: str | None, *, dry_run: bool, form: str) -> int:
    """Write booked documents as files into DIR, only those that are new since the last export to this folder."""
    if dry_run:
        return list_files(app, folder, name, form)
    from codasync import exporting  # noqa: PLC0415
    from codasync.store import open_store  # noqa: PLC0415
    from codasync.store_lock import pass_lock  # noqa: PLC0415

    folder = exporting.folder_of(folder)
    with (
        open_store(app.config.database) as store,
        pass_lock(app.config.database, store.now(), suffix=EXPORT_LOCK),
        signals.gently() as stop,
    ):
        result = exporting.run(store, folder, client_of(store, name), stop)
        watched = sys.stderr.isatty() or app.verbose
        for line in result.lines() if watched else result.news:
            tell_person(f"codasync: {line}")
        if (result.documents or watched) and not app.quiet:
            tell_person(summary(folder, result.documents, result.files))
    return 3 if result.blocked else 0


def list_files(app: App, folder: Path, name: str | None, form: str) -> int:
    """List the files that an export would write."""
    from codasync import exporting  # noqa: PLC0415

    with app.open_store() as store:
        rows = list(exporting.planned(store, exporting.folder_of(folder), client_of(store, name)))
    table = {"dossier_code": "dossier", "id": "document", "model": "kind", "format": "format", "path": "path"}
    report.write_rows(rows, (*table, "size"), sys.stdout, form=form, table_columns=table)
    return 0


def summary(folder: Path, documents: int, files: int) -> str:
    """Say in one line what was exported."""
    if not documents:
        return f"nothing new to export to {folder}"
    there = "" if files else ", which was there already"
    return f"{documents} document{'' if documents == 1 else 's'} exported to {folder}{there}"
