"""Faults to inject: what may happen to a call instead of its plain answer.

`Fault` says where and how often, its `action` says what happens. An action is called with the exchange; it may take
the true answer (with all its effects on the feeds), change it, send it whole or in part, and end the connection.
`reset`, `lose_answer` and `pretend` are actions; the other functions return one.
"""

import gzip
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol

from codasync.sandbox.numbers import dice
from codasync.sandbox.routes import Answer, Call


class Exchange(Protocol):
    """One request and the connection on which its answer goes out."""

    call: Call

    def answer(self) -> Answer:
        """Return the true answer, with all its effects."""

    def send(self, answer: Answer) -> None:
        """Send a whole answer."""

    def begin(self, status: int, headers: Mapping[str, str]) -> None:
        """Send the head of an answer with exactly these headers."""

    def write(self, data: bytes) -> None:
        """Send bytes of a body as they are."""

    def hang_up(self, *, reset: bool = False) -> None:
        """End the connection, in order or with a reset."""

    def pause(self, seconds: float) -> None:
        """Wait, but not longer than the server lives."""


Action = Callable[[Exchange], None]


def respond(status: int, body: bytes | str = b"", headers: Mapping[str, str] | None = None) -> Action:
    """Answer with this instead of the truth; the call has no effect."""
    content = body.encode() if isinstance(body, str) else body
    return lambda exchange: exchange.send(Answer(status, content, headers or {}))


def refuse(status: int, detail: str = "Not today.", **headers: str) -> Action:
    """Refuse with JSON as CodaBox does; underscores in header names become hyphens."""
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return respond(status, json.dumps({"detail": detail}), {"Content-Type": "application/json", **names})


def throttle(retry_after: str | None = None) -> Action:
    """Answer 429; `retry_after` goes out as it is: seconds, a date, nonsense, or None for no such header."""
    headers = {} if retry_after is None else {"Retry_After": retry_after}
    return refuse(429, "Request was throttled.", **headers)


def html_page(status: int = 200) -> Action:
    """Send a page for people where the client expects data, as a proxy does."""
    text = "<!DOCTYPE html>\n<html><head><title>Maintenance</title></head><body>Back soon.</body></html>\n"
    return respond(status, text, {"Content-Type": "text/html; charset=utf-8"})


def redirect(location: str, status: int = 302) -> Action:
    """Send the client elsewhere."""
    return respond(status, headers={"Location": location})


def reset(exchange: Exchange) -> None:
    """Reset the connection without an answer; the call has no effect."""
    exchange.hang_up(reset=True)


def lose_answer(exchange: Exchange) -> None:
    """Do what was asked, then reset the connection: the client cannot know."""
    exchange.answer()
    exchange.hang_up(reset=True)


def pretend(exchange: Exchange) -> None:
    """Say 200 to whatever was asked, but do nothing."""
    exchange.send(Answer(200, exchange.call.body, {"Content-Type": "application/json"}))


def delay(seconds: float) -> Action:
    """Wait before the true answer."""

    def play(exchange: Exchange) -> None:
        exchange.pause(seconds)
        exchange.send(exchange.answer())

    return play


Framing = Literal["length", "close", "chunked", "gzip"]


def cut(share: float = 0.5, framing: Framing = "length", *, reset: bool = False) -> Action:
    """Send a part of the body (a share of it, 0 to 1) and end the connection.

    `framing` says how the client could know that something is missing: by Content-Length, by the missing last chunk,
    not at all ("close"), or only by unpacking ("gzip", without Content-Length).
    """

    def play(exchange: Exchange) -> None:
        answer = exchange.answer()
        body = gzip.compress(answer.body) if framing == "gzip" else answer.body
        part = body[: int(len(body) * share)]
        framed = {
            "length": {"Content-Length": str(len(body))},
            "close": {"Connection": "close"},
            "chunked": {"Transfer-Encoding": "chunked"},
            "gzip": {"Content-Encoding": "gzip", "Connection": "close"},
        }[framing]
        exchange.begin(answer.status, {**answer.headers, **framed})
        exchange.write(b"%x\r\n%b\r\n" % (len(part), part) if framing == "chunked" and part else part)
        exchange.hang_up(reset=reset)

    return play


def drip(size: int = 1, pause: float = 0.1) -> Action:
    """Send the true body in small pieces with a pause after each."""

    def play(exchange: Exchange) -> None:
        answer = exchange.answer()
        exchange.begin(answer.status, {**answer.headers, "Content-Length": str(len(answer.body))})
        for start in range(0, len(answer.body), size):
            exchange.write(answer.body[start : start + size])
            exchange.pause(pause)

    return play


def edit(change: Callable[[bytes], bytes]) -> Action:
    """Send the true answer with another body: `change` gets the bytes and returns the new ones."""

    def play(exchange: Exchange) -> None:
        answer = exchange.answer()
        exchange.send(replace(answer, body=change(answer.body)))

    return play


def swap(body: bytes) -> Action:
    """Send other bytes in place of the true ones, with the true status and headers."""
    return edit(lambda _: body)


def edit_entries(change: Callable[[Sequence[Any]], Sequence[Any]]) -> Action:
    """Show a feed with other entries: `change` gets the list and returns the new one."""

    def changed(body: bytes) -> bytes:
        feed = json.loads(body)
        return json.dumps(feed | {"feed_entries": list(change(feed["feed_entries"]))}).encode()

    return edit(changed)


def shuffle(seed: int = 1) -> Action:
    """Show the entries of a feed in another order, always the same for one seed."""
    return edit_entries(lambda entries: dice("shuffle", seed).sample(entries, len(entries)))


def page(size: int) -> Action:
    """Show no more than the first `size` entries of a feed."""
    return edit_entries(lambda entries: entries[:size])


def repeat_entries() -> Action:
    """Show each entry of a feed twice."""
    return edit_entries(lambda entries: [*entries, *entries])


@dataclass(slots=True, eq=False)
class Fault:
    """Where and how often an action plays: of the calls that match, the first `skip` go well, then come `times`."""

    path: str
    action: Action
    method: str | None = None
    times: int | None = 1
    skip: int = 0
    seen: int = 0
    played: int = 0

    def takes(self, call: Call) -> bool:
        """Tell whether this call is one to disturb, and count it."""
        if self.method not in (None, call.method) or not re.search(self.path, call.path):
            return False
        if self.times is not None and self.played >= self.times:
            return False
        self.seen += 1
        if self.seen <= self.skip:
            return False
        self.played += 1
        return True
