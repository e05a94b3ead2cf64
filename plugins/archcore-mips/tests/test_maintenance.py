"""What each maintenance call of mips is for: the same run with the call and without it."""

from __future__ import annotations

import pytest
from attrs import field, frozen

from archcore.hookspecs import hookimpl
from archcore.hw.mmu import Access
from archcore.machine import Machine
from archcore.mm.protect import change_prot_numa
from archcore.needs import ALL_STORIES, Call, Ending, stories_of, tell
from archcore.vmflags import VM_READ, VM_WRITE
from archcore_mips.targets import TARGET

STORY = {one.name: one for one in ALL_STORIES}


@pytest.mark.parametrize("story", stories_of(TARGET), ids=lambda one: one.name)
def test_with_every_call_all_is_well(story):
    """Each load sees the last store, and no reference faults for ever."""
    assert tell(story, TARGET).told.clean


WITHOUT = [
    # Migration of a hinted page: other stores went to the user's colour, the copy is made by the
    # kernel's (try_to_migrate_one, mm/rmap.c; issue of 2012: why flush a page that is none?).
    ("late-store", "flush_cache_page", Ending.STALE_READ),
    ("moved", "flush_cache_page", Ending.STALE_READ),
    ("device-move", "flush_cache_page", Ending.LOST_STORE),
    ("swapped", "flush_cache_page", Ending.STALE_READ),
    # r4k_blast_dcache before a fork write-protects, and before pages go to other addresses.
    ("copied", "flush_cache_range", Ending.STALE_READ),
    ("remapped", "flush_cache_range", Ending.STALE_READ),
    # The TLB inhibits what was a hint until __update_tlb, and do_page_fault finds nothing to do.
    ("hint", "update_mmu_cache", Ending.ENDLESS_FAULT),
    ("neighbours", "update_mmu_cache", Ending.ENDLESS_FAULT),
]


@pytest.mark.parametrize(("story", "hook", "ending"), WITHOUT)
def test_without_it_the_same_run_goes_wrong(story, hook, ending):
    """One call is left out; everything else is as before."""
    assert tell(STORY[story], TARGET, left_out=Call(hook)).told.ending is ending


@frozen(eq=False)
class Witness:
    """Hears flush_cache_page, and leaves it out if told to; knows what the entry was each time."""

    drops: bool
    hinted: list[bool] = field(factory=list)

    @hookimpl(wrapper=True)
    def flush_cache_page(self, vma, addr):
        """Look at the entry, and hide the caches from the flush if it is to be left out."""
        mm = vma.vm_mm
        self.hinted.append(bool(mm.hooks.pte_numa(vma, mm.hooks.ptep_get(mm.tables.slot(addr)))))
        caches = [cpu.dcache for cpu in mm.cpus]
        for cpu in mm.cpus if self.drops else ():
            cpu.dcache = None
        yield
        for cpu, dcache in zip(mm.cpus, caches, strict=True):
            cpu.dcache = dcache


ORDER = (0, 2, 1)  # so that a page is of another colour than its frame
PAGE = TARGET.geometry.page_size
START = 8 * PAGE


def process(machine):
    """Return a VMA, and two tasks on two nodes."""
    mm = machine.mm()
    vma = mm.mmap(START, START + 4 * PAGE, VM_READ | VM_WRITE)
    return vma, machine.task(mm, 0, 1), machine.task(mm, 1, 2)


def migrate_hints(*, drops):
    """Return what flush_cache_page met, and the last stores as they are read after migration.

    The CPU that stores does so until it is told of the hint, and the pages go to the other node.
    """
    witness = Witness(drops)
    machine = Machine(TARGET, "v6.1", cached_data=True, observers=(witness,))
    vma, near, far = process(machine)
    mm, frames = vma.vm_mm, machine.engine.frames
    for number in ORDER:
        machine.store(near, START + number * PAGE, 1)
        pfn = mm.hooks.pte_pfn(mm.tables.slot(START + number * PAGE).load())
        frames.last_nid[pfn], frames.last_pid[pfn] = far.nid, far.pid
    flush = mm.hooks.flush_tlb_range

    def late(*given):
        for number in ORDER:
            assert near.cpu.store(START + number * PAGE + 8, 7 + number) is None
        return flush(*given)

    mm.hooks.flush_tlb_range = late
    change_prot_numa(machine.engine, near, vma, START, START + 3 * PAGE)
    mm.hooks.flush_tlb_range = flush
    values = [machine.load(far, START + number * PAGE + 8) for number in range(3)]
    assert machine.vmstat.numa_pages_migrated == 3
    return witness.hinted, values


def test_migration_flushes_a_page_that_is_still_a_hint():
    """flush_cache_page meets the hint, works all the same, and no store is lost."""
    assert migrate_hints(drops=False) == ([True] * 3, [7, 8, 9])


def test_without_the_flush_the_last_store_is_lost():
    """It stays in a line of the user's colour while the kernel copies by its own."""
    hinted, values = migrate_hints(drops=True)
    assert hinted == [True] * 3
    assert 0 in values


def test_an_absent_page_is_not_flushed():
    """A hint is present, a swapped page is not."""
    machine = Machine(TARGET, "v6.1", cached_data=True)
    vma, task, _ = process(machine)
    hooks, slot = vma.vm_mm.hooks, vma.vm_mm.tables.slot(START, allocate=True)
    machine.store(task, START, 1)
    pte = slot.load()
    pfn = hooks.pte_pfn(pte)
    slot.store(hooks.arch_swp_entry(1, 1))
    hooks.flush_cache_page(vma, START, pfn, None)
    assert machine.memory.load(pfn * PAGE) == 0
    slot.store(hooks.pte_mknuma(vma, pte))
    hooks.flush_cache_page(vma, START, pfn, None)
    assert machine.memory.load(pfn * PAGE) == 1


def test_the_tlb_decides_about_inhibited_reads_alone():
    """A hint that is disarmed in the tables stays shut until the TLB is loaded again."""
    machine = Machine(TARGET, "v6.1")
    vma, task, _ = process(machine)
    hooks, slot = vma.vm_mm.hooks, vma.vm_mm.tables.slot(START, allocate=True)
    for number in range(2):
        machine.store(task, START + number * PAGE, 1)
    slot.store(hooks.pte_mknuma(vma, slot.load()))
    hooks.flush_tlb_page(vma, START, None)
    assert task.cpu.touch(START, Access.READ) is not None
    slot.store(hooks.pte_mknonnuma(vma, slot.load()))
    assert task.cpu.touch(START, Access.READ) is not None
    assert task.cpu.touch(START + PAGE, Access.READ) is None
    hooks.update_mmu_cache(vma, START, slot, None)
    assert task.cpu.touch(START, Access.READ) is None
