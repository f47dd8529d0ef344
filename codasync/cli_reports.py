"""Commands that report how reception stands."""

import sys

import click

from codasync import report
from codasync.cli_app import App, client_of, formats, optional_dossier


@click.command()
@optional_dossier
@click.option("--problems", is_flag=True, help="Only journals that need somebody.")
@click.option("--check", is_flag=True, help="Exit with 3 when a journal needs somebody.")
@formats
@click.pass_obj
def status(app: App, name: str | None, *, problems: bool, check: bool, form: str) -> int:
    """Report which bank journals receive their statements, which do not, why, and what to do."""
    from codasync import reception, status_report, store_reports  # noqa: PLC0415

    with app.open_store() as store:
        rows, elsewhere = status_report.rows(
            store, client_of(store, name), fetches_coda="cod" in app.config.formats.models.get("coda", ())
        )
        last_run = store_reports.last_run(store)
    needing = [row for row in rows if row["state"] in reception.NEEDS_SOMEBODY]
    if form == "table":
        head = reception.sentence(app.config.office.name, [row["state"] for row in rows], last_run)
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
