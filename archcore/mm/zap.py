"""Unmapping: entries go, the TLBs forget, and only then are the frames free (mm/memory.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import define, field

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


@define
class Gather:
    """What is unmapped and not flushed yet (mmu_gather); ``stale`` if a TLB may have held it."""

    entries: int = 0
    pages: list[int] = field(factory=list)
    stale: bool = False

    def add(self, pfn: int | None, *, present: bool) -> None:
        """Add an entry, and the page that it has mapped, if it is one."""
        self.entries += 1
        self.stale |= present
        if pfn is not None:
            self.pages.append(pfn)


def zap_page_range(engine: Engine, vma: Vma, start: int, end: int) -> int:
    """Unmap a range of one VMA and return how many entries went, a huge one counting once.

    What a look without a lock finds empty is passed over, as the kernel does (B09).
    """
    mm, gather = vma.vm_mm, Gather()
    with invalidating(engine, mm, start, end, Reason.UNMAPPED), flush_pending(engine, mm):
        engine.hooks.flush_cache_range(vma, start, end, Reason.UNMAPPED)
        if engine.huge is None:
            for table in mm.tables.tables(start, end):
                _zap_pte_range(engine, vma, table, start, end, gather)
        else:
            for address, slot in mm.tables.pmds(start, end):
                _zap_pmd(engine, vma, address, slot, start, end, gather)
        if gather.stale:
            engine.hooks.flush_tlb_range(vma, start, end, Reason.UNMAPPED)
            engine.costs.charge("tlb_flushes")
        if vma.private:
            mm.forget(start, end)
    for pfn in gather.pages:
        put_page(engine, pfn)
    return gather.entries


def _zap_pmd(
    engine: Engine, vma: Vma, address: int, slot: Slot, start: int, end: int, gather: Gather
) -> None:
    hooks, size = engine.hooks, huge_of(engine).size
    kind = pmd_kind(hooks, hooks.pmdp_get(slot))
    if kind is Pmd.NONE:
        return
    if kind is not Pmd.TABLE:
        if start <= address and address + size <= end:
            if _zap_huge_pmd(engine, vma, address, slot, gather):
                return
        else:
            split_huge_pmd(engine, vma, address, slot)
    pmd = hooks.pmdp_get(slot)
    if pmd_kind(hooks, pmd) is Pmd.TABLE:
        table = vma.vm_mm.tables.table_at(address, pmd)
        _zap_pte_range(engine, vma, table, start, end, gather)


def _zap_huge_pmd(engine: Engine, vma: Vma, address: int, slot: Slot, gather: Gather) -> bool:
    """Empty a huge page's slot; False where a table stands by now."""
    hooks = engine.hooks
    with engine.locks.pmd(vma.vm_mm, slot):
        pmd = hooks.pmdp_get(slot)
        kind = pmd_kind(hooks, pmd)
        if kind in {Pmd.NONE, Pmd.TABLE}:
            return kind is Pmd.NONE
        if not splitting(engine, slot, pmd):
            pmd = hooks.pmdp_huge_get_and_clear(vma.vm_mm, address, slot)
            head = page_of(engine, pmd) if kind is Pmd.HUGE else None
            if head is not None:
                engine.frames.entire_mapcount[head] -= 1
            if head is not None or kind is Pmd.MIGRATION:
                vma.vm_mm.rss -= huge_of(engine).nr
            gather.add(head, present=True)  # zap_huge_pmd says so of any entry
            return True
    wait_split_huge_page(engine, vma)
    return False


def _zap_pte_range(
    engine: Engine, vma: Vma, table: Table, start: int, end: int, gather: Gather
) -> None:
    """Empty the slots of one table that lie in the range, under its lock.

    An entry that is not present owes no flush: whoever made it so has flushed, or put that off.
    """
    hooks, mm, level = engine.hooks, vma.vm_mm, engine.geometry.levels[0]
    first = max(start - table.address, 0) >> level.shift
    last = min((end - table.address) >> level.shift, level.entries)
    with engine.locks.pte(mm, table.first):
        flush_batched(engine, mm)
        for place in range(first, last):
            slot = table.first.at(place)
            pte = hooks.ptep_get(slot)
            if not hooks.pte_none(pte):
                address = table.address + (place << level.shift)
                pte = hooks.ptep_get_and_clear(mm, address, slot)
                present = bool(hooks.pte_present(pte))
                gather.add(_unmapped(engine, vma, pte), present=present)


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
