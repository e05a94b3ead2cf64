"""An address space for a trace: VMAs around the pages it touches, with the rights it uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from attrs import frozen

from archcore.errors import InputError
from archcore.trace.record import Op
from archcore.vmflags import VM_EXEC, VM_READ, VM_WRITE, VmFlags

if TYPE_CHECKING:
    from archcore.layout import Geometry
    from archcore.mm.mm import Mm
    from archcore.trace.record import Trace

GRAIN = 1 << 16  # the largest base page of any kernel: every target gets the same VMAs
GAP = 1 << 20
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


def areas(trace: Trace, geometry: Geometry) -> tuple[Area, ...]:
    """Return the stretches a trace touches, in address order; gaps up to 1 MiB are filled.

    They begin and end at multiples of 64 KiB, so that targets of all page sizes get the same ones.
    Raises InputError for an address that the target's page tables cannot translate.
    """
    grain = max(GRAIN, geometry.page_size)
    shift = grain.bit_length() - 1
    references = trace.split_at_pages(shift)
    if not len(references.page):
        return ()
    pages = np.unique(references.page)
    _check_reach(int(pages[-1]) << shift, trace, geometry)
    firsts = np.flatnonzero(np.diff(pages, prepend=pages[:1]) > GAP // grain)
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


def _check_reach(top: int, trace: Trace, geometry: Geometry) -> None:
    if top >> geometry.va_bits:
        msg = (
            f"{trace.origin}: address {top:#x} does not fit the {geometry.va_bits} address bits "
            "of this target; pick a target with more"
        )
        raise InputError(msg)


def map_trace(mm: Mm, trace: Trace) -> None:
    """Add the VMAs a trace needs to an empty address space; see areas."""
    for area in areas(trace, mm.geometry):
        mm.mmap(area.start, area.end, area.flags)
