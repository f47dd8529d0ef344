"""One thread owns the store; others hand it what they want written and wait until it is done."""

import queue
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from threading import Lock
from typing import Any, TypeVar

T = TypeVar("T")
FAILED = "the thread that writes has failed"


class Writer:
    """A meeting point of the threads that fetch and the one that writes.

    A thread that calls waits for its answer, so there are never more documents in memory than threads.
    """

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[tuple[Future[Any], Callable[[], Any]] | None] = queue.SimpleQueue()
        self._given_up = False
        self._lock = Lock()

    def __call__(self, function: Callable[..., T], *arguments: Any, **options: Any) -> T:
        """Have the function called by the thread that serves; return what it returns, raise what it raises.

        Raises RuntimeError when that thread has failed.
        """
        answer: Future[T] = Future()
        with self._lock:
            if self._given_up:
                raise RuntimeError(FAILED)
            self._queue.put((answer, lambda: function(*arguments, **options)))
        return answer.result()

    @contextmanager
    def attended(self) -> Iterator[None]:
        """Serve inside: whatever ends that early leaves nobody waiting for an answer that never comes."""
        try:
            yield
        except BaseException:
            with self._lock:
                self._given_up = True
            while not self._queue.empty():
                if job := self._queue.get():
                    job[0].set_exception(RuntimeError(FAILED))
            raise

    def serve(self, workers: Sequence[Future[Any]], progress: Callable[[int, int], None] | None = None) -> None:
        """Do what the workers ask until all of them have ended; `progress` is told (ended, all)."""
        for worker in workers:
            worker.add_done_callback(lambda _: self._queue.put(None))
        ended = 0
        while ended < len(workers):
            job = self._queue.get()
            if job is None:
                ended += 1
                if progress:
                    progress(ended, len(workers))
            else:
                _do(*job)


def _do(answer: Future[Any], call: Callable[[], Any]) -> None:
    try:
        answer.set_result(call())
    except BaseException as error:  # noqa: BLE001 - it is raised again in the thread that asked
        answer.set_exception(error)
