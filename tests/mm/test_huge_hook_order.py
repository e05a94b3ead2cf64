"""The hooks that changes of huge entries call, in order, as mm/hugetlb.c and mm/huge_memory.c do.

Secondary MMUs are told before the entry goes and after the new one stands there, and caches lose
their lines while the old entry still translates.
"""

from __future__ import annotations

import pytest
from hook_order import called
from huge_machine import BASE, HUGE, stage

from archcore.hookspecs import HOOKS
from archcore.machine import Machine
from archcore.mm.fork import dup_mmap
from archcore.mm.huge_split import split_huge_pmd
from archcore.mm.syscalls import mprotect
from archcore.vmflags import VM_READ, VM_WRITE

WATCHED = tuple(
    name
    for name in HOOKS
    if name.startswith(("pmdp_", "set_pmd_at", "pmd_populate", "flush_", "update_mmu", "mmu_not"))
    and name != "pmdp_get"
)
START, END = "mmu_notifier_invalidate_range_start", "mmu_notifier_invalidate_range_end"
COPY = [START, "pmdp_huge_get_and_clear", "flush_tlb_range", "set_pmd_at"]


def hugetlb(engine="v6.1"):
    """Return a stage and the first address of a written hugetlb page."""
    found, start = stage(engine), BASE + 8 * HUGE
    found.t1.mm.mmap(start, start + HUGE, VM_READ | VM_WRITE, hugetlb=True)
    found.write(address=start)
    return found, start


def test_a_copied_hugetlb_page_is_taken_from_everybody_first():
    """hugetlb_wp: the notifiers are around the exchange, and the MMU cache is told last."""
    found, start = hugetlb()
    dup_mmap(found.engine, found.t1.mm)

    heard = called(found.built, lambda: found.write(address=start), WATCHED)

    assert heard[: len(COPY)] == COPY
    assert sorted(heard[len(COPY) :]) == sorted([END, "update_mmu_cache_pmd"])


def test_a_hugetlb_page_used_again_tells_the_mmu_cache():
    """Rights are raised in the slot, and nothing is owed."""
    found, start = hugetlb()
    mprotect(found.engine, found.t1, start, start + HUGE, VM_READ)
    mprotect(found.engine, found.t1, start, start + HUGE, VM_READ | VM_WRITE)

    heard = called(found.built, lambda: found.write(address=start), WATCHED)

    assert heard == ["pmdp_set_access_flags", "update_mmu_cache_pmd"]


def test_mprotect_of_hugetlb_flushes_before_and_after():
    """hugetlb_change_protection: caches first, TLBs last, notifiers around."""
    found, start = hugetlb()

    heard = called(
        found.built, lambda: mprotect(found.engine, found.t1, start, start + HUGE, VM_READ), WATCHED
    )

    inside = ["flush_cache_range", "pmdp_huge_get_and_clear", "set_pmd_at", "flush_tlb_range"]
    assert heard == [START, *inside, END]


@pytest.mark.parametrize("engine", ["seed", "v3.8"])
def test_a_copied_huge_page_is_taken_from_everybody_first(engine):
    """do_huge_pmd_wp_page, as long as it copied huge pages."""
    found = stage(engine)
    dup_mmap(found.engine, found.t1.mm)

    heard = called(found.built, found.write, WATCHED)

    assert heard[: len(COPY)] == COPY
    assert sorted(heard[len(COPY) :]) == sorted([END, "update_mmu_cache_pmd"])


@pytest.mark.parametrize("engine", ["seed", "v3.8", "v6.1"])
def test_a_huge_page_that_is_its_last_user_s_is_used_again(engine):
    """The store goes to the page itself, and the MMU cache is told of its slot."""
    found = stage(engine)
    mprotect(found.engine, found.t1, BASE, BASE + HUGE, VM_READ)
    mprotect(found.engine, found.t1, BASE, BASE + HUGE, VM_READ | VM_WRITE)

    heard = called(found.built, found.write, WATCHED)

    assert heard == ["pmdp_set_access_flags", "update_mmu_cache_pmd"]


@pytest.mark.parametrize("engine", ["v3.8", "v6.1", "v7.0"])
def test_zeros_that_are_split_leave_the_tlbs(engine):
    """The slot is emptied, flushed, and then points to zero pages."""
    built = stage(engine).built
    assert isinstance(built, Machine)
    mm = built.mm()
    vma = mm.mmap(BASE, BASE + HUGE, VM_READ | VM_WRITE)
    task = built.task(mm, 0, 5)
    built.load(task, BASE)

    heard = called(
        built, lambda: split_huge_pmd(built.engine, vma, BASE, mm.tables.pmd(BASE)), WATCHED
    )

    exchange = ["pmdp_huge_get_and_clear", "flush_tlb_range", "pmd_populate"]
    assert [one for one in heard if one not in {START, END}] == exchange


def test_a_page_that_is_marked_as_splitting_leaves_the_tlbs():
    """pmdp_splitting_flush, Linux 3.8: the flush waits for walks of get_user_pages_fast."""
    found = stage("v3.8")
    found.read(found.t2)
    page = BASE >> found.engine.geometry.page_shift
    assert all(cpu.tlb.lookup(page) for cpu in found.built.cpus)

    found.hooks.pmdp_splitting_flush(found.vma, BASE, found.slot)

    assert not any(cpu.tlb.lookup(page) for cpu in found.built.cpus)
