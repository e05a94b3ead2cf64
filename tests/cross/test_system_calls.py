"""System calls, fork, swap and migration under every installed target: contents stay."""

from __future__ import annotations

import pytest

from archcore.hw.mmu import Access
from archcore.machine import Machine
from archcore.mm.fault import Outcome
from archcore.mm.gup import Foll, get_user_pages, put_user_page
from archcore.mm.migrate import move_page
from archcore.mm.mremap import mremap
from archcore.mm.protect import change_prot_numa
from archcore.mm.reclaim import Reclaimed, swap_out
from archcore.mm.syscalls import madvise_dontneed, mprotect
from archcore.registry import installed
from archcore.vmflags import VM_NONE, VM_READ, VM_WRITE

TARGETS = [target.id for target in installed()]
RW = VM_READ | VM_WRITE
PAGES = 6


@pytest.fixture(params=TARGETS)
def target(request):
    """Return each installed target."""
    return installed().get(request.param)


def started(target, engine, **options):
    """Return a machine, two tasks, a VMA on node 0, and the address of each of its pages."""
    built = Machine(target, engine, frames_per_node=1 << 11, swap_slots=8, **options)
    mm = built.mm()
    size = target.geometry.page_size
    base = 16 * target.geometry.levels[1].size
    vma = mm.mmap(base, base + PAGES * size, RW)
    one, two = built.task(mm, 0, 1), built.task(mm, 1, 2)
    at = [base + page * size for page in range(PAGES)]
    for page, address in enumerate(at):
        built.store(one, address, page + 1)
    return built, one, two, vma, at


@pytest.mark.parametrize("engine", ["seed+both", "v3.8", "v6.1", "v7.0"])
def test_contents_outlive_whatever_happens_to_their_pages(target, engine):
    """Hint, migrate, swap, protect, move and fork: each address still has what was stored."""
    built, one, two, vma, at = started(target, engine)
    size = target.geometry.page_size
    change_prot_numa(built.engine, two, vma, at[0], at[3])
    built.load(two, at[0])
    move_page(built.engine, vma, at[1], 1)
    assert swap_out(built.engine, vma, at[2]) is Reclaimed.SWAPPED
    mprotect(built.engine, one, at[1], at[4], VM_NONE)
    assert built.load(one, at[2]) is Outcome.SIGSEGV
    mprotect(built.engine, one, at[1], at[4], VM_READ)
    assert built.touch(two, at[3], Access.WRITE) is Outcome.SIGSEGV
    assert built.load(two, at[2]) == 3
    mprotect(built.engine, one, at[1], at[4], RW)
    child = built.fork(one, cpu=1, pid=9)
    built.store(child, at[2], 33)
    built.store(one, at[3], 44)
    moved = at[-1] + 64 * size
    mremap(built.engine, one, at[4], at[5], moved)
    madvise_dontneed(built.engine, child, at[5], at[5] + size)

    assert [built.load(one, address) for address in (*at[:4], moved, at[5])] == [1, 2, 3, 44, 5, 6]
    assert [built.load(child, address) for address in at] == [1, 2, 33, 4, 5, 0]
    assert built.lost_stores(one.mm) == ()
    assert built.engine.findings.all() == ()


@pytest.mark.parametrize("engine", ["v3.8", "v6.1", "v7.0"])
def test_a_hinted_page_of_two_processes_is_isolated(target, engine):
    """B37, S9: fork of a hinted page; what the encoding remembers of write must be forgotten."""
    built, one, two, vma, at = started(target, engine)
    change_prot_numa(built.engine, two, vma, at[0], at[2])

    child = built.fork(one, cpu=1, pid=9)
    built.store(child, at[0], 50)
    built.store(one, at[1], 60)

    assert (built.load(one, at[0]), built.load(child, at[1])) == (1, 2)
    assert (built.load(one, at[1]), built.load(child, at[0])) == (60, 50)


@pytest.mark.parametrize("engine", ["v6.1", "v7.0"])
def test_a_device_and_the_process_see_one_page(target, engine):
    """B43, B44: pinned, then scanned, forked and stored to: the frame is the one pinned."""
    built, one, two, vma, at = started(target, engine)
    pfn = get_user_pages(built.engine, one, at[0], Foll.WRITE | Foll.PIN)

    change_prot_numa(built.engine, two, vma, at[0], at[1])
    built.load(two, at[0])
    child = built.fork(one, cpu=1, pid=9)
    built.store(one, at[0], 77)

    assert built.engine.memory.load(pfn << target.geometry.page_shift, 64) == 77
    assert built.load(child, at[0]) == 1
    put_user_page(built.engine, pfn, Foll.WRITE | Foll.PIN)
