"""The scanner by the clock: periods, statistics, single VMAs, tiers."""

from __future__ import annotations

import pytest
import toy
from attrs import evolve
from bench_machine import BASE, PAGE, entry, process
from turns import Turns, before

from archcore.errors import MachineError
from archcore.hw.mmu import Access
from archcore.hw.seam import Step
from archcore.machine import Machine
from archcore.mm.balancer import V38_TUNING, Balancer, Mode, Promotions, Tuning
from archcore.mm.faultstats import (
    FAILED,
    TNF_FAULT_LOCAL,
    TNF_MIGRATE_FAIL,
    FaultStats,
    task_numa_fault,
)
from archcore.mm.frames import NO_NODE, NO_PID
from archcore.mm.period import (
    nr_scan_windows,
    scan_max,
    scan_min,
    scan_start,
    update_task_scan_period,
)
from archcore.mm.profile import PROFILES
from archcore.mm.promote import should_promote
from archcore.mm.protect import change_prot_numa
from archcore.mm.syscalls import munmap
from archcore.mm.tick import task_numa_work, task_tick_numa
from archcore.vmflags import VM_READ, VM_SHARED, VM_WRITE

RW = VM_READ | VM_WRITE
UNSET = (NO_NODE, NO_PID)
V61, V70 = PROFILES["v6.1"], PROFILES["v7.0"]


def balanced(engine="v6.1", *, pages=16, balancer=None, threads=2, **options):
    """Return a process with a balancer whose pages are all written on node 0."""
    balancer = balancer or Balancer()
    built, task, vma = process(engine, pages=pages, balancer=balancer, **options)
    for pid in range(2, threads + 1):
        built.task(task.mm, pid=pid)
    for page in range(pages):
        built.store(task, BASE + page * PAGE, page + 1)
    return built, task, vma, balancer


@pytest.mark.parametrize(
    ("rss", "windows", "shortest", "longest"),
    [
        (0, 1, 1000, 60_000),
        (65_536, 1, 1000, 60_000),
        (65_537, 2, 500, 30_000),
        (65_536 * 100, 100, 100, 600),
        (65_536 * 1000, 1000, 100, 100),
    ],
)
def test_periods_shrink_with_memory(rss, windows, shortest, longest):
    """256 MiB a scan, 2560 MiB a second at most: the arithmetic of task_scan_min and _max."""
    built, task, _, balancer = balanced()
    task.mm.rss = rss

    assert nr_scan_windows(built.engine, balancer, task) == windows
    assert scan_min(built.engine, balancer, task) == shortest
    assert scan_start(built.engine, balancer, task) == shortest
    assert scan_max(built.engine, balancer, task) == longest


def test_3_8_has_its_own_constants():
    """Periods from 100 ms to 5 s, whatever the memory."""
    built, task, _, balancer = balanced("v3.8", balancer=Balancer(V38_TUNING))
    task.mm.rss = 1 << 20

    assert scan_min(built.engine, balancer, task) == 100
    assert scan_max(built.engine, balancer, task) == 5000


@pytest.mark.parametrize(
    ("locality", "shared", "private", "period"),
    [
        ([100, 0, 0], 100, 0, 10_000 - 7 * 1000),
        ([0, 100, 0], 50, 50, 10_000 + 3 * 1000),
        ([50, 50, 0], 50, 50, 10_000 - 2 * 1000),
        ([100, 0, 0], 10, 90, 10_000 + 2 * 1000),
        ([30, 70, 0], 50, 50, 10_000 + 1 * 1000),
        ([100, 0, 0], 0, 0, 20_000),
    ],
)
def test_faults_teach_the_period(locality, shared, private, period):
    """Remote and shared: sooner; local or private: later; nothing learned: twice as long."""
    built, task, _, balancer = balanced()
    task.numa_scan_period, task.numa_scan_period_max = 10_000, 60_000

    update_task_scan_period(built.engine, balancer, task, locality, shared, private)

    assert task.numa_scan_period == period


@pytest.mark.parametrize(("slows", "period"), [(True, 20_000), (False, 3000)])
def test_failed_migrations_slow_the_scanner_down(slows, period):
    """B25: without that, every scan makes faults that move nothing."""
    built, task, _, balancer = balanced(evolve(V61, slows_on_failure=slows))
    task.numa_scan_period, task.numa_scan_period_max = 10_000, 60_000

    update_task_scan_period(built.engine, balancer, task, [100, 0, 5], 100, 0)

    assert task.numa_scan_period == period


@pytest.mark.parametrize(("sticks", "periods"), [(True, [20, 40, 60]), (False, [20, 14, 9.8])])
def test_one_failed_migration_is_never_forgotten_unless_mended(sticks, periods):
    """B55: clean windows after a failure do not bring the period down; the mended profile does."""
    built, task, _, balancer = balanced(evolve(V61, failure_sticks=sticks))
    task.numa_scan_period, task.numa_scan_period_max = 10_000, 60_000
    task.stats = FaultStats()
    seen = []

    for window in range(3):
        flags = 0 if window else TNF_MIGRATE_FAIL
        task.stats.locality[FAILED] += bool(flags) * 10
        task.stats.locality[0] += 100
        shared, private = (0, 0) if window == 0 and not sticks else (60, 40)
        update_task_scan_period(built.engine, balancer, task, task.stats.locality, shared, private)
        seen.append(task.numa_scan_period / 1000)

    assert seen == periods


def test_the_clock_drives_the_scanner():
    """The first scan waits for the delay, the next ones for the period of runtime and of time."""
    built, task, _, _ = balanced()
    built.run_on(task, 1)

    early = task_tick_numa(built.engine, task, now=500, runtime=500)
    first = task_tick_numa(built.engine, task, now=1500, runtime=1500)
    armed = task_tick_numa(built.engine, task, now=2600, runtime=2600)
    again = task_tick_numa(built.engine, task, now=2700, runtime=2700)

    assert (early, first, armed, again) == (0, 0, 16, 0)


def test_a_task_that_does_not_run_does_not_scan():
    """Periods are of a task's own running time."""
    built, task, _, _ = balanced()
    built.run_on(task, 1)
    task.mm.numa_next_scan = 0

    assert task_tick_numa(built.engine, task, now=10**6, runtime=10) == 0


def test_balancing_that_is_off_does_nothing():
    """kernel.numa_balancing 0."""
    built, task, _, _ = balanced(balancer=Balancer(mode=Mode.OFF))

    assert task_tick_numa(built.engine, task, now=10**6, runtime=10**6) == 0


def test_only_a_balancer_has_a_clock():
    """The error says what to give the machine."""
    built, task, _ = process("v6.1")

    with pytest.raises(MachineError, match="balancer=Balancer"):
        task_tick_numa(built.engine, task, 1, 1)


def test_one_of_two_tasks_scans():
    """S10: who loses the exchange of the next time leaves the address space alone."""
    turns = Turns()
    built, task, _, balancer = balanced(seam=turns)
    other = task.mm.tasks[1]
    for one in (task, other):
        built.run_on(one, 1)
        one.numa_scan_period = 1000
    balancer.now, task.mm.numa_next_scan = 5000, 0
    armed = {}

    turns.tell(
        [("A", before(Step.GRAB)), ("B", None), ("A", None)],
        A=lambda: armed.update(A=task_numa_work(built.engine, task)),
        B=lambda: armed.update(B=task_numa_work(built.engine, other)),
    )

    assert armed == {"A": 0, "B": 16}
    assert built.vmstat.numa_pte_updates == 16


def test_an_address_space_without_vmas_is_scanned_without_harm():
    """B48: after a wrap there may be nothing left to look at."""
    built, task, vma, balancer = balanced("v7.0")
    task.mm.numa_next_scan, task.numa_scan_period = 0, 1000
    munmap(built.engine, task, vma.vm_start, vma.vm_end)
    balancer.now = 10

    assert task_numa_work(built.engine, task) == 0
    assert task.mm.numa_scan_offset == 0


def work(built, task, balancer, ms=100_000):
    """Let time pass and scan."""
    balancer.now += ms
    task.mm.numa_next_scan, task.numa_scan_period = 0, 1000
    return task_numa_work(built.engine, task)


def test_7_0_scans_a_vma_for_those_who_use_it():
    """After two sequences a task that took no hint fault in a VMA passes it over."""
    built, task, _, balancer = balanced("v7.0", threads=8)
    mm = task.mm
    for start in (64, 128):
        mm.mmap(BASE + start * PAGE, BASE + (start + 16) * PAGE, RW)
    built.run_on(task, 1)
    for _ in range(2):
        work(built, task, balancer)
        for page in range(16):
            built.load(task, BASE + page * PAGE)

    work(built, task, balancer)

    used, forced, unused = (vma.numab_state.prev_scan_seq for vma in mm.vmas)
    assert used == forced > unused


@pytest.mark.parametrize(("exempts", "armed"), [(True, 16), (False, 0)])
def test_a_vma_made_late_is_scanned(exempts, armed):
    """B51: its first two sequences count from its own beginning, not from the mm's."""
    profile = evolve(V70, exempts_new_vmas=exempts)
    built, task, _, balancer = balanced(profile, threads=8)
    built.run_on(task, 1)
    for _ in range(4):
        work(built, task, balancer)
        built.load(task, BASE)
    for start in range(256, 512, 64):
        task.mm.mmap(BASE + start * PAGE, BASE + (start + 16) * PAGE, RW)
    late = task.mm.mmap(BASE + 512 * PAGE, BASE + 528 * PAGE, RW)
    for page in range(16):
        built.store(task, late.vm_start + page * PAGE, 1)
    built.run_on(task, 0)

    for _ in range(2):
        work(built, task, balancer)
        built.load(task, BASE)

    hints = [bool(built.engine.hooks.pte_numa(late, entry(built, late, at))) for at in range(16)]
    assert sum(hints) == armed


@pytest.mark.parametrize(("once", "leaked"), [(True, 0), (False, 1)])
def test_the_state_of_a_vma_is_made_once(once, leaked):
    """B49: two tasks find it missing; what the slower one made must not replace the other's."""
    turns = Turns()
    built, task, vma, balancer = balanced(evolve(V70, numab_once=once), seam=turns)
    other = task.mm.tasks[1]
    balancer.now = 10_000

    def scans(one):
        def run():
            one.mm.numa_next_scan, one.numa_scan_period = 0, 0
            task_numa_work(built.engine, one)

        return run

    turns.tell(
        [("A", before(Step.GRAB, times=2)), ("B", None), ("A", None)],
        A=scans(task),
        B=scans(other),
    )

    assert vma.numab_state is not None
    assert built.engine.costs.total("numab_states") - 1 == leaked


def test_statistics_decay_and_choose_a_node():
    """Old windows count half; the node with most faults is preferred, unless it has no CPU."""
    built, task, _, balancer = balanced(balancer=Balancer(cpuless={1}))
    task.numa_scan_period = 1000

    for window in range(3):
        task.mm.numa_scan_seq = window
        task_numa_fault(built.engine, task, UNSET, 1, 64, 0)
    task.mm.numa_scan_seq = 3
    task_numa_fault(built.engine, task, UNSET, 0, 1, TNF_FAULT_LOCAL)

    assert task.stats.mem[1, 1] == 64 + 32 + 16
    assert task.numa_preferred_nid == 0
    assert balancer.now == 0


@pytest.mark.parametrize(("groups_by", "grouped"), [("ENTRY", False), ("VMA", True)])
def test_who_only_reads_is_not_grouped(groups_by, grouped):
    """B03: the entry says whether stores were allowed before the hint, the VMA does not."""
    from archcore.mm.knobs import GroupsBy

    profile = evolve(V61, groups_by=GroupsBy[groups_by])
    built, task, vma, _ = balanced(profile, pages=2, flags=RW | VM_SHARED)
    other = task.mm.tasks[1]
    built.run_on(other, 1)
    slot = task.mm.tables.slot(BASE)
    slot.store(built.engine.hooks.pte_wrprotect(slot.load()))
    for one in (task, other):
        change_prot_numa(built.engine, task, vma, BASE, BASE + PAGE)
        built.touch(one, BASE, Access.READ)

    assert (other.numa_group is not None) is grouped


def test_tasks_that_share_pages_join_one_group():
    """Faults of the one on pages the other wrote last bring both together."""
    built, task, vma, _ = balanced(flags=RW | VM_SHARED)
    other = task.mm.tasks[1]
    built.run_on(other, 1)
    for _ in range(3):
        for one in (task, other):
            change_prot_numa(built.engine, task, vma, BASE, vma.vm_end)
            for page in range(16):
                built.store(one, BASE + page * PAGE, 1)

    assert task.numa_group is not None
    assert task.numa_group is other.numa_group
    assert len(task.numa_group.tasks) == 2


SLOW = {"slow_nodes": {1}, "tuning": Tuning(promote_rate_limit=1)}


def tiered(frames=1 << 10):
    """Return a machine in tiering mode whose task has used four pages of slow memory."""
    balancer = Balancer(mode=Mode.TIERING, **SLOW)
    built = Machine(toy.module().TARGET, "v6.1", balancer=balancer, frames_per_node=frames)
    mm = built.mm()
    vma = mm.mmap(BASE, BASE + 8 * PAGE, RW)
    task = built.task(mm, cpu=1)
    built.task(mm, pid=2)
    for page in range(4):
        built.store(task, BASE + page * PAGE, page + 1)
    built.run_on(task, 0)
    for page in range(4, 8):
        built.store(task, BASE + page * PAGE, page + 1)
    balancer.now = 5000
    return built, task, vma, balancer


def test_tiering_alone_hints_slow_memory_only():
    """Pages of the top tier stay as they are when NORMAL is off."""
    built, task, vma, _ = tiered()

    assert change_prot_numa(built.engine, task, vma, BASE, vma.vm_end) == 4
    assert set(built.engine.frames.access_time.values()) == {5000}


@pytest.mark.parametrize(("waits", "promoted"), [(500, 1), (2000, 0)])
def test_hot_pages_are_promoted(waits, promoted):
    """A page used soon after the scan moves up; one used late stays. No task statistics grow."""
    built, task, vma, balancer = tiered()
    while built.engine.frames.free_count(0) > 60:
        built.engine.frames.allocate(0, strict=True)
    change_prot_numa(built.engine, task, vma, BASE, vma.vm_end)
    balancer.now += waits

    built.load(task, BASE)

    assert built.vmstat.pgpromote_success == promoted
    assert built.vmstat.pgpromote_candidate == promoted
    assert task.stats is None or not promoted or task.stats.membuf.get((1, 1)) is None
    assert built.load(task, BASE) == 1


def test_promotion_has_a_rate_limit():
    """One MiB a second is 256 pages; further candidates count and stay."""
    built, _, _, balancer = tiered()
    while built.engine.frames.free_count(0) > 60:
        built.engine.frames.allocate(0, strict=True)
    pfn = built.engine.frames.per_node + 5
    built.engine.frames.access_time[pfn] = 5000

    moved = [should_promote(built.engine, balancer, pfn, 1, 0) for _ in range(300)]

    assert sum(moved) == 256
    assert built.vmstat.pgpromote_candidate == 300


@pytest.mark.parametrize(("found", "threshold"), [(10**6, 875), (0, 1125)])
def test_the_threshold_follows_the_candidates(found, threshold):
    """Too many hot pages make it an eighth smaller, too few an eighth larger."""
    built, _, _, balancer = tiered()
    while built.engine.frames.free_count(0) > 60:
        built.engine.frames.allocate(0, strict=True)
    balancer.now = 70_000
    balancer.promotions[1] = Promotions(candidates=found)

    should_promote(built.engine, balancer, built.engine.frames.per_node + 5, 1, 0)

    assert balancer.promotions[1].threshold == threshold


def test_a_roomy_node_takes_every_page():
    """With memory to spare in the top tier no page has to be hot."""
    built, task, vma, balancer = tiered(frames=1 << 19)
    change_prot_numa(built.engine, task, vma, BASE, vma.vm_end)
    balancer.now += 10**6

    built.load(task, BASE)

    assert built.vmstat.pgpromote_success == 1
    assert built.vmstat.pgpromote_candidate == 0
