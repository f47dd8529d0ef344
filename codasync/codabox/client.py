"""The calls of CodaBox API version 2 that codasync makes."""

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import quote

from codasync.codabox import answers
from codasync.codabox.answers import Client, Entry, Pod
from codasync.codabox.content import NotADocument, whole_document
from codasync.codabox.wire import Reply, Wire, read_json
from codasync.errors import (
    AnswerLost,
    ApiChanged,
    CredentialsRefused,
    Forbidden,
    NoConnection,
    NotServed,
    TokenRefused,
    Unreachable,
)

NORMAL = "normal"
REDELIVERY = "redelivery"
_FEED_PATHS = {NORMAL: "delivery/feed", REDELIVERY: "delivery/redownload-feed"}
_DOWNLOAD_PATHS = {NORMAL: "delivery/download", REDELIVERY: "delivery/redownload"}

T = TypeVar("T")


class CodaBox:
    """A client of the API for one office.

    Every call raises what `Wire.call` raises; ApiChanged also for JSON of another shape than the API's.
    """

    def __init__(self, wire: Wire, *, max_document_size: int) -> None:
        self._wire = wire
        self._max_document_size = max_document_size

    def exchange_token(self, token: str) -> bytes:
        """Spend the one-time token; return the answer's bytes as they came.

        Tried once only, for the first use spends the token. Raises TokenRefused, AnswerLost (the token may be
        spent), NoConnection (it is not).
        """
        what = "the exchange of the token"
        try:
            return self._wire.call(
                "GET",
                f"get-credentials/{_segment(token, what)}/",
                lambda reply: reply.body,
                what=what,
                retry=False,
                secret=token,
            )
        except (CredentialsRefused, Forbidden, NotServed, ApiChanged) as refusal:
            detail = refusal.facts.get("detail") or refusal.facts.get("reason")
            raise TokenRefused(detail=detail) from None
        except NoConnection as trouble:
            if trouble.facts["sent"]:
                raise AnswerLost(**trouble.facts) from None
            raise
        except Unreachable as trouble:
            raise AnswerLost(**trouble.facts) from None

    def pod(self) -> Pod:
        """Ask for the office's feeds.

        Raises CredentialsRefused also where CodaBox forbids that, Unreachable where it has no such list.
        """
        try:
            return self._ask("delivery/pod-client/", answers.pod, "the list of feeds")
        except Forbidden as refusal:
            raise CredentialsRefused(detail=refusal.facts["reason"]) from None
        except NotServed as refusal:
            reason = f"{refusal.facts['reason']}; is codabox.base_url right?"
            raise Unreachable(what=refusal.facts["what"], reason=reason) from None

    def clients(self) -> tuple[Client, ...]:
        """Ask for the state of every client's mandates and accounts."""
        return self._ask("clients/", lambda answer: tuple(map(answers.client, answer)), "the list of clients")

    def client(self, client_id: str) -> Client:
        """Ask for the state of one client's mandates and accounts."""
        what = "the state of the dossier"
        return self._ask(f"clients/{_segment(client_id, what)}/", answers.client, what)

    def feed(self, kind: str, feed_id: str) -> tuple[Entry, ...]:
        """Ask what a feed lists, oldest first. An office without a redelivery feed has an empty one."""
        what = f"{kind} feed {feed_id}"
        try:
            return self._ask(f"{_FEED_PATHS[kind]}/{_segment(feed_id, what)}/", answers.entries, what)
        except NotServed as refusal:
            if kind == REDELIVERY and refusal.facts["gone"]:
                return ()
            raise

    def acknowledge(self, kind: str, feed_id: str, feed_index: str) -> None:
        """Tell CodaBox that this entry of the feed, and everything before it, is safe here."""
        what = f"the acknowledgement of {kind} feed {feed_id}"
        self._wire.call(
            "PUT",
            f"{_FEED_PATHS[kind]}/{_segment(feed_id, what)}/",
            lambda _: None,
            what=what,
            body={"feed_offset": feed_index},
        )

    def download(self, kind: str, feed_index: str, format_: str) -> bytes:
        """Fetch one document in one format, whole.

        Raises NotServed too for a page of JSON or HTML, or nothing, where a document should be.
        """
        what = f"document {feed_index} ({format_})"
        path = f"{_DOWNLOAD_PATHS[kind]}/{_segment(feed_index, what)}/{_segment(format_, what)}/"
        try:
            return self._wire.call(
                "GET",
                path,
                lambda reply: whole_document(reply, format_, what),
                what=what,
                limit=self._max_document_size,
            )
        except NotADocument as page:
            raise NotServed(**page.facts, gone=False) from None

    def _ask(self, path: str, shape: Callable[[Any], T], what: str) -> T:
        def read(reply: Reply) -> T:
            answer = read_json(reply, what)
            try:
                return shape(answer)
            except (TypeError, KeyError, ValueError, AttributeError) as error:
                raise ApiChanged(what=what, reason=f"JSON of another shape ({error})") from None

        return self._wire.call("GET", path, read, what=what)


def _segment(name: str, what: str) -> str:
    """Quote a name as one step of a path. Raises ApiChanged for dots, which lead elsewhere however they are quoted."""
    if name in {".", ".."}:
        raise ApiChanged(what=what, reason=f"{name} names nothing that can be asked for")
    return quote(name, safe="")
