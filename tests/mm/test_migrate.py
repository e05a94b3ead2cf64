"""Migration of base pages: who may move what, why it failed, and what is left behind."""

from __future__ import annotations

import pytest
from attrs import evolve
from bench_machine import BASE, PAGE, entry, process
from turns import Turns, before

from archcore.hookspecs import hookimpl
from archcore.hw.seam import Step
from archcore.mm.fault import Outcome
from archcore.mm.gup import Foll, get_user_pages, put_user_page
from archcore.mm.migrate import Failure, move_page
from archcore.mm.profile import PROFILES
from archcore.mm.protect import change_prot_numa
from archcore.mm.swapentry import migration_pte, waits_for, writable
from archcore.mm.syscalls import madvise_dontneed, mprotect
from archcore.swaptypes import SwapTypes
from archcore.vmflags import VM_READ

ENGINES = sorted(PROFILES)


def written(engine="v6.1", **options):
    """Return a process that stored 1 in its first page, on node 0."""
    built, task, vma = process(engine, **options)
    built.store(task, BASE, 1)
    return built, task, vma


@pytest.mark.parametrize("engine", ENGINES)
def test_a_page_moves_with_its_contents_and_rights(engine):
    """Frame and node change, everything else in the entry stays."""
    built, task, vma = written(engine)
    hooks, before_it = built.engine.hooks, entry(built, vma)

    assert move_page(built.engine, vma, BASE, 1) is None

    after = entry(built, vma)
    assert built.engine.frames.nid(hooks.pte_pfn(after)) == 1
    for reads in (hooks.pte_write, hooks.pte_dirty, hooks.pte_young, hooks.pte_present):
        assert bool(reads(after)) == bool(reads(before_it))
    assert built.load(task, BASE) == 1
    assert built.engine.frames.refcount[hooks.pte_pfn(before_it)] == 0
    assert (built.vmstat.pgmigrate_success, built.vmstat.numa_pages_migrated) == (1, 0)


def test_a_page_that_two_processes_map_moves_for_both():
    """6.1 walks the reverse map; 3.8 refuses such pages and counts nothing."""
    built, task, vma = written("v6.1")
    child = built.fork(task, cpu=1, pid=9)

    assert move_page(built.engine, vma, BASE, 1) is None
    words = [entry(built, one) for one in (vma, child.mm.vmas.find(BASE))]
    assert len({built.engine.hooks.pte_pfn(word) for word in words}) == 1
    assert built.engine.frames.nid(built.engine.hooks.pte_pfn(words[0])) == 1
    assert built.load(child, BASE) == built.load(task, BASE) == 1

    old, task, vma = written("v3.8")
    old.fork(task, pid=9)
    assert move_page(old.engine, vma, BASE, 1) is Failure.MAPPED_MORE_THAN_ONCE
    assert old.vmstat.pgmigrate_fail == 0


@pytest.mark.parametrize("engine", ["v6.1", "v7.0"])
def test_a_failed_migration_leaves_the_entry_as_it_was(engine):
    """B44: a pinned page stays in its frame with its rights; the new frame is thrown away."""
    built, task, vma = written(engine)
    was = entry(built, vma)
    pfn = get_user_pages(built.engine, task, BASE, Foll.WRITE | Foll.PIN)

    assert move_page(built.engine, vma, BASE, 1) is Failure.IN_USE

    assert entry(built, vma) == was
    assert built.vmstat.pgmigrate_fail == 1
    assert built.engine.costs.discarded()["pages"] == 1
    put_user_page(built.engine, pfn, Foll.WRITE | Foll.PIN)
    assert move_page(built.engine, vma, BASE, 1) is None


def test_a_full_node_refuses():
    """No frame, no migration; the reason is told and counted."""
    built, _, vma = written("v6.1")
    while built.engine.frames.allocate(1, strict=True) is not None:
        pass

    assert move_page(built.engine, vma, BASE, 1) is Failure.NO_MEMORY
    assert built.vmstat.pgmigrate_fail == 1


def test_nothing_to_move():
    """An address without a page, and one without even a table."""
    built, _, vma = written("v6.1")

    assert move_page(built.engine, vma, BASE + PAGE, 1) is Failure.GONE
    built, _, vma = process("v6.1")
    assert move_page(built.engine, vma, BASE, 1) is Failure.GONE


def test_two_migrators_have_one_winner():
    """S4: who isolated the page first moves it; the other gives its reference back."""
    turns = Turns()
    built, task, vma = written("v6.1", seam=turns)
    seen = {}

    def mover(name, nid):
        return lambda: seen.update({name: move_page(built.engine, vma, BASE, nid)})

    turns.tell(
        [("A", before(Step.COPY)), ("B", None), ("A", None)], A=mover("A", 1), B=mover("B", 1)
    )

    assert seen["A"] is None
    assert seen["B"] in (Failure.NOT_ISOLATED, Failure.GONE)
    pfn = built.engine.hooks.pte_pfn(entry(built, vma))
    assert (built.engine.frames.refcount[pfn], built.engine.frames.mapcount[pfn]) == (1, 1)
    assert built.load(task, BASE) == 1


@pytest.mark.parametrize("engine", ["v3.8", "v6.1", "v7.0"])
def test_a_fault_waits_for_a_page_on_its_way(engine):
    """S4: a migration entry makes the other task wait, whatever it wanted."""
    turns = Turns()
    built, task, vma = written(engine, seam=turns)
    other = built.task(task.mm, cpu=1, pid=2)

    turns.tell(
        [("mover", before(Step.COPY)), ("T2", None), ("mover", None), ("T2", None)],
        mover=lambda: move_page(built.engine, vma, BASE, 1),
        T2=lambda: built.store(other, BASE, 5),
    )

    assert built.outcomes[Outcome.WAITED] >= 1
    assert built.load(task, BASE) == 5
    assert built.lost_stores(task.mm) == ()


def test_dontneed_beats_a_migration_under_way():
    """The migration entry is thrown away; the copy has no one to map it and is freed."""
    turns = Turns()
    built, task, vma = written("v6.1", seam=turns)

    turns.tell(
        [("mover", before(Step.COPY)), ("T1", None), ("mover", None)],
        mover=lambda: move_page(built.engine, vma, BASE, 1),
        T1=lambda: madvise_dontneed(built.engine, task, BASE, BASE + PAGE),
    )

    assert built.load(task, BASE) == 0
    assert built.engine.frames.refcount[built.engine.frames.per_node :].sum() == 0


def test_a_fork_during_a_migration_shares_the_page_that_arrives():
    """The child has a migration entry too, readable like the parent's from then on."""
    turns = Turns()
    built, task, vma = written("v6.1", seam=turns)
    children = []

    turns.tell(
        [("mover", before(Step.COPY)), ("T1", None), ("mover", None)],
        mover=lambda: move_page(built.engine, vma, BASE, 1),
        T1=lambda: children.append(built.fork(task, cpu=1, pid=9)),
    )
    (child,) = children
    built.store(child, BASE, 2)

    assert (built.load(task, BASE), built.load(child, BASE)) == (1, 2)


def test_mprotect_during_a_migration_holds_when_the_page_arrives():
    """S3, B24: the entry was writable when the page left, and the VMA no longer is."""
    turns = Turns()
    built, task, vma = written("v6.1", seam=turns)

    turns.tell(
        [("mover", before(Step.COPY)), ("T1", None), ("mover", None)],
        mover=lambda: move_page(built.engine, vma, BASE, 1),
        T1=lambda: mprotect(built.engine, task, BASE, vma.vm_end, VM_READ),
    )

    assert not built.engine.hooks.pte_write(entry(built, vma))
    assert built.store(task, BASE, 4) is Outcome.SIGSEGV


@pytest.mark.parametrize("asks", [True, False])
def test_an_arrival_asks_the_vma(asks):
    """B24: a writable migration entry that mprotect missed gives no right the VMA lacks."""
    built, _, vma = written(evolve(PROFILES["v6.1"], arrival_asks_vma=asks))
    hooks = built.engine.hooks
    vma.set_flags(VM_READ, hooks.vm_get_page_prot(int(VM_READ)))

    move_page(built.engine, vma, BASE, 1)

    assert bool(hooks.pte_write(entry(built, vma))) is not asks


class Secondary:
    """An observer that is a secondary MMU: it wants to hear of every change of frame."""

    def __init__(self):
        """Start outside of any bracket."""
        self.depth, self.unseen, self.frames = 0, [], {}

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
    def ptep_get_and_clear(self, addr):
        """A frame is taken away."""
        if not self.depth:
            self.unseen.append(addr)
        return (yield)


@pytest.mark.parametrize("engine", ENGINES)
def test_every_change_of_frame_is_within_a_notifier_bracket(engine):
    """B15: migration, copy on write, reclaim and unmapping tell the secondary MMUs."""
    from archcore.mm.reclaim import swap_out

    watcher = Secondary()
    built, task, vma = written(engine, observers=(watcher,), swap_slots=2)
    built.store(task, BASE + PAGE, 2)
    move_page(built.engine, vma, BASE, 1)
    built.fork(task, pid=9)
    built.store(task, BASE, 3)
    swap_out(built.engine, vma, BASE)
    madvise_dontneed(built.engine, task, BASE, BASE + 2 * PAGE)

    assert watcher.unseen == []
    assert watcher.depth == 0


TYPES = SwapTypes(
    max_swapfiles=27,
    hwpoison=31,
    migration_read=28,
    migration_read_exclusive=29,
    migration_write=30,
    pte_marker=None,
    swapin_error=None,
    pfn_bits=24,
    migration_ad=False,
)


def test_a_target_that_says_its_swap_types_gets_those():
    """The numbers of a configuration stand in the entries; without them the classic two do."""
    built, _, _ = process("v6.1")
    hooks = built.engine.hooks
    assert (
        hooks.arch_swp_type(hooks.arch_pte_to_swp_entry(migration_pte(hooks, 5, write=True))) == 31
    )

    hooks.swap_types = TYPES
    kinds = [
        hooks.arch_pte_to_swp_entry(migration_pte(hooks, 5, write=write, exclusive=own))
        for write, own in ((False, False), (False, True), (True, True))
    ]

    assert [hooks.arch_swp_type(swp) for swp in kinds] == [28, 29, 30]
    assert [waits_for(hooks, swp) for swp in kinds] == [5, 5, 5]
    assert [writable(hooks, swp) for swp in kinds] == [False, False, True]


@pytest.mark.parametrize("engine", ["v3.8", "v6.1", "v7.0"])
def test_a_migration_that_is_refused_early_still_accounts_once(engine):
    """A page somebody has isolated is disarmed and accounted, in both orders of doing things."""
    built, task, vma = written(engine)
    built.task(task.mm, pid=2)
    pfn = built.engine.hooks.pte_pfn(entry(built, vma))
    built.run_on(task, 1)
    built.engine.frames.last_nid[pfn] = 1
    change_prot_numa(built.engine, task, vma, BASE, BASE + PAGE)
    built.engine.frames.isolated.add(pfn)

    built.load(task, BASE)

    assert task.total_numa_faults == 1
    assert not built.engine.hooks.pte_numa(vma, entry(built, vma))
    assert built.engine.frames.refcount[pfn] == 1
