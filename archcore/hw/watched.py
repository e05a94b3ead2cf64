"""A CPU under a seam: others may run before each reference and between the steps of a walk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.errors import MachineError
from archcore.hw.cpu import Cpu
from archcore.hw.hpt import WatchedHpt
from archcore.hw.seam import Place, Step, Use
from archcore.hw.tlb import Tlb

if TYPE_CHECKING:
    from archcore.hw.memory import PhysicalMemory
    from archcore.hw.mmu import Access, Mmu, TlbGeometry
    from archcore.hw.outcome import Fault, Translation
    from archcore.hw.seam import Seam
    from archcore.layout import Geometry


class WatchedTlb(Tlb):
    """A TLB that tells who changes it: each change counts in ``invalidations``, or is a walk's."""

    __slots__ = ("_count", "_place", "_seam")

    def __init__(self, geometry: TlbGeometry, seam: Seam, number: int) -> None:
        """Make the empty TLB of a CPU."""
        self._seam, self._place, self._count = seam, Place("tlb", number), 0
        super().__init__(geometry)

    @property
    def invalidations(self) -> int:
        """How often it was told to forget something."""
        self._seam.uses(self._place, Use.READ)
        return self._count

    @invalidations.setter
    def invalidations(self, count: int) -> None:
        self._seam.uses(self._place, Use.WRITE)
        self._count = count

    def forget(self, first: int, last: int) -> int:
        """Tell that the TLB changes, and forget."""
        self._seam.uses(self._place, Use.WRITE)
        return super().forget(first, last)


class WatchedCpu(Cpu):
    """A CPU whose page walks take time.

    Each entry is read, and accessed or dirty is set, in a step of its own; whatever follows the
    last of them (the TLB, the data) belongs to the same step. A walk that was under way when the
    TLB was told to forget something begins again, as it does on hardware, where a flush is over
    only when no reference uses what it flushed.
    """

    __slots__ = ("_seam",)

    def __init__(
        self,
        number: int,
        node: int,
        memory: PhysicalMemory,
        geometry: Geometry,
        mmu: Mmu,
        *,
        seam: Seam,
        cached_data: bool = False,
    ) -> None:
        """Start with an empty TLB and an empty cache."""
        super().__init__(number, node, memory, geometry, mmu, cached_data=cached_data)
        self._seam = seam
        self.tlb = WatchedTlb(mmu.tlb, seam, number)
        self.hpt = WatchedHpt(seam) if mmu.hashed else None
        self._tlb_sets, self._tlb_mask = self.tlb.sets, self.tlb.mask

    def touch(self, address: int, access: Access) -> Fault | None:
        """Make a reference as any CPU does, once others have had their turn."""
        self._seam.point(Step.REFERENCE, Place("cpu", self.number))
        self._seam.uses(Place("tlb", self.number), Use.READ)
        return super().touch(address, access)

    def _walk(self, page: int, address: int, access: Access) -> Fault | None:
        self.misses += 1
        self.walks += 1
        while True:
            began = self.tlb.invalidations
            outcome = self._outcome(address, access)
            if self.tlb.invalidations == began:
                break
        return self._ended(page, outcome)

    def _outcome(self, address: int, access: Access) -> Translation | Fault:
        """Walk once, with a point before each step that reads or writes an entry."""
        if self.root is None:
            msg = f"CPU {self.number} has no page table; switch() to one before user mode runs"
            raise MachineError(msg)
        table = Place("mm", self.root)
        self._seam.point(Step.WALK, table)
        for step in self._walker.steps(self._memory, self.root, address, access):
            if isinstance(step.verdict, str):
                if step.verdict == "update" and step.entry_address is not None:
                    self._seam.point(Step.UPDATE, Place("slot", step.entry_address))
                else:
                    self._seam.point(Step.WALK, table)
                continue
            return step.verdict
        raise MachineError(f"the walk of {address:#x} came to no end")
