"""Reclaim of one page: its entries become swap entries, its contents go to swap (mm/vmscan.c)."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from archcore.hw.seam import Place, Step
from archcore.mm.costs import Payer
from archcore.mm.migrate import Failure, isolate
from archcore.mm.notifier import invalidating
from archcore.mm.pages import put_page, read_page
from archcore.mm.reason import Reason
from archcore.mm.rmap import family_of
from archcore.mm.swap import AREA, swap_of

if TYPE_CHECKING:
    from archcore.mm.engine import Engine
    from archcore.mm.mm import Mm
    from archcore.mm.vma import Vma


ALONE = 2
"""The references to a page that only the swap cache and whoever writes it out have."""


class Reclaimed(Enum):
    """What became of a page."""

    SWAPPED = "its contents are in swap, its frame is free"
    CACHED = "no entry maps it, but somebody uses it, so it stays in the swap cache"
    LOCKED = "its lock is taken"
    FULL = "swap has no room"


def swap_out(engine: Engine, vma: Vma, address: int) -> Reclaimed | Failure:
    """Take the base page behind an address out of memory, whoever maps it.

    Raises MachineError on a machine without swap.
    """
    hooks, slot = engine.hooks, vma.vm_mm.tables.slot(address)
    if slot is None:
        return Failure.GONE
    with engine.costs.paying(Payer.RECLAIM):
        with engine.locks.pte(vma.vm_mm, slot):
            pte = hooks.ptep_get(slot)
            present = not hooks.pte_none(pte) and hooks.pte_present(pte)
            pfn = engine.page(pte) if present else None
            if pfn is None or engine.frames.size(pfn) > 1:
                return Failure.GONE
            engine.frames.get(pfn)
        failure = isolate(engine, pfn)
        if failure is not None:
            return failure
        outcome = _shrink(engine, vma, address, pfn)
        engine.frames.isolated.discard(pfn)
        put_page(engine, pfn)
        return outcome


def _shrink(engine: Engine, vma: Vma, address: int, pfn: int) -> Reclaimed | Failure:
    area = swap_of(engine)
    with engine.locks.page_trylock(pfn) as locked:
        if not locked:
            return Reclaimed.LOCKED
        place = area.allocate()
        if place is None:
            return Reclaimed.FULL
        engine.frames.get(pfn)
        area.cache[place] = pfn  # before any entry says so: who faults finds it there and waits
        owed: list[Mm] = []
        for other, at in family_of(vma, address):
            _try_to_unmap_one(engine, other, at, pfn, place, owed)
        for mm in dict.fromkeys(owed):
            _try_to_unmap_flush(engine, mm)
        return _write_out(engine, pfn, place)


def _write_out(engine: Engine, pfn: int, place: int) -> Reclaimed | Failure:
    """Write a page to its swap slot, and give it up unless others use it (__remove_mapping)."""
    area, frames = swap_of(engine), engine.frames
    if area.cache.get(place) == pfn and not area.counts[place]:
        area.release(place)
        put_page(engine, area.cache.pop(place))
        return Reclaimed.CACHED
    if frames.refcount[pfn] == ALONE and engine.seam is not None:
        engine.seam.point(Step.COPY, Place("frame", pfn))
    if area.cache.get(place) != pfn:
        return Failure.GONE  # the last entry was thrown away, and the slot with it
    if frames.refcount[pfn] != ALONE:
        return Reclaimed.CACHED
    area.data[place] = read_page(engine, pfn)
    engine.vmstat.pswpout += 1
    put_page(engine, area.cache.pop(place))
    return Reclaimed.SWAPPED


def _try_to_unmap_one(
    engine: Engine, vma: Vma, address: int, pfn: int, place: int, owed: list[Mm]
) -> None:
    """Replace an entry by a swap entry; where the profile batches, the flush is owed."""
    hooks, mm, reason = engine.hooks, vma.vm_mm, Reason.UNMAPPED
    slot, end = mm.tables.slot(address), address + engine.geometry.page_size
    if slot is None:
        return
    with invalidating(engine, mm, address, end, reason), engine.locks.pte(mm, slot):
        now = hooks.ptep_get(slot)
        if hooks.pte_none(now) or not hooks.pte_present(now) or hooks.pte_pfn(now) != pfn:
            return
        hooks.flush_cache_page(vma, address, pfn, reason)
        pte = hooks.ptep_get_and_clear(mm, address, slot)
        if engine.profile.reclaim_batches:
            mm.tlb_flush_batched = True
            owed.append(mm)
        else:
            hooks.flush_tlb_page(vma, address, reason)
            engine.costs.charge("tlb_flushes")
        swapped = hooks.arch_swp_entry_to_pte(hooks.arch_swp_entry(AREA, place))
        if engine.frames.exclusive[pfn]:
            swapped = hooks.pte_swp_mkexclusive(swapped)
        if hooks.pte_soft_dirty(pte):
            swapped = hooks.pte_swp_mksoft_dirty(swapped)
        if hooks.pte_uffd_wp(pte):
            swapped = hooks.pte_swp_mkuffd_wp(swapped)
        swap_of(engine).get(place)
        hooks.set_pte_at(mm, address, slot, swapped)
        engine.frames.mapcount[pfn] -= 1
        mm.rss -= 1
        put_page(engine, pfn)


def _try_to_unmap_flush(engine: Engine, mm: Mm) -> None:
    """Pay the flushes that were put off, before anybody may find the frame free.

    The mm goes on to say that it owes one, until somebody changes its entries; as in the kernel.
    """
    engine.hooks.flush_tlb_batched_pending(mm, Reason.FLUSH_OWED)
    engine.costs.charge("tlb_flushes")
