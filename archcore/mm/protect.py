"""Arming: change_prot_numa over a range, entry by entry or whole tables as arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from archcore.mm import candidates
from archcore.mm.costs import Payer
from archcore.mm.profile import Flush
from archcore.mm.reason import Reason

if TYPE_CHECKING:
    from archcore.mm.engine import Engine
    from archcore.mm.pagetable import Table
    from archcore.mm.task import Task
    from archcore.mm.vma import Vma


@frozen
class Changed:
    """What a walk changed: how many entries, and the addresses whose TLB entries must go."""

    entries: int = 0
    flush_start: int | None = None
    flush_end: int = 0

    def __add__(self, other: Changed) -> Changed:
        """Join two walks."""
        starts = [s for s in (self.flush_start, other.flush_start) if s is not None]
        return Changed(
            self.entries + other.entries,
            min(starts, default=None),
            max(self.flush_end, other.flush_end),
        )


def change_prot_numa(engine: Engine, task: Task, vma: Vma, start: int, end: int) -> int:
    """Arm the entries of a range of one VMA and return how many base pages changed.

    The order is the kernel's: cache flush, entries, TLB flush, with the mm's flush pending for as
    long as a TLB may be behind the tables.
    """
    hooks = engine.hooks
    vma.vm_mm.tlb_flush_pending += 1
    with engine.costs.paying(Payer.SCAN):
        hooks.flush_cache_range(vma, start, end, Reason.BEFORE_RIGHTS_CHANGE)
        changed = Changed()
        for table in vma.vm_mm.tables.tables(start, end):
            changed += _change_pte_range(engine, task, vma, table, start, end)
        _flush(engine, vma, start, end, changed)
        engine.costs.charge("pte_updates", changed.entries)
    vma.vm_mm.tlb_flush_pending -= 1
    engine.vmstat.numa_pte_updates += changed.entries
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


def _change_pte_range(
    engine: Engine, task: Task, vma: Vma, table: Table, start: int, end: int
) -> Changed:
    """Arm the part of one lowest-level table that lies in the range, under its lock."""
    engine.costs.charge("lock_round_trips")
    level = engine.geometry.levels[0]
    first = max(start - table.address, 0) >> level.shift
    last = min((end - table.address) >> level.shift, level.entries)
    arm = _arm_arrays if engine.arrays else _arm_singly
    return arm(engine, task, vma, table, range(first, last))


def _arm_singly(engine: Engine, task: Task, vma: Vma, table: Table, places: range) -> Changed:
    hooks, shift = engine.hooks, engine.geometry.page_shift
    changed = Changed()
    for place in places:
        slot = table.first.at(place)
        pte = hooks.ptep_get(slot)
        if not candidates.is_candidate(engine, task, vma, pte):
            continue
        address = table.address + (place << shift)
        old = hooks.ptep_modify_prot_start(vma, address, slot)
        new = hooks.pte_mknuma(vma, old)
        hooks.ptep_modify_prot_commit(vma, address, slot, old, new)
        owed = hooks.pte_needs_flush(old, new)
        bounds = (address, address + (1 << shift)) if owed else (None, 0)
        changed += Changed(1, *bounds)
    return changed


def _arm_arrays(engine: Engine, task: Task, vma: Vma, table: Table, places: range) -> Changed:
    hooks, shift = engine.hooks, engine.geometry.page_shift
    words = table.first.at(places.start).load_many(len(places))
    chosen = candidates.candidates(engine, task, vma, words)
    changed = Changed()
    for first, count in candidates.runs(chosen):
        slot = table.first.at(places.start + first)
        address = table.address + (places.start + first << shift)
        old = hooks.modify_prot_start_ptes(vma, address, slot, count)
        new = hooks.pte_mknuma(vma, old)
        hooks.modify_prot_commit_ptes(vma, address, slot, old, new, count)
        span = candidates.span(hooks.pte_needs_flush(old, new), count)
        bounds = (
            (None, 0)
            if span is None
            else (
                address + (span[0] << shift),
                address + (span[1] << shift),
            )
        )
        changed += Changed(count, *bounds)
    return changed
