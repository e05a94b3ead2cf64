"""What update_mmu_cache is for on loongarch: the same run with the call and without it."""

from __future__ import annotations

import pytest

from archcore.hw.mmu import Access
from archcore.hw.outcome import FaultKind
from archcore.machine import Machine
from archcore.needs import ALL_STORIES, Call, Ending, needs, stories_of, tell
from archcore.vmflags import VM_READ, VM_WRITE
from archcore_loongarch.targets import TARGETS

TARGET = TARGETS[0]
STORY = {one.name: one for one in ALL_STORIES}
PAGE = TARGET.geometry.page_size
START = 8 * PAGE


@pytest.mark.parametrize("story", stories_of(TARGET), ids=lambda one: one.name)
def test_with_every_call_all_is_well(story):
    """Each load sees the last store, and no reference faults for ever."""
    assert tell(story, TARGET).told.clean


SMALL = ("hint", "neighbours", "zeros", "swapped", "remapped", "thrown-away")
HUGE = ("huge-hint", "huge-move", "huge-split", "huge-zeros", "huge-copied")
WITHOUT = [
    *((story, "update_mmu_cache") for story in SMALL),
    *((story, "update_mmu_cache_pmd") for story in HUGE),
]


@pytest.mark.parametrize(("story", "hook"), WITHOUT)
def test_without_it_the_same_run_faults_for_ever(story, hook):
    """The TLB keeps the half that was not valid when the pair was loaded."""
    told = tell(STORY[story], TARGET, left_out=Call(hook)).told
    assert told.ending is Ending.ENDLESS_FAULT


def test_a_fault_that_raises_rights_mends_what_a_move_left_out():
    """ptep_set_access_flags flushes, so that the page that has come is found at a second fault."""
    assert tell(STORY["moved-hint"], TARGET, left_out=Call("update_mmu_cache")).told.clean


def test_caches_need_nothing():
    """flush_cache_page and flush_cache_range are empty, for no page is in the cache twice."""
    found = needs(TARGET, stories=[STORY["late-store"], STORY["copied"]], by_reason=False)
    assert not found.needed("flush_cache_page")
    assert not found.needed("flush_cache_range")


def process():
    """Return a machine, a VMA and a task that uses its second page."""
    machine = Machine(TARGET, "v6.1")
    mm = machine.mm()
    vma = mm.mmap(START, START + 4 * PAGE, VM_READ | VM_WRITE)
    task = machine.task(mm)
    machine.store(task, START + PAGE, 1)
    return machine, vma, task


def test_a_pair_is_loaded_with_what_the_neighbour_is():
    """The first page is absent when the second is loaded, and refuses without a walk ever after."""
    machine, vma, task = process()
    mm, walks = vma.vm_mm, task.cpu.misses
    slot = mm.tables.slot(START)
    entry = mm.hooks.pte_mkyoung(mm.hooks.pfn_pte(machine.engine.zero_page, vma.vm_page_prot))
    mm.hooks.set_pte_at(mm, START, slot, entry)
    for _ in range(3):
        assert task.cpu.touch(START, Access.READ).kind is FaultKind.NOT_VALID
    assert task.cpu.misses == walks
    mm.hooks.update_mmu_cache(vma, START, slot, None)
    assert task.cpu.touch(START, Access.READ) is None
    assert task.cpu.touch(START + PAGE, Access.WRITE) is None


def test_a_flush_of_one_half_takes_both():
    """What __update_tlb mends, local_flush_tlb_page mends as well: the pair is loaded again."""
    machine, vma, task = process()
    mm = vma.vm_mm
    entry = mm.hooks.pfn_pte(machine.engine.zero_page, vma.vm_page_prot)
    mm.tables.slot(START).store(entry)
    assert task.cpu.touch(START, Access.READ) is not None
    mm.hooks.flush_tlb_page(vma, START + PAGE, None)
    assert task.cpu.touch(START, Access.READ) is None


def test_another_process_is_not_served():
    """__update_tlb does nothing unless the address space is current."""
    machine, vma, _task = process()
    other = machine.mm()
    other.mmap(START, START + PAGE, VM_READ | VM_WRITE)
    stranger = machine.task(other, 0, 2)
    held = stranger.cpu.tlb.lookup(START >> TARGET.geometry.page_shift)
    vma.vm_mm.hooks.update_mmu_cache(vma, START, vma.vm_mm.tables.slot(START), None)
    assert stranger.cpu.tlb.lookup(START >> TARGET.geometry.page_shift) is held is None
