"""Huge pages of one actor: first touch, stores, migration, protection changes, frames."""

from __future__ import annotations

import hugetoy
import pytest
from attrs import evolve
from huge_machine import BASE, HUGE, LOSES_WRITE, NR, PAGE, stage

from archcore.entry import AtLevel, at_levels, layer
from archcore.errors import MachineError
from archcore.hookspecs import hookimpl
from archcore.machine import Machine
from archcore.mm.change import Cause, Change
from archcore.mm.fault import Outcome
from archcore.mm.frames import Frames
from archcore.mm.hugepages import Pmd, pmd_kind
from archcore.mm.ledger import Ledger
from archcore.mm.profile import PROFILES
from archcore.mm.protect import change_prot_numa, change_protection
from archcore.mm.reason import Reason
from archcore.vmflags import VM_READ, VM_WRITE

ENGINES = sorted(PROFILES)


class NoSwap(hugetoy.Entry):
    """Entries of a level that stores no swap values."""

    swp_entry_to_entry = to_swp_entry = None


def test_the_first_store_maps_a_huge_page():
    """One fault for sixteen pages, on the node of the task, writable, dirty and exclusive."""
    found = stage()
    head = found.hooks.pmd_pfn(found.pmd)

    for at in range(NR):
        found.write(address=BASE + at * PAGE)

    assert found.built.vmstat.pgfault == 1
    assert found.built.vmstat.thp_fault_alloc == 1
    assert found.engine.frames.nid(head) == 0
    assert (found.engine.frames.entire_mapcount[head], found.engine.frames.refcount[head]) == (1, 1)


def test_a_machine_without_thp_maps_base_pages():
    """Huge pages are asked for; a target that has them does not get them by itself."""
    built = Machine(hugetoy.TARGET, frames_per_node=1 << 8)
    mm = built.mm()
    mm.mmap(BASE, BASE + HUGE, VM_READ | VM_WRITE)
    task = built.task(mm)

    built.store(task, BASE, 1)

    assert built.vmstat.thp_fault_alloc == 0
    assert mm.tables.slot(BASE) is not None


def test_a_target_without_leaves_above_the_lowest_level_has_no_huge_pages():
    """Asking for them changes nothing."""
    import toy

    built = Machine(toy.module().TARGET, frames_per_node=1 << 8, thp=True)

    assert built.engine.huge is None


def test_a_vma_too_small_for_a_huge_page_gets_base_pages():
    """The huge page of the address must lie within the VMA."""
    built = Machine(hugetoy.TARGET, frames_per_node=1 << 8, thp=True)
    mm = built.mm()
    mm.mmap(BASE + PAGE, BASE + HUGE + PAGE, VM_READ | VM_WRITE)
    task = built.task(mm)

    built.store(task, BASE + PAGE, 1)
    built.store(task, BASE + HUGE, 2)

    assert built.vmstat.thp_fault_alloc == 0
    assert built.load(task, BASE + HUGE) == 2


def test_where_no_huge_page_is_free_base_pages_do():
    """thp_fault_fallback counts it, and nothing is lost."""
    built = Machine(hugetoy.TARGET, nodes=1, frames_per_node=4 * NR, thp=True)
    mm = built.mm()
    mm.mmap(BASE, BASE + 8 * HUGE, VM_READ | VM_WRITE)
    task = built.task(mm)
    for at in range(3):
        built.store(task, BASE + at * HUGE, at)

    assert built.vmstat.thp_fault_fallback > 0
    assert [built.load(task, BASE + at * HUGE) for at in range(3)] == [0, 1, 2]


def test_the_mmu_is_told_of_the_huge_zero_page():
    """Software TLBs were behind until the patch of June 2020 that tells them of this page."""
    ledger = Ledger()
    found = stage(observers=(ledger,))
    before = ledger.counts["update_mmu_cache_pmd", Reason.MADE_ACCESSIBLE]
    found.read(address=BASE + HUGE)

    assert ledger.counts["update_mmu_cache_pmd", Reason.MADE_ACCESSIBLE] == before + 1


@pytest.mark.parametrize("engine", ENGINES)
def test_a_store_to_the_huge_zero_page_gets_memory_of_its_own(engine):
    """A huge page until 5.7, a base page since; what else was read stays zero."""
    found = stage(engine)
    found.read(address=BASE + HUGE)
    found.built.store(found.t1, BASE + HUGE + 8, 5)

    assert found.built.load(found.t1, BASE + HUGE) == 0
    assert found.built.load(found.t1, BASE + HUGE + 8) == 5
    assert found.built.load(found.t1, BASE + HUGE + PAGE) == 0
    slot = found.vma.vm_mm.tables.pmd(BASE + HUGE)
    huge = engine not in {"v6.1", "v7.0"}
    assert (pmd_kind(found.hooks, slot.load()) is Pmd.HUGE) is huge


@pytest.mark.parametrize("engine", ENGINES)
def test_a_shared_huge_page_is_copied_for_its_writer(engine):
    """Someone else's mapping and reference keep the old page as it was."""
    found = stage(engine)
    found.built.store(found.t1, BASE, 1)
    head = found.hooks.pmd_pfn(found.pmd)
    frames = found.engine.frames
    frames.entire_mapcount[head] += 1
    frames.refcount[head] += 1
    frames.exclusive[head] = False
    found.hooks.pmdp_set_wrprotect(found.vma.vm_mm, BASE, found.slot)
    for cpu in found.built.cpus:
        cpu.tlb.flush()

    if engine in {"v6.1", "v7.0"}:
        found.built.store(found.t1, BASE, 2)
        assert found.built.vmstat.thp_split_pmd == 1
    else:
        found.built.store(found.t1, BASE, 2)
        assert found.hooks.pmd_pfn(found.pmd) != head
        assert found.built.outcomes[Outcome.COPIED] == 1
    assert found.built.memory.load(head * PAGE) == 1
    assert found.built.load(found.t1, BASE) == 2


@pytest.mark.parametrize("engine", ["v3.8", "v6.1", "v7.0"])
def test_a_misplaced_huge_page_moves_with_its_contents(engine):
    """Counted in base pages, once as a huge one, and one hint fault."""
    found = stage(engine)
    for at in range(0, HUGE, PAGE):
        found.built.store(found.t1, BASE + at, at + 1)
    head = found.hooks.pmd_pfn(found.pmd)
    found.engine.frames.last_nid[head] = 1
    found.arm()

    found.read(found.t2)

    vmstat = found.built.vmstat
    assert found.engine.frames.nid(found.hooks.pmd_pfn(found.pmd)) == 1
    assert found.built.lost_stores(found.t1.mm) == ()
    assert (vmstat.numa_pages_migrated, vmstat.pgmigrate_success) == (NR, NR)
    assert (vmstat.thp_migration_success, vmstat.numa_hint_faults) == (1, 1)
    assert found.t2.total_numa_faults == NR
    assert found.engine.frames.refcount[head] == 0
    assert found.built.touch(found.t2, BASE, hugetoy.Access.WRITE) is None


@pytest.mark.parametrize("engine", ["v3.8", "v6.1", "v7.0"])
def test_a_page_others_refer_to_stays_and_is_accessible_again(engine):
    """A failed migration restores the entry with its write permission (B44)."""
    found = stage(engine)
    head = found.hooks.pmd_pfn(found.pmd)
    found.engine.frames.last_nid[head] = 1
    found.engine.frames.get(head)
    found.arm()

    found.read(found.t2)

    vmstat = found.built.vmstat
    assert found.hooks.pmd_pfn(found.pmd) == head
    assert found.hooks.pmd_write(found.pmd)
    assert not found.hinted
    assert (vmstat.pgmigrate_fail, vmstat.thp_migration_fail) == (NR, 1)
    assert vmstat.numa_pages_migrated == 0
    assert found.engine.frames.refcount[head] == 2


def test_a_target_without_huge_migration_entries_is_not_armed_by_6_1():
    """change_huge_pmd leaves the entry alone where a hint could only be settled."""
    parts = layer(
        at_levels(hugetoy.Entry(), "pte"),
        AtLevel("pmd", NoSwap()),
        hugetoy.Tables(),
    )
    found = stage(target=evolve(hugetoy.TARGET, architecture=parts))

    assert change_prot_numa(found.engine, found.t2, found.vma, BASE, BASE + HUGE) == 0
    assert not found.hinted


@pytest.mark.parametrize(("engine", "updates"), [("v3.8", 0), ("v6.1", 1), ("v7.0", 1)])
def test_a_huge_page_counts_as_its_base_pages(engine, updates):
    """B14: numa_pte_updates is in base pages; numa_huge_pte_updates came with 3.13."""
    found = stage(evolve(PROFILES[engine], reads_emptied=False))
    found.built.run_on(found.t1, 1)

    assert change_prot_numa(found.engine, found.t1, found.vma, BASE, BASE + HUGE) == NR
    assert found.built.vmstat.numa_pte_updates == NR
    assert found.built.vmstat.numa_huge_pte_updates == updates


@pytest.mark.parametrize("engine", ENGINES)
def test_arming_part_of_a_huge_page_splits_it(engine):
    """A range that is not all of it leaves the other base pages as they were."""
    found = stage(engine)
    found.built.store(found.t1, BASE, 3)
    found.built.run_on(found.t1, 1)

    change_prot_numa(found.engine, found.t1, found.vma, BASE, BASE + PAGE)

    assert pmd_kind(found.hooks, found.pmd) is Pmd.TABLE
    second = found.vma.vm_mm.tables.slot(BASE + PAGE).load()
    assert not found.hooks.pte_numa(found.vma, second)
    assert found.built.load(found.t1, BASE) == 3


@pytest.mark.parametrize("engine", ENGINES)
def test_mprotect_changes_huge_and_base_pages_alike(engine):
    """After a change to read-only neither may be written, and no entry is hinted from 6.1 on."""
    found = stage(engine)
    found.read(address=BASE + HUGE)
    found.arm()
    mm = found.vma.vm_mm
    readonly = Change(Cause.MPROTECT, found.hooks.vm_get_page_prot(int(VM_READ)))
    found.vma.set_flags(VM_READ, readonly.newprot)

    pages = change_protection(found.engine, found.t1, found.vma, BASE, BASE + 2 * HUGE, readonly)

    assert pages == 2 * NR
    for address in (BASE, BASE + HUGE):
        pmd = mm.tables.pmd(address).load()
        assert not found.hooks.pmd_write(pmd)
        assert found.hooks.pmd_present(pmd)
    assert found.built.vmstat.numa_pte_updates == 0


class Brackets:
    """An observer that takes notifier brackets and flushes down."""

    def __init__(self):
        """Start with nothing seen."""
        self.calls = []

    @hookimpl(wrapper=True)
    def mmu_notifier_invalidate_range_start(self, start, end):
        """Note it."""
        self.calls.append(("start", start, end))
        return (yield)

    @hookimpl(wrapper=True)
    def mmu_notifier_invalidate_range_end(self, start, end):
        """Note it."""
        self.calls.append(("end", start, end))
        return (yield)

    @hookimpl(wrapper=True)
    def flush_tlb_range(self, start, end):
        """Note it."""
        self.calls.append(("flush", start, end))
        return (yield)


def test_the_bracket_of_the_seed_encloses_the_flush():
    """P4: start, flush, end."""
    seen = Brackets()
    found = stage("seed", observers=(seen,))
    change_prot_numa(found.engine, found.t1, found.vma, BASE, BASE + HUGE)

    whole = (BASE, BASE + HUGE)
    assert seen.calls == [("start", *whole), ("flush", *whole), ("end", *whole)]


@pytest.mark.parametrize(("engine", "calls"), [("v3.8", 2), ("v6.1", 0)])
def test_6_1_tells_nobody_when_nothing_is_populated(engine, calls):
    """B53: a scan over nothing invalidated whole guests."""
    seen = Brackets()
    found = stage(engine, observers=(seen,))
    change_prot_numa(found.engine, found.t1, found.vma, BASE + 2 * HUGE, BASE + 3 * HUGE)

    assert len(seen.calls) == calls


@pytest.mark.parametrize(("engine", "bracketed"), [("v3.8", False), ("v6.1", True)])
def test_moving_a_huge_page_is_bracketed_from_3_9_on(engine, bracketed):
    """B15: a secondary MMU that is not told keeps the old frame."""
    seen = Brackets()
    found = stage(engine, observers=(seen,))
    found.engine.frames.last_nid[found.hooks.pmd_pfn(found.pmd)] = 1
    found.arm()

    found.read(found.t2)

    assert found.built.vmstat.numa_pages_migrated == NR
    assert (("start", BASE, BASE + HUGE) in seen.calls) is bracketed


@pytest.mark.parametrize(("flushes", "total"), [(True, 1), (False, 0)])
def test_what_reclaim_has_yet_to_flush_goes_before_entries_change(flushes, total):
    """B06: the knob says whether a protection change honours batched unmap flushes."""
    ledger = Ledger()
    profile = evolve(PROFILES["v6.1"], flushes_batched=flushes)
    found = stage(profile, observers=(ledger,))
    change_prot_numa(found.engine, found.t1, found.vma, BASE, BASE + PAGE)
    found.vma.vm_mm.tlb_flush_batched = True

    for _ in range(2):
        change_prot_numa(found.engine, found.t1, found.vma, BASE, BASE + PAGE)

    assert ledger.total("flush_tlb_batched_pending") == total


def test_a_disarm_hands_the_slot_to_update_mmu_cache_pmd_but_in_the_seed():
    """B01: the seed passes the entry by value."""
    given = {}

    class Watch:
        @hookimpl(wrapper=True)
        def update_mmu_cache_pmd(self, pmdp):
            given["last"] = pmdp
            return (yield)

    for engine in ("seed", "v3.8", "v6.1"):
        found = stage(engine, observers=(Watch(),))
        found.arm()
        found.read()
        assert isinstance(given["last"], int) is (engine == "seed"), engine


def test_7_0_works_write_permission_out_again_where_the_encoding_loses_it():
    """An exclusive page of a writable VMA needs no second fault; a shared one takes it."""
    faults = []
    for engine, exclusive in (("v6.1", True), ("v7.0", True), ("v7.0", False)):
        found = stage(engine, LOSES_WRITE)
        found.engine.frames.exclusive[found.hooks.pmd_pfn(found.pmd)] = exclusive
        found.arm()
        before = found.built.vmstat.pgfault
        found.write()
        faults.append(found.built.vmstat.pgfault - before)

    assert faults == [2, 1, 2]


class TestFrames:
    def test_a_huge_page_is_one_page(self):
        """References to any of its frames are the head's."""
        frames = Frames(nodes=1, per_node=64)
        head = frames.allocate_huge(0, 4)
        frames.get(head + 5)

        assert head % 16 == 0
        assert [frames.head(head + at) for at in (0, 15)] == [head, head]
        assert frames.refcount[head] == 2
        assert not frames.put(head + 3)
        assert frames.put(head)

    def test_a_freed_huge_page_is_used_again(self):
        """By the next who asks for one of its size."""
        frames = Frames(nodes=1, per_node=32)
        head = frames.allocate_huge(0, 4)
        assert frames.allocate_huge(0, 4) is None
        frames.free_huge(head)

        assert frames.allocate_huge(0, 4) == head

    def test_a_mapped_huge_page_cannot_be_freed(self):
        """By whatever entry."""
        frames = Frames(nodes=1, per_node=64)
        head = frames.allocate_huge(0, 4)
        frames.mapcount[head + 9] = 1

        with pytest.raises(MachineError, match="freed while 1 entries map it"):
            frames.free_huge(head)

    def test_a_split_page_is_many(self):
        """Each has the mapping and the reference that the whole had, and what it knew."""
        frames = Frames(nodes=1, per_node=64)
        head = frames.allocate_huge(0, 4)
        frames.entire_mapcount[head], frames.last_nid[head] = 1, 3
        frames.split(head)

        parts = slice(head, head + 16)
        assert frames.mapcount[parts].tolist() == frames.refcount[parts].tolist() == [1] * 16
        assert frames.last_nid[parts].tolist() == [3] * 16
        assert [frames.size(pfn) for pfn in (head, head + 7)] == [1, 1]
        assert frames.entire_mapcount[head] == 0
