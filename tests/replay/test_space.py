"""Address spaces made for traces."""

from __future__ import annotations

import numpy as np

from archcore.replay.space import areas
from archcore.trace.record import Op, Trace
from archcore.vmflags import VM_EXEC, VM_READ, VM_WRITE


def trace(*rows):
    """Return a trace of (address, operation) rows."""
    return Trace(
        vaddr=np.array([row[0] for row in rows], np.uint64),
        size=np.ones(len(rows), np.uint32),
        op=np.array([row[1] for row in rows], np.uint8),
        tid=np.zeros(len(rows), np.uint32),
        origin="made for a test",
    )


def test_neighbours_share_a_vma_and_strangers_do_not():
    """Pages less than a MiB apart lie in one VMA, as a heap does; far ones in their own."""
    found = areas(
        trace((0x10000, Op.READ), (0x80000, Op.WRITE), (0x9000000, Op.EXECUTE)),
        page_shift=12,
    )

    assert [(area.start, area.end) for area in found] == [
        (0x10000, 0x90000),
        (0x9000000, 0x9010000),
    ]
    assert [area.flags for area in found] == [VM_READ | VM_WRITE, VM_READ | VM_EXEC]
