"""Write stored documents as files into the tree that accounting software imports from, each of them once.

A document is remembered as exported only when its files are safe in the folder. An export that is cut off in between
leaves files that the next one finds equal, and only remembers.
"""

import os
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

from codasync import events, export_names, receive, store_export, store_reports
from codasync.errors import CannotExport, WrongArgument
from codasync.export_tree import Blocked, Tree
from codasync.troubles import Trouble, tell

if TYPE_CHECKING:
    from codasync.store import Store

Row = dict[str, Any]


@dataclass(slots=True)
class Exported:
    """What came of an export: documents remembered, files written, and how many documents wait behind an obstacle.

    `news` are the lines on obstacles that are worth a cron mail.
    """

    documents: int = 0
    files: int = 0
    blocked: Counter[tuple[str, str]] = field(default_factory=Counter)
    news: list[str] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """Say what is in the way, a line for each obstacle."""
        for (path, reason), count in self.blocked.items():
            waiting = "1 document waits" if count == 1 else f"{count} documents wait"
            yield f"{path}: {reason} - {waiting} for somebody to move it away, or to let this user in"

    def troubles(self, folder: Path) -> list[Trouble]:
        """Return the obstacles as troubles of the folder."""
        whose = _whose(folder)
        return [
            Trouble(f"{whose}: {_key(path)}", whose, os.fsencode(line).decode("utf-8", "backslashreplace"), 3)
            for line, (path, _) in zip(self.lines(), self.blocked, strict=True)
        ]

    def note(self, milliseconds: int) -> None:
        """Note what is in the way and what was done as events."""
        for line, ((path, reason), count) in zip(self.lines(), self.blocked.items(), strict=True):
            events.note("trouble", line, level=events.WARNING, path=path, reason=reason, documents=count)
        words = f"{self.documents} documents exported"
        events.note("export_ended", words, documents=self.documents, files=self.files, milliseconds=milliseconds)


def folder_of(named: Path) -> Path:
    """Return the folder that a person names, absolute and without links. Raises WrongArgument when there is none."""
    folder = Path(os.path.realpath(named))
    if not os.path.isdir(folder):  # noqa: PTH112 - Path.is_dir raises where this user may not look
        raise WrongArgument(text=f"cannot export to {folder}: there is no such folder; make it first")
    return folder


def planned(store: "Store", folder: Path, client_id: str | None) -> Iterator[Row]:
    """Give the files that an export to this folder of `folder_of` would write, each with its document's facts."""
    names = export_names.folders(store_export.dossiers(store))
    for page in store_export.pending(store, _key(folder), client_id):
        for row in page:
            place = "/".join(export_names.place(row, names))
            if _embeds_pdf(row):
                yield {**row, "format": "pdf", "size": row["size_of_embedded_pdf"], "path": f"{place}.pdf"}
            yield {**row, "path": f"{place}.{row['format']}"}


def run(store: "Store", folder: Path, client_id: str | None, stop: Event) -> Exported:
    """Export what is new to this folder of `folder_of`, of a dossier or of all, until `stop` is set.

    The caller holds the lock for exports. Raises CannotExport when the folder takes nothing, or no more.
    """
    result, began = Exported(), time.monotonic()
    names = export_names.folders(store_export.dossiers(store))
    with Tree(folder, store_export.mark(store, _key(folder))) as tree:
        for page in store_export.pending(store, _key(folder), client_id):
            _export(store, tree, folder, page, names, stop, result)
            if stop.is_set():
                break
    if not result.documents and {path for path, _ in result.blocked} == {str(folder)}:
        raise CannotExport(path=folder, reason=next(iter(result.blocked))[1])
    result.note(round((time.monotonic() - began) * 1000))
    everything = client_id is None and not stop.is_set()  # else what was not looked at cannot have ended
    result.news = tell(store, result.troubles(folder), {_whose(folder)} if everything else set())
    return result


def _key(path: str | Path) -> str:
    """Return a path as the database keeps it: as it is, or, where its bytes are no text, as Python writes bytes.

    `b'/...'` is the path of no other folder.
    """
    data = os.fsencode(path)
    try:
        return data.decode()
    except UnicodeDecodeError:
        return repr(data)


def _whose(folder: Path) -> str:
    return f"export {_key(folder)}"


def _export(
    store: "Store", tree: Tree, folder: Path, page: list[Row], names: dict[str, str], stop: Event, result: Exported
) -> None:
    """Write the files of a page of documents; remember each at once: the software may take it away from now on."""
    for row in page:
        if stop.is_set():
            break
        place = export_names.place(row, names)
        try:
            result.files += _put(store, tree, row, place)
        except Blocked as obstacle:
            result.blocked[obstacle.path, obstacle.reason] += 1
            continue
        path = f"{'/'.join(place)}.{row['format']}"
        store_export.remember(store, _key(folder), row["id"], path)
        result.documents += 1
        words = f"document {row['id']} stands in {path}"
        events.note("exported", words, dossier=row["dossier_code"], document=row["id"], path=path)


def _put(store: "Store", tree: Tree, row: Row, place: tuple[str, ...]) -> int:
    """Put the files of a document, an embedded PDF first; return how many were not there."""
    data = store_reports.content(store, row["id"]) or b""
    files = {row["format"]: data}
    if _embeds_pdf(row):
        invoice = receive.read(row["model"], row["format"], data).invoice  # None for one that is read no more
        files = {"pdf": invoice.pdf.data, **files} if invoice and invoice.pdf else files
    return sum(tree.put((*place[:-1], f"{place[-1]}.{ending}"), content) for ending, content in files.items())


def _embeds_pdf(row: Row) -> bool:
    """Tell whether a PDF is to be taken out; not where the invoice stood by its PDF alone, which was exported then."""
    embeds = row["booked"] and row["format"] == "xml" and row["size_of_embedded_pdf"]
    return bool(embeds and not row["pdf_was_given"])
