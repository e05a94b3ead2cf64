"""Locks: who waits, what order they have, and what they cost."""

from __future__ import annotations

import pytest
from attrs import evolve
from huge_machine import BASE, HUGE, stage
from turns import Turns, before

from archcore.errors import MachineError
from archcore.hw.seam import Place, Seam, Step
from archcore.mm.findings import Finding, Kind
from archcore.mm.knobs import Scope
from archcore.mm.locks import Rank
from archcore.mm.profile import PROFILES
from archcore.mm.protect import change_prot_numa
from archcore.mm.scan import ScanSettings, task_numa_work

SOMEWHERE = Place("frame", 1)


def locked(engine="v6.1", seam=None):
    """Return a watched stage and its locks."""
    found = stage(engine, seam=seam or Seam())
    return found, found.engine.locks


def test_a_lock_keeps_the_second_actor_out():
    """While one holds the page lock the other waits, and gets it afterwards."""
    turns = Turns()
    _, locks = locked(seam=turns)
    order = []

    def hold(name):
        with locks.page(1):
            order.append(name)
            turns.point(Step.LOAD, SOMEWHERE)
            order.append(name)

    turns.tell(
        [("a", before(Step.LOAD)), ("b", None), ("a", None)],
        a=lambda: hold("a"),
        b=lambda: hold("b"),
    )

    assert order == ["a", "a", "b", "b"]


def test_readers_share_the_mmap_lock_and_a_writer_does_not():
    """Trylock says so without waiting."""
    found, locks = locked()
    mm = found.vma.vm_mm

    with locks.mmap_read(mm), locks.mmap_read_trylock(mm) as second:
        assert second
    with locks.mmap_write(mm), locks.mmap_read_trylock(mm) as second:
        assert not second


def test_a_lock_out_of_order_is_a_finding():
    """The page lock comes before page-table locks, and both are named."""
    found, locks = locked()

    with locks.pmd(found.vma.vm_mm, found.slot), locks.page(1):
        pass

    assert found.engine.findings.all() == (
        Finding(Kind.LOCK_ORDER, "page_lock", "pmd_lock was held"),
    )


def test_a_trylock_out_of_order_is_none():
    """It cannot wait and therefore not deadlock; do_huge_pmd_wp_page relies on that."""
    found, locks = locked()

    with locks.pmd(found.vma.vm_mm, found.slot), locks.page_trylock(1) as got:
        assert got

    assert found.engine.findings.all() == ()


def test_taking_a_lock_twice_is_a_finding_and_no_deadlock():
    """It goes on, and the lock is free at the end."""
    _, locks = found = locked()

    with locks.page(1), locks.page(1):
        pass

    kinds = [one.kind for one in found[0].engine.findings.all()]
    assert kinds == [Kind.LOCK_TWICE]
    assert locks.held() == ()


def test_waiting_for_a_page_returns_when_its_lock_is_free():
    """The waiter does not get the lock."""
    turns = Turns()
    _, locks = locked(seam=turns)
    seen = []

    def hold():
        with locks.page(1):
            turns.point(Step.COPY, SOMEWHERE)

    turns.tell(
        [("a", before(Step.COPY)), ("b", None), ("a", None)],
        a=hold,
        b=lambda: (locks.wait_on_page(1), seen.append(locks.held())),
    )

    assert seen == [()]


@pytest.mark.parametrize(("scope", "waits"), [(Scope.MM, True), (Scope.TABLE, False)])
def test_the_profile_says_what_a_page_table_lock_protects(scope, waits):
    """Under page_table_lock whoever has one table has the other, under split locks not."""
    found, locks = locked(evolve(PROFILES["v6.1"], pte_lock=scope))
    mm, tables = found.vma.vm_mm, found.vma.vm_mm.tables
    first, second = (tables.slot(at * HUGE, allocate=True) for at in range(2))

    with locks.pte(mm, first):
        second_is_held = locks._lock(*locks._of_slot(Rank.PTL, mm, second)).writer == "alone"

    assert second_is_held is waits


def test_a_scan_gives_up_where_6_1_finds_a_writer():
    """The mmap lock is tried from 4.x on; a scan that could wait would stall its task."""
    found, locks = locked()
    with locks.mmap_write(found.vma.vm_mm):
        assert task_numa_work(found.engine, found.t1, 0, ScanSettings(period=1)) == 0
    assert task_numa_work(found.engine, found.t1, 1, ScanSettings(period=1)) > 0


def test_a_scan_waits_where_3_8_finds_a_writer():
    """A blocking lock is not to be had by one who is alone."""
    found, locks = locked(evolve(PROFILES["v6.1"], trylock=False))

    def scan():
        with locks.mmap_write(found.vma.vm_mm):
            found.engine.seam.actor = lambda: "other"
            task_numa_work(found.engine, found.t1, 0, ScanSettings(period=1))

    with pytest.raises(MachineError, match="waits for the mmap_lock"):
        scan()


@pytest.mark.parametrize("engine", sorted(PROFILES))
def test_the_kernel_takes_its_locks_in_order_and_keeps_none(engine):
    """M13: first touch, arming, hint, store, from both nodes, in every profile."""
    found, locks = locked(engine)
    for task in (found.t1, found.t2):
        found.write(task)
        found.read(task, BASE + HUGE)
        change_prot_numa(found.engine, task, found.vma, BASE, BASE + 2 * HUGE)
        if task is found.t1:
            found.arm()
        found.write(task)
        found.write(task, BASE + HUGE)
        change_prot_numa(found.engine, task, found.vma, BASE, BASE + 4096)
        found.write(task)

    wrong = {Kind.LOCK_ORDER, Kind.LOCK_TWICE, Kind.LOCK_KEPT}
    assert [one for one in found.engine.findings.all() if one.kind in wrong] == []
    assert locks.held() == ()


@pytest.mark.parametrize("engine", sorted(PROFILES))
def test_watching_changes_nothing_that_is_counted(engine):
    """Counters, costs, waste and tables are those of a machine nobody watches."""
    seen = []
    for seam in (None, Seam()):
        found = stage(engine, seam=seam)
        for task in (found.t2, found.t1):
            found.read(task, BASE + HUGE)
            found.arm()
            found.write(task)
            change_prot_numa(found.engine, task, found.vma, BASE, BASE + 2 * HUGE)
            found.write(task, BASE + HUGE)
        costs = found.engine.costs
        seen.append((found.built.vmstat, costs.units, costs.discarded(), hex(found.pmd)))

    assert seen[0] == seen[1]
