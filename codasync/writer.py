"""One thread owns the store; others hand it what they want written and wait until it is done."""

import queue
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")


class Writer:
    """A meeting point of the threads that fetch and the one that writes.

    A thread that calls waits for its answer, so there are never more documents in memory than threads.
    """

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[tuple[Future[Any], Callable[[], Any]] | None] = queue.SimpleQueue()

    def __call__(self, function: Callable[..., T], *arguments: Any, **options: Any) -> T:
        """Have the function called by the thread that serves; return what it returns, raise what it raises."""
        answer: Future[T] = Future()
        self._queue.put((answer, lambda: function(*arguments, **options)))
        return answer.result()

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
