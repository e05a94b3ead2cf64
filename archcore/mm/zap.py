"""Unmapping: entries go, the TLBs forget, and only then are the frames free (mm/memory.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.mm.huge_protect import wait_split_huge_page
from archcore.mm.huge_split import split_huge_pmd
from archcore.mm.hugepages import Pmd, huge_of, page_of, pmd_kind, splitting
from archcore.mm.notifier import invalidating
from archcore.mm.pages import put_page
from archcore.mm.pending import flush_batched, flush_pending
from archcore.mm.reason import Reason
from archcore.mm.swapentry import waits_for

if TYPE_CHECKING:
    from archcore.mm.engine import Engine
    from archcore.mm.pagetable import Table
    from archcore.mm.slot import Slot
    from archcore.mm.vma import Vma


def zap_page_range(engine: Engine, vma: Vma, start: int, end: int) -> int:
    """Unmap a range of one VMA and return how many entries went, a huge one counting once.

    What a look without a lock finds empty is passed over, as the kernel does (B09).
    """
    mm, gathered = vma.vm_mm, list[int | None]()
    with invalidating(engine, mm, start, end, Reason.UNMAPPED), flush_pending(engine, mm):
        engine.hooks.flush_cache_range(vma, start, end, Reason.UNMAPPED)
        if engine.huge is None:
            for table in mm.tables.tables(start, end):
                gathered += _zap_pte_range(engine, vma, table, start, end)
        else:
            for address, slot in mm.tables.pmds(start, end):
                gathered += _zap_pmd(engine, vma, address, slot, start, end)
        if gathered:
            engine.hooks.flush_tlb_range(vma, start, end, Reason.UNMAPPED)
            engine.costs.charge("tlb_flushes")
    for pfn in gathered:
        if pfn is not None:
            put_page(engine, pfn)
    return len(gathered)


def _zap_pmd(
    engine: Engine, vma: Vma, address: int, slot: Slot, start: int, end: int
) -> list[int | None]:
    hooks, size = engine.hooks, huge_of(engine).size
    kind = pmd_kind(hooks, hooks.pmdp_get(slot))
    if kind is Pmd.NONE:
        return []
    if kind is not Pmd.TABLE:
        if start <= address and address + size <= end:
            gathered = _zap_huge_pmd(engine, vma, address, slot)
            if gathered is not None:
                return gathered
        else:
            split_huge_pmd(engine, vma, address, slot)
    pmd = hooks.pmdp_get(slot)
    if pmd_kind(hooks, pmd) is not Pmd.TABLE:
        return []
    return _zap_pte_range(engine, vma, vma.vm_mm.tables.table_at(address, pmd), start, end)


def _zap_huge_pmd(engine: Engine, vma: Vma, address: int, slot: Slot) -> list[int | None] | None:
    """Empty a huge page's slot; None where a table stands by now."""
    hooks = engine.hooks
    with engine.locks.pmd(vma.vm_mm, slot):
        pmd = hooks.pmdp_get(slot)
        kind = pmd_kind(hooks, pmd)
        if kind in {Pmd.NONE, Pmd.TABLE}:
            return [] if kind is Pmd.NONE else None
        if not splitting(engine, slot, pmd):
            pmd = hooks.pmdp_huge_get_and_clear(vma.vm_mm, address, slot)
            head = page_of(engine, pmd) if kind is Pmd.HUGE else None
            if head is not None:
                engine.frames.entire_mapcount[head] -= 1
            if head is not None or kind is Pmd.MIGRATION:
                vma.vm_mm.rss -= huge_of(engine).nr
            return [head]
    wait_split_huge_page(engine, vma)
    return None


def _zap_pte_range(
    engine: Engine, vma: Vma, table: Table, start: int, end: int
) -> list[int | None]:
    """Empty the slots of one table that lie in the range, under its lock."""
    hooks, mm, level = engine.hooks, vma.vm_mm, engine.geometry.levels[0]
    first = max(start - table.address, 0) >> level.shift
    last = min((end - table.address) >> level.shift, level.entries)
    gathered = list[int | None]()
    with engine.locks.pte(mm, table.first):
        flush_batched(engine, mm)
        for place in range(first, last):
            slot = table.first.at(place)
            pte = hooks.ptep_get(slot)
            if not hooks.pte_none(pte):
                address = table.address + (place << level.shift)
                pte = hooks.ptep_get_and_clear(mm, address, slot)
                gathered.append(_unmapped(engine, vma, pte))
    return gathered


def _unmapped(engine: Engine, vma: Vma, pte: int) -> int | None:
    """Return the page an entry has mapped, no longer counted as mapped; swap slots go at once."""
    hooks = engine.hooks
    if not hooks.pte_present(pte):
        swp = hooks.arch_pte_to_swp_entry(pte)
        if waits_for(hooks, swp) is not None:
            vma.vm_mm.rss -= 1
            return None
        return None if engine.swap is None else engine.swap.free(hooks.arch_swp_offset(swp))
    pfn = engine.page(pte)
    if pfn is not None:
        engine.frames.mapcount[pfn] -= 1
        vma.vm_mm.rss -= 1
    return pfn
