"""Splits: a huge page's entry becomes a table of base pages, and the huge page itself many.

Until Linux 4.5 both happen at once, and an entry says meanwhile that it is splitting; since then a
huge page may be mapped by tables and stay one page (mm/huge_memory.c).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from archcore.hw.seam import Place, Step
from archcore.mm.huge_table import small_entries
from archcore.mm.hugepages import Pmd, huge_of, is_huge_zero, pmd_kind, splitting
from archcore.mm.notifier import invalidating
from archcore.mm.reason import Reason

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from archcore.mm.engine import Engine
    from archcore.mm.slot import Slot
    from archcore.mm.vma import Vma


def split_huge_pmd(engine: Engine, vma: Vma, address: int, slot: Slot) -> None:
    """Put a table in the place of a huge page's entry, if there still is one."""
    if engine.profile.marks_splitting:
        split_huge_page(engine, vma, address, slot)
        return
    end = address + huge_of(engine).size
    with (
        invalidating(engine, vma.vm_mm, address, end, Reason.RIGHTS_REMOVED),
        engine.locks.pmd(vma.vm_mm, slot),
    ):
        _split_locked(engine, vma, address, slot)


def split_huge_page(engine: Engine, vma: Vma, address: int, slot: Slot) -> None:
    """Split a huge page and the entry that maps it."""
    if engine.profile.marks_splitting:
        with engine.locks.anon_vma(vma):
            _mark_and_split(engine, vma, address, slot)
        return
    head = engine.hooks.pmd_pfn(engine.hooks.pmdp_get(slot))
    with engine.locks.page(head), engine.locks.anon_vma(vma):
        split_huge_pmd(engine, vma, address, slot)
        if engine.frames.order[head] and not engine.frames.entire_mapcount[head]:
            engine.frames.split(head)
            engine.vmstat.thp_split_page += 1


def _mark_and_split(engine: Engine, vma: Vma, address: int, slot: Slot) -> None:
    """Mark the entry, split the page, replace the entry; the lock is dropped in between."""
    hooks, mm = engine.hooks, vma.vm_mm
    with engine.locks.pmd(mm, slot):
        pmd = hooks.pmdp_get(slot)
        if pmd_kind(hooks, pmd) is not Pmd.HUGE:
            return
        if is_huge_zero(engine, pmd):
            _split_zero(engine, vma, address, slot)
            return
        _mark(engine, vma, address, slot)
    head = hooks.pmd_pfn(pmd)
    engine.frames.split(head)
    engine.vmstat.thp_split_page += 1
    with engine.locks.pmd(mm, slot):
        pmd = hooks.pmdp_get(slot)
        if pmd_kind(hooks, pmd) is Pmd.HUGE and hooks.pmd_pfn(pmd) == head:
            table = _filled(engine, vma, address, small_entries(engine, vma, pmd))
            hooks.pmdp_invalidate(vma, address, slot)
            hooks.pmd_populate(mm, slot, table)
        engine.splitting.discard(slot.address)


def _mark(engine: Engine, vma: Vma, address: int, slot: Slot) -> None:
    """Mark the entry as being split, or remember beside it that it is."""
    if not splitting(engine, slot, engine.hooks.pmdp_get(slot)) and not huge_of(engine).marks:
        if engine.seam is not None:
            engine.seam.point(Step.STORE, Place("slot", slot.address))
        engine.splitting.add(slot.address)
    engine.hooks.pmdp_splitting_flush(vma, address, slot)


def _split_locked(engine: Engine, vma: Vma, address: int, slot: Slot) -> None:
    """Replace the entry, under its lock; what hardware did to it up to then is carried over."""
    hooks, frames, huge = engine.hooks, engine.frames, huge_of(engine)
    pmd = hooks.pmdp_get(slot)
    kind = pmd_kind(hooks, pmd)
    if kind not in {Pmd.HUGE, Pmd.MIGRATION}:
        return
    engine.vmstat.thp_split_pmd += 1
    if kind is Pmd.HUGE and is_huge_zero(engine, pmd):
        _split_zero(engine, vma, address, slot)
        return
    if kind is Pmd.HUGE:
        pmd = hooks.pmdp_invalidate(vma, address, slot)
        head = hooks.pmd_pfn(pmd)
        parts = slice(head, head + huge.nr)
        frames.entire_mapcount[head] -= 1
        frames.mapcount[parts] += 1
        frames.refcount[head] += huge.nr - 1
        frames.exclusive[parts] = frames.exclusive[head]
    words = small_entries(engine, vma, pmd)
    hooks.pmd_populate(vma.vm_mm, slot, _filled(engine, vma, address, words))


def _split_zero(engine: Engine, vma: Vma, address: int, slot: Slot) -> None:
    """Replace the huge zero page by zero pages."""
    hooks, mm = engine.hooks, vma.vm_mm
    hooks.pmdp_huge_get_and_clear(mm, address, slot)
    end = address + huge_of(engine).size
    hooks.flush_tlb_range(vma, address, end, Reason.FRAME_CHANGES)
    hooks.pmd_populate(mm, slot, _filled(engine, vma, address, zero_entries(engine, vma)))


def zero_entries(engine: Engine, vma: Vma) -> NDArray[np.uint64]:
    """Return one table of zero pages."""
    hooks = engine.hooks
    pte = hooks.pte_mkspecial(hooks.pfn_pte(engine.zero_page, vma.vm_page_prot))
    return np.full(huge_of(engine).nr, pte, np.uint64)


def _filled(engine: Engine, vma: Vma, address: int, words: NDArray[np.uint64]) -> int:
    """Return the address of a new table with these entries, which nobody can see yet."""
    table = vma.vm_mm.tables.new_table()
    first = vma.vm_mm.tables.first(table)
    count = len(words)
    engine.hooks.modify_prot_commit_ptes(vma, address, first, first.load_many(count), words, count)
    return table
