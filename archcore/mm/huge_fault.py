"""Faults where a huge page may be: what __handle_mm_fault does with an upper-level entry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.errors import MachineError
from archcore.hw.mmu import Access
from archcore.mm.huge_anon import do_huge_pmd_anonymous_page
from archcore.mm.huge_numa import do_huge_pmd_numa_page
from archcore.mm.huge_wp import do_huge_pmd_wp_page
from archcore.mm.hugepages import Pmd, huge_of, pmd_kind, read_pmd, still
from archcore.mm.knobs import AfterHint
from archcore.mm.outcome import Outcome
from archcore.mm.reason import Reason
from archcore.mm.swapentry import waits_for
from archcore.mm.table_hint import do_pmd_numa_page, is_hinted_table

if TYPE_CHECKING:
    from archcore.mm.engine import Engine
    from archcore.mm.slot import Slot
    from archcore.mm.snapshot import Snapshot
    from archcore.mm.task import Task
    from archcore.mm.vma import Vma

PLACE = "__handle_mm_fault"


def fault_pmd(engine: Engine, task: Task, vma: Vma, address: int, access: Access) -> Outcome | Slot:
    """Settle the fault at the upper level, or return the lowest-level slot that it is about."""
    slot = vma.vm_mm.tables.pmd_alloc(address)
    orig = read_pmd(engine, vma, slot)
    pmd = orig.choose(PLACE)
    kind = pmd_kind(engine.hooks, pmd)
    outcome = None
    if kind is Pmd.NONE and huge_of(engine).fits(vma, address):
        outcome = do_huge_pmd_anonymous_page(engine, task, vma, address, slot, access)
    elif kind is Pmd.MIGRATION:
        _wait(engine, pmd)
        return Outcome.WAITED
    elif kind is Pmd.HUGE and orig.splitting:
        return Outcome.RETRY
    elif kind is Pmd.HUGE:
        outcome = _huge(engine, task, vma, address, slot, orig, access)
    elif is_hinted_table(engine, vma, address):
        return do_pmd_numa_page(engine, task, vma, address)
    return outcome or _small(engine, vma, address, slot)


def _huge(
    engine: Engine,
    task: Task,
    vma: Vma,
    address: int,
    slot: Slot,
    orig: Snapshot,
    access: Access,
) -> Outcome | None:
    """Settle the fault on a huge page that is not being split; None where it is one no longer."""
    hooks = engine.hooks
    asked = vma.accessible or not engine.profile.asks_vma
    hinted = asked and bool(hooks.pmd_numa(vma, orig.choose(PLACE)))
    if hinted:
        do_huge_pmd_numa_page(engine, task, vma, address, slot, orig)
        after = _after_hint(engine, vma, slot, orig)
        if after is None:
            return Outcome.HINT
        orig = after
    if access is Access.WRITE and not hooks.pmd_write(orig.choose(PLACE)):
        outcome = do_huge_pmd_wp_page(engine, task, vma, address, slot, orig)
    elif hinted:
        return Outcome.HINT
    else:
        outcome = _set_accessed(engine, vma, address, slot, orig, access)
    return Outcome.HINT if hinted and outcome else outcome


def _after_hint(engine: Engine, vma: Vma, slot: Slot, orig: Snapshot) -> Snapshot | None:
    """Return the entry the fault goes on with after a hint, None where it returns."""
    profile = engine.profile
    if profile.after_hint is AfterHint.RETURN:
        return None
    if not (profile.rereads or profile.rechecks_splitting):
        return orig
    now = read_pmd(engine, vma, slot)
    if profile.rechecks_splitting and now.splitting:
        return None
    if not profile.rereads:
        return orig
    # Reading again is safe only for one who also looks whether a huge page is still there.
    changed = pmd_kind(engine.hooks, now.choose(PLACE)) is not Pmd.HUGE
    return None if profile.rechecks_splitting and changed else now


def _set_accessed(
    engine: Engine, vma: Vma, address: int, slot: Slot, orig: Snapshot, access: Access
) -> Outcome:
    """Mark the huge page used, and written for a store (huge_pmd_set_accessed)."""
    hooks = engine.hooks
    write = access is Access.WRITE
    with engine.locks.pmd(vma.vm_mm, slot):
        if engine.profile.bugs_on_hint and hooks.pmd_numa(vma, hooks.pmdp_get(slot)):
            raise MachineError("kernel BUG: BUG_ON(pmd_numa(*pmd)) in __handle_mm_fault")
        pmd = still(engine, slot, orig)
        if pmd is None:
            return Outcome.RETRY
        pmd = hooks.pmd_mkyoung(pmd)
        pmd = hooks.pmd_mkdirty(pmd) if write else pmd
        start = huge_of(engine).start(address)
        if not hooks.pmdp_set_access_flags(vma, start, slot, pmd, write):
            return Outcome.SPURIOUS
        hooks.update_mmu_cache_pmd(vma, address, slot, Reason.MADE_ACCESSIBLE)
        return Outcome.FLAGS


def _wait(engine: Engine, pmd: int) -> None:
    """Wait for a huge page to arrive (pmd_migration_entry_wait)."""
    hooks = engine.hooks
    head = waits_for(hooks, hooks.arch_pmd_to_swp_entry(pmd))
    if head is not None:
        engine.locks.wait_on_page(head)


def _small(engine: Engine, vma: Vma, address: int, slot: Slot) -> Outcome | Slot:
    """Return the slot of a base page, with a table made for it if there was none."""
    hooks, mm = engine.hooks, vma.vm_mm
    pmd = hooks.pmdp_get(slot)
    if pmd_kind(hooks, pmd) is Pmd.NONE:
        table = mm.tables.new_table()
        with engine.locks.pmd(mm, slot):
            if hooks.pmd_none(hooks.pmdp_get(slot)):
                hooks.pmd_populate(mm, slot, table)
            else:
                mm.tables.free_table(table)
        pmd = hooks.pmdp_get(slot)
    if pmd_kind(hooks, pmd) is not Pmd.TABLE:
        return Outcome.RETRY
    return mm.tables.pte(pmd, address)
