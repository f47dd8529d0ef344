"""The documents waiting for each client: feeds of entries in the order in which they arrived.

A client has two feeds, told apart by their kind: what is new ("download") and what was asked for again ("redownload").
How far a feed was acknowledged is not kept here but in the state.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from codasync.sandbox.numbers import identifier

DOWNLOAD, REDOWNLOAD = "download", "redownload"

File = bytes | Callable[[], bytes]


@dataclass(slots=True)
class Entry:
    """One document with its files by format; a file may be a function that makes the bytes when they are asked for."""

    index: str
    model: str
    metadata: Mapping[str, Any] | None
    files: Mapping[str, File]
    withdrawn: bool = False

    def content(self, extension: str) -> bytes | None:
        """Return the bytes in one format, or None when the document has no such format."""
        file = None if self.withdrawn else self.files.get(extension)
        return file() if callable(file) else file

    def as_json(self) -> dict[str, Any]:
        """Return the entry as a feed lists it."""
        return {"feed_index": self.index, "document_model": self.model, "metadata": self.metadata}


@dataclass(slots=True)
class Feed:
    """The documents of one client and kind, oldest first."""

    kind: str
    id: int
    entries: list[Entry] = field(default_factory=list)
    positions: dict[str, int] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The name of this feed in the state."""
        return f"{self.kind}/{self.id}"

    def add(self, seed: int, model: str, metadata: Mapping[str, Any] | None, files: Mapping[str, File]) -> Entry:
        """Append a document and return its entry; the same seed and place always give the same index."""
        position = len(self.entries)
        entry = Entry(identifier("entry", seed, self.key, position), model, metadata, files)
        self.entries.append(entry)
        self.positions[entry.index] = position
        return entry

    def after(self, index: str | None) -> list[Entry]:
        """Return the entries that follow the one acknowledged last (None: all)."""
        first = 0 if index is None else self.positions.get(index, -1) + 1
        return [entry for entry in self.entries[first:] if not entry.withdrawn]

    def is_covered(self, index: str, acknowledged: str | None) -> bool:
        """Tell whether `index` lies at or before the entry acknowledged last."""
        return acknowledged is not None and self.positions[index] <= self.positions.get(acknowledged, -1)


class Feeds:
    """All feeds of the office."""

    def __init__(self) -> None:
        self._feeds: dict[tuple[str, int], Feed] = {}

    def feed(self, kind: str, feed_id: int) -> Feed:
        """Return one feed, empty when nothing was delivered to it yet."""
        return self._feeds.setdefault((kind, feed_id), Feed(kind, feed_id))

    def find(self, index: str, kind: str | None = None) -> tuple[Feed, Entry] | None:
        """Return the feed and the entry with this index, or None; `kind` limits the search."""
        for feed in list(self._feeds.values()):
            position = feed.positions.get(index)
            if position is not None and kind in (None, feed.kind):
                return feed, feed.entries[position]
        return None
