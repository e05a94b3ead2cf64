"""An address space for a trace: VMAs around the pages it touches, with the rights it uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from attrs import frozen

from archcore.errors import InputError
from archcore.trace.record import Op
from archcore.vmflags import VM_EXEC, VM_READ, VM_WRITE, VmFlags

if TYPE_CHECKING:
    from archcore.trace.record import Trace

GRAIN_SHIFT = 16  # the largest base page of any kernel: every target gets the same VMAs
GAP = 1 << 20
UNIT = 1 << 24
RIGHTS = {
    Op.READ: VM_READ,
    Op.WRITE: VM_READ | VM_WRITE,
    Op.MODIFY: VM_READ | VM_WRITE,
    Op.EXECUTE: VM_READ | VM_EXEC,
}


@frozen
class Area:
    """A stretch of addresses with the rights its references use."""

    start: int
    end: int
    flags: VmFlags


def areas(trace: Trace, page_shift: int) -> tuple[Area, ...]:
    """Return the stretches a trace touches, in address order; gaps up to 1 MiB are filled.

    They begin and end at multiples of 64 KiB, so that targets of all page sizes get the same ones.
    """
    shift = max(GRAIN_SHIFT, page_shift)
    references = trace.split_at_pages(shift)
    if not len(references.page):
        return ()
    pages = np.unique(references.page)
    firsts = np.flatnonzero(np.diff(pages, prepend=pages[:1]) > GAP >> shift)
    firsts = np.concatenate([[0], firsts])
    lasts = np.concatenate([firsts[1:] - 1, [len(pages) - 1]])
    owner = np.searchsorted(pages[firsts], references.page, side="right") - 1
    flags = [VmFlags(0)] * len(firsts)
    for op in Op:
        for at in np.unique(owner[references.op == op]).tolist():
            flags[at] |= RIGHTS[op]
    return tuple(
        Area(int(pages[first]) << shift, int(pages[last]) + 1 << shift, flag)
        for first, last, flag in zip(firsts, lasts, flags, strict=True)
    )


def moved_together(found: tuple[Area, ...], va_bits: int) -> tuple[Area, ...]:
    """Return the stretches in a smaller address space: in order and just apart.

    Each moves by a multiple of 16 MiB, so that nothing changes of the sets that its pages fall
    into, in TLBs and in tables of the lowest level. Raises InputError if they are too large for it.
    """
    placed: list[Area] = []
    reached = 0
    for area in found:
        start = reached + (area.start - reached) % UNIT
        reached = start + area.end - area.start
        placed.append(Area(start, reached, area.flags))
        reached += GAP
    if placed and placed[-1].end > 1 << va_bits:
        raise InputError(
            f"the trace takes {placed[-1].end:#x} bytes of addresses, which does not fit the "
            f"{va_bits} address bits of this target; pick a target with more"
        )
    return tuple(placed)
