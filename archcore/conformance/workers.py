"""Processes that share the work of this one: forked from it, and gone at once with Ctrl-C."""

from __future__ import annotations

import signal
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import active_children, get_context
from typing import TYPE_CHECKING, TypeVar

from attrs import frozen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

FORK = "fork"
Item = TypeVar("Item")
Done = TypeVar("Done")


@frozen
class Workers:
    """Processes that take items of work."""

    pool: ProcessPoolExecutor

    def map(self, work: Callable[[Item], Done], items: Iterable[Item]) -> Iterator[Done]:
        """Yield what ``work`` returns for each item, in order.

        Unlike that of a pool it cancels nothing when it ends early: a pool that finds its processes
        gone and a future cancelled prints a traceback (Python 3.11).
        """
        futures = [self.pool.submit(work, one) for one in items]
        return (future.result() for future in futures)


@contextmanager
def forked(jobs: int) -> Iterator[Workers]:
    """Give processes that inherit what this one knows.

    A terminal interrupts all of them; who called them is the one to say so, and whatever ends the
    block early ends them.
    """
    others = set(active_children())
    with ProcessPoolExecutor(jobs, get_context(FORK), initializer=_be_deaf) as pool:
        try:
            yield Workers(pool)
        except BaseException:
            for worker in set(active_children()) - others:
                worker.terminate()
            raise


def _be_deaf() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
