"""Commands that report how reception stands."""

import datetime as dt
import sys

import click

from codasync import report
from codasync.cli_app import App, client_of, formats, optional_dossier, parse_date
from codasync.errors import WrongArgument


@click.command()
@optional_dossier
@click.option("--problems", is_flag=True, help="Only journals that need somebody.")
@click.option(
    "--check", is_flag=True, help="Exit with 3 when a journal needs somebody, with 14 when the database is damaged."
)
@click.option("--since", callback=parse_date, help="Leave out what was before this day (YYYY-MM-DD).")
@click.option("--redelivery", is_flag=True, help="Write what to ask CodaBox for again, one text for all.")
@click.option("--all", "every", is_flag=True, help="List all journals, however many are in order.")
@formats
@click.pass_obj
def status(
    app: App,
    name: str | None,
    *,
    problems: bool,
    check: bool,
    since: dt.date | None,
    redelivery: bool,
    every: bool,
    form: str,
) -> int:
    """Report which bank journals receive their statements, which do not, why, and what to do."""
    from codasync import status_page, status_report, store_reports  # noqa: PLC0415

    if redelivery and form != "table":
        raise WrongArgument(text=f"--redelivery writes a text, not {form}: leave --format out")
    office = app.config.office
    with app.open_store() as store:
        if check:
            store_reports.check_file(store)
        found = status_report.report(store, app.config, client_of(store, name), since)
        today = store.today()
    if redelivery:
        report.write_lines(status_page.letter(found, office, today), sys.stdout)
    elif form == "table":
        status_page.write(found, office.name, status_page.Choice(problems, every, since), sys.stdout)
    else:
        rows = found.needing if problems else found.rows
        report.write_rows(rows, status_report.COLUMNS, sys.stdout, form=form, table_columns={})
    return 3 if check and found.needing else 0
