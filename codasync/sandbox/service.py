"""What CodaBox does, without HTTP: exchanges tokens, lists feeds, moves their offsets, hands out documents.

An acknowledgement covers an entry and everything before it in its feed, and never goes back: an older index than
the last one is accepted and changes nothing (what CodaBox does then is not known).
"""

import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import uuid4

from codasync.sandbox.feeds import DOWNLOAD, REDOWNLOAD, Entry, Feed, Feeds, File
from codasync.sandbox.office import Office
from codasync.sandbox.state import Memory


@dataclass(frozen=True, slots=True)
class Delivery:
    """A document on its way to a client's feed."""

    client_id: str
    model: str
    metadata: Mapping[str, Any] | None
    files: Mapping[str, File]
    kind: str = DOWNLOAD


Story = Iterator[tuple[date, list[Delivery]]]
NEVER: tuple[date, list[Delivery]] = (date.max, [])


class Service:
    """The state of one CodaBox: an office, its feeds, and the story that fills them day by day."""

    def __init__(self, office: Office, memory: Memory, story: Story, *, fetch_delay: int, serve_acknowledged: bool):
        self.office = office
        self.memory = memory
        self.feeds = Feeds()
        self.fetch_delay = fetch_delay
        self.serve_acknowledged = serve_acknowledged
        self.acknowledgements: dict[tuple[str, int], list[str]] = defaultdict(list)
        self._story = story
        self._coming: tuple[date, list[Delivery]] | None = None
        self._lock = threading.RLock()

    def issue_token(self) -> str:
        """Make a one-time token; an older one is worth nothing from now on."""
        token = str(uuid4())
        self.memory.update(lambda state: state.with_token(token))
        return token

    def spend_token(self, token: str) -> dict[str, str]:
        """Exchange a token for the office's credentials; raises TokenRefused."""
        state = self.memory.update(lambda state: state.spending(token))
        return {"username": state.username, "password": state.password}

    def deliver(self, delivery: Delivery) -> str:
        """Put a document into its feed and return its index."""
        with self._lock:
            self._catch_up()
            return self._add(delivery).index

    def feed(self, kind: str, feed_id: int) -> Feed | None:
        """Return a feed with everything delivered until today, or None when no client has it."""
        if feed_id not in {dossier.feed_id for dossier in self.office.dossiers}:
            return None
        with self._lock:
            self._catch_up()
            return self.feeds.feed(kind, feed_id)

    def waiting(self, feed: Feed) -> list[Entry]:
        """Return the entries that come after the last acknowledged one."""
        return feed.after(self.memory.read().acknowledged.get(feed.key))

    def acknowledge(self, feed: Feed, index: str) -> bool:
        """Move the feed behind the entry `index`; False when it has no such entry."""
        if index not in feed.positions:
            return False
        with self._lock:
            self.acknowledgements[feed.kind, feed.id].append(index)
            if not feed.is_covered(index, self.memory.read().acknowledged.get(feed.key)):
                self.memory.update(lambda state: state.with_acknowledged(feed.key, index))
        return True

    def document(self, kind: str, index: str, extension: str) -> bytes | None:
        """Return the bytes of a document in one format, or None when it is not served."""
        with self._lock:
            self._catch_up()
            found = self.feeds.find(index, kind)
        if found is None:
            return None
        feed, entry = found
        acknowledged = self.memory.read().acknowledged.get(feed.key)
        if not self.serve_acknowledged and feed.is_covered(index, acknowledged):
            return None
        return entry.content(extension)

    def entry(self, index: str) -> Entry:
        """Return the entry with this index, in whatever feed; raises KeyError."""
        with self._lock:
            self._catch_up()
            found = self.feeds.find(index)
        if found is None:
            raise KeyError(index)
        return found[1]

    def _catch_up(self) -> None:
        """Let the story happen up to the present day; nothing is made before somebody asks for it."""
        day = self.memory.read().day
        known = {dossier.client_id for dossier in self.office.dossiers}
        self._coming = self._coming or next(self._story, NEVER)
        while self._coming[0] <= day:
            for delivery in self._coming[1]:
                if delivery.client_id in known:
                    self._add(delivery)
            self._coming = next(self._story, NEVER)

    def _add(self, delivery: Delivery) -> Entry:
        if delivery.kind not in {DOWNLOAD, REDOWNLOAD}:
            raise ValueError(f"no such kind of feed: {delivery.kind}")
        dossier = self.office.find(delivery.client_id)
        feed = self.feeds.feed(delivery.kind, dossier.feed_id)
        return feed.add(self.memory.read().seed, delivery.model, delivery.metadata, delivery.files)
