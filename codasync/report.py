"""Rows for people and for programs: a table on a terminal, whole plain columns in a pipe, JSON, CSV.

Text in rows comes from strangers: control characters are shown as escapes, never sent to a terminal.
"""

import csv
import json
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from rich.table import Table

Row = Mapping[str, Any]
Format = str
FORMATS = ("table", "json", "csv")
# a value of these columns is never broken over two lines
WHOLE = frozenset({"iban", "dossier_code", "state", "enterprise_number", "last_statement_date", "amount", "currency"})


def write_rows(
    rows: Sequence[Row], columns: Sequence[str], out: TextIO, *, form: Format, table_columns: Mapping[str, str]
) -> None:
    """Write rows in the form asked for.

    json and csv hold all of `columns`; a table holds those of `table_columns`, a mapping of column to heading.
    """
    if form == "json":
        write_json([{name: row[name] for name in columns} for row in rows], out)
    elif form == "csv":
        _write_csv(rows, columns, out)
    else:
        _write_table(rows, table_columns, out)


def write_json(value: Any, out: TextIO) -> None:
    """Write a value as JSON, one array or object."""
    json.dump(value, out, ensure_ascii=False, indent=2, default=str)
    out.write("\n")


def _write_csv(rows: Sequence[Row], columns: Sequence[str], out: TextIO) -> None:
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_csv_cell(row[name]) for name in columns])


def _csv_cell(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (list, dict)) else value


def _write_table(rows: Sequence[Row], columns: Mapping[str, str], out: TextIO) -> None:
    shown = [[_cell(row[name]) for name in columns] for row in rows]
    if out.isatty():
        _write_on_terminal(shown, columns, out)
        return
    lines = [list(columns.values()), *shown]
    widths = [max(len(line[n]) for line in lines) for n in range(len(columns))]
    out.writelines(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() + "\n" for line in lines
    )


def _write_on_terminal(lines: Sequence[Sequence[str]], columns: Mapping[str, str], out: TextIO) -> None:
    from rich.console import Console  # noqa: PLC0415 - rich is slow to import and only a terminal needs it

    console = Console(file=out, highlight=False, markup=False, emoji=False)
    console.print(_rich_table(lines, columns))


def _rich_table(lines: Sequence[Sequence[str]], columns: Mapping[str, str]) -> "Table":
    from rich import box  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name, heading in columns.items():
        table.add_column(heading, no_wrap=name in WHOLE, overflow="fold")
    for line in lines:
        table.add_row(*(Text(cell) for cell in line))
    return table


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.2f}" if round(value, 2) == value else f"{value:,.3f}"
    return safe(str(value))


def safe(text: str) -> str:
    """Show control characters (and what turns a line around) as escapes."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode() for character in text
    )


def progress_bar(out: TextIO) -> "tuple[Callable[[int, int], None], Callable[[], None]]":
    """Return a function that is told (done, all) and one that ends the bar."""
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import Progress  # noqa: PLC0415

    progress = Progress(console=Console(file=out), transient=True)
    task = progress.add_task("dossiers", total=None)
    progress.start()
    return lambda done, total: progress.update(task, completed=done, total=total), progress.stop
