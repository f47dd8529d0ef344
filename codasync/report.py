"""Rows for people and for programs: a table on a terminal, whole plain columns in a pipe, JSON, CSV.

Text in rows comes from strangers: control characters are shown as escapes, never sent to a terminal.
"""

import csv
import io
import json
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from rich.table import Table

Row = Mapping[str, Any]
Columns = Mapping[str, Sequence[str]]
Format = str
FORMATS = ("table", "json", "csv")
# a value of these columns is never broken over two lines
WHOLE = frozenset({"iban", "dossier_code", "state", "enterprise_number", "last_statement_date", "amount", "currency"})
NARROWEST = 16  # characters in a line of a longer text


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


def write_lines(lines: Iterable[str], out: TextIO) -> None:
    """Write lines of text for people."""
    out.writelines(f"{safe(line)}\n" for line in lines)


def write_json(value: Any, out: TextIO) -> None:
    """Write a value as JSON, one array or object."""
    with _harmless(out) as file:
        json.dump(value, file, ensure_ascii=False, indent=2, default=str)
        file.write("\n")


def _write_csv(rows: Sequence[Row], columns: Sequence[str], out: TextIO) -> None:
    with _harmless(out) as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        for row in rows:
            writer.writerow([_csv_cell(row[name]) for name in columns])


@contextmanager
def _harmless(out: TextIO) -> Iterator[TextIO]:
    """Give a file to write to: `out` as it is for a program, with control characters as escapes for a terminal."""
    if not out.isatty():
        yield out
        return
    held = io.StringIO()
    yield held
    out.writelines(f"{safe(line)}\n" for line in held.getvalue().removesuffix("\n").split("\n"))


def _csv_cell(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (list, dict)) else value


def _write_table(rows: Sequence[Row], columns: Mapping[str, str], out: TextIO) -> None:
    shown = {name: [_cell(row[name]) for row in rows] for name in columns}
    if out.isatty():
        _write_on_terminal(shown, columns, out)
    else:
        out.writelines(f"{line}\n" for line in _plain_lines(shown, columns))


def _plain_lines(shown: Columns, headings: Mapping[str, str]) -> list[str]:
    """Set columns side by side, each as wide as its longest value."""
    lines = [[headings[name], *cells] for name, cells in shown.items()]
    widths = [max(map(len, line)) for line in lines]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in zip(*lines, strict=True)
    ]


def _write_on_terminal(shown: Columns, headings: Mapping[str, str], out: TextIO) -> None:
    """Write a table that shows every value whole, also where the terminal is too narrow for all its columns."""
    from rich.console import Console  # noqa: PLC0415 - rich is slow to import and only a terminal needs it

    console = Console(file=out, highlight=False, markup=False, emoji=False)
    filled = {name: cells for name, cells in shown.items() if any(cells) or not cells}
    widths = {name: _least_width(name, [headings[name], *cells]) for name, cells in filled.items()}
    if sum(widths.values()) + 3 * len(widths) < console.width:
        console.print(_rich_table(filled, headings, widths))
    else:
        head, *lines = _narrow_lines(filled, headings, console.width)
        console.print(head, style="bold", soft_wrap=True)
        for line in lines:
            console.print(line, soft_wrap=True)


def _narrow_lines(shown: Columns, headings: Mapping[str, str], room: int) -> Iterable[str]:
    """Set columns side by side as far as there is room, the others as lines of their own below each row."""
    beside = _that_fit({name: max(map(len, [headings[name], *cells])) for name, cells in shown.items()}, room)
    below = [name for name in shown if name not in beside]
    head, *lines = _plain_lines({name: shown[name] for name in shown if name in beside}, headings)
    yield head
    for number, line in enumerate(lines):
        yield line
        yield from (f"    {headings[name] or name}: {shown[name][number]}" for name in below if shown[name][number])


def _least_width(name: str, cells: Sequence[str]) -> int:
    """Return the width below which a column cannot be read."""
    if name in WHOLE:
        return max(map(len, cells))
    longest_word = max((len(word) for cell in cells for word in cell.split()), default=0)
    return min(max(map(len, cells)), max(longest_word, NARROWEST))


def _that_fit(widths: Mapping[str, int], room: int) -> set[str]:
    """Choose the columns that stand side by side: first those that say which row it is."""
    chosen: set[str] = set()
    for name in sorted(widths, key=lambda one: one not in WHOLE):
        if widths[name] + 2 <= room or not chosen:
            chosen.add(name)
            room -= widths[name] + 2
    return chosen


def _rich_table(shown: Columns, headings: Mapping[str, str], widths: Mapping[str, int]) -> "Table":
    from rich import box  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in shown:
        table.add_column(headings[name], no_wrap=name in WHOLE, overflow="fold", min_width=widths[name])
    for line in zip(*shown.values(), strict=True):
        table.add_row(*map(Text, line))
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
        character
        if character.isprintable() or unicodedata.category(character) == "Zs"
        else character.encode("unicode_escape").decode()
        for character in text
    )


def progress_bar(out: TextIO) -> "tuple[Callable[[int, int], None], Callable[[], None]]":
    """Return a function that is told (done, all) and one that ends the bar."""
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import Progress  # noqa: PLC0415

    progress = Progress(console=Console(file=out), transient=True)
    task = progress.add_task("dossiers", total=None)
    progress.start()
    return lambda done, total: progress.update(task, completed=done, total=total), progress.stop
