"""fork: what parent and child share, and what they stop sharing."""

from __future__ import annotations

import pytest
from attrs import evolve
from bench_machine import BASE, PAGE, entry, process
from huge_machine import BASE as HUGE_BASE
from huge_machine import HUGE, LOSES_WRITE, NR, stage

from archcore.machine import Machine
from archcore.mm.fault import Outcome
from archcore.mm.gup import Foll, get_user_pages, put_user_page
from archcore.mm.profile import PROFILES
from archcore.mm.protect import change_prot_numa
from archcore.mm.syscalls import madvise_dontneed
from archcore.vmflags import VM_READ, VM_SHARED, VM_WRITE

ENGINES = sorted(PROFILES)
PIN = Foll.WRITE | Foll.PIN


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("hinted", [False, True])
def test_a_store_of_one_is_never_seen_by_the_other(engine, hinted):
    """S9, B37: copy on write isolates both, whether the page was hinted at the fork or not."""
    built, parent, vma = process(engine)
    built.task(parent.mm, pid=5)
    built.store(parent, BASE, 1)
    built.run_on(parent, 1)
    if hinted:
        assert change_prot_numa(built.engine, parent, vma, BASE, BASE + PAGE) == 1

    child = built.fork(parent, cpu=0, pid=9)
    built.store(child, BASE, 2)
    built.store(parent, BASE, 3)

    assert (built.load(child, BASE), built.load(parent, BASE)) == (2, 3)
    assert built.lost_stores(child.mm) == built.lost_stores(parent.mm) == ()


@pytest.mark.parametrize("engine", ENGINES)
def test_fork_takes_write_permission_from_both(engine):
    """The frame is one, mapped twice, and nobody's own."""
    built, parent, vma = process(engine)
    built.store(parent, BASE, 1)
    pfn = built.engine.hooks.pte_pfn(entry(built, vma))

    child = built.fork(parent)

    words = [entry(built, one) for one in (vma, child.mm.vmas.find(BASE))]
    assert [bool(built.engine.hooks.pte_write(word)) for word in words] == [False, False]
    assert {built.engine.hooks.pte_pfn(word) for word in words} == {pfn}
    assert (built.engine.frames.mapcount[pfn], built.engine.frames.refcount[pfn]) == (2, 2)
    assert not built.engine.frames.exclusive[pfn]


def test_the_last_owner_writes_without_a_copy():
    """Once the child has dropped its page, the parent's store goes to the page it hits."""
    built, parent, _ = process("v6.1")
    built.store(parent, BASE, 1)
    child = built.fork(parent)
    madvise_dontneed(built.engine, child, BASE, BASE + PAGE)

    built.store(parent, BASE, 2)

    assert built.outcomes[Outcome.REUSED] == 1
    assert built.outcomes[Outcome.COPIED] == 0


@pytest.mark.parametrize("engine", ENGINES)
def test_a_shared_mapping_stays_shared(engine):
    """Stores of one are seen by the other, on pages from before the fork and after it."""
    built, parent, _ = process(engine, flags=VM_READ | VM_WRITE | VM_SHARED)
    built.store(parent, BASE, 1)

    child = built.fork(parent, cpu=1)
    built.store(child, BASE, 2)
    built.store(child, BASE + PAGE, 3)

    assert built.load(parent, BASE) == 2
    assert built.load(parent, BASE + PAGE) == 3


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("hinted", [False, True])
def test_huge_pages_are_shared_and_come_apart(engine, hinted):
    """A huge page forked, hinted or not, gives each process its own contents after stores."""
    found = stage(engine)
    built, parent = found.built, found.t1
    built.store(parent, HUGE_BASE, 1)
    if hinted:
        found.arm()

    child = built.fork(parent, cpu=1, pid=9)
    head = found.hooks.pmd_pfn(found.pmd)
    shared = built.engine.frames.entire_mapcount[head]
    built.store(child, HUGE_BASE, 2)
    built.store(parent, HUGE_BASE, 3)

    assert shared == 2
    assert (built.load(child, HUGE_BASE), built.load(parent, HUGE_BASE)) == (2, 3)


@pytest.mark.parametrize(("engine", "kept"), [("v3.8", False), ("v6.1", True), ("v7.0", True)])
def test_a_pinned_page_stays_with_the_parent(engine, kept):
    """From 5.12 on the child gets the copy, so that a device and the parent see one page."""
    built, parent, vma = process(engine)
    built.store(parent, BASE, 1)
    pfn = get_user_pages(built.engine, parent, BASE, PIN)

    child = built.fork(parent, cpu=1, pid=9)
    built.store(parent, BASE, 2)

    assert (built.engine.hooks.pte_pfn(entry(built, vma)) == pfn) is kept
    assert built.load(child, BASE) == 1
    put_user_page(built.engine, pfn, PIN)


@pytest.mark.parametrize("engine", ["v6.1", "v7.0"])
def test_a_pinned_huge_page_is_split_and_copied_page_by_page(engine):
    """The parent's stores still go to what the device has."""
    found = stage(engine)
    built, parent = found.built, found.t1
    built.store(parent, HUGE_BASE, 1)
    pfn = get_user_pages(built.engine, parent, HUGE_BASE, PIN)

    child = built.fork(parent, cpu=1, pid=9)
    built.store(parent, HUGE_BASE, 2)

    assert built.engine.memory.load(pfn * PAGE, 64) == 2
    assert built.load(child, HUGE_BASE) == 1
    assert built.vmstat.thp_split_pmd == 1


def test_a_hint_that_loses_write_gives_a_copy_after_fork():
    """The child's store to a hinted, shared page gets a page of its own in one more fault."""
    built = Machine(LOSES_WRITE, evolve(PROFILES["v6.1"]), frames_per_node=1 << 8)
    mm = built.mm()
    vma = mm.mmap(HUGE_BASE, HUGE_BASE + HUGE, VM_READ | VM_WRITE)
    parent = built.task(mm)
    built.store(parent, HUGE_BASE, 1)
    built.run_on(parent, 1)
    change_prot_numa(built.engine, parent, vma, HUGE_BASE, HUGE_BASE + HUGE)

    child = built.fork(parent, pid=3)
    built.store(child, HUGE_BASE, 2)

    assert built.load(parent, HUGE_BASE) == 1


def test_resident_pages_are_counted():
    """Rss is what an address space maps: shared pages count in both."""
    found = stage("v6.1")
    child = found.built.fork(found.t1)

    assert (found.t1.mm.rss, child.mm.rss) == (NR, NR)
    madvise_dontneed(found.engine, child, HUGE_BASE, HUGE_BASE + HUGE)
    assert (found.t1.mm.rss, child.mm.rss) == (NR, 0)
