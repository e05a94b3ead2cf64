"""The engine: what every part of generic memory management shares."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

if TYPE_CHECKING:
    from archcore.binding import Hooks
    from archcore.hw.memory import PhysicalMemory
    from archcore.layout import Geometry
    from archcore.mm.costs import Costs
    from archcore.mm.frames import Frames
    from archcore.mm.profile import EngineProfile
    from archcore.mm.stats import Vmstat


@frozen(eq=False, kw_only=True)
class Engine:
    """Bound hooks, one profile, memory, and the books; functions of ``mm`` take it first.

    ``arrays`` arms whole tables at once, otherwise entry by entry. ``zero_page`` is the frame that
    reads of untouched memory map, None where such reads allocate.
    """

    hooks: Hooks
    profile: EngineProfile
    geometry: Geometry
    memory: PhysicalMemory
    frames: Frames
    vmstat: Vmstat
    costs: Costs
    arrays: bool = True
    zero_page: int | None = None

    def page(self, pte: int) -> int | None:
        """Return the frame of the ordinary page behind an entry (vm_normal_page), if any."""
        if self.hooks.pte_special(pte):
            return None
        pfn: int = self.hooks.pte_pfn(pte)
        return None if pfn >= self.frames.total or pfn == self.zero_page else pfn
