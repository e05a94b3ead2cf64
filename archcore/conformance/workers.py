"""Processes that share the work of this one: forked from it, and gone at once with Ctrl-C."""

from __future__ import annotations

import signal
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

FORK = "fork"


def forked(jobs: int) -> ProcessPoolExecutor:
    """Return a pool of processes that inherit what this one knows.

    A terminal interrupts all of them; who called them is the one to say so. Where that one was told
    to ignore interrupts, as with nohup, so do they.
    """
    return ProcessPoolExecutor(jobs, mp_context=get_context(FORK), initializer=_die_silently)


def _die_silently() -> None:
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
