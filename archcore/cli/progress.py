"""A progress bar on stderr for work that turns out to be long; quick work stays quiet."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PATIENCE = 2.0
"""Seconds after which a bar appears."""


@contextmanager
def late_bar(label: str, length: int | None) -> Iterator[Callable[[int], None]]:
    """Give a function to call with each amount done, of ``length`` in all (None: unknown).

    The bar appears once the work has taken a while, on a terminal, if the length is known.
    """
    if not length or not sys.stderr.isatty():
        yield lambda _: None
        return
    # click's progress bar has no public type
    bar: Any = click.progressbar(length=length, label=label, file=sys.stderr)
    due, waiting, shown = time.monotonic() + PATIENCE, 0, False

    def step(amount: int) -> None:
        nonlocal waiting, shown
        waiting += amount
        if not shown and time.monotonic() > due:
            bar.__enter__()
            shown = True
        if shown:
            bar.update(waiting)
            waiting = 0

    try:
        yield step
    finally:
        if shown:
            bar.__exit__(None, None, None)


def increments(step: Callable[[int], None]) -> Callable[[int], None]:
    """Return a function to call with all that is done so far, for a step that wants what is new."""
    before = 0

    def told(done: int) -> None:
        nonlocal before
        step(done - before)
        before = done

    return told
