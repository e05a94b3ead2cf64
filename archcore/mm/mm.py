"""An address space: VMAs, page tables and the state of its scanner."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archcore.errors import MachineError
from archcore.mm.pagetable import PageTables
from archcore.mm.task import CURRENT
from archcore.mm.vma import AnonVma, Vma, VmaList
from archcore.vmflags import VM_SHARED, VmFlags

if TYPE_CHECKING:
    from archcore.binding import Hooks
    from archcore.hw.cpu import Cpu
    from archcore.hw.memory import PhysicalMemory
    from archcore.hw.mmu import Access
    from archcore.layout import Geometry
    from archcore.mm.frames import Frames
    from archcore.mm.task import Task


class Mm:
    """One address space; ``cpus`` may hold translations of it.

    ``users`` counts its threads, ``rss`` the base pages it maps, ``tasks`` are its threads.
    ``stored`` has the last value and size that went to each address under a machine's ``store``.
    ``context`` is what an architecture keeps of the address space (mm_context_t), None at first.
    """

    def __init__(
        self,
        memory: PhysicalMemory,
        geometry: Geometry,
        hooks: Hooks,
        frames: Frames,
        cpus: tuple[Cpu, ...],
    ) -> None:
        """Make an empty address space."""
        self.hooks, self.geometry, self.cpus = hooks, geometry, cpus
        self.vmas = VmaList()
        self.tables = PageTables(memory, geometry, hooks, frames)
        self.users = 0
        self.rss = 0
        self.context: object = None
        self.tasks: list[Task] = []
        self.stored: dict[int, tuple[int, int]] = {}
        self.tlb_flush_pending = 0
        self.tlb_flush_batched = False
        self.numa_scan_offset = 0
        self.numa_scan_seq = 0
        self.numa_next_scan: int | None = None
        self.first_nid: int | None = None

    def forget(self, start: int, end: int) -> None:
        """Expect no more of what was stored to a range, since its pages were thrown away."""
        for address in [one for one in self.stored if start <= one < end]:
            del self.stored[address]

    @property
    def running(self) -> tuple[Cpu, ...]:
        """The CPUs that use the tables of this address space now."""
        return tuple(cpu for cpu in self.cpus if cpu.root == self.tables.root)

    @property
    def here(self) -> tuple[Cpu, ...]:
        """The CPU that settles a fault now, which is all that a local flush reaches; or none.

        An architecture asks an address space, as hooks are called with one, but the CPU may be
        using another.
        """
        task = CURRENT.get()
        return () if task is None else (task.cpu,)

    @property
    def trap(self) -> Access | None:
        """The access that the CPU which is here trapped on; None where no trap led to the kernel.

        So it is in a system call, even if that settles a fault for its task.
        """
        task = CURRENT.get()
        return None if task is None else task.trap

    def empty(self, *given: Any) -> Mm:  # noqa: ANN401 - what makes one
        """Return an empty address space of the same kind, for a child."""
        return type(self)(*given)

    def mmap(
        self,
        start: int,
        end: int,
        flags: VmFlags,
        *,
        hugetlb: bool = False,
        shares: Vma | None = None,
    ) -> Vma:
        """Add a mapping of pages of its own; raises MachineError if it overlaps another.

        One of ``hugetlb`` pages consists of whole ones, and takes a machine that has huge pages.
        One that ``shares`` has the pages of another mapping instead, page by page from its start
        on, as two mappings of one file do; both must be shared ones.
        """
        huge = self.geometry.levels[1].size if self.tables.leaves else 0
        if hugetlb and (not huge or (start | end) % huge):
            msg = f"{start:#x}-{end:#x} cannot be of hugetlb pages: whole ones, on a thp machine"
            raise MachineError(msg)
        prot = self.hooks.vm_get_page_prot(int(flags))
        family, moved = AnonVma(self.tables.root << self.geometry.va_bits | start, [self]), 0
        if shares is not None:
            family, moved = _shared(self, shares, start, flags)
        vma = Vma(
            self,
            start,
            end,
            VmFlags(flags),
            prot,
            anon_vma=family,
            moved=moved,
            hugetlb=hugetlb,
        )
        self.vmas.insert(vma)
        return vma


def _shared(mm: Mm, of: Vma, start: int, flags: VmFlags) -> tuple[AnonVma, int]:
    """Return the family of a mapping, and how far a new member at ``start`` is from it."""
    if of.anon_vma is None or of.private or not flags & VM_SHARED:
        msg = f"a mapping at {start:#x} cannot share the pages of {of}: both must be shared"
        raise MachineError(msg)
    if mm not in of.anon_vma.mms:
        of.anon_vma.mms.append(mm)
    return of.anon_vma, of.moved + start - of.vm_start
