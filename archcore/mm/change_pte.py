"""Protection changes of one lowest-level table, entry by entry or as arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import evolve

from archcore.mm import candidates
from archcore.mm.change import NOTHING, Changed
from archcore.mm.pages import can_change_writable
from archcore.mm.pending import flush_batched
from archcore.mm.swapentry import migration_pte, waits_for, writable

if TYPE_CHECKING:
    from collections.abc import Callable

    from archcore.mm.change import Change
    from archcore.mm.engine import Engine
    from archcore.mm.pagetable import Table
    from archcore.mm.slot import Slot
    from archcore.mm.task import Task
    from archcore.mm.vma import Vma


def change_pte_range(
    engine: Engine, task: Task, vma: Vma, table: Table, start: int, end: int, change: Change
) -> Changed:
    """Change the part of one table that lies in the range, under its lock."""
    level = engine.geometry.levels[0]
    first = max(start - table.address, 0) >> level.shift
    last = min((end - table.address) >> level.shift, level.entries)
    with engine.locks.pte(vma.vm_mm, table.first):
        flush_batched(engine, vma.vm_mm)
        if engine.arrays and change.hints and change.cause not in engine.profile.upgrades:
            return _arm_arrays(engine, task, vma, table, range(first, last))
        changed, judge = NOTHING, _judge(engine, vma)
        for place in range(first, last):
            address = table.address + (place << level.shift)
            slot = table.first.at(place)
            changed += _change_one(engine, task, vma, address, slot, change, judge)
        if change.hints and engine.table_hints:
            changed = evolve(changed, one_node=_one_node(engine, table, range(first, last)))
        return changed


def _one_node(engine: Engine, table: Table, places: range) -> bool:
    """Say whether the pages that some entries map lie on one node, hinted and shared ones too."""
    hooks, nodes = engine.hooks, set[int]()
    for place in places:
        pte = table.first.at(place).load()
        mapped = not hooks.pte_none(pte) and hooks.pte_present(pte)
        pfn = engine.page(pte) if mapped else None
        if pfn is not None:
            nodes.add(engine.frames.nid(pfn))
    return len(nodes) <= 1


def _judge(engine: Engine, vma: Vma) -> Callable[[int], bool]:
    """Return what says of a page whether it may become writable at once."""
    verdicts: list[bool] = []

    def judge(pfn: int) -> bool:
        if not verdicts or not engine.profile.upgrades_by_first:
            verdicts[:] = [can_change_writable(engine, vma, pfn)]
        return verdicts[0]

    return judge


def _change_one(
    engine: Engine,
    task: Task,
    vma: Vma,
    address: int,
    slot: Slot,
    change: Change,
    judge: Callable[[int], bool],
) -> Changed:
    hooks = engine.hooks
    pte = hooks.ptep_get(slot)
    if hooks.pte_none(pte):
        return NOTHING
    if not hooks.pte_present(pte):
        return _change_swap(engine, vma, address, slot, pte)
    if change.hints and not candidates.is_candidate(engine, task, vma, pte):
        return NOTHING
    old = hooks.ptep_modify_prot_start(vma, address, slot)
    new = hooks.pte_mknuma(vma, old) if change.hints else _modified(engine, vma, old, change)
    if change.cause in engine.profile.upgrades:
        new = _upgraded(engine, vma, old, new, judge)
    hooks.ptep_modify_prot_commit(vma, address, slot, old, new)
    if hooks.pte_needs_flush(old, new):
        return Changed(1, address, address + engine.geometry.page_size)
    return Changed(1)


def _modified(engine: Engine, vma: Vma, old: int, change: Change) -> int:
    """Return an entry with its new protection; what was hinted is so no longer."""
    hooks = engine.hooks
    if engine.profile.mprotect_disarms and hooks.pte_numa(vma, old):
        old = hooks.pte_mknonnuma(vma, old)
    pte: int = hooks.pte_modify(old, change.newprot)
    return pte


def _upgraded(engine: Engine, vma: Vma, old: int, new: int, judge: Callable[[int], bool]) -> int:
    """Return the entry writable if page and VMA have it so, which saves the fault of a store."""
    hooks, pfn = engine.hooks, engine.page(old)
    if pfn is None or hooks.pte_write(new) or hooks.pte_uffd_wp(new):
        return new
    if not judge(pfn):
        return new
    pte: int = hooks.pte_mkwrite(new, vma)
    return pte


def _change_swap(engine: Engine, vma: Vma, address: int, slot: Slot, pte: int) -> Changed:
    """Take write permission from a migration entry; it may arrive in a read-only VMA (B24)."""
    hooks, counted = engine.hooks, Changed(int(engine.profile.counts_swap_entries))
    swp = hooks.arch_pte_to_swp_entry(pte)
    pfn = waits_for(hooks, swp)
    if pfn is None or not writable(hooks, swp):
        return counted
    readable = migration_pte(hooks, pfn, write=False)
    if hooks.pte_swp_soft_dirty(pte):
        readable = hooks.pte_swp_mksoft_dirty(readable)
    if hooks.pte_swp_uffd_wp(pte):
        readable = hooks.pte_swp_mkuffd_wp(readable)
    hooks.set_pte_at(vma.vm_mm, address, slot, readable)
    return Changed(1)


def _arm_arrays(engine: Engine, task: Task, vma: Vma, table: Table, places: range) -> Changed:
    hooks, shift = engine.hooks, engine.geometry.page_shift
    words = table.first.at(places.start).load_many(len(places))
    chosen = candidates.candidates(engine, task, vma, words)
    changed = NOTHING
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
    if engine.table_hints:
        changed = evolve(changed, one_node=candidates.one_node(engine, words))
    return changed
