"""Swap: contents go out and come back, whoever shares them, and no store is lost on the way."""

from __future__ import annotations

import pytest
from attrs import evolve
from bench_machine import BASE, PAGE, entry, process
from turns import Turns, before

from archcore.errors import MachineError
from archcore.hw.mmu import Access
from archcore.hw.seam import Step
from archcore.mm.fault import Outcome
from archcore.mm.gup import Foll, get_user_pages, put_user_page
from archcore.mm.profile import PROFILES
from archcore.mm.protect import change_prot_numa
from archcore.mm.reclaim import Reclaimed, swap_out
from archcore.mm.syscalls import madvise_dontneed, mprotect
from archcore.vmflags import VM_READ

ENGINES = sorted(PROFILES)


@pytest.mark.parametrize("engine", ENGINES)
def test_contents_come_back(engine):
    """One page out, one page in, each counted; the slot is free again."""
    built, task, vma = process(engine, swap_slots=4)
    built.store(task, BASE, 77)
    pfn = built.engine.hooks.pte_pfn(entry(built, vma))

    assert swap_out(built.engine, vma, BASE) is Reclaimed.SWAPPED
    freed = built.engine.frames.refcount[pfn] == 0
    found = built.load(task, BASE)

    assert (freed, found) == (True, 77)
    assert (built.vmstat.pswpout, built.vmstat.pswpin) == (1, 1)
    assert built.outcomes[Outcome.SWAPPED_IN] == 1
    assert built.engine.swap.counts == {}


@pytest.mark.parametrize("engine", ENGINES)
def test_a_hinted_page_is_swapped_like_any_other(engine):
    """A swap entry is no hint, and the page that comes back is none either."""
    built, task, vma = process(engine, swap_slots=4)
    built.task(task.mm, pid=2)
    built.store(task, BASE, 7)
    built.run_on(task, 1)
    change_prot_numa(built.engine, task, vma, BASE, BASE + PAGE)

    swap_out(built.engine, vma, BASE)
    assert not built.engine.hooks.pte_numa(vma, entry(built, vma))

    assert built.load(task, BASE) == 7
    assert built.vmstat.numa_hint_faults == 0


@pytest.mark.parametrize("engine", ENGINES)
def test_a_forked_page_in_swap_belongs_to_both(engine):
    """Each brings it back; a store of one is not seen by the other."""
    built, parent, vma = process(engine, swap_slots=4)
    built.store(parent, BASE, 1)
    swap_out(built.engine, vma, BASE)
    child = built.fork(parent, cpu=1, pid=9)

    built.store(child, BASE, 2)
    built.store(parent, BASE, 3)

    assert (built.load(child, BASE), built.load(parent, BASE)) == (2, 3)
    assert built.engine.swap.counts == {}


def test_a_page_that_two_map_leaves_both():
    """The reverse map finds the child's entry too."""
    built, parent, vma = process("v6.1", swap_slots=4)
    built.store(parent, BASE, 1)
    child = built.fork(parent, cpu=1, pid=9)

    assert swap_out(built.engine, vma, BASE) is Reclaimed.SWAPPED

    other = child.mm.vmas.find(BASE)
    assert not built.engine.hooks.pte_present(entry(built, other))
    assert built.load(child, BASE) == 1
    assert built.load(parent, BASE) == 1


def test_a_pinned_page_stays_in_the_swap_cache():
    """Its entry goes, its frame does not, and the next fault maps the same frame."""
    built, task, vma = process("v6.1", swap_slots=4)
    built.store(task, BASE, 1)
    pfn = get_user_pages(built.engine, task, BASE, Foll.WRITE | Foll.PIN)

    assert swap_out(built.engine, vma, BASE) is Reclaimed.CACHED
    built.store(task, BASE, 2)

    assert built.engine.hooks.pte_pfn(entry(built, vma)) == pfn
    assert built.engine.memory.load(pfn * PAGE, 64) == 2
    put_user_page(built.engine, pfn, Foll.WRITE | Foll.PIN)
    assert built.engine.frames.refcount[pfn] == 1


def test_dontneed_frees_what_is_in_swap():
    """The slot goes with its last entry."""
    built, task, vma = process("v6.1", swap_slots=1)
    built.store(task, BASE, 1)
    swap_out(built.engine, vma, BASE)

    madvise_dontneed(built.engine, task, BASE, BASE + PAGE)

    assert built.engine.swap.counts == {}
    assert built.load(task, BASE) == 0


def test_a_full_area_refuses():
    """No slot, no reclaim, and the page is where it was."""
    built, task, vma = process("v6.1", swap_slots=1)
    built.store(task, BASE, 1)
    built.store(task, BASE + PAGE, 2)
    swap_out(built.engine, vma, BASE)

    assert swap_out(built.engine, vma, BASE + PAGE) is Reclaimed.FULL
    assert built.load(task, BASE + PAGE) == 2


def test_a_machine_without_swap_says_so():
    """The message names the option."""
    built, task, vma = process("v6.1")
    built.store(task, BASE, 1)

    with pytest.raises(MachineError, match="swap_slots"):
        swap_out(built.engine, vma, BASE)


@pytest.mark.parametrize("engine", ["v3.8", "v6.1"])
def test_no_store_is_lost_between_unmapping_and_writing_out(engine):
    """A CPU with the old translation stores until the flush; then its store faults and waits."""
    turns = Turns()
    built, task, vma = process(engine, swap_slots=4, seam=turns)
    other = built.task(task.mm, cpu=1, pid=2)
    built.store(other, BASE, 1)

    turns.tell(
        [("reclaim", before(Step.FLUSH)), ("T2", None), ("reclaim", None)],
        reclaim=lambda: swap_out(built.engine, vma, BASE),
        T2=lambda: built.store(other, BASE, 2),
    )

    assert built.load(task, BASE) == 2
    assert built.lost_stores(task.mm) == ()


@pytest.mark.parametrize(("flushes", "passed"), [(True, False), (False, True)])
def test_mprotect_makes_up_for_flushes_that_reclaim_put_off(flushes, passed):
    """B06: after mprotect(READ) has returned, no CPU may store through an old translation."""
    turns = Turns()
    profile = evolve(PROFILES["v6.1"], flushes_batched=flushes)
    built, task, vma = process(profile, swap_slots=4, seam=turns)
    other = built.task(task.mm, cpu=1, pid=2)
    built.store(other, BASE, 1)
    refused = []

    turns.tell(
        [("reclaim", before(Step.FLUSH)), ("T1", None), ("T2", None), ("reclaim", None)],
        reclaim=lambda: swap_out(built.engine, vma, BASE),
        T1=lambda: mprotect(built.engine, task, BASE, BASE + 16 * PAGE, VM_READ),
        T2=lambda: refused.append(built.touch(other, BASE, Access.WRITE)),
    )

    assert (refused == [None]) is passed
