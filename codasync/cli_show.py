"""The command that shows one document: its facts and content, its bytes, its PDF."""

import sys
from pathlib import Path

import click

from codasync import report
from codasync.cli_app import App
from codasync.errors import WrongArgument


@click.command()
@click.argument("document", metavar="DOCUMENT")
@click.option("--raw", is_flag=True, help="Its bytes as received.")
@click.option("--pdf", is_flag=True, help="The PDF of an invoice.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write to this file, which must not exist.")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", help="Form of the facts.")
@click.pass_obj
def show(app: App, document: str, *, raw: bool, pdf: bool, output: Path | None, form: str) -> None:
    """Show one document, named by its id or its feed index: its facts, its bytes, or its PDF."""
    from codasync import showing, store_reports  # noqa: PLC0415

    if raw and pdf:
        raise WrongArgument(text="--raw and --pdf give different bytes: say which of them")
    if output and not (raw or pdf):
        raise WrongArgument(text="-o goes with --raw or --pdf: say which of them to write")
    with app.open_store() as store:
        row = store_reports.document(store, document)
        data = store_reports.content(store, row["id"]) if not pdf else showing.pdf(store, row)
    if raw or pdf:
        if data is None:
            why = "" if row["state"] == "stored" else f": {row['state']} {row['reason']}"
            raise WrongArgument(text=f"document {row['id']} has no {'PDF' if pdf else 'bytes'}{why}")
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
