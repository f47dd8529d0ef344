"""Where events go: to stderr, as lines for people or as one JSON object a line for programs, or nowhere."""

import datetime as dt
import json
import logging
from typing import Any

from codasync import report

LOGGER = logging.getLogger("codasync")


class Json(logging.Formatter):
    """Writes a record as a JSON object in one line of ASCII: control characters in it do nothing to a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        """Write time, level, event, its facts, and the sentence for people."""
        moment = dt.datetime.fromtimestamp(record.created, dt.UTC)
        written: dict[str, object] = {
            "time": f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z",
            "level": record.levelname.lower(),
            "event": getattr(record, "event", "log"),
            **getattr(record, "facts", {}),
            "message": record.getMessage(),
        }
        if record.exc_info and is_verbose():
            written["traceback"] = self.formatException(record.exc_info)
        return json.dumps(written, default=str)


class Lines(logging.Formatter):
    """Writes a record for people."""

    def formatException(self, ei: Any) -> str:  # noqa: N802
        """Write a traceback, whose last lines may be the words of a stranger."""
        return "\n".join(map(report.safe, super().formatException(ei).split("\n")))


def configure(*, verbose: int, quiet: bool, as_json: bool) -> None:
    """Choose what is written of a run: as JSON all events, or, quiet, the bad ones; for people nothing if not verbose.

    With `verbose` JSON holds more than events: records of other kinds, and tracebacks.
    """
    for handler in [one for one in LOGGER.handlers if isinstance(one, _Handler)]:
        LOGGER.removeHandler(handler)
    handler = _Handler()
    if as_json:
        level = logging.WARNING if quiet else logging.DEBUG if verbose else logging.INFO
        handler.setFormatter(Json())
        handler.addFilter(lambda record: bool(verbose) or hasattr(record, "event"))
    else:
        level = [logging.CRITICAL, logging.INFO, logging.DEBUG][min(verbose, 2)]
        handler.setFormatter(Lines("%(asctime)s %(name)s %(message)s"))
        handler.addFilter(_make_safe)
    LOGGER.setLevel(level)
    if verbose or as_json:
        LOGGER.addHandler(handler)


def writes_json() -> bool:
    """Tell whether stderr belongs to a program, for which every line has to be JSON."""
    return any(isinstance(one.formatter, Json) for one in LOGGER.handlers)


def is_verbose() -> bool:
    """Tell whether somebody wants to know more than what goes right or wrong."""
    return LOGGER.isEnabledFor(logging.DEBUG if writes_json() else logging.INFO)


class _Handler(logging.StreamHandler):  # type: ignore[type-arg]
    """Writes to what stderr is when it is made."""


def _make_safe(record: logging.LogRecord) -> bool:
    """Show control characters in a line of the log as escapes: names in it come from strangers."""
    record.msg, record.args = report.safe(record.getMessage()), ()
    return True
