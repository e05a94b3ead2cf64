"""What stays of a walk: a translation as TLBs and hashed tables hold it, or a refusal."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from archcore.hw.outcome import FaultKind
from archcore.hw.rights import CLEAN, UNCACHED, WRITE

if TYPE_CHECKING:
    from archcore.hw.mmu import Keeps, Mmu
    from archcore.hw.outcome import Translation
    from archcore.layout import Geometry, Level

# The faults that a TLB keeps; an address that no table translates never comes to it.
KEPT: dict[Keeps, frozenset[FaultKind]] = {
    "none": frozenset(),
    "invalid": frozenset({FaultKind.NOT_VALID}),
    "rights": frozenset({FaultKind.PERMISSION}),
    "all": frozenset(FaultKind) - {FaultKind.ADDRESS_RANGE},
}


class Held(NamedTuple):
    """The rights to ``2**order`` pages, and the frame of one of them; no rights are a refusal."""

    rights: int
    frame: int
    order: int


def held(found: Translation, mmu: Mmu, geometry: Geometry, page_shift: int) -> Held:
    """Return what is held of a translation, in pages of the kernel."""
    # While the flag is clear the next store has to walk, or nobody would set it.
    closed = WRITE if mmu.sets_dirty and not found.dirty else 0
    rights = found.rights & ~closed
    if rights:
        rights |= CLEAN if found.rights & closed else 0
        rights |= past(mmu, geometry.level(found.level), found.entry)
    return Held(rights, found.physical >> page_shift, found.shift - page_shift)


def past(mmu: Mmu, level: Level, entry: int) -> int:
    """Return what is remembered of a leaf whose data go past the cache."""
    return UNCACHED if mmu.uncached is not None and mmu.uncached(level, entry) else 0
