"""Machines with huge pages over the huge toy, and what happened in them."""

from __future__ import annotations

import hugetoy
from attrs import evolve, frozen

from archcore.encoding import VmaRelative
from archcore.entry import at_levels
from archcore.hw.mmu import Access
from archcore.machine import Machine
from archcore.mm.huge_protect import arm_huge_pmd
from archcore.vmflags import VM_READ, VM_WRITE

BASE = 4 * hugetoy.HUGE
HUGE, PAGE, NR = hugetoy.HUGE, hugetoy.PAGE, hugetoy.NR
LOSES_WRITE = evolve(
    hugetoy.TARGET,
    architecture=hugetoy.MARKED,
    encoding=at_levels(VmaRelative(), "pte", "pmd"),
)


@frozen
class Stage:
    """A machine, an mm with one VMA of four huge pages, and a task on each node."""

    built: Machine
    vma: object
    t1: object
    t2: object

    @property
    def engine(self):
        """The engine."""
        return self.built.engine

    @property
    def hooks(self):
        """The bound hooks."""
        return self.built.engine.hooks

    @property
    def slot(self):
        """The slot of the first huge page."""
        return self.vma.vm_mm.tables.pmd(BASE)

    @property
    def pmd(self):
        """What the first huge page's slot holds."""
        return self.slot.load()

    @property
    def hinted(self):
        """Whether the first huge page is hinted."""
        return bool(self.hooks.pmd_numa(self.vma, self.pmd))

    def write(self, task=None, address=BASE):
        """Store through the hardware, faults and all."""
        return self.built.touch(task or self.t1, address, Access.WRITE)

    def read(self, task=None, address=BASE):
        """Load through the hardware, faults and all."""
        return self.built.touch(task or self.t1, address, Access.READ)

    def arm(self):
        """Make a hint of the first huge page and flush, as a scan ends."""
        arm_huge_pmd(self.engine, self.vma, self.slot)
        for cpu in self.built.cpus:
            cpu.tlb.flush()

    def since(self, before=None):
        """Return faults, round trips of page-table locks and waste, since an earlier answer."""
        costs = self.engine.costs
        now = {
            "faults": self.built.vmstat.pgfault,
            "locks": costs.total("lock_round_trips"),
            **costs.discarded(),
        }
        return {name: count - (before or {}).get(name, 0) for name, count in now.items()}


def stage(engine="v6.1", target=hugetoy.TARGET, **options):
    """Return a stage whose first huge page is written and lies on node 0."""
    built = Machine(target, engine, frames_per_node=1 << 9, thp=True, **options)
    mm = built.mm()
    vma = mm.mmap(BASE, BASE + 4 * HUGE, VM_READ | VM_WRITE)
    found = Stage(built, vma, built.task(mm, 0, 1), built.task(mm, 1, 2))
    found.write()
    return found
