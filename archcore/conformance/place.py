"""Slots in a machine, handled as the kernel handles them: what laws about stores speak of."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from archcore.hw.walker import walk_steps
from archcore.machine import Machine
from archcore.mm.reason import Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from archcore.conformance.mapping import Mapping
    from archcore.conformance.subject import Subject
    from archcore.hw.mmu import Access
    from archcore.hw.walker import Step
    from archcore.mm.mm import Mm
    from archcore.mm.slot import Slot
    from archcore.mm.task import Task
    from archcore.mm.vma import Vma

FRAMES = 1024
PAGES = 16


@frozen(eq=False)
class Process:
    """One address space on a machine, with a task on each node; nothing is mapped in it yet."""

    machine: Machine
    mm: Mm
    tasks: tuple[Task, ...]
    _numbers: Iterator[int] = field(factory=count)

    @property
    def hooks(self) -> Any:  # noqa: ANN401 - all of them
        """The target's hooks over the generic ones."""
        return self.machine.engine.hooks

    def places(self, mapping: Mapping) -> tuple[Place, ...]:
        """Return the slots of a new VMA of PAGES pages, all in one table."""
        geometry = self.machine.target.geometry
        start = geometry.levels[1].size + next(self._numbers) * PAGES * geometry.page_size
        vma = self.mm.mmap(start, start + PAGES * geometry.page_size, mapping.vm_flags)
        addresses = range(vma.vm_start, vma.vm_end, geometry.page_size)
        return tuple(
            Place(self, mapping, vma, at, self.mm.tables.pte_alloc(at)) for at in addresses
        )


def process(on: Subject, *, nodes: int = 1, observers: Iterable[object] = ()) -> Process:
    """Return a process on a machine of the target, which has no page of zeros."""
    machine = Machine(
        on.target, nodes=nodes, frames_per_node=FRAMES, observers=observers, zero_page=False
    )
    mm = machine.mm()
    tasks = tuple(machine.task(mm, cpu=node, pid=node + 1) for node in range(nodes))
    return Process(machine, mm, tasks)


@frozen(eq=False)
class Place:
    """The slot of a page; each method makes the calls that the kernel makes."""

    process: Process
    mapping: Mapping
    vma: Vma
    address: int
    slot: Slot

    def load(self) -> int:
        """Return the entry."""
        return int(self.process.hooks.ptep_get(self.slot))

    def put(self, entry: int) -> None:
        """Store an entry; a slot in use is emptied before, for no plain store may overwrite one."""
        if self.slot.load() != self.slot.empty:
            self.clear()
        self.process.hooks.set_pte_at(self.process.mm, self.address, self.slot, entry)

    def clear(self) -> int:
        """Empty the slot, flush, and return what it held."""
        old: int = self.process.hooks.ptep_get_and_clear(self.process.mm, self.address, self.slot)
        self.flush()
        return old

    def start(self) -> int:
        """Start a transaction, and return the entry."""
        started: int = self.process.hooks.ptep_modify_prot_start(self.vma, self.address, self.slot)
        return started

    def commit(self, old: int, new: int) -> None:
        """Commit a transaction, and flush."""
        hooks = self.process.hooks
        hooks.ptep_modify_prot_commit(self.vma, self.address, self.slot, old, new)
        self.flush()

    def change(self, helper: Callable[[int], int]) -> int:
        """Change the entry in a transaction, and return what was committed."""
        old = self.start()
        new = helper(old)
        self.commit(old, new)
        return new

    def raise_to(self, entry: int, *, dirty: bool) -> bool:
        """Raise rights and marks to those of an entry, and return whether that changed anything."""
        hooks = self.process.hooks
        changed = hooks.ptep_set_access_flags(self.vma, self.address, self.slot, entry, int(dirty))
        return bool(changed)

    def flush(self) -> None:
        """Drop the page from the TLBs."""
        self.process.hooks.flush_tlb_page(self.vma, self.address, Reason.RIGHTS_REMOVED)

    def walk(self, access: Access) -> list[Step]:
        """Let the hardware walk to the page, and return its steps."""
        machine = self.process.machine
        geometry, mmu = machine.target.geometry, machine.target.mmu
        root = self.process.mm.tables.root
        return list(walk_steps(machine.memory, geometry, mmu, root, self.address, access))
