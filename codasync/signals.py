"""Signals: the run ends with the exit code of the signal, a pass only after the document in hand."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from types import FrameType

from codasync.errors import HungUp, Interrupted, Stopped, Terminated

KINDS: dict[int, type[Stopped]] = {
    signal.SIGHUP: HungUp,
    signal.SIGINT: Interrupted,
    signal.SIGTERM: Terminated,
}


class Signals:
    """Handles HUP, INT and TERM from `install` on: by raising, or gently while something must not be cut."""

    def __init__(self) -> None:
        self._gentle: Event | None = None
        self._received: int | None = None

    def install(self) -> None:
        """Take over the handlers of this process; a signal that the caller has it ignore (nohup) stays ignored."""
        for number in KINDS:
            if signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, self._handle)

    def _handle(self, number: int, _: FrameType | None) -> None:
        if self._received:  # asked twice: nothing that is stored can be hurt by leaving at once
            os._exit(128 + number)
        self._received = number
        if self._gentle is None:
            raise KINDS[number]
        self._gentle.set()

    @contextmanager
    def gently(self) -> Iterator[Event]:
        """Give an event that a signal sets; raise the signal's error when the block has ended."""
        self._gentle = Event()
        try:
            yield self._gentle
        finally:
            self._gentle = None
        if self._received:
            raise KINDS[self._received]
