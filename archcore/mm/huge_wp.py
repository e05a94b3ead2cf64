"""A store to a huge page that may not be written: do_huge_pmd_wp_page (mm/huge_memory.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.mm.costs import Waste
from archcore.mm.huge_anon import map_new
from archcore.mm.huge_split import split_huge_pmd
from archcore.mm.hugepages import (
    allocate,
    discard,
    huge_of,
    is_huge_zero,
    maybe_pmd_mkwrite,
    still,
)
from archcore.mm.knobs import HugeCopy
from archcore.mm.notifier import invalidating
from archcore.mm.outcome import Outcome
from archcore.mm.pages import copy_page, put_page
from archcore.mm.reason import Reason

if TYPE_CHECKING:
    from archcore.mm.engine import Engine
    from archcore.mm.slot import Slot
    from archcore.mm.snapshot import Snapshot
    from archcore.mm.task import Task
    from archcore.mm.vma import Vma

PLACE = "do_huge_pmd_wp_page"


def do_huge_pmd_wp_page(
    engine: Engine, task: Task, vma: Vma, address: int, slot: Slot, orig: Snapshot
) -> Outcome | None:
    """Let the store go to the page, or give it another; None where base pages have to do."""
    if engine.profile.huge_copy is HugeCopy.SPLIT:
        outcome = _reuse_or_split(engine, vma, address, slot, orig)
    else:
        outcome = _reuse_or_copy(engine, task, vma, address, slot, orig)
    if outcome is None:
        split_huge_pmd(engine, vma, huge_of(engine).start(address), slot)
    return outcome


def _reuse_or_copy(
    engine: Engine, task: Task, vma: Vma, address: int, slot: Slot, orig: Snapshot
) -> Outcome | None:
    """Give a shared page's writer a huge page of its own (until Linux 5.7).

    A store to the huge zero page goes straight to the allocation and compares only afterwards.
    """
    page = None
    if not is_huge_zero(engine, orig.choose(PLACE)):
        with engine.locks.pmd(vma.vm_mm, slot):
            pmd = still(engine, slot, orig)
            if pmd is None:
                return Outcome.RETRY
            page = engine.hooks.pmd_pfn(pmd)
            if engine.frames.page_mapcount(page) == 1:
                return _reuse(engine, vma, address, slot, pmd)
            engine.frames.get(page)
    new = allocate(engine, task.nid)
    if new is None:
        engine.vmstat.thp_fault_fallback += 1
        if page is not None:
            put_page(engine, page)
        return None
    return _copy_to(engine, vma, address, slot, orig, page, new)


def _copy_to(
    engine: Engine, vma: Vma, address: int, slot: Slot, orig: Snapshot, page: int | None, new: int
) -> Outcome:
    """Fill a new huge page from the old one, or with zeros, and map it if nothing has changed."""
    huge = huge_of(engine)
    start = huge.start(address)
    wasted = Waste.BYTES_CLEARED if page is None else Waste.BYTES_COPIED
    if page is None:
        engine.costs.charge("pages_cleared", huge.nr)
    else:
        copy_page(engine, page, new, huge.nr)
    mm, reason = vma.vm_mm, Reason.FRAME_CHANGES
    with (
        invalidating(engine, mm, start, start + huge.size, reason),
        engine.locks.pmd(mm, slot),
    ):
        if page is not None:
            put_page(engine, page)
        if still(engine, slot, orig) is None:
            discard(engine, new, wasted)
            return Outcome.RETRY
        engine.hooks.pmdp_huge_get_and_clear(mm, start, slot)
        engine.hooks.flush_tlb_range(vma, start, start + huge.size, reason)
        map_new(engine, vma, address, slot, new)
        if page is not None:
            engine.frames.entire_mapcount[page] -= 1
            vma.vm_mm.rss -= huge.nr
            put_page(engine, page)
    engine.vmstat.thp_fault_alloc += 1
    return Outcome.COPIED


def _reuse_or_split(
    engine: Engine, vma: Vma, address: int, slot: Slot, orig: Snapshot
) -> Outcome | None:
    """Reuse the page if no one else has it, otherwise leave the copying to base pages."""
    frames = engine.frames
    if is_huge_zero(engine, orig.choose(PLACE)):
        return None
    with engine.locks.pmd(vma.vm_mm, slot):
        pmd = still(engine, slot, orig)
        if pmd is None:
            return Outcome.RETRY
        head = engine.hooks.pmd_pfn(pmd)
        if frames.exclusive[head]:
            return _reuse(engine, vma, address, slot, pmd)
        with engine.locks.page_trylock(head) as locked:
            if locked:
                return _reuse_if_alone(engine, vma, address, slot, pmd)
        frames.get(head)
    with engine.locks.page(head), engine.locks.pmd(vma.vm_mm, slot):
        put_page(engine, head)
        pmd = still(engine, slot, orig)
        if pmd is None:
            return Outcome.RETRY
        return _reuse_if_alone(engine, vma, address, slot, pmd)


def _reuse_if_alone(engine: Engine, vma: Vma, address: int, slot: Slot, pmd: int) -> Outcome | None:
    """Reuse a page, under its lock, that nobody else refers to."""
    head = engine.hooks.pmd_pfn(pmd)
    if not engine.frames.exclusive[head] and engine.frames.refcount[head] != 1:
        return None
    engine.frames.exclusive[head] = True
    return _reuse(engine, vma, address, slot, pmd)


def _reuse(engine: Engine, vma: Vma, address: int, slot: Slot, pmd: int) -> Outcome:
    """Raise the rights in the slot."""
    hooks = engine.hooks
    entry = maybe_pmd_mkwrite(engine, vma, hooks.pmd_mkdirty(hooks.pmd_mkyoung(pmd)))
    start = huge_of(engine).start(address)
    if hooks.pmdp_set_access_flags(vma, start, slot, entry, 1):
        hooks.update_mmu_cache_pmd(vma, address, slot, Reason.MADE_ACCESSIBLE)
    return Outcome.REUSED
