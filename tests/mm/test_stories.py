"""Two actors, one huge page: the stories of the 2012 review, told in one order each."""

from __future__ import annotations

import pytest
from attrs import evolve
from huge_machine import BASE, HUGE, LOSES_WRITE, NR, stage
from turns import Turns, before

from archcore.hw.seam import Seam, Step
from archcore.mm.findings import Kind
from archcore.mm.huge_split import split_huge_page
from archcore.mm.knobs import TakeOut
from archcore.mm.profile import PROFILES
from archcore.mm.protect import change_prot_numa

SEEDS = ("seed", "seed+recheck", "seed+reread", "seed+both")
MARKED = (*SEEDS, "v3.8")


def watched(engine, **options):
    """Return a stage under a scheduler, and the scheduler."""
    turns = Turns()
    return stage(engine, seam=turns, **options), turns


@pytest.mark.parametrize(
    ("engine", "faults", "locks"),
    [("seed", 2, 3), ("seed+recheck", 2, 3), ("seed+reread", 1, 2), ("seed+both", 1, 2)],
)
def test_reading_the_entry_again_saves_a_fault_where_hints_lose_write(engine, faults, locks):
    """S0, M11: an uncontended store to a hinted page that its process owns alone."""
    found = stage(engine, LOSES_WRITE)
    found.arm()
    start = found.since()

    assert found.write() is None

    assert found.since(start) == {
        "faults": faults,
        "locks": locks,
        "huge_pages": 0,
        "pages": 0,
        "bytes_copied": 0,
        "bytes_cleared": 0,
    }


@pytest.mark.parametrize("engine", [*MARKED, "v6.1", "v7.0"])
def test_a_read_of_a_hint_costs_one_fault(engine):
    """M12: nothing but the hint is settled, under one round trip of the lock."""
    found = stage(engine)
    found.arm()
    start = found.since()

    found.read()

    assert (found.since(start)["faults"], found.since(start)["locks"]) == (1, 1)
    assert not found.hinted


@pytest.mark.parametrize("engine", SEEDS)
def test_going_on_with_a_stale_entry_is_a_finding_until_it_is_read_again(engine):
    """M9: after the handler dropped the lock, the entry read before may only be compared."""
    found = stage(engine, LOSES_WRITE, seam=Seam())
    found.arm()

    found.write()

    stale = {one.place for one in found.engine.findings.all() if one.kind is Kind.STALE_SNAPSHOT}
    rereads = PROFILES[engine].rereads
    assert stale == (set() if rereads else {"__handle_mm_fault", "do_huge_pmd_wp_page"})


@pytest.mark.parametrize(("engine", "wasted"), [("seed", 1), ("seed+both", 0), ("v6.1", 0)])
def test_a_store_to_a_hinted_huge_zero_page_wastes_a_huge_page(engine, wasted):
    """S6b, M10: the zero page's branch allocates and clears before it compares."""
    found = stage(engine)
    found.read(address=BASE + HUGE)
    change_prot_numa(found.engine, found.t1, found.vma, BASE + HUGE, BASE + 2 * HUGE)
    start = found.since()

    found.write(address=BASE + HUGE)

    assert found.since(start)["huge_pages"] == wasted
    assert found.since(start)["bytes_cleared"] == wasted * HUGE


@pytest.mark.parametrize(
    ("engine", "reused"), [("seed", False), ("seed+reread", True), ("seed+both", False)]
)
def test_reading_again_without_looking_again_writes_to_a_page_being_split(engine, reused):
    """S1: the mark is set after the handler; only who re-checks as well stays out of the way."""
    found, turns = watched(engine, target=LOSES_WRITE)
    found.arm()
    slot = found.slot.address

    turns.tell(
        [
            ("T1", before(Step.UNLOCK, "pmd_lock")),
            ("split", before(Step.UNLOCK, "pmd_lock")),
            ("T1", before(Step.REFERENCE)),
        ],
        T1=found.write,
        split=lambda: split_huge_page(found.engine, found.vma, BASE, found.slot),
    )

    disarm_and_more = [
        place
        for who, step, place in turns.seen
        if (who, step, place.number) == ("T1", Step.STORE, slot)
    ]
    assert len(disarm_and_more) == (2 if reused else 1)
    assert not found.hooks.pmd_trans_huge(found.pmd)
    assert found.hooks.pte_write(found.vma.vm_mm.tables.slot(BASE).load())


def test_3_8_throws_a_copied_huge_page_away_when_a_second_fault_disarms_it():
    """S2: the second fault finds the hint in place while the first one copies."""
    found, turns = watched("v3.8")
    found.engine.frames.last_nid[found.hooks.pmd_pfn(found.pmd)] = 1
    found.arm()
    start = found.since()

    turns.tell(
        [("T2", before(Step.COPY)), ("T1", None)],
        T1=lambda: found.read(found.t1),
        T2=lambda: found.read(found.t2),
    )

    waste = found.since(start)
    assert (waste["huge_pages"], waste["bytes_copied"]) == (1, HUGE)
    assert found.built.vmstat.pgmigrate_fail == NR
    assert found.built.vmstat.numa_hint_faults == 2


def test_6_1_lets_the_second_fault_wait_for_the_first_ones_migration():
    """S2: a migration entry stands in the hint's place, so nobody else can disarm it."""
    found, turns = watched("v6.1")
    found.arm()
    start = found.since()

    turns.tell(
        [("T2", before(Step.COPY)), ("T1", None)],
        T1=lambda: found.read(found.t1),
        T2=lambda: found.read(found.t2),
    )

    assert found.since(start)["huge_pages"] == 0
    assert found.built.vmstat.numa_pages_migrated == NR
    assert found.built.vmstat.numa_hint_faults == 1
    assert found.engine.frames.nid(found.hooks.pmd_pfn(found.pmd)) == 1


@pytest.mark.parametrize("take_out", TakeOut)
def test_an_entry_is_seen_empty_while_it_is_armed_if_it_is_emptied(take_out):
    """B07: an observer between the two steps of arming sees no page, or sees it."""
    found, turns = watched(evolve(PROFILES["v3.8"], huge_take_out=take_out, reads_emptied=False))
    seen = []

    def armed():
        change_prot_numa(found.engine, found.t1, found.vma, BASE, BASE + HUGE)

    turns.tell(
        [("scanner", before(Step.STORE, "slot", times=2)), ("other", None)],
        scanner=armed,
        other=lambda: seen.append(found.pmd),
    )

    assert [bool(found.hooks.pmd_none(pmd)) for pmd in seen] == [take_out is TakeOut.EMPTY]
    assert found.hinted


def test_what_is_read_of_an_emptied_slot_is_never_armed():
    """B08: 3.8 looks for the page in the slot it has just emptied, and finds frame 0."""
    found = stage("v3.8")

    changed = change_prot_numa(found.engine, found.t1, found.vma, BASE, BASE + HUGE)

    assert changed == NR
    assert not found.hinted
    assert found.built.vmstat.numa_pte_updates == NR


@pytest.mark.parametrize(("engine", "lost"), [("v3.8", 1), ("v6.1", 0), ("seed", 0)])
def test_a_store_through_a_stale_translation_is_lost_unless_migration_flushes(engine, lost):
    """S7, B04: the scanner has armed and not yet flushed; the page moves; a CPU still has it."""
    found, turns = watched(
        evolve(PROFILES[engine], reads_emptied=False, huge_take_out=TakeOut.EMPTY)
    )
    built, t1, t2 = found.built, found.t1, found.t2
    built.store(t1, BASE + 8, 1)
    found.engine.frames.last_nid[found.hooks.pmd_pfn(found.pmd)] = 1

    turns.tell(
        [("scanner", before(Step.FLUSH)), ("T2", None), ("T1", None)],
        scanner=lambda: change_prot_numa(found.engine, t1, found.vma, BASE, BASE + HUGE),
        T2=lambda: found.read(t2),
        T1=lambda: built.store(t1, BASE + 8, 2),
    )

    assert [(one.address, one.stored, one.found) for one in built.lost_stores(t1.mm)] == [
        (BASE + 8, 2, 1)
    ] * lost
    assert built.vmstat.numa_pages_migrated == (0 if engine == "seed" else NR)


@pytest.mark.parametrize("engine", [*MARKED, "v6.1", "v7.0"])
def test_what_was_stored_survives_a_split_in_every_order(engine):
    """S1: wherever the splitter stands still, the other task's stores end up in the page."""
    for pause in range(1, 12):
        found, turns = watched(engine)
        found.arm()
        count = [pause]

        def stop(_step, _place, count=count):
            count[0] -= 1
            return count[0] == 0

        turns.tell(
            [("split", stop), ("T1", None)],
            split=lambda found=found: split_huge_page(found.engine, found.vma, BASE, found.slot),
            T1=lambda found=found: found.built.store(found.t1, BASE + 16, 7),
        )

        assert found.built.lost_stores(found.t1.mm) == ()
        assert not found.hooks.pmd_trans_huge(found.pmd)
        assert [one for one in found.engine.findings.all() if one.kind is Kind.LOCK_ORDER] == []


@pytest.mark.parametrize(
    ("engine", "hinted"),
    [("seed", False), ("v3.8", True), ("v6.1", False), ("v7.0", False)],
)
def test_what_a_split_makes_of_a_hint(engine, hinted):
    """B23: dropped without a word, carried to each base page, dropped on purpose."""
    found = stage(engine)
    found.arm()

    split_huge_page(found.engine, found.vma, BASE, found.slot)

    table = [found.vma.vm_mm.tables.slot(BASE + at * 4096).load() for at in range(NR)]
    assert {bool(found.hooks.pte_numa(found.vma, pte)) for pte in table} == {hinted}
    assert {bool(found.hooks.pte_write(pte)) for pte in table} == {True}
