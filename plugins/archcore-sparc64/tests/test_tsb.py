"""The TSB: what it saves, what a wrong insert does, and who empties it."""

from __future__ import annotations

import pytest
from attrs import frozen

from archcore.errors import EndlessFaultError
from archcore.hookspecs import hookimpl
from archcore.hw.mmu import Access
from archcore.machine import Machine
from archcore.mm.protect import change_prot_numa
from archcore.needs import WITHIN_STORES, Call, Ending, needs, stories_of, tell
from archcore.vmflags import VM_READ, VM_WRITE
from archcore_sparc64.targets import SUN4U, SUN4V
from archcore_sparc64.tsb import BASE, HUGE, tsbs_of

PAGE, HUGE_PAGE = 1 << 13, 1 << 23
START = 4 * HUGE_PAGE
RW = VM_READ | VM_WRITE
BOTH = pytest.mark.parametrize("target", [SUN4U, SUN4V], ids=lambda one: one.id)


def process(target, *, pages=16, **options):
    """Return a machine, a task and a mapping."""
    machine = Machine(target, nodes=2, frames_per_node=8192, zero_page=False, **options)
    mm = machine.mm()
    return machine, machine.task(mm), mm.mmap(START, START + pages * PAGE, RW)


@frozen
class Careless:
    """update_mmu_cache without the question whether the entry is valid."""

    @hookimpl
    def update_mmu_cache(self, vma, addr, ptep):
        """Insert whatever stands there."""
        tsbs_of(vma.vm_mm)[BASE].insert(addr, ptep.load())


@BOTH
def test_a_fault_leaves_its_entry_where_the_handler_looks(target):
    """A CPU that lost its TLB finds the page without the tables."""
    machine, task, vma = process(target)
    machine.store(task, START, 1)
    slot, buffer = vma.vm_mm.tables.slot(START), tsbs_of(vma.vm_mm)[BASE]
    assert buffer.entry(START) == slot.load()
    task.cpu.tlb.flush()
    slot.store(0)  # behind everybody's back: only the buffer knows the page now
    assert machine.load(task, START) == 1


@BOTH
def test_a_hint_leaves_buffer_and_tlb_at_once(target):
    """The store of the scanner empties both, no flush follows, and the next use is a hint fault."""
    machine, task, vma = process(target)
    machine.store(task, START, 1)
    assert change_prot_numa(machine.engine, task, vma, START, START + PAGE) == 0  # it is at home
    machine.run_on(task, 1)
    assert change_prot_numa(machine.engine, task, vma, START, START + PAGE) == 1
    assert tsbs_of(vma.vm_mm)[BASE].entry(START) is None
    assert task.cpu.touch(START, Access.READ) is not None
    assert machine.load(task, START) == 1
    assert machine.vmstat.numa_hint_faults == 1


@BOTH
def test_an_update_for_a_hint_inserts_nothing(target):
    """Calling it while the entry is a hint is harmless, as it must be."""
    machine, task, vma = hinted(target)
    slot = vma.vm_mm.tables.slot(START)
    machine.engine.hooks.update_mmu_cache(vma, START, slot, None)
    assert tsbs_of(vma.vm_mm)[BASE].entry(START) is None
    assert machine.load(task, START) == 1


@BOTH
def test_an_entry_that_is_not_valid_must_never_be_inserted(target):
    """The handler loads it for ever, and never gets to the fault that would disarm the hint."""
    machine, task, vma = hinted(target)
    slot = vma.vm_mm.tables.slot(START)
    Careless().update_mmu_cache(vma, START, slot)
    assert not machine.engine.hooks.pte_accessible(slot.load(), False)
    with pytest.raises(EndlessFaultError, match="for ever"):
        machine.load(task, START)
    assert machine.vmstat.numa_hint_faults == 0


def hinted(target):
    """Return a machine, a task and a mapping whose first page is a hint."""
    machine, task, vma = process(target)
    machine.store(task, START, 1)
    machine.run_on(task, 1)
    assert change_prot_numa(machine.engine, task, vma, START, START + PAGE) == 1
    return machine, task, vma


@BOTH
def test_a_huge_page_is_two_of_the_hardware(target):
    """Either half has an entry of its own in the buffer for 4 MB, and both go with the page."""
    machine, task, vma = process(target, pages=2 * HUGE_PAGE // PAGE, thp=True)
    upper = START + (1 << 22)
    machine.store(task, START, 1)
    buffer, hooks = tsbs_of(vma.vm_mm)[HUGE], machine.engine.hooks
    pmd = vma.vm_mm.tables.pmd(START)
    for address in (START, upper):
        hooks.update_mmu_cache_pmd(vma, address, pmd, None)
    assert buffer.entry(upper) - buffer.entry(START) == 1 << 22
    task.cpu.tlb.flush()
    machine.store(task, upper, 2)
    assert machine.lost_stores(vma.vm_mm) == ()
    hooks.pmdp_invalidate(vma, START, pmd)
    assert (buffer.entry(START), buffer.entry(upper), len(buffer)) == (None, None, 0)


@pytest.mark.parametrize(
    ("target", "needed"),
    [
        (SUN4U, {WITHIN_STORES, "switch_mm", "flush_dcache_page"}),
        (SUN4V, {WITHIN_STORES, "switch_mm"}),
    ],
    ids=["sun4u", "sun4v"],
)
def test_no_tlb_flush_is_needed_for_the_stores_make_them(target, needed):
    """Each call of the engine is left out in turn: few of them matter, what stores flush does.

    On sun4u a page of zeros would show what its frame held before, in lines of the other colour.
    """
    found = needs(target)
    assert found.enough
    calls = {call.hook for call in found.without if not call.hook.startswith("mmu_notifier")}
    assert {hook for hook in calls if found.needed(hook)} == needed
    stale = found.without.get(Call("flush_dcache_page", "KERNEL_WROTE"), {})
    assert {told.ending for told in stale.values()} == {Ending.STALE_READ} or target is SUN4V


@BOTH
def test_what_update_mmu_cache_saves_is_a_walk(target):
    """Without it the reference that faulted walks again, and the handler inserts what it finds."""
    walks = []
    for left_out in (False, True):
        machine, task, vma = process(target)
        if left_out:
            machine.engine.hooks.update_mmu_cache = lambda *_: None
        assert machine.store(task, START, 1) is None
        walks.append(task.cpu.walks)
        assert tsbs_of(vma.vm_mm)[BASE].entry(START) == vma.vm_mm.tables.slot(START).load()
    assert walks == [1, 2]


@BOTH
def test_an_entry_in_place_of_its_slot_cannot_be_looked_up(target):
    """B01: what the patch of 2012 hands to update_mmu_cache_pmd is no address of an entry."""
    (story,) = (one for one in stories_of(target) if one.name == "huge-hint")
    told = tell(story, target, "seed").told
    assert told.ending is Ending.BROKEN
    assert "was given the entry" in told.detail
