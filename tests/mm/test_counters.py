"""The counter contract: each counter's unit and place, and what always holds between them."""

from __future__ import annotations

import pytest
from attrs import evolve
from bench_machine import BASE, PAGE, entry, process
from huge_machine import BASE as HBASE
from huge_machine import HUGE, NR, stage
from hypothesis import given
from hypothesis import strategies as st

from archcore.mm.balancer import Balancer
from archcore.mm.frames import NO_NODE
from archcore.mm.gup import Foll, get_user_pages
from archcore.mm.knobs import TakeOut
from archcore.mm.migrate import move_page
from archcore.mm.numa_fault import do_numa_page
from archcore.mm.profile import PROFILES
from archcore.mm.protect import change_prot_numa
from archcore.mm.reclaim import swap_out
from archcore.mm.snapshot import Snapshot
from archcore.mm.syscalls import madvise_dontneed, mprotect
from archcore.vmflags import VM_READ, VM_WRITE

ENGINES = sorted(PROFILES)
RW = VM_READ | VM_WRITE
PAGES = 8


def started(engine, **options):
    """Return a process that stored in its pages on node 0 and runs on node 1 now."""
    built, task, vma = process(engine, pages=PAGES, **options)
    built.task(task.mm, pid=2)
    for page in range(PAGES):
        built.store(task, BASE + page * PAGE, page + 1)
    built.run_on(task, 1)
    return built, task, vma


@pytest.mark.parametrize("engine", ENGINES)
def test_pte_updates_count_base_pages_that_were_armed(engine):
    """numa_pte_updates: one a base page, and only where the scanner did it."""
    built, task, vma = started(engine)

    change_prot_numa(built.engine, task, vma, BASE, BASE + 4 * PAGE)
    armed = built.vmstat.numa_pte_updates
    mprotect(built.engine, task, BASE, vma.vm_end, VM_READ)

    assert armed == 4
    assert built.vmstat.numa_pte_updates == 4


@pytest.mark.parametrize(("engine", "huge"), [("v3.8", 0), ("v6.1", 1), ("v7.0", 1)])
def test_huge_updates_count_huge_entries_for_any_cause(engine, huge):
    """numa_huge_pte_updates: one a huge entry, mprotect's too; the pages are in pte_updates."""
    found = stage(evolve(PROFILES[engine], huge_take_out=TakeOut.CLOSE, reads_emptied=False))

    change_prot_numa(found.engine, found.t2, found.vma, HBASE, HBASE + HUGE)
    by_scan = found.built.vmstat.numa_huge_pte_updates, found.built.vmstat.numa_pte_updates
    mprotect(found.engine, found.t1, HBASE, HBASE + HUGE, VM_READ)

    assert by_scan == (huge, NR)
    assert found.built.vmstat.numa_huge_pte_updates == 2 * huge
    assert found.built.vmstat.numa_pte_updates == NR


@pytest.mark.parametrize("engine", ENGINES)
def test_hint_faults_count_faults_and_not_pages(engine):
    """numa_hint_faults: one for a base page, one for a huge page; local where the task runs."""
    built, task, vma = started(engine)
    built.run_on(task, 0)
    built.engine.frames.last_nid[:] = NO_NODE
    slot = task.mm.tables.slot(BASE)
    slot.store(built.engine.hooks.pte_mknuma(vma, slot.load()))
    built.cpus[0].tlb.flush()
    built.load(task, BASE)
    found = stage(engine)
    found.arm()
    found.read(found.t2)

    assert (built.vmstat.numa_hint_faults, built.vmstat.numa_hint_faults_local) == (1, 1)
    vmstat = found.built.vmstat
    assert (vmstat.numa_hint_faults, vmstat.numa_hint_faults_local) == (1, 0)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_task_learns_of_pages_and_not_of_faults(engine):
    """task_numa_fault is told HPAGE_PMD_NR of a huge page that stays (mm/huge_memory.c)."""
    found = stage(engine)
    found.arm()
    found.read(found.t1)

    assert found.hinted is False
    assert found.t1.numa_faults == {0: NR}
    assert found.t1.total_numa_faults == NR


@pytest.mark.parametrize("engine", ["v3.8", "v6.1", "v7.0"])
def test_pages_migrated_count_base_pages(engine):
    """numa_pages_migrated and pgmigrate_success: NR a huge page; thp_migration_success one."""
    found = stage(engine)
    found.engine.frames.last_nid[:] = 1
    found.arm()
    found.read(found.t2)

    vmstat = found.built.vmstat
    assert (vmstat.numa_pages_migrated, vmstat.pgmigrate_success) == (NR, NR)
    assert vmstat.thp_migration_success == 1
    assert found.t2.numa_pages_migrated == NR


def test_others_migrations_are_not_the_balancers():
    """pgmigrate_success without numa_pages_migrated: a background migrator."""
    built, _, vma = started("v6.1")

    move_page(built.engine, vma, BASE, 1)

    assert (built.vmstat.pgmigrate_success, built.vmstat.numa_pages_migrated) == (1, 0)


@pytest.mark.parametrize("engine", ["v3.8", "v6.1", "v7.0"])
def test_failures_count_pages_that_were_tried(engine):
    """pgmigrate_fail: a full node, one for a base page and NR for a huge one."""
    built, task, vma = started(engine)
    built.engine.frames.last_nid[:] = 1
    change_prot_numa(built.engine, task, vma, BASE, BASE + PAGE)
    while built.engine.frames.allocate(1, strict=True) is not None:
        pass
    built.load(task, BASE)
    found = stage(engine)
    found.engine.frames.last_nid[:] = 1
    found.arm()
    while found.engine.frames.allocate(1, strict=True) is not None:
        pass
    found.read(found.t2)

    assert built.vmstat.pgmigrate_fail == 1
    assert (found.built.vmstat.pgmigrate_fail, found.built.vmstat.thp_migration_fail) == (NR, 1)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_raced_fault_counts_nothing(engine):
    """same() failed: no counter but pgfault, no task statistics, no cost but a lock."""
    built, task, vma = started(engine)
    built.engine.frames.last_nid[:] = 1
    change_prot_numa(built.engine, task, vma, BASE, BASE + PAGE)
    slot = task.mm.tables.slot(BASE)
    was, faults = built.vmstat.snapshot(), task.total_numa_faults

    do_numa_page(built.engine, task, vma, BASE, slot, Snapshot(entry(built, vma, 1)))

    assert built.vmstat.snapshot() == was
    assert task.total_numa_faults == faults


ACTIONS = ("arm", "load0", "load1", "store0", "store1", "mprotect", "dontneed", "move", "swap")


@given(
    engine=st.sampled_from(ENGINES),
    steps=st.lists(st.tuples(st.sampled_from(ACTIONS), st.integers(0, PAGES - 1)), max_size=40),
    pinned=st.booleans(),
)
def test_what_always_holds(engine, steps, pinned):
    """Whatever happens: the inequalities of the contract, costs, frames and contents."""
    built, task, vma = started(engine, swap_slots=PAGES, balancer=Balancer())
    other = task.mm.tasks[1]
    built.run_on(task, 0)
    built.run_on(other, 1)
    held = get_user_pages(built.engine, task, BASE, Foll.WRITE | Foll.PIN) if pinned else None
    for action, page in steps:
        address, end = BASE + page * PAGE, BASE + PAGES * PAGE
        vma = task.mm.vmas.find(address)
        if action == "arm":
            change_prot_numa(built.engine, other, vma, address, end)
        elif action == "mprotect":
            mprotect(built.engine, task, address, end, VM_READ)
            mprotect(built.engine, task, address, end, RW)
        elif action == "dontneed":
            madvise_dontneed(built.engine, task, address, address + PAGE)
            built.store(task, address, 99)
        elif action == "move":
            move_page(built.engine, vma, address, page % 2)
        elif action == "swap":
            swap_out(built.engine, vma, address)
        elif action.startswith("load"):
            built.load(other if action[-1] == "1" else task, address)
        else:
            built.store(other if action[-1] == "1" else task, address, page + 1000)

    vmstat = built.vmstat
    assert vmstat.numa_hint_faults_local <= vmstat.numa_hint_faults
    assert vmstat.numa_pages_migrated <= vmstat.pgmigrate_success
    assert vmstat.numa_hint_faults == sum(one.total_numa_faults for one in task.mm.tasks)
    assert vmstat.numa_pages_migrated == sum(one.numa_pages_migrated for one in task.mm.tasks)
    assert vmstat.pswpin <= vmstat.pswpout
    assert built.lost_stores(task.mm) == ()
    frames, hooks = built.engine.frames, built.engine.hooks
    words = [entry(built, vma, page) for page in range(PAGES)]
    mapped = [
        hooks.pte_pfn(pte) for pte in words if not hooks.pte_none(pte) and hooks.pte_present(pte)
    ]
    assert len(set(mapped)) == len(mapped) == task.mm.rss == frames.mapcount.sum()
    assert all(frames.refcount[pfn] == 1 + (pfn == held) for pfn in mapped)
    assert not frames.isolated


@pytest.mark.parametrize("engine", ENGINES)
def test_a_local_hint_fault_on_a_huge_page_is_one_local_fault(engine):
    """numa_hint_faults_local has the unit of numa_hint_faults."""
    found = stage(engine)
    found.arm()
    found.read(found.t1)

    vmstat = found.built.vmstat
    assert (vmstat.numa_hint_faults, vmstat.numa_hint_faults_local) == (1, 1)
