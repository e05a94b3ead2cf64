"""Page faults: from a hardware fault to the handler the entry asks for (mm/memory.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.hw.mmu import Access
from archcore.mm.costs import Waste
from archcore.mm.huge_fault import fault_pmd
from archcore.mm.hugetlb import hugetlb_fault
from archcore.mm.knobs import Reuse
from archcore.mm.notifier import invalidating
from archcore.mm.numa_fault import do_numa_page
from archcore.mm.outcome import Outcome
from archcore.mm.pages import copy_page, maybe_mkwrite, new_page, put_page
from archcore.mm.reason import Reason
from archcore.mm.rmap import family_of
from archcore.mm.swapin import do_swap_page
from archcore.mm.table_hint import do_pmd_numa_page, is_hinted_table
from archcore.mm.task import CURRENT

if TYPE_CHECKING:
    from archcore.mm.engine import Engine
    from archcore.mm.slot import Slot
    from archcore.mm.snapshot import Snapshot
    from archcore.mm.task import Task
    from archcore.mm.vma import Vma

__all__ = ["Outcome", "fault_in", "handle_mm_fault"]


def handle_mm_fault(engine: Engine, task: Task, address: int, access: Access) -> Outcome:
    """Settle the fault of a task; the VMA is asked first, the entry only then."""
    engine.vmstat.pgfault += 1
    engine.costs.charge("faults")
    with engine.locks.mmap_read(task.mm):
        vma = task.mm.vmas.find(address)
        if vma is None or _access_error(engine, vma, access):
            return Outcome.SIGSEGV
        task.trap = access
        try:
            return fault_in(engine, task, vma, address, access)
        finally:
            task.trap = None


def fault_in(engine: Engine, task: Task, vma: Vma, address: int, access: Access) -> Outcome:
    """Settle a fault the VMA does not forbid, or whose maker may force it; under the mmap lock."""
    before = CURRENT.get()
    CURRENT.set(task)
    try:
        return _settled(engine, task, vma, address & -engine.geometry.page_size, access)
    finally:
        CURRENT.set(before)


def _settled(engine: Engine, task: Task, vma: Vma, address: int, access: Access) -> Outcome:
    if vma.hugetlb:
        return hugetlb_fault(engine, task, vma, address, access)
    if engine.huge is not None:
        slot = fault_pmd(engine, task, vma, address, access)
        if isinstance(slot, Outcome):
            return slot
        return _handle_pte_fault(engine, task, vma, address, slot, access)
    if is_hinted_table(engine, vma, address):
        return do_pmd_numa_page(engine, task, vma, address)
    place = task.mm.tables.pte_alloc(address)
    return _handle_pte_fault(engine, task, vma, address, place, access)


def _access_error(engine: Engine, vma: Vma, access: Access) -> bool:
    if access is Access.WRITE:
        return not vma.writable
    if access is Access.EXECUTE:
        return not vma.executable
    return not vma.vm_flags & engine.reads


def _handle_pte_fault(
    engine: Engine, task: Task, vma: Vma, address: int, slot: Slot, access: Access
) -> Outcome:
    hooks = engine.hooks
    orig_pte = hooks.ptep_get(slot)
    if hooks.pte_none(orig_pte):
        return _do_anonymous_page(engine, task, vma, address, slot, access)
    if not hooks.pte_present(orig_pte):
        return do_swap_page(engine, task, vma, address, slot, orig_pte, access)
    orig = engine.locks.pte_snapshot(vma.vm_mm, slot, orig_pte)
    if (vma.accessible or not engine.profile.asks_vma) and hooks.pte_numa(vma, orig_pte):
        do_numa_page(engine, task, vma, address, slot, orig)
        return Outcome.HINT
    return _handle_present_pte(engine, task, vma, address, slot, orig, access)


def _handle_present_pte(
    engine: Engine,
    task: Task,
    vma: Vma,
    address: int,
    slot: Slot,
    orig: Snapshot,
    access: Access,
) -> Outcome:
    """Raise the rights of an ordinary entry, under its lock, or give the store a copy."""
    hooks = engine.hooks
    with engine.locks.pte(vma.vm_mm, slot):
        pte = hooks.ptep_get(slot)
        if not orig.same(hooks.pte_same, pte):
            return Outcome.RETRY
        if access is not Access.WRITE or hooks.pte_write(pte):
            return _set_access_flags(engine, vma, address, slot, pte, access)
        pfn = engine.page(pte)
        if not vma.private or (pfn is not None and may_reuse(engine, pfn)):
            return _reuse(engine, vma, address, slot, pte, pfn)
        if pfn is not None:
            engine.frames.get(pfn)
    return _wp_page_copy(engine, task, vma, address, slot, orig, pfn)


def _do_anonymous_page(
    engine: Engine, task: Task, vma: Vma, address: int, slot: Slot, access: Access
) -> Outcome:
    """Map a new page, or the zero page for a read where the machine has one."""
    hooks = engine.hooks
    pfn = None if vma.private else _shared_page(engine, vma, address)
    if pfn is not None:
        pte = _entry_of(engine, vma, pfn)
    elif access is not Access.WRITE and engine.zero_page is not None and vma.private:
        pte = hooks.pte_mkspecial(hooks.pfn_pte(engine.zero_page, vma.vm_page_prot))
    else:
        pfn = new_page(engine, task)
        pte = _entry_of(engine, vma, pfn)
        if not vma.private:
            engine.frames.mapping.add(pfn)
    with engine.locks.pte(vma.vm_mm, slot):
        if not hooks.pte_none(hooks.ptep_get(slot)):
            if pfn is not None:
                _discard(engine, pfn, Waste.BYTES_CLEARED)
            return Outcome.RETRY
        _map_new(engine, vma, address, slot, pte, pfn)
    return Outcome.ANONYMOUS


def _shared_page(engine: Engine, vma: Vma, address: int) -> int | None:
    """Return the page another address space has at this place of a shared mapping, with a get."""
    hooks = engine.hooks
    for other, at in family_of(vma, address):
        slot = None if other is vma else other.vm_mm.tables.slot(at)
        pte = 0 if slot is None else hooks.ptep_get(slot)
        if not hooks.pte_none(pte) and hooks.pte_present(pte):
            pfn = engine.page(pte)
            if pfn is not None:
                engine.frames.get(pfn)
                return pfn
    return None


def _entry_of(engine: Engine, vma: Vma, pfn: int) -> int:
    """Return the first entry of a fresh page, writable if the VMA is."""
    hooks = engine.hooks
    pte: int = hooks.pte_mkyoung(hooks.pfn_pte(pfn, vma.vm_page_prot))
    return maybe_mkwrite(engine, vma, hooks.pte_mkdirty(pte) if vma.writable else pte)


def _map_new(engine: Engine, vma: Vma, address: int, slot: Slot, pte: int, pfn: int | None) -> None:
    """Store the first entry of a page, under the lock of its slot."""
    if pfn is not None:
        engine.frames.mapcount[pfn] += 1
        engine.frames.exclusive[pfn] = True
        vma.vm_mm.rss += 1
    engine.hooks.set_pte_at(vma.vm_mm, address, slot, pte)
    engine.hooks.update_mmu_cache(vma, address, slot, Reason.MADE_ACCESSIBLE)


def _discard(engine: Engine, pfn: int, wasted: Waste) -> None:
    """Give a new page back that came too late."""
    engine.costs.discard(Waste.PAGES)
    engine.costs.discard(wasted, engine.geometry.page_size)
    put_page(engine, pfn)


def may_reuse(engine: Engine, pfn: int) -> bool:
    """Say whether a store may go to a private page that its entry does not let it write."""
    frames = engine.frames
    if engine.profile.reuse is Reuse.MAPPED_ONCE:
        swapped = 0 if engine.swap is None else engine.swap.users(pfn)
        return frames.page_mapcount(pfn) + swapped == 1
    return bool(frames.exclusive[pfn] or frames.refcount[frames.head(pfn)] == 1)


def _reuse(
    engine: Engine, vma: Vma, address: int, slot: Slot, pte: int, pfn: int | None
) -> Outcome:
    """Let a store go to a page nobody else uses."""
    hooks = engine.hooks
    if vma.private and pfn is not None:
        engine.frames.exclusive[pfn] = True
    pte = maybe_mkwrite(engine, vma, hooks.pte_mkdirty(hooks.pte_mkyoung(pte)))
    if hooks.ptep_set_access_flags(vma, address, slot, pte, 1):
        hooks.update_mmu_cache(vma, address, slot, Reason.MADE_ACCESSIBLE)
    return Outcome.REUSED


def _wp_page_copy(
    engine: Engine,
    task: Task,
    vma: Vma,
    address: int,
    slot: Slot,
    orig: Snapshot,
    old: int | None,
) -> Outcome:
    """Give a store a copy of its own; ``old`` is the page, with a reference, if it is one."""
    hooks, source = engine.hooks, engine.zero_page if old is None else old
    new = new_page(engine, task)
    pte = _entry_of(engine, vma, new)
    if source is not None:
        copy_page(engine, source, new)
    mm, end = vma.vm_mm, address + engine.geometry.page_size
    with invalidating(engine, mm, address, end, Reason.FRAME_CHANGES), engine.locks.pte(mm, slot):
        if old is not None:
            put_page(engine, old)
        now = hooks.ptep_get(slot)
        if not orig.same(hooks.pte_same, now):
            _discard(engine, new, Waste.BYTES_COPIED)
            return Outcome.RETRY
        hooks.flush_cache_page(vma, address, hooks.pte_pfn(now), Reason.FRAME_CHANGES)
        hooks.ptep_get_and_clear(mm, address, slot)
        hooks.flush_tlb_page(vma, address, Reason.FRAME_CHANGES)
        _map_new(engine, vma, address, slot, pte, new)
        if old is not None:
            engine.frames.mapcount[old] -= 1
            mm.rss -= 1
            put_page(engine, old)
    return Outcome.COPIED


def _set_access_flags(
    engine: Engine, vma: Vma, address: int, slot: Slot, pte: int, access: Access
) -> Outcome:
    """Mark the entry used, and written for a store; a TLB may be behind, so drop the page."""
    hooks = engine.hooks
    pte = hooks.pte_mkyoung(pte)
    if access is Access.WRITE:
        pte = hooks.pte_mkdirty(pte)
    if hooks.ptep_set_access_flags(vma, address, slot, pte, access is Access.WRITE):
        hooks.update_mmu_cache(vma, address, slot, Reason.MADE_ACCESSIBLE)
        return Outcome.FLAGS
    if access is Access.WRITE:
        hooks.flush_tlb_page(vma, address, Reason.STALE_TRANSLATION)
    return Outcome.SPURIOUS
