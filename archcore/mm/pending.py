"""Flushes to come: a TLB may be behind the tables of an mm, and others had better know."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from archcore.mm.knobs import FlushPending
from archcore.mm.reason import Reason

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcore.mm.engine import Engine
    from archcore.mm.mm import Mm


@contextmanager
def flush_pending(engine: Engine, mm: Mm) -> Iterator[None]:
    """Say for the time of a block that a flush of the mm is to come (inc_tlb_flush_pending)."""
    rule = engine.profile.flush_pending
    if rule is FlushPending.COUNTER:
        mm.tlb_flush_pending += 1
    elif rule is FlushPending.FLAG:
        mm.tlb_flush_pending = 1
    yield
    if rule is FlushPending.COUNTER:
        mm.tlb_flush_pending -= 1
    elif rule is FlushPending.FLAG:
        mm.tlb_flush_pending = 0


def flush_batched(engine: Engine, mm: Mm) -> None:
    """Make up for what reclaim unmapped and did not flush, before entries change again."""
    if mm.tlb_flush_batched and engine.profile.flushes_batched:
        mm.tlb_flush_batched = False
        engine.hooks.flush_tlb_batched_pending(mm, Reason.FLUSH_OWED)
        engine.costs.charge("tlb_flushes")
