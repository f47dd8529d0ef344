"""The command that shows one document: its facts and content, its bytes, its PDF."""

import shutil
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from codasync import report
from codasync.cli_app import App
from codasync.errors import WrongArgument

if TYPE_CHECKING:
    from codasync.store import Store
    from codasync.store_rows import Row

STDOUT = "-"
MOST = 2000  # lines for a terminal
WIDTHS = (40, 80, 120)  # characters in a line: at least, in a pipe, at most


@click.command()
@click.argument("document", metavar="DOCUMENT")
@click.option("--raw", is_flag=True, help="Its bytes as received.")
@click.option("--pdf", is_flag=True, help="The PDF of an invoice.")
@click.option("-o", "--output", metavar="FILE", help="Write to a new file; - is stdout, also where that is a terminal.")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", help="Form of the facts.")
@click.pass_obj
def show(app: App, document: str, *, raw: bool, pdf: bool, output: str | None, form: str) -> None:
    """Show one document, named by its id or its feed index: its facts and content, its bytes, or its PDF."""
    from codasync import showing, store_reports  # noqa: PLC0415

    check_options(raw=raw, pdf=pdf, output=output, form=form)
    with app.open_store() as store:
        row = store_reports.document(store, document)
        if raw or pdf:
            write_bytes(bytes_of(store, row, pdf=pdf), output)
        elif form == "json":
            report.write_json(row, sys.stdout)
        else:
            lines = showing.lines(store, row, room())
            report.write_lines(no_flood(lines) if sys.stdout.isatty() else lines, sys.stdout)


def check_options(*, raw: bool, pdf: bool, output: str | None, form: str) -> None:
    """Raise WrongArgument when options contradict each other."""
    if raw and pdf:
        raise WrongArgument(text="--raw and --pdf give different bytes: say which of them")
    if output is not None and not (raw or pdf):
        raise WrongArgument(text="-o goes with --raw or --pdf: say which of them to write")
    if output == "":
        raise WrongArgument(text="-o names no file")
    if form != "table" and (raw or pdf):
        raise WrongArgument(text=f"--format is for the facts: it does not go with {'--raw' if raw else '--pdf'}")


def bytes_of(store: "Store", document: "Row", *, pdf: bool) -> bytes:
    """Return the bytes of a document, or its PDF. Raises WrongArgument when there is no such thing."""
    from codasync import showing, store_reports  # noqa: PLC0415

    found = showing.find_pdf(store, document) if pdf else None
    data = found.data if found else None if pdf else store_reports.content(store, document["id"])
    if data is None:
        why = "" if document["state"] == "stored" else f": {document['state']} {document['reason']}"
        raise WrongArgument(text=f"document {document['id']} has no {'PDF' if pdf else 'bytes'}{why}")
    return data


def room() -> int:
    """Return how many characters a line may have."""
    narrowest, usual, widest = WIDTHS
    return max(narrowest, min(widest, shutil.get_terminal_size().columns)) if sys.stdout.isatty() else usual


def no_flood(lines: Iterable[str]) -> Iterator[str]:
    """Give no more lines than a person can look through without a pager."""
    for count, line in enumerate(lines):
        if count == MOST:
            yield f"… a terminal gets {MOST:,} lines; `codasync show DOCUMENT | less` shows all"
            return
        yield line


def write_bytes(data: bytes, output: str | None) -> None:
    """Write bytes to stdout (also `-`) or to a new file.

    Raises WrongArgument when the file is there or cannot be written, and where bytes would steer a terminal that was
    not named.
    """
    from codasync import newfile  # noqa: PLC0415

    if output is None and sys.stdout.isatty() and not harmless(data):
        raise WrongArgument(text="these bytes would upset the terminal: write them to a file with -o FILE, or say -o -")
    if output in {None, STDOUT}:
        sys.stdout.buffer.write(data)
        return
    try:
        newfile.write(Path(str(output)), data)
    except OSError as error:
        raise WrongArgument(text=f"cannot write {output}: {error.strerror}") from None


def harmless(data: bytes) -> bool:
    """Tell whether bytes are text without control characters but tabs and line ends, as Unix or Windows has them."""
    try:
        lines = data.decode().replace("\t", " ").replace("\r\n", "\n").split("\n")
    except UnicodeDecodeError:
        return False
    return all(report.safe(line) == line for line in lines)
