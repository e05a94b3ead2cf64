"""What ARM needs its maintenance calls for: each of them left out in turn."""

from __future__ import annotations

import pytest

from archcore.machine import Machine
from archcore.mm.migrate import move_page
from archcore.mm.protect import change_prot_numa
from archcore.mm.reason import Reason
from archcore.needs import ALL_STORIES, Call, Ending, needs
from archcore.needs.call import before, listen
from archcore.vmflags import VM_READ, VM_SHARED, VM_WRITE
from archcore_arm.targets import V5, V7_LPAE

CACHE = {
    *("flush_cache_page", "flush_cache_range", "flush_dcache_page"),
    *("switch_mm", "update_mmu_cache"),
}
BASE, PAGE = 0x40_0000, 1 << 12
BY_NAME = {story.name: story for story in ALL_STORIES}


@pytest.fixture(scope="module")
def shown():
    """Return what each target needs."""
    return {target: needs(target) for target in (V5, V7_LPAE)}


@pytest.mark.parametrize("target", [V5, V7_LPAE], ids=lambda one: one.id)
def test_all_calls_are_enough(shown, target):
    """Every story of maintenance ends well."""
    assert {
        one.name: told.detail for one, told in shown[target].whole.items() if not told.clean
    } == {}


def test_virtual_tags_need_every_cache_call(shown):
    """Without one of them a store is lost or a load is stale on ARMv5."""
    assert {hook for hook in CACHE if shown[V5].needed(hook)} == CACHE
    endings = {
        told.ending
        for call, stories in shown[V5].without.items()
        if call.hook in CACHE - {"switch_mm"}
        for told in stories.values()
    }
    assert endings == {Ending.STALE_READ, Ending.LOST_STORE}


def test_physical_tags_need_none(shown):
    """On ARMv7 with LPAE the same calls do nothing, and leaving them out shows nothing."""
    assert not [hook for hook in CACHE - {"switch_mm"} if shown[V7_LPAE].needed(hook)]


@pytest.mark.parametrize(
    ("call", "story", "ending"),
    [
        (Call("flush_cache_page", "FRAME_CHANGES"), "late-store", Ending.LOST_STORE),
        (Call("flush_cache_page", "FRAME_CHANGES"), "moved", Ending.LOST_STORE),
        (Call("flush_cache_page", "UNMAPPED"), "swapped", Ending.STALE_READ),
        (Call("flush_cache_page", "MADE_ACCESSIBLE"), "shared", Ending.STALE_READ),
        (Call("flush_cache_range", "MOVED"), "remapped", Ending.STALE_READ),
        (Call("flush_cache_range", "COPY_ON_WRITE"), "copied", Ending.STALE_READ),
        (Call("update_mmu_cache", "MADE_ACCESSIBLE"), "shared", Ending.STALE_READ),
        (Call("switch_mm"), "switched", Ending.STALE_READ),
    ],
)
def test_a_missing_call_ends_in_what_is_known_of_it(shown, call, story, ending):
    """Each by name, with what becomes of the data."""
    assert shown[V5].without[call][BY_NAME[story]].ending is ending


class Hinted:
    """One CPU, and one page that was hinted while another thread stored to it once more."""

    def __init__(self, left_out=None):
        self.machine = Machine(V5, nodes=2, frames_per_node=256, cached_data=True, zero_page=False)
        self.engine, self.hooks = self.machine.engine, self.machine.engine.hooks
        self.mm = self.machine.mm()
        self.vma = self.mm.mmap(BASE, BASE + 4 * PAGE, VM_READ | VM_WRITE)
        self.task, other = (self.machine.task(self.mm, cpu=0, pid=pid) for pid in (1, 2))
        self.seen = []
        self.machine.store(self.task, BASE, 1)
        listen(self.hooks, {}, left_out)
        before(self.hooks, "flush_tlb_range", lambda: self.machine.cpus[0].store(BASE + 8, 2))
        assert change_prot_numa(self.engine, other, self.vma, BASE, BASE + PAGE) == 1
        before(self.hooks, "flush_cache_page", self.look)

    def look(self):
        """Remember what the slot holds when the cache is flushed."""
        pte = self.mm.tables.slot(BASE).load()
        self.seen.append(
            (bool(self.hooks.pte_numa(self.vma, pte)), bool(self.hooks.pte_present(pte)))
        )


@pytest.mark.parametrize(
    ("left_out", "found"),
    [(None, 2), (Call("flush_cache_page", "FRAME_CHANGES"), 0)],
    ids=["flushed", "not flushed"],
)
def test_a_page_that_moves_while_hinted_is_flushed_as_a_hint(left_out, found):
    """try_to_migrate_one flushes the address, and the entry is a hint; else a store is lost.

    A thread was preempted between the scanner's cache flush and its TLB flush, stored once more and
    left a dirty line under the address. Only the flush before the copy brings that line to memory.
    """
    run = Hinted(left_out)
    assert move_page(run.engine, run.vma, BASE, 1) is None
    assert run.seen == [(True, True)]
    run.machine.cpus[0].dcache.flush_all()
    assert run.machine.load(run.task, BASE + 8) == found


@pytest.mark.parametrize(
    ("left_out", "found"), [(None, 7), (Call("update_mmu_cache"), 0)], ids=["called", "left out"]
)
def test_what_the_kernel_copied_is_written_back_when_the_page_is_mapped(left_out, found):
    """The copy of a shared page that moved stays in lines of the kernel's address until then."""
    machine = Machine(V5, nodes=2, frames_per_node=256, cached_data=True, zero_page=False)
    mm = machine.mm()
    vma = mm.mmap(BASE, BASE + PAGE, VM_READ | VM_WRITE | VM_SHARED)
    task = machine.task(mm)
    machine.store(task, BASE, 7)
    listen(machine.engine.hooks, {}, left_out)
    assert move_page(machine.engine, vma, BASE, 1) is None
    assert machine.load(task, BASE) == found


def test_a_page_at_two_addresses_is_made_uncached():
    """make_coherent changes the memory type of both entries, and flushes both, once."""
    machine = Machine(V5, nodes=1, frames_per_node=256, cached_data=True, zero_page=False)
    hooks, mm = machine.engine.hooks, machine.mm()
    shared = VM_READ | VM_WRITE | VM_SHARED
    one = mm.mmap(BASE, BASE + PAGE, shared)
    mm.mmap(BASE + 8 * PAGE, BASE + 9 * PAGE, shared, shares=one)
    task, heard = machine.task(mm), {}
    machine.store(task, BASE, 1)
    listen(hooks, heard)
    assert machine.load(task, BASE + 8 * PAGE) == 1
    words = [mm.tables.slot(at).load() for at in (BASE, BASE + 8 * PAGE)]
    assert [word & 0x3C for word in words] == [4, 4]  # L_PTE_MT_BUFFERABLE
    assert heard[Call("flush_cache_page", Reason.MADE_ACCESSIBLE.name)] == 2
    assert heard[Call("flush_tlb_page", Reason.MADE_ACCESSIBLE.name)] == 2
