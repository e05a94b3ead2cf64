"""The engine: what every part of generic memory management shares."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import field, frozen

from archcore.vmflags import VM_ACCESS_FLAGS

if TYPE_CHECKING:
    from archcore.binding import Hooks
    from archcore.hw.cache import DataCache
    from archcore.hw.memory import PhysicalMemory
    from archcore.hw.seam import Seam
    from archcore.layout import Geometry
    from archcore.mm.balancer import Balancer
    from archcore.mm.costs import Costs
    from archcore.mm.findings import Findings
    from archcore.mm.frames import Frames
    from archcore.mm.hugepages import HugePages
    from archcore.mm.locks import Locks
    from archcore.mm.profile import EngineProfile
    from archcore.mm.stats import Vmstat
    from archcore.mm.swap import SwapArea
    from archcore.vmflags import VmFlags


@frozen(eq=False, kw_only=True)
class Engine:
    """Bound hooks, one profile, memory, and the books; functions of ``mm`` take it first.

    ``arrays`` arms whole tables at once, otherwise entry by entry. ``zero_page`` is the frame that
    reads of untouched memory map, None where such reads allocate. ``huge`` is None where there are
    no transparent huge pages, ``swap`` where pages stay in memory, ``balancer`` where no clock
    drives the scanner, ``dcache`` where memory has all data at once. ``seam`` is where others may
    run, None if nobody watches; then the ``locks`` are free and ``findings`` stays empty.
    ``reads`` are the rights of which a VMA has to give one for a load not to be an error.
    ``table_hints`` is whether tables are hinted: both profile and target have to say so.
    """

    hooks: Hooks
    profile: EngineProfile
    geometry: Geometry
    memory: PhysicalMemory
    frames: Frames
    vmstat: Vmstat
    costs: Costs
    locks: Locks
    findings: Findings
    arrays: bool = True
    zero_page: int | None = None
    huge: HugePages | None = None
    seam: Seam | None = None
    swap: SwapArea | None = None
    balancer: Balancer | None = None
    table_hints: bool = False
    dcache: DataCache | None = None
    reads: VmFlags = VM_ACCESS_FLAGS
    splitting: set[int] = field(factory=set)

    def page(self, pte: int) -> int | None:
        """Return the frame of the ordinary page behind an entry (vm_normal_page), if any."""
        if self.hooks.pte_special(pte):
            return None
        pfn: int = self.hooks.pte_pfn(pte)
        return None if pfn >= self.frames.total or pfn == self.zero_page else pfn
