"""What a page fault comes to."""

from __future__ import annotations

from enum import Enum


class Outcome(Enum):
    """What a page fault came to."""

    SIGSEGV = "the VMA does not allow the access"
    ANONYMOUS = "a page was mapped"
    HINT = "a NUMA hint was settled"
    COPIED = "a store got a copy of its own"
    REUSED = "a store may go to the page it hit"
    FLAGS = "only accessed or dirty had to be set"
    SPURIOUS = "the entry already allowed the access"
    RETRY = "the entry changed meanwhile; nothing was done"
    SWAPPED_IN = "the page came back from swap"
    WAITED = "the page was on its way to another frame"
