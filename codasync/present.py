"""Text for people, in lines of a given width: money, dates, labels, columns; the facts of a document. Pure.

What a document says comes from strangers. `clean` makes it one line that can neither steer a terminal nor flood it;
whatever is set out below has gone through it. Amounts are never cut: where they need more room, a line gets longer.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

from codasync.report import pad, safe, width

FACTS = ("model", "format", "state", "reason", "feed_index", "received_at", "size", "sha256")
LONGEST = 1000  # characters of one text that are shown
NARROWEST = 16  # characters in a line of a longer text, however wide the numbers beside it are
LABEL = 18
Item = TypeVar("Item")


def clean(text: object) -> str:
    """Make one harmless line of a text; one that is cut says how long it was."""
    given = str(text)
    line = cut(given, LONGEST)
    return line if len(given) <= LONGEST else f"{line} ({len(given):,} characters)"


def cut(text: str, most: int) -> str:
    """Make one harmless line of at most `most` characters of a text."""
    line = safe(" ".join(text[: most + 1].split()))
    return line if len(text) <= most and len(line) <= most else f"{line[: most - 1]}…"


def money(milli: int | None) -> str:
    """Write thousandths with two decimals, or three where they count; `?` for what is not known."""
    if milli is None:
        return "?"
    sign, units, rest = "-" if milli < 0 else "", *divmod(abs(milli), 1000)
    return f"{sign}{units:,}.{rest:03d}" if rest % 10 else f"{sign}{units:,}.{rest // 10:02d}"


def number(text: str, decimals: int = 0) -> str:
    """Write a decimal number of a document with at least so many decimals, without noughts that say nothing."""
    whole, _, rest = f"{Decimal(text):,f}".partition(".") if text else ("", "", "")
    rest = rest.rstrip("0").ljust(decimals, "0") if text else ""
    return f"{whole}.{rest}" if rest else whole


def percent(text: str) -> str:
    """Write a rate, empty for none."""
    return f"{number(text)} %" if text else ""


def day(date: dt.date | None) -> str:
    """Write a date, empty for none."""
    return str(date or "")


def wrap(text: str, room: int) -> list[str]:
    """Break a text between its words into lines of at most `room` characters; longer words are broken too."""
    lines, line = [], ""
    for word in text.split():
        for piece in _pieces(word, room):
            if line and width(line) + 1 + width(piece) > room:
                lines.append(line)
                line = piece
            else:
                line = f"{line} {piece}".lstrip()
    return [*lines, line] if line else lines


def _pieces(word: str, room: int) -> Iterator[str]:
    piece = ""
    for character in word if width(word) > room else ():
        if width(piece + character) > room:
            yield piece
            piece = ""
        piece += character
    yield piece or word


def paragraph(text: object, room: int, *, indent: int = 2, hanging: int = 0) -> Iterator[str]:
    """Give a text as lines, indented; those after the first by `hanging` more."""
    for count, line in enumerate(wrap(clean(text), room - indent - hanging)):
        yield f"{' ' * (indent + hanging * bool(count))}{line}"


def labelled(label: str, text: object, room: int) -> Iterator[str]:
    """Give a text beside its label; nothing for an empty one."""
    for count, line in enumerate(wrap(clean(text), room - LABEL - 2)):
        yield f"  {'' if count else label:<{LABEL}}{line}"


def beside(text: str, right: str, room: int, *, indent: int = 2) -> Iterator[str]:
    """Give a text with something at the right end of its first line."""
    first, *others = wrap(text, max(NARROWEST, room - indent - width(right) - 2)) or [""]
    yield f"{' ' * indent}{pad(first, room - indent - width(right))}{right}"
    yield from (f"{' ' * indent}{line}" for line in others)


def some(items: Sequence[Item], most: int) -> tuple[Sequence[Item], str]:
    """Return the first items, and words for those that are left out, empty for none."""
    left = len(items) - most
    return items[:most], f"… and {left:,} more" if left > 0 else ""


@dataclass(frozen=True, slots=True)
class Field:
    """A column: its heading; `right` for numbers; `wide` for the one that takes the room that the others leave."""

    heading: str
    right: bool = False
    wide: bool = False


def table(fields: Sequence[Field], rows: Sequence[Sequence[str]], room: int) -> Iterator[Sequence[str]]:
    """Give for the headings and then for each row its lines: columns side by side, the wide one over several lines.

    A column in which nothing stands is left out.
    """
    filled = [place for place in range(len(fields)) if any(row[place] for row in rows)]
    fields, rows = [fields[place] for place in filled], [[row[place] for place in filled] for row in rows]
    cells = [[one.heading for one in fields], *rows]
    widths = [0 if one.wide else max(width(row[place]) for row in cells) for place, one in enumerate(fields)]
    rest = max(NARROWEST, room - 2 - sum(widths) - 2 * (len(fields) - 1))
    widths = [rest if one.wide else found for one, found in zip(fields, widths, strict=True)]
    for row in cells:
        yield list(_row(fields, widths, row))


def _row(fields: Sequence[Field], widths: Sequence[int], row: Sequence[str]) -> Iterator[str]:
    wrapped = [wrap(text, to) if one.wide else [text] for one, to, text in zip(fields, widths, row, strict=True)]
    for line in range(max(map(len, wrapped), default=0)):
        texts = [lines[line] if line < len(lines) else "" for lines in wrapped]
        padded = [pad(text, to, right=one.right) for one, to, text in zip(fields, widths, texts, strict=True)]
        yield f"  {'  '.join(padded)}".rstrip()


def facts(document: Mapping[str, Any], dossier: str, room: int) -> Iterable[str]:
    """Give the facts of a row of view `documents`, and the dossier by its code and name."""
    yield f"document {document['id']}"
    yield from paragraph(f"dossier: {dossier}", room, hanging=2)
    for name in FACTS:
        if document[name] not in {None, ""}:
            yield from paragraph(f"{name.replace('_', ' ')}: {document[name]}", room, hanging=2)
