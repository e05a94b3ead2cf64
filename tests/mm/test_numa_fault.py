"""Hint faults, from arming to disarming, under each engine profile."""

from __future__ import annotations

import pytest
from bench_machine import BASE, PAGE, entry, process

from archcore.hw.mmu import Access
from archcore.mm.fault import Outcome
from archcore.mm.ledger import Ledger
from archcore.mm.numa_fault import do_numa_page
from archcore.mm.protect import change_prot_numa
from archcore.mm.reason import Reason
from archcore.mm.snapshot import Snapshot

PROFILES = ("seed", "v3.8", "v6.1")


def armed(engine, *, node=1, **options):
    """Return a process whose first page lies on node 0 and is hinted; its task runs on ``node``."""
    built, task, vma = process(engine, **options)
    built.task(task.mm, pid=2)
    built.touch(task, BASE, Access.WRITE)
    built.run_on(task, node)
    assert change_prot_numa(built.engine, task, vma, BASE, BASE + PAGE) == 1
    return built, task, vma


@pytest.mark.parametrize("engine", PROFILES)
def test_a_hint_faults_once_and_then_the_page_is_usable(engine):
    """Arming closes the page to hardware; one hint fault opens it again."""
    built, task, vma = armed(engine)
    assert built.engine.hooks.pte_numa(vma, entry(built, vma))

    assert built.touch(task, BASE, Access.WRITE) is None

    assert built.outcomes[Outcome.HINT] == 1
    assert not built.engine.hooks.pte_numa(vma, entry(built, vma))


@pytest.mark.parametrize("engine", PROFILES)
def test_an_encoding_that_keeps_write_costs_no_second_fault(engine):
    """Bit-flip hints give write permission back, so that a store faults once."""
    built, task, _ = armed(engine)

    built.touch(task, BASE, Access.WRITE)

    assert built.outcomes[Outcome.REUSED] == 0


def test_the_first_hint_fault_of_a_task_moves_the_page_in_6_1():
    """A page nobody faulted on before moves at once while the task learns (last_cpupid unset)."""
    built, task, vma = armed("v6.1")

    built.touch(task, BASE, Access.WRITE)

    pfn = built.engine.hooks.pte_pfn(entry(built, vma))
    assert built.engine.frames.nid(pfn) == 1
    assert built.vmstat.numa_pages_migrated == 1
    assert built.vmstat.pgmigrate_success == 1


def test_3_8_moves_a_page_only_after_two_faults_from_one_node():
    """The two-stage filter wants the same node twice in a row (page_xchg_last_nid)."""
    built, task, vma = armed("v3.8")

    built.touch(task, BASE, Access.WRITE)
    moved_at_first = built.vmstat.numa_pages_migrated
    change_prot_numa(built.engine, task, vma, BASE, BASE + PAGE)
    built.touch(task, BASE, Access.WRITE)

    assert moved_at_first == 0
    assert built.vmstat.numa_pages_migrated == 1


def test_3_8_forgets_a_first_fault_when_another_node_comes_between():
    """Twice in a row means that a local fault in between starts the count again."""
    built, task, vma = armed("v3.8")
    for node in (1, 0, 1):
        built.run_on(task, node)
        built.touch(task, BASE, Access.WRITE)
        change_prot_numa(built.engine, task, vma, BASE, BASE + PAGE)

    assert built.vmstat.numa_hint_faults == 3
    assert built.vmstat.numa_pages_migrated == 0


def test_the_seed_never_moves_a_page():
    """In the patch under review, placement is a comment."""
    built, task, vma = armed("seed")

    for _ in range(3):
        built.touch(task, BASE, Access.WRITE)
        change_prot_numa(built.engine, task, vma, BASE, BASE + PAGE)

    assert built.vmstat.numa_pages_migrated == 0


def test_a_moved_page_keeps_its_contents():
    """Migration copies the frame; what was stored is read back through the new one."""
    built, task, _ = armed("v6.1")
    task.cpu.root = task.mm.tables.root
    built.run_on(task, 0)
    built.touch(task, BASE, Access.WRITE)
    task.cpu.store(BASE + 8, 0x1122334455667788)
    vma = task.mm.vmas.find(BASE)
    built.run_on(task, 1)
    change_prot_numa(built.engine, task, vma, BASE, BASE + PAGE)

    built.touch(task, BASE, Access.READ)

    assert built.vmstat.numa_pages_migrated == 1
    assert task.cpu.load(BASE + 8) == 0x1122334455667788


def test_local_hint_faults_are_counted_as_local():
    """numa_hint_faults_local counts faults on pages of the faulting node, and no others."""
    built, task, _ = armed("v3.8", node=0)

    built.touch(task, BASE, Access.READ)

    assert built.vmstat.numa_hint_faults == 1
    assert built.vmstat.numa_hint_faults_local == 1


def test_a_fault_that_lost_its_race_counts_nowhere():
    """The entry changed since it was read: leave it, count nothing (B13)."""
    built, task, vma = armed("v6.1")
    slot = task.mm.tables.slot(BASE)
    stale = slot.load() ^ 1 << 12

    do_numa_page(built.engine, task, vma, BASE, slot, Snapshot(stale))

    assert built.vmstat.numa_hint_faults == 0
    assert built.engine.hooks.pte_numa(vma, slot.load())


@pytest.mark.parametrize(("engine", "unstated"), [("seed", 1), ("v3.8", 0), ("v6.1", 0)])
def test_only_the_seed_flushes_a_cache_without_a_reason(engine, unstated):
    """The reviewer's question, why a flush is necessary here, has no answer in the seed (M6)."""
    ledger = Ledger()
    built, task, _ = armed(engine, observers=(ledger,))

    built.touch(task, BASE, Access.WRITE)

    assert ledger.counts["flush_cache_page", Reason.UNSTATED] == unstated


@pytest.mark.parametrize("engine", PROFILES)
def test_disarming_flushes_no_tlb(engine):
    """No TLB holds a closed entry, so opening it owes no flush."""
    ledger = Ledger()
    built, task, _ = armed(engine, node=0, observers=(ledger,))
    before = ledger.total("flush_tlb")

    built.touch(task, BASE, Access.WRITE)

    assert ledger.total("flush_tlb") == before


def test_the_faulting_task_pays_for_a_fault_driven_migration():
    """The process pays for its migration; the scanner's share is separate (M1)."""
    built, task, _ = armed("v6.1")

    built.touch(task, BASE, Access.WRITE)

    costs = built.engine.costs
    assert costs.paid("pages_copied") == {"the faulting task": 1}
    assert costs.paid("pte_updates") == {"the scanning task": 1}


def test_a_hint_that_is_not_flushed_is_not_noticed():
    """A TLB that still holds the old right lets stores pass: why arming must flush."""
    built, task, vma = process("v6.1")
    built.touch(task, BASE, Access.WRITE)
    built.run_on(task, 1)
    built.touch(task, BASE, Access.WRITE)
    slot = task.mm.tables.slot(BASE)
    slot.store(built.engine.hooks.pte_mknuma(vma, slot.load()))

    stale = task.cpu.touch(BASE, Access.WRITE)
    task.cpu.tlb.flush()

    assert stale is None
    assert task.cpu.touch(BASE, Access.WRITE) is not None
