"""The room: a machine whose caches hold data, a process on two CPUs, and what it can be put to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.errors import MachineError
from archcore.hw.mmu import Access
from archcore.machine import Machine
from archcore.mm.fork import dup_mmap
from archcore.mm.knobs import HugeMigration
from archcore.mm.migrate import Failure, move_page
from archcore.mm.outcome import Outcome
from archcore.mm.protect import change_prot_numa
from archcore.mm.reason import Reason
from archcore.mm.reclaim import Reclaimed, swap_out
from archcore.mm.task import Task
from archcore.mm.witness import lost_stores, physical
from archcore.needs.call import before
from archcore.needs.device import Device
from archcore.needs.ending import Ending, depart
from archcore.vmflags import VM_READ, VM_SHARED, VM_WRITE

if TYPE_CHECKING:
    from collections.abc import Callable

    from archcore.mm.mm import Mm
    from archcore.mm.profile import EngineProfile
    from archcore.mm.vma import Vma
    from archcore.target import Target

PAGES = 16
COLOURED = 1 << 24  # a multiple of any way of a cache
SWAP_SLOTS = 8
READ, WRITE = Access.READ, Access.WRITE


class Room:
    """What a story is told in.

    ``t1`` runs on CPU 0 of node 0 and ``t2`` on CPU 1 of node 1, both in ``mm``, whose VMA of 16
    pages, or of two huge ones of ``huge`` bytes, begins at ``start``. All data go through one data
    cache, indexed as the target says. ``device`` is a secondary MMU. What goes wrong is raised as a
    Departure.
    """

    def __init__(self, target: Target, engine: str | EngineProfile, *, huge: bool = False) -> None:
        """Build it; nothing is mapped yet."""
        level = target.geometry.levels[1]
        nr = 1 << (level.shift - target.geometry.page_shift)
        self.machine = Machine(
            target,
            engine,
            frames_per_node=(8 * nr if huge else 0) + 512,
            cached_data=True,
            thp=huge,
            swap_slots=SWAP_SLOTS,
        )
        self.engine, self.hooks = self.machine.engine, self.machine.engine.hooks
        self.size = target.geometry.page_size
        self.start = 8 * level.size
        self.huge = level.size
        self.end = self.start + (2 * self.huge if huge else PAGES * self.size)
        self.mms: list[Mm] = []
        self.mm = self._space()
        self.t1 = self.machine.task(self.mm, 0, 1)
        self.t2 = self.machine.task(self.mm, 1, 2)
        self.device = Device(self.engine)

    def _space(self) -> Mm:
        mm = self.machine.mm()
        mm.mmap(self.start, self.end, VM_READ | VM_WRITE)
        self.mms.append(mm)
        return mm

    def page(self, number: int) -> int:
        """Return the address of a page of the VMA."""
        return self.start + number * self.size

    def other_process(self) -> Task:
        """Return a task of a new process with the same addresses, on the CPU of ``t1``."""
        return self.machine.task(self._space(), 0, 3)

    def shared(self) -> tuple[int, int]:
        """Return two addresses of one page, in mappings that share their pages.

        They have the same colour in any cache, as kernels see to where colours matter.
        """
        first, size, rights = self.end + COLOURED, PAGES * self.size, VM_READ | VM_WRITE | VM_SHARED
        first &= -COLOURED
        vma = self.mm.mmap(first, first + size, rights)
        second = first + COLOURED
        self.mm.mmap(second, second + size, rights, shares=vma)
        return first, second

    def fork(self, task: Task) -> Task:
        """Return a task of a copy of a task's process; it is to run on the CPU of ``t1``."""
        mm = dup_mmap(self.engine, task.mm)
        self.mms.append(mm)
        return Task(3, mm, self.machine.cpus[0])

    def store(self, task: Task, address: int, value: int) -> None:
        """Store a word, faults and all."""
        if self.machine.store(task, address, value) is not None:
            raise depart(Ending.BROKEN, f"a store to {address:#x} ends in a signal")

    def store_at_once(self, task: Task, address: int, value: int) -> None:
        """Store a word with one fault at the most, which is all that it should take."""
        faults = self.machine.vmstat.pgfault
        self.store(task, address, value)
        self._check_at_once(address, faults)

    def load_at_once(self, task: Task, address: int) -> None:
        """Load a word with one fault at the most."""
        faults = self.machine.vmstat.pgfault
        self.load(task, address)
        self._check_at_once(address, faults)

    def _check_at_once(self, address: int, faults: int) -> None:
        if self.machine.vmstat.pgfault > faults + 1:
            raise depart(Ending.SECOND_FAULT, f"a use of {address:#x} faults more than once")

    def store_if_open(self, task: Task, address: int, value: int) -> None:
        """Store a word if TLB and tables let the CPU; a fault is not taken."""
        if task.cpu.store(address, value) is None:
            task.mm.stored[address] = (value, 8)

    def load(self, task: Task, address: int, of: int | None = None) -> None:
        """Load a word, faults and all; departs unless it is what was stored last.

        With ``of`` it was stored to another address of the same page.
        """
        found = self.machine.load(task, address)
        wanted, _ = task.mm.stored.get(address if of is None else of, (0, 8))
        if isinstance(found, Outcome):
            raise depart(Ending.BROKEN, f"a load of {address:#x} ends in a signal")
        if found != wanted:
            raise depart(Ending.STALE_READ, f"{address:#x} reads {found}, {wanted} was stored")

    def refused(self, task: Task, address: int, access: Access) -> None:
        """Depart if a reference goes through without a fault; one that faults is not taken."""
        if task.cpu.touch(address, access) is None:
            raise depart(Ending.STALE_RIGHT, f"a {access.value} of {address:#x} goes through")

    def refused_to_all(self, address: int) -> None:
        """Depart if a CPU of the process may still read an address."""
        for task in (self.t1, self.t2):
            self.refused(task, address, READ)

    def forgotten(self, address: int) -> None:
        """Depart if a CPU could still use what its TLB holds of an address; none is asked to."""
        page = address >> self.engine.geometry.page_shift
        for cpu in self.mm.running:
            if cpu.tlb.lookup(page):
                raise depart(Ending.STALE_RIGHT, f"a TLB still holds the page of {address:#x}")

    def hugetlb(self) -> tuple[int, int]:
        """Map one hugetlb page, in a room for huge ones; return its first address and its end."""
        start = self.end + self.huge
        self.mm.mmap(start, start + self.huge, VM_READ | VM_WRITE, hugetlb=True)
        return start, start + self.huge

    def scan(self, start: int | None = None, end: int | None = None) -> bool:
        """Hint the pages of the process as its scanner does; say whether it wants to.

        Raises MachineError where it counts pages as hinted that are not.
        """
        start, end = self.start if start is None else start, self.end if end is None else end
        vma = self.mm.vmas.find(start)
        armed = vma is not None and change_prot_numa(self.engine, self.t2, vma, start, end)
        if armed and not self._hinted(vma, start):
            raise MachineError(f"the scanner counts {start:#x} as hinted, and it is not")
        return bool(armed)

    def hint(self, start: int | None = None, end: int | None = None) -> None:
        """Hint base pages, which every profile does; raises MachineError where none are."""
        if not self.scan(start, end):
            raise MachineError("the scanner hints nothing")

    def hint_huge(self, address: int) -> bool:
        """Hint a huge page that a scanner would leave for now; say whether it would ever hint it.

        Linux 6.1 does not without migration entries of huge pages (change_huge_pmd). Raises
        MachineError where none is mapped.
        """
        hooks, start = self.hooks, address & -self.huge
        vma, slot, huge = self.mm.vmas.find(start), self.mm.tables.pmd(start), self.engine.huge
        if vma is None or slot is None or huge is None:
            raise MachineError(f"no huge page is at {address:#x}")
        if self.engine.profile.huge_migration is HugeMigration.ENTRY and not huge.migrates:
            return False
        old = hooks.pmdp_invalidate(vma, start, slot)
        hooks.set_pmd_at(self.mm, start, slot, hooks.pmd_mknuma(vma, old))
        hooks.flush_tlb_range(vma, start, start + self.huge, Reason.RIGHTS_REMOVED)
        return True

    def _hinted(self, vma: Vma | None, address: int) -> bool:
        hooks, slot = self.hooks, self.mm.tables.slot(address)
        if slot is not None:
            return bool(hooks.pte_numa(vma, slot.load()))
        upper = self.mm.tables.pmd(address)
        return upper is not None and bool(hooks.pmd_numa(vma, upper.load()))

    def wanted_by(self, task: Task, address: int) -> None:
        """Let the page of an address be known as used by a task, so that it may move there."""
        place = physical(self.engine, self.mm, address)
        if place is not None:
            head = self.engine.frames.head(place >> self.engine.geometry.page_shift)
            self.engine.frames.last_nid[head] = task.nid
            self.engine.frames.last_pid[head] = task.pid

    def move(self, address: int, nid: int) -> None:
        """Move a page as compaction does."""
        vma = self.mm.vmas.find(address)
        failure = Failure.GONE if vma is None else move_page(self.engine, vma, address, nid)
        if failure is not None:
            raise MachineError(f"the page at {address:#x} did not move: {failure.value}")

    def swap_out(self, address: int) -> None:
        """Take a page out of memory."""
        done = self.reclaim(address)
        if done is not Reclaimed.SWAPPED:
            raise MachineError(f"the page at {address:#x} was not swapped out: {done.value}")

    def reclaim(self, address: int) -> Reclaimed | Failure:
        """Try to take a page out of memory, and say what became of it."""
        vma = self.mm.vmas.find(address)
        return Failure.GONE if vma is None else swap_out(self.engine, vma, address)

    def forget(self, start: int, end: int) -> None:
        """Expect zeros from now on, since the program has thrown a range away."""
        self.mm.forget(start, end)

    def before(self, hook: str, action: Callable[[], object]) -> None:
        """Let something happen right before a hook is called next."""
        before(self.hooks, hook, action)

    def close(self) -> None:
        """Write the caches back, and depart if memory lacks a store.

        What is mapped goes first, so that a line left behind by a page that went does its worst.
        """
        cache = self.machine.cpus[0].dcache
        for mm in self.mms:
            for address in mm.stored:
                place = physical(self.engine, mm, address)
                if place is not None and cache is not None:
                    cache.flush_page(address, place)
        if cache is not None:
            cache.flush_all()
        for mm in self.mms:
            for lost in lost_stores(self.engine, mm):
                raise depart(Ending.LOST_STORE, f"the store to {lost.address:#x} is gone")
