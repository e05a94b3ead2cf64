"""A CPU whose walks take time."""

from __future__ import annotations

import pytest
from attrs import evolve

from archcore.errors import MachineError
from archcore.hw.mmu import Access
from archcore.hw.seam import Place, Seam, Step, Use
from archcore.hw.watched import WatchedCpu

RIGHTS = ("READ", "WRITE")
FRAME = 0x2000


class Meddler(Seam):
    """Does something at the n-th point of a kind, and remembers all points."""

    def __init__(self, step=None, deed=None, times=1):
        """Wait for the n-th point of a step."""
        self.step, self.deed, self.times = step, deed, times
        self.points = []

    def point(self, step, place):
        """Do it now, or not."""
        self.points.append((step, place))
        self.times -= step is self.step
        if step is self.step and self.times == 0:
            self.deed()


def walking(toy, memory, seam):
    """Return a CPU, and the place of the only entry of its table, which maps FRAME at 0."""
    place = toy.path(memory, 0, toy.entry(FRAME, *RIGHTS, "LEAF"))
    cpu = WatchedCpu(3, 0, memory, toy.geometry, toy.mmu, seam=seam)
    cpu.switch(toy.root)
    return cpu, place


def test_a_walk_has_a_point_before_each_read_and_before_the_flags_are_set(toy, memory):
    """One reference: three levels are read, then dirty is set in the leaf."""
    seam = Meddler()
    cpu, place = walking(toy, memory, seam)

    assert cpu.touch(0, Access.WRITE) is None

    table = Place("mm", toy.root)
    assert seam.points == [
        (Step.REFERENCE, Place("cpu", 3)),
        (Step.WALK, table),
        (Step.WALK, table),
        (Step.WALK, table),
        (Step.UPDATE, Place("slot", place)),
    ]


def test_a_hit_has_one_point(toy, memory):
    """What the TLB holds is used in one step."""
    seam = Meddler()
    cpu, _ = walking(toy, memory, seam)
    cpu.touch(0, Access.WRITE)
    seam.points.clear()

    cpu.touch(0, Access.WRITE)

    assert seam.points == [(Step.REFERENCE, Place("cpu", 3))]


def test_flags_are_not_set_in_an_entry_that_changed_under_the_walk(toy, memory):
    """The compare and swap fails, the walk begins again and ends in a fault."""
    seam = Meddler(Step.UPDATE, lambda: toy.store(memory, place, 0))
    cpu, place = walking(toy, memory, seam)

    assert cpu.touch(0, Access.WRITE) is not None
    assert toy.load(memory, place) == 0


def test_a_walk_that_a_flush_overtakes_keeps_nothing_of_what_it_read(toy, memory):
    """A flush is over when no reference uses what it flushed: the old right is not kept."""

    def protect():
        toy.store(memory, place, toy.entry(FRAME, "READ", "LEAF", "ACCESSED"))
        cpu.tlb.invalidate_page(0)

    seam = Meddler(Step.UPDATE, protect)
    cpu, place = walking(toy, memory, seam)
    seam.times = 1

    assert cpu.touch(0, Access.READ) is None
    assert cpu.touch(0, Access.WRITE) is not None


def test_a_watched_cpu_keeps_refusals_as_any_other(toy, memory):
    """An invalid half refuses without a walk; that it is loaded again is told as a change."""
    changes = []

    class Listener(Seam):
        def uses(self, place, use):
            if use is Use.WRITE:
                changes.append(place)

    pairs = evolve(toy.mmu.tlb, pairs=True)
    mmu = evolve(toy.mmu, keeps="all", sets_accessed=False, sets_dirty=False, tlb=pairs)
    toy.path(memory, 0, toy.entry(FRAME, *RIGHTS, "LEAF", "ACCESSED"))
    cpu = WatchedCpu(3, 0, memory, toy.geometry, mmu, seam=Listener())
    cpu.switch(toy.root)
    cpu.touch(0, Access.READ)
    toy.path(memory, 0x100, toy.entry(FRAME, *RIGHTS, "LEAF", "ACCESSED"))
    assert cpu.touch(0x100, Access.READ) is not None
    assert cpu.misses == 1

    changes.clear()
    cpu.update_tlb(0x100)

    assert changes == [Place("tlb", 3)]
    assert cpu.touch(0x100, Access.READ) is None


def test_a_watched_cpu_counts_as_any_other(toy, memory):
    """One miss a walk, one hit a hit, one fault a fault."""
    cpu, _ = walking(toy, memory, Seam())
    for address in (0, 0, toy.geometry.levels[1].size):
        cpu.touch(address, Access.WRITE)

    assert cpu.snapshot() == {
        "hits": 1,
        "misses": 2,
        "walks": 2,
        "faults": 1,
        "invalidations": 1,
    }


def test_a_cpu_without_a_table_says_so(toy, memory):
    """As one that nobody watches does."""
    cpu = WatchedCpu(0, 0, memory, toy.geometry, evolve(toy.mmu), seam=Seam())

    with pytest.raises(MachineError, match="has no page table"):
        cpu.touch(0, Access.READ)
