"""What a hash target pays for its table: hash faults, and how many of them preloading saves."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from attrs import evolve

from archcore.entry import layer
from archcore.hookspecs import hookimpl
from archcore.hw.mmu import Access
from archcore.machine import Machine
from archcore.mm.generic import Maintenance, Stores
from archcore.mm.gup import Foll, get_user_pages
from archcore.mm.task import CURRENT
from archcore.needs import ALL_STORIES, WITHIN_STORES, Call, Ending, needs, stories_of, tell
from archcore.replay.scalar import replay
from archcore.trace import packaged
from archcore.vmflags import VM_EXEC, VM_READ, VM_WRITE
from archcore_powerpc.targets import TARGETS

HASHED = [target for target in TARGETS if "hash" in target.id]
BASE = 1 << 40
BY_NAME = {story.name: story for story in ALL_STORIES}
UPDATE = Call("update_mmu_cache")
each_hash = pytest.mark.parametrize("target", HASHED, ids=lambda target: target.id)
named = pytest.mark.parametrize("name", ["hash-4k-v6.1", "hash-64k-v6.1"], indirect=True)


class NoPreload:
    """An update_mmu_cache that leaves the page to the next hash fault."""

    @hookimpl
    def update_mmu_cache(self):
        """Do nothing."""


def _mutant(target, *parts):
    """Return the target with hooks over its own."""
    return evolve(target, encoding=layer(target.encoding, *parts))


def _made(target, **options):
    machine = Machine(target, "v6.1", frames_per_node=1 << 12, **options)
    mm = machine.mm()
    end = BASE + 2 * target.geometry.levels[1].size
    vma = mm.mmap(BASE, end, VM_READ | VM_WRITE | VM_EXEC)
    task = machine.task(mm)
    return SimpleNamespace(
        machine=machine, mm=mm, vma=vma, task=task, cpu=task.cpu, hooks=machine.engine.hooks
    )


def _hashed(made):
    """Return what the hash table has of the first page."""
    return made.cpu.hpt.entry(made.mm.tables.root, BASE // made.mm.geometry.page_size)


@each_hash
@pytest.mark.parametrize("access", Access)
def test_a_page_fault_takes_one_hash_fault(target, access):
    """hash_page finds nothing, the page is mapped and preloaded, the reference goes through."""
    made = _made(target)
    assert made.machine.touch(made.task, BASE, access) is None
    assert (made.cpu.walks, made.machine.vmstat.pgfault) == (1, 1)


@each_hash
@pytest.mark.parametrize("access", Access)
def test_without_the_preload_it_takes_two(target, access):
    """The reference faults again, and hash_page does what nobody did ahead of it."""
    made = _made(_mutant(target, NoPreload()))
    assert made.machine.touch(made.task, BASE, access) is None
    assert (made.cpu.walks, made.machine.vmstat.pgfault) == (2, 1)


@each_hash
def test_other_cpus_need_no_hash_fault(target):
    """The table is the machine's: a page that one CPU has brought in is there for all."""
    made = _made(target)
    made.machine.touch(made.task, BASE, Access.WRITE)
    other = made.machine.task(made.mm, cpu=1, pid=2)
    assert made.machine.touch(other, BASE, Access.WRITE) is None
    assert (other.cpu.misses, other.cpu.walks) == (1, 0)


@each_hash
def test_the_first_store_to_a_clean_page_is_a_hash_fault(target):
    """An HPTE lets nobody store before DIRTY is set; no page fault is needed for that."""
    made = _made(target)
    made.machine.touch(made.task, BASE, Access.WRITE)
    slot = made.mm.tables.slot(BASE)
    clean = made.hooks.pte_mkclean(made.hooks.ptep_get_and_clear(made.mm, BASE, slot))
    made.hooks.set_pte_at(made.mm, BASE, slot, clean)
    made.machine.touch(made.task, BASE, Access.READ)
    faults, walks = made.machine.vmstat.pgfault, made.cpu.walks
    assert made.machine.touch(made.task, BASE, Access.WRITE) is None
    assert made.hooks.pte_dirty(slot.load())
    assert (made.machine.vmstat.pgfault, made.cpu.walks) == (faults, walks + 1)


def _updated(made, change, trap):
    """Take the page out, store another entry and call update_mmu_cache while a trap is handled."""
    made.machine.touch(made.task, BASE, Access.WRITE)
    slot = made.mm.tables.slot(BASE)
    old = made.hooks.ptep_get_and_clear(made.mm, BASE, slot)
    made.hooks.set_pte_at(made.mm, BASE, slot, change(old))
    stored = slot.load()
    made.task.trap, before = trap, CURRENT.set(made.task)
    try:
        made.hooks.update_mmu_cache(made.vma, BASE, slot, None)
    finally:
        CURRENT.reset(before)
        made.task.trap = None
    return slot.load() != stored


@each_hash
def test_an_entry_that_was_used_is_preloaded(target):
    """And says so, with HASHPTE."""
    made = _made(target)
    assert _updated(made, lambda pte: pte, Access.WRITE)
    assert _hashed(made) is not None


@each_hash
def test_a_hinted_entry_is_not_preloaded(target):
    """It gives no right to read, and the next reference is to fault."""
    made = _made(target)
    assert not _updated(made, lambda pte: made.hooks.pte_mknuma(made.vma, pte), Access.READ)
    assert _hashed(made) is None


@each_hash
def test_an_entry_that_is_not_young_is_not_preloaded(target):
    """Only HPTEs of entries with ACCESSED are wanted, or a use would go unseen."""
    made = _made(target)
    assert not _updated(made, made.hooks.pte_mkold, Access.READ)
    assert _hashed(made) is None


@each_hash
def test_nothing_is_preloaded_outside_a_storage_interrupt(target):
    """Neither by hand nor for get_user_pages, which settles a fault in a system call."""
    made = _made(target)
    assert not _updated(made, lambda pte: pte, None)
    assert _hashed(made) is None
    made = _made(target)
    get_user_pages(made.machine.engine, made.task, BASE, Foll.WRITE)
    assert made.hooks.pte_present(made.mm.tables.slot(BASE).load())
    assert _hashed(made) is None


@pytest.mark.parametrize("name", ["hash-64k-v3.14", "hash-64k-v6.1"], indirect=True)
def test_a_huge_page_waits_for_its_hash_fault(target):
    """update_mmu_cache_pmd is empty."""
    made = _made(target, thp=True)
    assert made.machine.touch(made.task, BASE, Access.WRITE) is None
    assert (made.machine.vmstat.thp_fault_alloc, made.cpu.walks) == (1, 2)


@each_hash
def test_preloading_is_a_cost_and_no_need(target):
    """Without it every story is clean, and takes more hash faults."""
    stories = [story for story in stories_of(target) if not (story.device or story.huge)]
    shown = needs(target, stories=stories, by_reason=False)
    assert shown.enough
    assert not shown.needed("update_mmu_cache")
    assert shown.dearer[UPDATE][BY_NAME["hint"]] > 0
    assert target.mmu.walks == "hash faults"
    assert set(shown.dearer) == {UPDATE}


@each_hash
def test_the_flush_within_pte_update_is_needed(target):
    """Without it an HPTE outlives its entry: a right stays, a store goes to a frame that left."""
    stories = [BY_NAME[name] for name in ("hint", "protected", "used-again")]
    shown = needs(target, stories=stories, by_reason=False)
    ends = {story.name: told.ending for story, told in shown.without[Call(WITHIN_STORES)].items()}
    assert ends == {
        "hint": Ending.STALE_RIGHT,
        "protected": Ending.STALE_RIGHT,
        "used-again": Ending.LOST_STORE,
    }
    assert not shown.needed("flush_tlb_range")


@each_hash
@pytest.mark.parametrize("parts", [(Stores(),), (Stores(), Maintenance())], ids=["none", "tlbie"])
def test_a_page_that_stays_hashed_is_a_stale_right_and_a_lost_store(target, parts):
    """An architecture whose pte_update takes nothing out of the table, TLBs flushed or not."""
    mutant = _mutant(target, *parts)
    ends = {name: tell(BY_NAME[name], mutant).told.ending for name in ("protected", "used-again")}
    assert ends == {"protected": Ending.STALE_RIGHT, "used-again": Ending.LOST_STORE}
    assert tell(BY_NAME["hint"], mutant).told.ending is Ending.STALE_RIGHT


@named
def test_the_packaged_trace_takes_half_the_hash_faults_with_the_preload(target):
    """One a page fault instead of two; everything the kernel counts stays as it was."""
    trace = packaged.load()
    whole, without = (replay(one, trace) for one in (target, _mutant(target, NoPreload())))
    assert whole.tlb["walks"] == whole.counters["pgfault"]
    assert without.tlb["walks"] == 2 * whole.tlb["walks"]
    assert (whole.counters, whole.ledger) == (without.counters, without.ledger)
