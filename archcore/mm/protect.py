"""Protection changes: change_protection over a range by cause, and the scanner's use of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.mm.change import HINT, NOTHING, Changed
from archcore.mm.change_pte import change_pte_range
from archcore.mm.costs import Payer
from archcore.mm.huge_protect import change_huge_pmd
from archcore.mm.huge_split import split_huge_pmd
from archcore.mm.hugepages import Pmd, pmd_kind
from archcore.mm.hugetlb import hugetlb_change_protection
from archcore.mm.knobs import Bracket, Flush
from archcore.mm.notifier import Invalidation
from archcore.mm.pending import flush_pending
from archcore.mm.reason import Reason

if TYPE_CHECKING:
    from archcore.mm.change import Change
    from archcore.mm.engine import Engine
    from archcore.mm.slot import Slot
    from archcore.mm.task import Task
    from archcore.mm.vma import Vma


def change_prot_numa(engine: Engine, task: Task, vma: Vma, start: int, end: int) -> int:
    """Arm the entries of a range of one VMA and return how many base pages changed."""
    with engine.costs.paying(Payer.SCAN):
        pages = change_protection(engine, task, vma, start, end, HINT)
        engine.costs.charge("pte_updates", pages)
    engine.vmstat.numa_pte_updates += pages
    return pages


def change_protection(
    engine: Engine, task: Task, vma: Vma, start: int, end: int, change: Change
) -> int:
    """Change the protection of a range of one VMA and return how many base pages changed.

    The order is the kernel's: cache flush, entries, TLB flush, with the mm's flush pending for as
    long as a TLB may be behind the tables.
    """
    if vma.hugetlb:
        return hugetlb_change_protection(engine, vma, start, end, change)
    bracket = Invalidation(engine, vma.vm_mm, start, end, Reason.RIGHTS_REMOVED)
    whole = engine.profile.bracket is Bracket.WHOLE
    with flush_pending(engine, vma.vm_mm):
        if whole:
            bracket.begin()
        engine.hooks.flush_cache_range(vma, start, end, Reason.BEFORE_RIGHTS_CHANGE)
        walk = _change_tables if engine.huge is None else _change_pmd_range
        changed = walk(engine, task, vma, start, end, change, bracket)
        if not whole:
            bracket.finish()
        _flush(engine, vma, start, end, changed)
        bracket.finish()
    if engine.profile.counts_huge_updates:
        engine.vmstat.numa_huge_pte_updates += changed.huge
    return changed.entries


def _flush(engine: Engine, vma: Vma, start: int, end: int, changed: Changed) -> None:
    rule = engine.profile.arm_flush
    if rule is Flush.ALWAYS or (rule is Flush.IF_CHANGED and changed.entries):
        engine.hooks.flush_tlb_range(vma, start, end, Reason.RIGHTS_REMOVED)
    elif rule is Flush.GATHERED and changed.flush_start is not None:
        reason = Reason.RIGHTS_REMOVED
        engine.hooks.flush_tlb_range(vma, changed.flush_start, changed.flush_end, reason)
    else:
        return
    engine.costs.charge("tlb_flushes")


def _change_tables(
    engine: Engine,
    task: Task,
    vma: Vma,
    start: int,
    end: int,
    change: Change,
    bracket: Invalidation,
) -> Changed:
    """Walk the lowest-level tables of a range that has no other leaves."""
    changed = NOTHING
    for table in vma.vm_mm.tables.tables(start, end):
        bracket.begin()
        part = change_pte_range(engine, task, vma, table, start, end, change)
        if part.one_node:
            change_pmd_protnuma(engine, vma, table.address, vma.vm_mm.tables.pmd(table.address))
        changed += part
    return changed


def change_pmd_protnuma(engine: Engine, vma: Vma, address: int, slot: Slot | None) -> None:
    """Hint a table whose pages were found on one node, whatever has become of them by now."""
    if slot is not None:
        hooks, mm = engine.hooks, vma.vm_mm
        with engine.locks.pmd(mm, slot):
            hooks.set_pmd_at(mm, address, slot, hooks.pmd_mknuma(vma, hooks.pmdp_get(slot)))


def _change_pmd_range(
    engine: Engine,
    task: Task,
    vma: Vma,
    start: int,
    end: int,
    change: Change,
    bracket: Invalidation,
) -> Changed:
    changed = NOTHING
    for address, slot in vma.vm_mm.tables.pmds(start, end):
        if pmd_kind(engine.hooks, engine.hooks.pmdp_get(slot)) is Pmd.NONE:
            continue
        bracket.begin()
        changed += _change_pmd(engine, task, vma, address, slot, start, end, change)
    return changed


def _change_pmd(
    engine: Engine,
    task: Task,
    vma: Vma,
    address: int,
    slot: Slot,
    start: int,
    end: int,
    change: Change,
) -> Changed:
    """Change one upper-level entry as a whole, or the part of its table that is in the range."""
    hooks, tables = engine.hooks, vma.vm_mm.tables
    if pmd_kind(hooks, hooks.pmdp_get(slot)) in {Pmd.HUGE, Pmd.MIGRATION}:
        if start <= address and address + engine.geometry.levels[1].size <= end:
            changed = change_huge_pmd(engine, task, vma, address, slot, change)
            if changed is not None:
                return changed
        else:
            split_huge_pmd(engine, vma, address, slot)
    pmd = hooks.pmdp_get(slot)
    if pmd_kind(hooks, pmd) is not Pmd.TABLE:
        return NOTHING
    table = tables.table_at(address, pmd)
    changed = change_pte_range(engine, task, vma, table, start, end, change)
    if changed.one_node:
        change_pmd_protnuma(engine, vma, address, slot)
    return changed
