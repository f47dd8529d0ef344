"""Rows for people and for programs: a table on a terminal, whole plain columns in a pipe, JSON, CSV.

Text in rows comes from strangers: control characters are shown as escapes, never sent to a terminal.
"""

import io
import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TextIO

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

Row = Mapping[str, Any]
Format = str
FORMATS = ("table", "json", "csv")
# a value of these columns is never broken over two lines
WHOLE = frozenset({"account", "bar", "dossier_code", "enterprise_number", "iban", "last_statement_date", "state"})
# where a spreadsheet begins a cell: some break a line at semicolons and tabs whatever is quoted
CELL = re.compile(r"(?P<blank>[\s\"]*)(?P<text>[^;\t\r\n]*)")
RUN_BY_SPREADSHEETS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")  # the last four are full-width
NUMBER_OR_REFERENCE = re.compile(r"[+-]?\d+([.,]\d+)?|\+\+\+\d{3}/\d{4}/\d{5}\+\+\+", re.ASCII)
# what a cell may hold only in quotes: some programs end a row at any of the characters that end a line
QUOTED = re.compile('[",\n\r\v\f\x1c-\x1e\x85\u2028\u2029]')
NARROWEST = 16  # characters in a line of a longer text
LONGEST_WORD = 40  # a longer word (no IBAN is) may be broken over two lines
WIDEST = 200  # in a pipe, a longer value stands whole and no other row is padded to it
READABLE = 120  # characters in a line of a text, on the widest terminal
LONGEST_TEXT = 10_000  # characters of a text on a terminal
SHOWN = 500  # characters of a value in a table on a terminal


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table as it is shown: heading, cells, and whether they are numbers."""

    heading: str
    cells: Sequence[str]
    numbers: bool = False

    @property
    def width(self) -> int:
        """Return how many characters of a terminal the widest value takes, or WIDEST."""
        return min(WIDEST, max(map(width, [self.heading, *self.cells])))


Columns = Mapping[str, Column]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A text for a terminal, behind so many spaces; `style` is for what it begins with, `mark`."""

    text: str
    indent: int = 0
    mark: str = ""
    style: str = ""


def width(text: str) -> int:
    """Return how many characters of a terminal a text takes: a Chinese letter two, an accent of its own none."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len  # noqa: PLC0415

    return cell_len(text)


def pad(text: str, to: int, *, right: bool = False) -> str:
    """Fill a text with spaces to a width, before it (`right`) or behind it."""
    fill = " " * (to - width(text))
    return fill + text if right else text + fill


def write_rows(
    rows: Sequence[Row],
    columns: Sequence[str],
    out: TextIO,
    *,
    form: Format,
    table_columns: Mapping[str, str],
    spare: Sequence[str] = (),
) -> None:
    """Write rows in the form asked for.

    json and csv hold all of `columns`; a table holds those of `table_columns`, a mapping of column to heading. The
    columns `spare` are left out, the first one first, where a terminal is too narrow for all.
    """
    if form == "json":
        write_json([{name: row[name] for name in columns} for row in rows], out)
    elif form == "csv":
        _write_csv(rows, columns, out)
    else:
        _write_table(rows, table_columns, spare, out)


def write_lines(lines: Iterable[str], out: TextIO) -> None:
    """Write lines of text for people."""
    out.writelines(f"{safe(line)}\n" for line in lines)


def write_paragraphs(paragraphs: Iterable[Paragraph], out: TextIO) -> None:
    """Write texts on a terminal, broken between words at its width; a line of a text stays one of its own."""
    from rich.text import Text  # noqa: PLC0415

    console = _console(out)
    room = min(console.width, READABLE)
    for one in paragraphs:
        first, *others = map(safe, shortened(one.text, LONGEST_TEXT).split("\n"))
        for text in [Text.assemble((one.mark, one.style), first), *map(Text, others)]:
            for line in text.wrap(console, room - one.indent, overflow="fold"):
                line.rstrip()
                console.print(Text(" " * one.indent) + line if line else line, soft_wrap=True)


def write_json(value: Any, out: TextIO) -> None:
    """Write a value as JSON, one array or object."""
    with _harmless(out) as file:
        json.dump(value, file, ensure_ascii=False, indent=2, default=str)
        file.write("\n")


def _write_csv(rows: Sequence[Row], columns: Sequence[str], out: TextIO) -> None:
    with _harmless(out) as file:
        file.write(f"{','.join(columns)}\n")
        for row in rows:
            file.write(f"{','.join(_csv_cell(row[name]) for name in columns)}\n")


@contextmanager
def _harmless(out: TextIO) -> Iterator[TextIO]:
    """Give a file to write to: `out` as it is for a program, with control characters as escapes for a terminal."""
    if not out.isatty():
        yield out
        return
    held = io.StringIO()
    yield held
    out.writelines(f"{safe(line)}\n" for line in held.getvalue().removesuffix("\n").split("\n"))


def _csv_cell(value: Any) -> str:
    """Give a value as a cell; what a spreadsheet would run as a formula gets an apostrophe before it (OWASP).

    Python's own writer leaves a carriage return without quotes where lines end otherwise, and a row would end there.
    """
    if value is None:
        return ""
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, (list, dict)) else str(value)
    cell = CELL.sub(_inert, text) if isinstance(value, (str, list, dict)) else text
    return '"{}"'.format(cell.replace('"', '""')) if QUOTED.search(cell) else cell


def _inert(cell: re.Match[str]) -> str:
    text = cell["text"]
    runs = text.startswith(RUN_BY_SPREADSHEETS) and not NUMBER_OR_REFERENCE.fullmatch(text.rstrip())
    return f"{cell['blank']}'{text}" if runs else cell[0]


def _write_table(rows: Sequence[Row], columns: Mapping[str, str], spare: Sequence[str], out: TextIO) -> None:
    shown = {name: _column(heading, [row[name] for row in rows]) for name, heading in columns.items()}
    if out.isatty():
        _write_on_terminal(shown, spare, out)
    else:
        out.writelines(f"{line}\n" for line in _plain_lines(list(shown.values())))


def _column(heading: str, values: Sequence[Any]) -> Column:
    known = [value for value in values if value is not None]
    numbers = bool(known) and all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in known)
    return Column(heading, [_cell(value) for value in values], numbers)


def _plain_lines(columns: Sequence[Column]) -> list[str]:
    """Set columns side by side, each as wide as its longest value."""
    return ["  ".join(line).rstrip() for line in zip(*map(_padded, columns), strict=True)]


def _padded(column: Column) -> list[str]:
    to = column.width  # it looks at every cell, so it is taken once
    return [pad(cell, to, right=column.numbers) for cell in [column.heading, *column.cells]]


def _write_on_terminal(shown: Columns, spare: Sequence[str], out: TextIO) -> None:
    """Write a table that shows every value whole, also where the terminal is too narrow for all its columns."""
    console = _console(out)
    filled = {name: _shortened(one) for name, one in shown.items() if any(one.cells) or not one.cells}
    widths = {name: _least_width(name, one) for name, one in filled.items()}
    for name in [one for one in spare if one in widths]:
        # numbers are left out before a text is broken over two lines, others before it cannot be read
        wanted = {one: filled[one].width for one in widths} if filled[name].numbers else widths
        if not _fits(wanted, console.width):
            del widths[name]
    if _fits(widths, console.width):
        console.print(_rich_table({name: filled[name] for name in widths}, widths))
    else:
        head, *lines = _narrow_lines({name: filled[name] for name in widths}, console.width)
        console.print(head, style="bold", soft_wrap=True)
        for line in lines:
            console.print(line, soft_wrap=True)


def _fits(widths: Mapping[str, int], room: int) -> bool:
    return sum(widths.values()) + 2 * (len(widths) - 1) <= room


def _console(out: TextIO) -> "Console":
    from rich.console import Console  # noqa: PLC0415 - rich is slow to import and only a terminal needs it

    return Console(file=out, highlight=False, markup=False, emoji=False)


def _shortened(column: Column) -> Column:
    return Column(column.heading, [shortened(cell, SHOWN) for cell in column.cells], column.numbers)


def shortened(text: str, limit: int) -> str:
    """Cut a text that is longer than a limit, and say so by its last character."""
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def _narrow_lines(shown: Columns, room: int) -> Iterable[str]:
    """Set columns side by side as far as there is room, the others as lines of their own below each row."""
    beside = _that_fit(shown, room)
    below = [(name, one) for name, one in shown.items() if name not in beside]
    head, *lines = _plain_lines([one for name, one in shown.items() if name in beside])
    yield head
    for number, line in enumerate(lines):
        yield line
        yield from (f"    {one.heading or name}: {one.cells[number]}" for name, one in below if one.cells[number])


def _least_width(name: str, column: Column) -> int:
    """Return the width below which a column cannot be read."""
    if name in WHOLE or column.numbers:
        return column.width
    texts = [column.heading, *column.cells]
    longest_word = max((width(word) for text in texts for word in text.split()), default=0)
    return min(column.width, max(min(longest_word, LONGEST_WORD), NARROWEST))


def _that_fit(shown: Columns, room: int) -> set[str]:
    """Choose the columns that stand side by side: first those that say which row it is, and the numbers."""
    chosen: set[str] = set()
    for name in sorted(shown, key=lambda name: name not in WHOLE and not shown[name].numbers):
        needed = shown[name].width + 2
        if needed <= room or not chosen:
            chosen.add(name)
            room -= needed
    return chosen


def _rich_table(shown: Columns, widths: Mapping[str, int]) -> "Table":
    from rich import box  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, collapse_padding=True)
    for name, one in shown.items():
        justify: Literal["left", "right"] = "right" if one.numbers else "left"
        table.add_column(one.heading, justify=justify, no_wrap=name in WHOLE, overflow="fold", min_width=widths[name])
    for line in zip(*(one.cells for one in shown.values()), strict=True):
        table.add_row(*map(Text, line))
    return table


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.2f}" if round(value, 2) == value else f"{value:,.3f}"
    return safe(str(value))


def can_show(text: str, out: TextIO) -> bool:
    """Tell whether the output's encoding has all these letters."""
    try:
        text.encode(out.encoding)
    except UnicodeEncodeError:
        return False
    return True


def safe(text: str) -> str:
    """Show control characters (and what turns a line around) as escapes."""
    if text.isprintable():
        return text
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
