"""What happens, as events: a kind and facts by name, for people with `-v`, for programs with `--log-json`.

`docs/log.md` lists the kinds. No fact is ever a secret: whoever notes an event sees to that.
"""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

INFO, WARNING, ERROR = logging.INFO, logging.WARNING, logging.ERROR

log = logging.getLogger("codasync.events")
_known: ContextVar[Mapping[str, object]] = ContextVar("known", default={})  # noqa: B039 - never changed in place


@contextmanager
def about(**facts: object) -> Iterator[None]:
    """Add facts to every event that is noted inside, in this thread."""
    token = _known.set({**_known.get(), **facts})
    try:
        yield
    finally:
        _known.reset(token)


def note(kind: str, words: str, *, level: int = INFO, bug: BaseException | None = None, **facts: object) -> None:
    """Note an event, with a sentence for people and facts for programs; `bug` is an error that nobody expected."""
    _note(kind, words, level, facts, bug)


def _note(kind: str, words: str, level: int, facts: Mapping[str, object], bug: BaseException | None = None) -> None:
    log.log(level, "%s", words, exc_info=bug, extra={"event": kind, "facts": {**_known.get(), **facts}})


def document(number: int, state: str, reason: str, *, model: str, format_: str, bad: bool, **facts: object) -> None:
    """Note what became of one format of a document; `bad` tells that a person has to see it."""
    words = f"document {number} ({model} {format_}) is {state}{': ' if reason else ''}{reason}"
    facts = {"model": model, "format": format_, "document": number, "state": state, "reason": reason, **facts}
    _note("document", words, WARNING if bad else INFO, facts)
