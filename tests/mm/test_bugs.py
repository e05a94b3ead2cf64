"""Each historic bug of the engine shows in a story that goes well without it."""

from __future__ import annotations

from types import SimpleNamespace

import hugetoy
import pytest
from attrs import evolve
from bench_machine import BASE, PAGE, entries, entry, process
from huge_machine import BASE as HBASE
from huge_machine import HUGE, LOSES_WRITE, NR, stage
from turns import Turns, before

from archcore.entry import at_levels, layer
from archcore.errors import MachineError, UnknownNameError
from archcore.hookspecs import hookimpl
from archcore.hw.mmu import Access
from archcore.hw.seam import Step
from archcore.machine import Machine
from archcore.mm.balancer import Balancer
from archcore.mm.bugs import BUGS, NOT_EXPRESSED
from archcore.mm.faultstats import FAILED, FaultStats
from archcore.mm.gup import Foll, get_user_pages, get_user_pages_fast
from archcore.mm.huge_split import split_huge_page, split_huge_pmd
from archcore.mm.hugepages import Pmd, pmd_kind
from archcore.mm.ledger import Ledger
from archcore.mm.migrate import move_page
from archcore.mm.mremap import mremap
from archcore.mm.mutants import mutant, sound
from archcore.mm.numa_fault import do_numa_page
from archcore.mm.period import update_task_scan_period
from archcore.mm.protect import change_prot_numa
from archcore.mm.reclaim import swap_out
from archcore.mm.slot import Slot
from archcore.mm.snapshot import Snapshot
from archcore.mm.syscalls import madvise_dontneed, mprotect
from archcore.mm.tick import task_numa_work
from archcore.vmflags import VM_NONE, VM_READ, VM_SHARED, VM_WRITE

RW = VM_READ | VM_WRITE
PIN = Foll.WRITE | Foll.PIN
STORIES = {}


def story(*numbers):
    """Register a story: it takes a profile and says whether all went well."""

    def register(function):
        STORIES.update(dict.fromkeys(numbers, function))
        return function

    return register


def written(profile, pages=4, **options):
    """Return a process that stored in its pages on node 0 and runs on node 1 now."""
    built, task, vma = process(profile, pages=pages, **options)
    built.task(task.mm, pid=2)
    for page in range(pages):
        built.store(task, BASE + page * PAGE, page + 1)
    built.run_on(task, 1)
    return built, task, vma


def arm(built, task, vma):
    """Hint a VMA."""
    return change_prot_numa(built.engine, task, vma, vma.vm_start, vma.vm_end)


def arm_huge(found, task=None):
    """Hint the first huge page."""
    return change_prot_numa(found.engine, task or found.t2, found.vma, HBASE, HBASE + HUGE)


def small(profile, target, **options):
    """Return a machine of base pages of a huge toy, with one written page on node 0."""
    built = Machine(target, profile, frames_per_node=1 << 8, **options)
    mm = built.mm()
    vma = mm.mmap(HBASE, HBASE + HUGE, RW)
    task, other = built.task(mm), built.task(mm, cpu=1, pid=2)
    built.store(task, HBASE, 1)
    return SimpleNamespace(built=built, mm=mm, vma=vma, t1=task, t2=other)


class Slots:
    """An observer for which update_mmu_cache_pmd dereferences its slot."""

    good = True

    @hookimpl(wrapper=True)
    def update_mmu_cache_pmd(self, pmdp):
        """Look at the type."""
        self.good = self.good and isinstance(pmdp, Slot)
        return (yield)


@story("B01")
def gets_the_slot(profile):
    """A huge hint is settled."""
    slots = Slots()
    found = stage(profile, observers=(slots,))
    found.arm()
    found.read()
    return slots.good


@story("B03")
def groups_writers_only(profile):
    """Two tasks read a page whose entry allows no store in a VMA that does."""
    built, task, vma = process(profile, pages=1, flags=RW | VM_SHARED, balancer=Balancer())
    other = built.task(task.mm, cpu=1, pid=2)
    built.store(task, BASE, 1)
    slot = task.mm.tables.slot(BASE)
    slot.store(built.engine.hooks.pte_wrprotect(slot.load()))
    for one in (task, other):
        arm(built, task, vma)
        built.touch(one, BASE, Access.READ)
    return other.numa_group is None


@story("B04")
def flushes_before_it_moves(profile):
    """S7: armed and not yet flushed, moved by another task, stored to through an old entry."""
    turns = Turns()
    found = small(profile, hugetoy.TARGET, seam=turns)
    turns.tell(
        [("scanner", before(Step.FLUSH)), ("T2", None), ("T1", None)],
        scanner=lambda: change_prot_numa(
            found.built.engine, found.t2, found.vma, HBASE, HBASE + HUGE
        ),
        T2=lambda: found.built.load(found.t2, HBASE),
        T1=lambda: found.built.store(found.t1, HBASE, 2),
    )
    return found.built.vmstat.numa_pages_migrated and not found.built.lost_stores(found.mm)


@story("B05")
def every_flusher_counts(profile):
    """As S7, and an madvise elsewhere in the mm begins and ends its own flush in between."""
    turns = Turns()
    found = small(profile, hugetoy.TARGET, seam=turns)
    found.mm.mmap(HBASE + 4 * HUGE, HBASE + 5 * HUGE, RW)
    turns.tell(
        [("scanner", before(Step.FLUSH)), ("other", None), ("T2", None), ("T1", None)],
        scanner=lambda: change_prot_numa(
            found.built.engine, found.t2, found.vma, HBASE, HBASE + HUGE
        ),
        other=lambda: madvise_dontneed(
            found.built.engine, found.t2, HBASE + 4 * HUGE, HBASE + 5 * HUGE
        ),
        T2=lambda: found.built.load(found.t2, HBASE),
        T1=lambda: found.built.store(found.t1, HBASE, 2),
    )
    return not found.built.lost_stores(found.mm)


@story("B06")
def mprotect_is_final(profile):
    """Reclaim has unmapped and not flushed; after mprotect(READ) no CPU may store."""
    turns = Turns()
    built, task, vma = process(profile, swap_slots=4, seam=turns)
    other = built.task(task.mm, cpu=1, pid=2)
    built.store(other, BASE, 1)
    passed = []
    turns.tell(
        [("reclaim", before(Step.FLUSH)), ("T1", None), ("T2", None), ("reclaim", None)],
        reclaim=lambda: swap_out(built.engine, vma, BASE),
        T1=lambda: mprotect(built.engine, task, BASE, vma.vm_end, VM_READ),
        T2=lambda: passed.append(built.touch(other, BASE, Access.WRITE)),
    )
    return passed != [None]


@story("B07")
def never_looks_empty(profile):
    """Somebody looks while the scanner arms."""
    turns = Turns()
    found = stage(profile, seam=turns)
    seen = []
    turns.tell(
        [("scanner", before(Step.STORE, "slot", times=2)), ("other", None)],
        scanner=lambda: arm_huge(found),
        other=lambda: seen.append(found.pmd),
    )
    return not any(found.hooks.pmd_none(pmd) for pmd in seen)


@story("B08")
def looks_before_it_empties(profile):
    """A huge page that is to be hinted is."""
    found = stage(profile)
    arm_huge(found)
    return found.hinted


@story("B09")
def dontneed_throws_away(profile):
    """S5: madvise comes while the scanner arms."""
    turns = Turns()
    found = stage(profile, seam=turns)
    found.built.store(found.t1, HBASE, 5)
    turns.tell(
        [("scanner", before(Step.STORE, "slot", times=2)), ("madvise", None)],
        scanner=lambda: arm_huge(found),
        madvise=lambda: madvise_dontneed(found.engine, found.t1, HBASE, HBASE + HUGE),
    )
    return found.built.load(found.t1, HBASE) == 0


@story("B10")
def a_copy_is_current(profile):
    """S2: copied; settled by a second fault, stored to, hinted again; then the first goes on."""
    turns = Turns()
    found = stage(profile, seam=turns)
    built = found.built
    found.arm()

    def other():
        found.read(found.t1)
        built.store(found.t1, HBASE + 8, 7)
        change_prot_numa(found.engine, found.t2, found.vma, HBASE, HBASE + HUGE)

    copied = [False]

    def after_copy(step, _place):
        hit = copied[0]
        copied[0] = copied[0] or step is Step.COPY
        return hit

    turns.tell([("T2", after_copy), ("T1", None)], T2=lambda: found.read(found.t2), T1=other)
    return not built.lost_stores(found.t1.mm)


@story("B12")
def gup_fast_waits(profile):
    """A device pins while the page is copied under its hint."""
    turns = Turns()
    found = stage(profile, seam=turns)
    found.built.store(found.t1, HBASE, 1)
    found.engine.frames.last_nid[found.hooks.pmd_pfn(found.pmd)] = 1
    found.arm()
    got = []
    turns.tell(
        [("T2", before(Step.COPY)), ("device", None), ("T2", None)],
        T2=lambda: found.read(found.t2),
        device=lambda: got.append(get_user_pages_fast(found.engine, found.t1, HBASE, Foll.PIN)),
    )
    return got == [found.hooks.pmd_pfn(found.pmd)]


@story("B13", "B35")
def accounts_what_it_settled(profile):
    """The page is thrown away while its migration is under way; nothing was settled."""
    turns = Turns()
    built, task, vma = process(profile, pages=1, seam=turns)
    other = built.task(task.mm, cpu=1, pid=2)
    built.store(task, BASE, 1)
    arm(built, other, vma)
    slot = task.mm.tables.slot(BASE)
    pfn = built.engine.hooks.pte_pfn(slot.load())
    built.engine.frames.get(pfn)
    hint = Snapshot(slot.load())
    before_it = other.total_numa_faults
    turns.tell(
        [("T2", None)],
        T2=lambda: do_numa_page(built.engine, other, vma, BASE, slot, hint),
    )
    vanished = not built.engine.hooks.pte_numa(vma, slot.load())
    return vanished and other.total_numa_faults == before_it


@story("B14")
def counts_base_pages(profile):
    """One huge page is hinted."""
    found = stage(profile)
    arm_huge(found)
    return found.built.vmstat.numa_pte_updates == NR


class Bracketed:
    """An observer that wants frames to change inside notifier brackets only."""

    def __init__(self):
        """Start outside."""
        self.depth, self.good = 0, True

    @hookimpl(wrapper=True)
    def mmu_notifier_invalidate_range_start(self):
        """Enter."""
        self.depth += 1
        return (yield)

    @hookimpl(wrapper=True)
    def mmu_notifier_invalidate_range_end(self):
        """Leave."""
        self.depth -= 1
        return (yield)

    @hookimpl(wrapper=True)
    def pmdp_invalidate(self):
        """See a huge page go."""
        self.good = self.good and self.depth > 0
        return (yield)


@story("B15")
def tells_secondary_mmus(profile):
    """A huge page moves."""
    watcher = Bracketed()
    found = stage(profile, observers=(watcher,))
    found.arm()
    found.read(found.t2)
    return watcher.good and found.built.vmstat.numa_pages_migrated == NR


class KeepsHint(hugetoy.Entry):
    """Entries of which pte_modify keeps the hint."""

    def modify(self, entry, newprot):
        """Keep HINT too."""
        kept = hugetoy.KEPT | hugetoy.ENTRY["HINT"]
        return hugetoy.put(hugetoy.clear(entry, ~kept), newprot)


@story("B17")
def mprotect_forgets_hints(profile):
    """A hinted page, then mprotect, in a format whose modify keeps the hint."""
    target = evolve(
        hugetoy.TARGET, architecture=layer(at_levels(KeepsHint(), "pte", "pmd"), hugetoy.Tables())
    )
    found = small(profile, target)
    change_prot_numa(found.built.engine, found.t2, found.vma, HBASE, HBASE + HUGE)
    mprotect(found.built.engine, found.t1, HBASE, HBASE + HUGE, VM_READ)
    return not hugetoy.has_all(found.mm.tables.slot(HBASE).load(), hugetoy.ENTRY["HINT"])


@story("B18")
def flushes_if_something_changed(profile):
    """Nothing is mapped, so nothing is armed."""
    ledger = Ledger()
    built, task, vma = process(profile, observers=(ledger,))
    arm(built, task, vma)
    return ledger.total("flush_tlb") == 0


@story("B19")
def looks_again_under_the_lock(profile):
    """The huge page is split between the scanner's look and its lock."""
    turns = Turns()
    found = stage(profile, seam=turns)
    found.built.store(found.t1, HBASE, 3)
    turns.tell(
        [("scanner", before(Step.LOCK, "pmd_lock")), ("split", None), ("scanner", None)],
        scanner=lambda: arm_huge(found),
        split=lambda: split_huge_page(found.engine, found.vma, HBASE, found.slot),
    )
    return pmd_kind(found.hooks, found.pmd) is Pmd.TABLE and not found.hooks.pmd_numa(
        found.vma, found.pmd
    )


@story("B20")
def a_hint_may_come_late(profile):
    """The scanner arms between the look of a fault and its lock."""
    turns = Turns()
    found = stage(profile, seam=turns)
    found.slot.store(found.hooks.pmd_mkold(found.pmd))
    other = found.built.task(found.t1.mm, cpu=1, pid=4)
    try:
        turns.tell(
            [("T1", before(Step.LOCK, "pmd_lock")), ("scanner", None), ("T1", None)],
            T1=lambda: found.built.settle(found.t1, HBASE, Access.READ),
            scanner=lambda: arm_huge(found, other),
        )
    except MachineError:
        return False
    return True


@story("B21")
def a_hint_gives_no_right(profile):
    """An entry without write permission is armed."""
    built, task, vma = written(profile, pages=1)
    slot = task.mm.tables.slot(BASE)
    slot.store(built.engine.hooks.pte_wrprotect(slot.load()))
    arm(built, task, vma)
    return not built.engine.hooks.pte_write(slot.load())


@story("B22")
def passes_the_zero_page_by(profile):
    """A huge zero page is mapped, and a scan comes by."""
    found = stage(profile)
    found.read(address=HBASE + HUGE)
    change_prot_numa(found.engine, found.t2, found.vma, HBASE + HUGE, HBASE + 2 * HUGE)
    return not found.hooks.pmd_numa(found.vma, found.t1.mm.tables.pmd(HBASE + HUGE).load())


@story("B23")
def a_split_drops_the_hint(profile):
    """A hinted huge page is split, and each base page is touched."""
    found = stage(profile)
    found.arm()
    split_huge_page(found.engine, found.vma, HBASE, found.slot)
    for at in range(NR):
        found.read(address=HBASE + at * PAGE)
    return found.built.vmstat.numa_hint_faults == 0


@story("B24")
def an_arrival_asks_the_vma(profile):
    """The migration entry says writable, the VMA no longer does."""
    built, _, vma = written(profile, pages=1)
    vma.set_flags(VM_READ, built.engine.hooks.vm_get_page_prot(int(VM_READ)))
    move_page(built.engine, vma, BASE, 1)
    return not built.engine.hooks.pte_write(entry(built, vma))


@story("B25")
def failures_slow_it_down(profile):
    """A window in which migrations failed."""
    built, task, _ = process(profile, balancer=Balancer())
    task.numa_scan_period, task.numa_scan_period_max = 10_000, 60_000
    update_task_scan_period(
        built.engine, built.engine.balancer, task, [100, 0, 9], shared=100, private=0
    )
    return task.numa_scan_period == 20_000


@story("B42")
def genuine_none_is_no_hint(profile):
    """A debugger forces a store into a closed page: no hint fault, and it makes progress."""
    built, task, vma = written(profile, pages=1)
    built.fork(task, pid=9)
    mprotect(built.engine, task, BASE, vma.vm_end, VM_NONE)
    got = get_user_pages(built.engine, task, BASE, Foll.WRITE | Foll.FORCE)
    return isinstance(got, int) and built.vmstat.numa_hint_faults == 0


@story("B43")
def shared_pages_are_left_alone(profile):
    """A device has a page pinned, and a scan comes by."""
    built, task, vma = written(profile, pages=1)
    get_user_pages(built.engine, task, BASE, PIN)
    return arm(built, task, vma) == 0


@story("B44")
def failure_changes_nothing(profile):
    """A pinned huge page is hinted and cannot move: its node has no room for it."""
    found = stage(profile)
    get_user_pages(found.engine, found.t1, HBASE, PIN)
    found.arm()
    while found.engine.frames.allocate(1, strict=True) is not None:
        pass
    found.read(found.t2)
    return bool(found.hooks.pmd_write(found.pmd))


@story("B45")
def userfaultfd_still_sees_stores(profile):
    """A protected page is hinted and settled again."""
    found = small(profile, LOSES_WRITE)
    hooks, slot = found.built.engine.hooks, found.mm.tables.slot(HBASE)
    slot.store(hooks.pte_mkuffd_wp(hooks.pte_wrprotect(slot.load())))
    change_prot_numa(found.built.engine, found.t2, found.vma, HBASE, HBASE + HUGE)
    found.built.load(found.t1, HBASE)
    return not hooks.pte_write(slot.load())


@story("B46")
def reporters_see_hinted_pages(profile):
    """Who does not honour hints is given the page, and the hint stays."""
    built, task, vma = written(profile, pages=1)
    arm(built, task, vma)
    get_user_pages(built.engine, task, BASE, Foll.NONE)
    return bool(built.engine.hooks.pte_numa(vma, entry(built, vma)))


class Reads:
    """An observer that takes down which slots are read."""

    def __init__(self):
        """Start without any."""
        self.slots = set()

    @hookimpl(wrapper=True)
    def ptep_get(self, ptep):
        """Take one down."""
        self.slots.add(ptep.address)
        return (yield)


@story("B47")
def stays_within_the_table(profile):
    """S11: the middle of a folio is elsewhere, and a hint there is settled."""
    reads = Reads()
    found = stage(profile, observers=(reads,))
    split_huge_pmd(found.engine, found.vma, HBASE, found.slot)
    to = HBASE + 8 * HUGE
    mremap(found.engine, found.t1, HBASE + 4 * PAGE, HBASE + 12 * PAGE, to)
    moved = found.t1.mm.vmas.find(to)
    change_prot_numa(found.engine, found.t1, moved, to, moved.vm_end)
    reads.slots.clear()
    found.read(address=to)
    table = found.t1.mm.tables.slot(to).address
    return min(reads.slots) >= table


@story("B49")
def one_state_a_vma(profile):
    """Two tasks scan a VMA for the first time."""
    turns = Turns()
    built, task, vma = written(profile, balancer=Balancer(now=10_000), seam=turns)

    def scans(one):
        def run():
            one.mm.numa_next_scan = 0
            task_numa_work(built.engine, one)

        return run

    turns.tell(
        [("A", before(Step.GRAB, times=2)), ("B", None), ("A", None)],
        A=scans(task),
        B=scans(task.mm.tasks[1]),
    )
    return vma.numab_state is not None and built.engine.costs.total("numab_states") == 1


@story("B51")
def late_vmas_are_scanned(profile):
    """A VMA made in the fifth sequence, behind others nobody uses."""
    built, task, _ = written(profile, balancer=Balancer())
    for pid in range(3, 9):
        built.task(task.mm, pid=pid)

    def work():
        built.engine.balancer.now += 100_000
        task.mm.numa_next_scan, task.numa_scan_period = 0, 1000
        task_numa_work(built.engine, task)
        built.load(task, BASE)

    for _ in range(4):
        work()
    starts = range(BASE + 256 * PAGE, BASE + 512 * PAGE, 64 * PAGE)
    late = [task.mm.mmap(start, start + PAGE, RW) for start in starts][-1]
    built.run_on(task, 0)
    built.store(task, late.vm_start, 1)
    built.run_on(task, 1)
    for _ in range(2):
        work()
    return bool(built.engine.hooks.pte_numa(late, entry(built, late)))


@story("B53")
def an_empty_range_notifies_nobody(profile):
    """Nothing is populated, and a scan comes by."""

    class Counts:
        calls = 0

        @hookimpl(wrapper=True)
        def mmu_notifier_invalidate_range_start(self):
            self.calls += 1
            return (yield)

    counts = Counts()
    built, task, vma = process(profile, observers=(counts,))
    arm(built, task, vma)
    return counts.calls == 0


@story("B54")
def each_page_is_asked(profile):
    """The first page is the process's own, the second is shared with a child."""
    built, task, vma = written(profile, pages=2)
    built.fork(task, pid=9)
    built.store(task, BASE, 5)
    mprotect(built.engine, task, BASE, vma.vm_end, VM_READ)
    mprotect(built.engine, task, BASE, vma.vm_end, RW)
    return [bool(built.engine.hooks.pte_write(pte)) for pte in entries(built, vma)] == [True, False]


@story("B55")
def a_failure_is_forgotten(profile):
    """One failure, then windows of remote faults."""
    built, task, _ = process(profile, balancer=Balancer())
    task.numa_scan_period, task.numa_scan_period_max = 10_000, 60_000
    stats = FaultStats()
    stats.locality[FAILED] = 1
    for _ in range(4):
        stats.locality[0] += 100
        update_task_scan_period(
            built.engine, built.engine.balancer, task, stats.locality, shared=100, private=0
        )
    return task.numa_scan_period < 20_000


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.number)
def test_a_story_goes_well_without_the_bug_and_not_with_it(bug):
    """The sound profile passes, the mutant is caught."""
    tell = STORIES[bug.number]

    assert tell(sound(bug.number))
    assert not tell(mutant(bug.number))


def test_a_mutant_is_its_base_with_a_name_of_its_own():
    """Documents say which bug was in."""
    assert mutant("B04").name == "v6.1+B04"
    assert evolve(mutant("B04"), name="v6.1", honours_pending=True) == sound("B04")


def test_bugs_are_in_order_and_none_is_both_expressed_and_not():
    """The numbers of the catalogue, each once."""
    numbers = [bug.number for bug in BUGS]

    assert numbers == sorted(set(numbers))
    assert not set(numbers) & set(NOT_EXPRESSED)


def test_an_unknown_bug_is_named():
    """The message has the near ones."""
    with pytest.raises(UnknownNameError, match="B99"):
        mutant("B99")
