"""The hooks that arming and disarming call, in order, as the kernel of each profile calls them.

Read in mm/mprotect.c and mm/memory.c of the versions that the profiles name: an entry of a base
page is never emptied and stored again outside a modify_prot transaction.
"""

from __future__ import annotations

import pytest
from bench_machine import BASE, PAGE, process
from hook_order import called

from archcore.hookspecs import HOOKS
from archcore.mm.migrate import move_page
from archcore.mm.profile import PROFILES
from archcore.mm.protect import change_prot_numa
from archcore.mm.syscalls import mprotect
from archcore.vmflags import VM_READ

WATCHED = tuple(
    name
    for name in HOOKS
    if name.startswith(("ptep_", "set_pte", "modify_prot", "flush_", "update_mmu"))
    and name != "ptep_get"
)
TRANSACTION = ["ptep_modify_prot_start", "ptep_modify_prot_commit"]
START, END = "mmu_notifier_invalidate_range_start", "mmu_notifier_invalidate_range_end"
TOLD = ["update_mmu_cache"]
DISARM = {
    "v3.8": ["set_pte_at", *TOLD],
    "v6.1": [*TRANSACTION, *TOLD],
    "v7.0": [*TRANSACTION, *TOLD],
}
SEED = ["flush_cache_page", *TRANSACTION, *TOLD]


def stored(engine):
    """Return a process of two threads with one page that was written."""
    built, task, vma = process(engine, pages=1, arrays=False)
    built.task(task.mm, pid=2)
    built.store(task, BASE, 1)
    return built, task, vma


@pytest.mark.parametrize("engine", PROFILES)
def test_arming_is_one_transaction_between_the_flushes(engine):
    """Caches first, then the entry, then the TLBs."""
    built, task, vma = stored(engine)

    heard = called(
        built, lambda: change_prot_numa(built.engine, task, vma, BASE, BASE + PAGE), WATCHED
    )

    assert heard == ["flush_cache_range", *TRANSACTION, "flush_tlb_range"]


@pytest.mark.parametrize("engine", PROFILES)
def test_mprotect_is_one_transaction_between_the_flushes(engine):
    """As arming is."""
    built, task, _ = stored(engine)

    heard = called(built, lambda: mprotect(built.engine, task, BASE, BASE + PAGE, VM_READ), WATCHED)

    assert heard == ["flush_cache_range", *TRANSACTION, "flush_tlb_range"]


@pytest.mark.parametrize("engine", PROFILES)
def test_secondary_mmus_wait_as_long_as_each_kernel_lets_them(engine):
    """Until Linux 3.13 from before the cache flush (mprotect_fixup), since then around entries."""
    built, task, _ = stored(engine)
    watched = (START, END, *WATCHED)

    heard = called(built, lambda: mprotect(built.engine, task, BASE, BASE + PAGE, VM_READ), watched)

    whole = [START, "flush_cache_range", *TRANSACTION, "flush_tlb_range", END]
    around = ["flush_cache_range", START, *TRANSACTION, END, "flush_tlb_range"]
    assert heard == (around if engine in {"v6.1", "v7.0"} else whole)


@pytest.mark.parametrize("engine", PROFILES)
def test_disarming_calls_what_its_kernel_calls(engine):
    """In a transaction but for Linux 3.8, which argues that hardware leaves a hint alone."""
    built, task, vma = stored(engine)
    change_prot_numa(built.engine, task, vma, BASE, BASE + PAGE)

    heard = called(built, lambda: built.load(task, BASE), WATCHED)

    assert heard == DISARM.get(engine, SEED)


@pytest.mark.parametrize("engine", PROFILES)
def test_a_page_that_moves_leaves_caches_slot_and_tlbs_in_this_order(engine):
    """Until the migration entry stands there, and told once the page has arrived."""
    built, _, vma = stored(engine)

    heard = called(built, lambda: move_page(built.engine, vma, BASE, 1), WATCHED)

    gone = ["flush_cache_page", "ptep_get_and_clear", "flush_tlb_page", "set_pte_at"]
    assert heard == [*gone, "set_pte_at", *TOLD]
