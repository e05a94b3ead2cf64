"""Hints on tables, of Linux 3.8: when they are made, what one fault settles, who passes them by."""

from __future__ import annotations

import hugetoy
import pytest
from attrs import evolve
from huge_machine import BASE, LOSES_WRITE, NR, PAGE
from hypothesis import given
from hypothesis import strategies as st

from archcore.hw.mmu import Access
from archcore.hw.outcome import FaultKind
from archcore.machine import Machine
from archcore.mm.gup import Foll, get_user_pages, get_user_pages_fast
from archcore.mm.ledger import Ledger
from archcore.mm.migrate import move_page
from archcore.mm.mremap import mremap
from archcore.mm.outcome import Outcome
from archcore.mm.profile import PROFILES
from archcore.mm.protect import change_prot_numa
from archcore.mm.reclaim import Reclaimed, swap_out
from archcore.mm.syscalls import madvise_dontneed, mprotect, munmap
from archcore.mm.table_hint import do_pmd_numa_page
from archcore.vmflags import VM_NONE, VM_READ, VM_WRITE

RW = VM_READ | VM_WRITE
END = BASE + NR * PAGE
WITH_AND_WITHOUT = pytest.mark.parametrize("thp", [False, True])


class Process:
    """One process on both nodes of a machine; its one VMA begins at a page of the table."""

    def __init__(self, first=0, pages=8, *, engine="v3.8", target=hugetoy.TARGET, **options):
        self.built = Machine(target, engine, frames_per_node=1 << 9, **options)
        self.mm = self.built.mm()
        self.vma = self.mmap(first, pages)
        self.t1 = self.built.task(self.mm, 0, 1)
        self.t2 = self.built.task(self.mm, 1, 2)
        self.hooks, self.engine = self.built.engine.hooks, self.built.engine

    def mmap(self, first, pages, flags=RW):
        """Map pages of the table."""
        return self.mm.mmap(at(first), at(first + pages), flags)

    def write(self, *pages, task=None):
        """Store a number to each page, which is then on the task's node and wanted on T2's."""
        for page in pages:
            self.built.store(task or self.t1, at(page), page + 1)
            self.engine.frames.last_nid[self.pfn(page)] = 1
        return self

    def scan(self, first=0, pages=8):
        """Let T1's scanner come by and return how many base pages were armed."""
        vma = self.mm.vmas.find(at(first))
        return change_prot_numa(self.engine, self.t1, vma, at(first), at(first + pages))

    def hint(self, page):
        """Make a hint of a page's entry alone."""
        slot = self.mm.tables.slot(at(page))
        slot.store(self.hooks.pte_mknuma(self.vma, slot.load()))

    def pte(self, page):
        """Return the stored entry of a page."""
        return self.mm.tables.slot(at(page)).load()

    def pfn(self, page):
        """Return the frame of a page."""
        return self.hooks.pte_pfn(self.pte(page))

    @property
    def pmd(self):
        """The slot of the table."""
        return self.mm.tables.pmd(BASE, allocate=True)

    @property
    def hinted(self):
        """Whether the table is hinted."""
        return bool(self.hooks.pmd_numa(self.vma, self.pmd.load()))

    def hints(self):
        """Return the pages that are hinted."""
        slots = ((page, self.mm.tables.slot(at(page))) for page in range(NR))
        return [page for page, one in slots if one and self.hooks.pte_numa(self.vma, one.load())]

    def faults(self, page, task=None, access=Access.READ):
        """Return how many faults a reference takes with empty TLBs."""
        for cpu in self.built.cpus:
            cpu.tlb.flush()
        before = self.built.vmstat.pgfault
        assert self.built.touch(task or self.t2, at(page), access) is None
        return self.built.vmstat.pgfault - before


def at(page):
    """Return the address of a page of the table."""
    return BASE + page * PAGE


# -- arming -------------------------------------------------------------------------------------


@WITH_AND_WITHOUT
def test_a_table_is_hinted_if_all_its_pages_are_on_one_node(thp):
    """Whichever node that is; hints on pages do not depend on it."""
    for here, there, hinted in (((0, 1, 2), (), True), ((), (0, 1), True), ((0, 2), (1,), False)):
        found = Process(thp=thp).write(*here)
        found.write(*there, task=found.t2)

        assert found.scan() == len(here + there)
        assert (found.hinted, found.hints()) == (hinted, sorted(here + there))


def test_pages_that_are_not_armed_are_looked_at_as_well():
    """A page that two entries map, or that is hinted already, may be on another node."""
    shared, hinted = Process().write(0), Process().write(0)
    for found in (shared, hinted):
        found.write(1, task=found.t2)
    shared.engine.frames.mapcount[shared.pfn(1)] += 1
    hinted.hint(1)

    assert (shared.scan(), hinted.scan()) == (1, 1)
    assert not shared.hinted
    assert not hinted.hinted


def test_only_pages_of_the_range_are_looked_at():
    """The rest of the table may be on another node, and is kept out all the same."""
    found = Process().write(0)
    found.write(5, task=found.t2)

    found.scan(0, 4)

    assert (found.hinted, found.hints()) == (True, [0])


def test_a_table_without_pages_to_arm_is_hinted_and_nothing_flushed():
    """Until "mm: numa: Only trap pmd hinting faults if we would otherwise trap PTE faults"."""
    ledger = Ledger()
    found = Process(observers=(ledger,)).write(0)
    madvise_dontneed(found.engine, found.t1, at(0), at(1))
    before = ledger.total("flush_tlb")

    assert found.scan() == 0
    assert found.hinted
    assert ledger.total("flush_tlb") == before
    assert found.built.vmstat.numa_pte_updates == 0


def test_only_pages_count_as_updates():
    """The table's own hint is in no counter, and its lock is one more round trip."""
    found, plain = (
        Process(engine=engine).write(0, 1, 2)
        for engine in ("v3.8", evolve(PROFILES["v3.8"], hints_tables=False))
    )
    locks = [one.engine.costs.total("lock_round_trips") for one in (found, plain)]
    for one in (found, plain):
        one.scan()

    assert found.built.vmstat == plain.built.vmstat
    taken = [one.engine.costs.total("lock_round_trips") for one in (found, plain)]
    assert (taken[0] - locks[0]) - (taken[1] - locks[1]) == 1


@pytest.mark.parametrize(
    ("engine", "target"), [*((one, hugetoy.TARGET) for one in PROFILES), ("v3.8", LOSES_WRITE)]
)
def test_profile_and_target_both_have_to_say_so(engine, target):
    """Other kernels hint pages only, and so does 3.8 where tables cannot be hints."""
    found = Process(engine=engine, target=target).write(0)
    found.scan()

    assert found.hinted is (engine == "v3.8" and target is hugetoy.TARGET)


@given(
    states=st.lists(st.sampled_from(["none", "here", "there", "shared", "hinted"]), min_size=8),
    window=st.tuples(st.integers(0, 7), st.integers(1, 8)),
    thp=st.booleans(),
)
def test_arrays_and_single_entries_hint_the_same_tables(states, window, thp):
    """Tables, entries, counters and costs are the same, whatever the pages are."""
    seen = []
    for arrays in (False, True):
        found = Process(arrays=arrays, thp=thp)
        for page, state in enumerate(states[:8]):
            put(found, page, state)
        found.scan(window[0], min(window[1], 8 - window[0]))
        slots = (found.mm.tables.slot(at(page)) for page in range(NR))
        words = [one and one.load() for one in slots]
        seen.append((found.pmd.load(), words, found.built.vmstat, found.engine.costs.units))

    assert seen[0] == seen[1]


def put(found, page, state):
    """Bring one page into a state."""
    if state == "none":
        return
    found.write(page, task=found.t2 if state == "there" else found.t1)
    if state == "shared":
        found.engine.frames.mapcount[found.pfn(page)] += 1
    if state == "hinted":
        found.hint(page)


# -- the fault ----------------------------------------------------------------------------------


@WITH_AND_WITHOUT
def test_hardware_stops_at_the_table(thp):
    """Even at a page that is no hint, once its TLB entry is gone."""
    found = Process(thp=thp).write(0, 5)
    found.scan(0, 1)
    for cpu in found.built.cpus:
        cpu.tlb.flush()

    fault = found.t1.cpu.touch(at(5), Access.READ)

    assert (fault.kind, fault.level) == (FaultKind.NOT_VALID, "pmd")


@WITH_AND_WITHOUT
def test_one_fault_settles_every_hint_of_the_table(thp):
    """Each page is a hint fault for the counters, and moves if it should; stores go through."""
    found = Process(thp=thp).write(0, 2, 3)
    found.scan()

    assert found.faults(2) == 1
    assert (found.hinted, found.hints()) == (False, [])
    vmstat = found.built.vmstat
    assert (vmstat.numa_hint_faults, vmstat.numa_hint_faults_local) == (3, 0)
    assert (vmstat.numa_pages_migrated, vmstat.pgmigrate_success) == (3, 3)
    assert [found.engine.frames.nid(found.pfn(page)) for page in (0, 2, 3)] == [1, 1, 1]
    assert (found.t2.total_numa_faults, found.t2.numa_pages_migrated) == (3, 3)
    assert [found.faults(page, access=Access.WRITE) for page in (0, 2, 3)] == [0, 0, 0]
    assert found.built.lost_stores(found.mm) == ()


def test_a_page_that_stays_is_counted_and_its_task_hears_nothing():
    """do_pmd_numa_page goes on to the next entry without task_numa_fault; do_numa_page calls it."""
    found = Process().write(0, 1, 2)
    found.engine.frames.last_nid[found.pfn(1)] = 0
    found.scan()

    found.faults(0)

    assert found.built.vmstat.numa_hint_faults == 3
    assert found.built.vmstat.numa_pages_migrated == 2
    assert found.t2.total_numa_faults == 2
    assert int(found.engine.frames.refcount[found.pfn(1)]) == 1


def test_a_page_that_cannot_move_is_told_to_the_node_of_the_task():
    """It has been disarmed before, and stays where it is."""
    found = Process().write(0)
    found.scan()
    found.engine.frames.isolated.add(found.pfn(0))

    found.faults(0)

    assert (found.hints(), found.engine.frames.nid(found.pfn(0))) == ([], 0)
    assert dict(found.t2.numa_faults) == {1: 1}


def test_a_page_that_two_entries_map_is_disarmed_and_not_counted():
    """It may have come to a second entry after it was armed."""
    found = Process().write(0, 1)
    found.scan()
    found.engine.frames.mapcount[found.pfn(1)] += 1

    found.faults(0)

    assert (found.hints(), found.built.vmstat.numa_hint_faults) == ([], 1)


def test_locks_are_taken_once_for_the_table_and_once_more_for_each_page_that_moves():
    """The lock of the entries is dropped for a migration, which takes it twice, and taken again."""
    taken = []
    for moved in range(3):
        found = Process().write(0, 1, 2)
        for page in range(moved, 3):
            found.engine.frames.last_nid[found.pfn(page)] = 0
        found.scan()
        before = found.engine.costs.total("lock_round_trips")
        found.faults(0)
        taken.append(found.engine.costs.total("lock_round_trips") - before)

    assert taken == [2, 5, 8]


def test_a_fault_begins_at_the_start_of_its_vma_and_goes_on_into_the_next():
    """What lies below stays hinted, and a page of the next VMA moves as one of that VMA."""
    found = Process(first=0, pages=3)
    for first in (4, 8):
        found.mmap(first, 3)
    found.write(0, 4, 5, 8)
    for first in (0, 4, 8):
        found.scan(first, 3)

    assert found.faults(4) == 1
    assert (found.hinted, found.hints()) == (False, [0])
    assert [found.engine.frames.nid(found.pfn(page)) for page in (0, 4, 5, 8)] == [0, 1, 1, 1]
    assert found.faults(0) == 1
    assert found.built.lost_stores(found.mm) == ()


def test_pages_without_rights_in_the_next_vma_are_taken_for_hints():
    """As the kernel did where both have one encoding: nobody asks that VMA (see B42)."""
    found = Process(first=0, pages=3)
    found.mmap(4, 3)
    found.write(0, 4)
    mprotect(found.engine, found.t1, at(4), at(7), VM_NONE)
    found.scan(0, 3)

    found.faults(0)

    assert found.built.vmstat.numa_hint_faults == 2
    assert found.built.touch(found.t1, at(4), Access.READ) is Outcome.SIGSEGV


def test_who_comes_second_finds_no_hint_and_changes_nothing():
    """It looks again under the lock, which is all it takes; the reference is tried again."""
    found = Process().write(0, 1)
    found.scan()
    assert do_pmd_numa_page(found.engine, found.t2, found.vma, at(0)) is Outcome.HINT
    found.hint(1)
    counters, locks = found.built.vmstat, found.engine.costs.total("lock_round_trips")
    before = counters.snapshot()

    assert do_pmd_numa_page(found.engine, found.t1, found.vma, at(0)) is Outcome.RETRY
    assert (found.hints(), counters.snapshot()) == ([1], before)
    assert found.engine.costs.total("lock_round_trips") == locks + 1


def test_a_page_below_a_table_that_is_no_hint_takes_a_fault_of_its_own():
    """What was armed behind a fault: one fault, for this page alone."""
    found = Process().write(0, 1)
    found.scan()
    found.faults(0)
    found.hint(0)
    found.hint(1)

    assert found.faults(0) == 1
    assert found.hints() == [1]


# -- who passes it by ---------------------------------------------------------------------------


@WITH_AND_WITHOUT
def test_mprotect_leaves_the_hint_of_the_table(thp):
    """The VMA keeps the program out; rights that come back cost a fault for the table."""
    found = Process(thp=thp).write(0, 1)
    found.scan()
    mprotect(found.engine, found.t1, at(0), at(8), VM_NONE)

    assert (found.hinted, found.hints()) == (True, [0, 1])  # which is how none is encoded here
    assert found.built.touch(found.t1, at(0), Access.READ) is Outcome.SIGSEGV

    mprotect(found.engine, found.t1, at(0), at(8), RW)
    assert found.hinted
    assert (found.faults(0, access=Access.WRITE), found.hinted) == (2, False)
    mprotect(found.engine, found.t1, at(0), at(8), VM_READ)
    assert not found.hinted
    assert found.built.load(found.t1, at(1)) == 2


@WITH_AND_WITHOUT
def test_a_child_has_hinted_entries_in_a_table_that_is_none(thp):
    """Its table is new, and each page costs it a fault."""
    found = Process(thp=thp).write(0, 1)
    found.scan()
    child = found.built.fork(found.t1, 1, 9)
    vma = child.mm.vmas.find(at(0))

    assert found.hinted
    assert not found.hooks.pmd_numa(vma, child.mm.tables.pmd(BASE).load())
    before = found.built.vmstat.pgfault
    assert [found.built.load(child, at(page)) for page in (0, 1)] == [1, 2]
    assert found.built.vmstat.pgfault == before + 2


@WITH_AND_WITHOUT
def test_what_walks_tables_goes_on_through_a_hint(thp):
    """Zapping, moving, swapping and unmapping reach the pages and leave the hint alone."""
    found = Process(swap_slots=4, thp=thp).write(0, 1, 2, 3)
    found.scan()

    assert madvise_dontneed(found.engine, found.t1, at(0), at(1)) == 1
    assert move_page(found.engine, found.vma, at(1), 1) is None
    assert swap_out(found.engine, found.vma, at(2)) is Reclaimed.SWAPPED
    mremap(found.engine, found.t1, at(3), at(4), at(NR))
    assert found.hinted
    values = [found.built.load(found.t1, address) for address in (at(0), at(1), at(2), at(NR))]
    assert values == [0, 2, 3, 4]
    found.scan(1, 1)
    munmap(found.engine, found.t1, at(0), at(3))
    assert int(found.engine.frames.mapcount.sum()) == 1


@WITH_AND_WITHOUT
def test_get_user_pages_settles_the_hint_unless_it_is_forced(thp):
    """FOLL_NUMA asks about the table first, whatever the page's own entry is (follow_page, 3.8)."""
    for flags, hinted in ((Foll.NONE, False), (Foll.FORCE, True)):
        for page in (1, 5):
            found = Process(thp=thp).write(0, 1, 5)
            found.scan(0, 2)

            pfn = get_user_pages(found.engine, found.t2, at(page), flags)

            assert (pfn, found.hinted) == (found.pfn(page), hinted)
            assert found.built.vmstat.numa_hint_faults == (0 if hinted else 2)


def test_the_fast_walk_goes_through_to_pages_that_are_no_hints():
    """gup_pte_range asks the page's entry only (arch/x86/mm/gup.c, Linux 3.8)."""
    found = Process().write(0, 5)
    found.scan(0, 1)

    assert get_user_pages_fast(found.engine, found.t1, at(5), Foll.NONE) == found.pfn(5)
    assert found.hinted
    get_user_pages_fast(found.engine, found.t1, at(0), Foll.NONE)
    assert not found.hinted
