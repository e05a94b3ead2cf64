"""fork: a second address space that shares pages until one of the two writes (kernel/fork.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.errors import MachineError
from archcore.mm.costs import Payer
from archcore.mm.huge_protect import wait_split_huge_page
from archcore.mm.huge_split import split_huge_pmd
from archcore.mm.hugepages import Pmd, huge_of, page_of, pmd_kind, splitting
from archcore.mm.notifier import invalidating
from archcore.mm.pages import copy_page
from archcore.mm.reason import Reason
from archcore.mm.swapentry import migration_pmd, migration_pte, waits_for, writable

if TYPE_CHECKING:
    from archcore.mm.engine import Engine
    from archcore.mm.mm import Mm
    from archcore.mm.slot import Slot
    from archcore.mm.vma import Vma


def dup_mmap(engine: Engine, parent: Mm) -> Mm:
    """Return a copy of an address space; private pages are shared, and writable in neither."""
    child = parent.empty(engine.memory, engine.geometry, engine.hooks, engine.frames, parent.cpus)
    child.tables.leaves = parent.tables.leaves
    with engine.costs.paying(Payer.CALLER), engine.locks.mmap_write(parent):
        for vma in parent.vmas:
            twin = vma.part(vma.vm_start, vma.vm_end, mm=child)
            child.vmas.insert(twin)
            family = vma.anon_vma
            if family is not None and child not in family.mms:
                family.mms.append(child)
            copy_page_range(engine, vma, twin)
        child.stored.update(parent.stored)
    return child


def copy_page_range(engine: Engine, vma: Vma, twin: Vma) -> None:
    """Copy the entries of a VMA, and flush what stores to private pages may no longer use."""
    hooks, start, end = engine.hooks, vma.vm_start, vma.vm_end
    with invalidating(engine, vma.vm_mm, start, end, Reason.COPY_ON_WRITE):
        hooks.flush_cache_range(vma, start, end, Reason.COPY_ON_WRITE)
        if engine.huge is None:
            for table in vma.vm_mm.tables.tables(start, end):
                _copy_table(engine, vma, twin, table.address)
        else:
            for address, slot in vma.vm_mm.tables.pmds(start, end):
                if not _copy_huge_pmd(engine, vma, twin, address, slot):
                    _copy_table(engine, vma, twin, address)
        if vma.private:
            hooks.flush_tlb_range(vma, start, end, Reason.COPY_ON_WRITE)
            engine.costs.charge("tlb_flushes")


def _copy_table(engine: Engine, vma: Vma, twin: Vma, first: int) -> None:
    """Copy the entries of one table that belong to the VMA (copy_pte_range).

    Both locks are held throughout: who moves a page or swaps it out empties its slot for a moment.
    """
    size, page = engine.geometry.levels[1].size, engine.geometry.page_size
    start, end = max(first, vma.vm_start), min(first + size, vma.vm_end)
    slot = vma.vm_mm.tables.slot(start)
    if slot is None:
        return
    place = twin.vm_mm.tables.pte_alloc(start)
    with engine.locks.pte(twin.vm_mm, place), engine.locks.pte(vma.vm_mm, slot, nested=True):
        for at in range((end - start) // page):
            _copy_one_pte(engine, vma, twin, start + at * page, slot.at(at), place.at(at))


def _copy_one_pte(
    engine: Engine, vma: Vma, twin: Vma, address: int, slot: Slot, place: Slot
) -> None:
    hooks, frames, child = engine.hooks, engine.frames, twin.vm_mm
    pte = hooks.ptep_get(slot)
    if hooks.pte_none(pte):
        return
    if not hooks.pte_present(pte):
        hooks.set_pte_at(child, address, place, _copied_swap(engine, vma, address, slot, pte))
        return
    pfn = engine.page(pte)
    if pfn is not None and vma.private and _must_copy(engine, pfn):
        _copy_present_page(engine, twin, address, place, pte, pfn)
        return
    if pfn is not None:
        frames.get(pfn)
        frames.mapcount[pfn] += 1
        child.rss += 1
        frames.exclusive[pfn] = frames.exclusive[pfn] and not vma.private
    if vma.private and hooks.pte_write(pte):
        hooks.ptep_set_wrprotect(vma.vm_mm, address, slot)
        pte = hooks.pte_wrprotect(pte)
    if not vma.private:
        pte = hooks.pte_mkclean(pte)
    hooks.set_pte_at(child, address, place, hooks.pte_clear_uffd_wp(hooks.pte_mkold(pte)))


def _must_copy(engine: Engine, pfn: int) -> bool:
    """Say whether a device may be using a page that is its process's own."""
    frames = engine.frames
    pinned = frames.pins[frames.head(pfn)] and frames.exclusive[pfn]
    return bool(engine.profile.fork_copies_pinned and pinned)


def _copy_present_page(
    engine: Engine, twin: Vma, address: int, place: Slot, pte: int, pfn: int
) -> None:
    """Give the child a page of its own, so that the parent's stays where a device found it."""
    hooks, frames = engine.hooks, engine.frames
    new = frames.allocate(frames.nid(pfn))
    if new is None:
        msg = "out of memory: a pinned page cannot be copied for a child"
        raise MachineError(msg)
    copy_page(engine, pfn, new)
    frames.mapcount[new] = 1
    frames.exclusive[new] = True
    twin.vm_mm.rss += 1
    entry = hooks.pte_mkdirty(hooks.pfn_pte(new, twin.vm_page_prot))
    if twin.writable:
        entry = hooks.pte_mkwrite(entry, twin)
    if hooks.pte_uffd_wp(pte):
        entry = hooks.pte_wrprotect(entry)
    hooks.set_pte_at(twin.vm_mm, address, place, entry)


def _copied_swap(engine: Engine, vma: Vma, address: int, slot: Slot, pte: int) -> int:
    """Return the child's entry for one that is not present; neither's page may be written then."""
    hooks = engine.hooks
    swp = hooks.arch_pte_to_swp_entry(pte)
    pfn = waits_for(hooks, swp)
    if pfn is None:
        if engine.swap is not None:
            engine.swap.get(hooks.arch_swp_offset(swp))
        shared: int = hooks.pte_swp_clear_exclusive(pte)
        hooks.set_pte_at(vma.vm_mm, address, slot, shared)
        return shared
    if not vma.private:
        return pte
    engine.frames.exclusive[pfn] = False
    if writable(hooks, swp):
        readable = migration_pte(hooks, pfn, write=False)
        if hooks.pte_swp_soft_dirty(pte):
            readable = hooks.pte_swp_mksoft_dirty(readable)
        if hooks.pte_swp_uffd_wp(pte):
            readable = hooks.pte_swp_mkuffd_wp(readable)
        hooks.set_pte_at(vma.vm_mm, address, slot, readable)
        pte = readable
    return pte


def _copy_huge_pmd(engine: Engine, vma: Vma, twin: Vma, address: int, slot: Slot) -> bool:
    """Copy an entry that is no table (copy_huge_pmd); False where its table is to be copied."""
    hooks, child = engine.hooks, twin.vm_mm
    kind = pmd_kind(hooks, hooks.pmdp_get(slot))
    if kind in {Pmd.NONE, Pmd.TABLE}:
        return kind is Pmd.NONE
    place = child.tables.pmd_alloc(address)
    with engine.locks.pmd(child, place), engine.locks.pmd(vma.vm_mm, slot, nested=True):
        pmd = hooks.pmdp_get(slot)
        kind = pmd_kind(hooks, pmd)
        head = page_of(engine, pmd) if kind is Pmd.HUGE else None
        waits = kind is Pmd.HUGE and splitting(engine, slot, pmd)
        keeps = head is not None and vma.private and _must_copy(engine, head)
        if kind is Pmd.MIGRATION:
            _copy_migration(engine, vma, twin, address, slot, place)
            return True
        if kind is Pmd.HUGE and not waits and not keeps:
            _share_huge(engine, vma, twin, address, slot, place)
            return True
    if waits:
        wait_split_huge_page(engine, vma)
    elif keeps:
        split_huge_pmd(engine, vma, address, slot)
    return False


def _share_huge(engine: Engine, vma: Vma, twin: Vma, address: int, slot: Slot, place: Slot) -> None:
    hooks, frames = engine.hooks, engine.frames
    pmd = hooks.pmdp_get(slot)
    head = page_of(engine, pmd)
    if head is not None:
        frames.get(head)
        frames.entire_mapcount[head] += 1
        twin.vm_mm.rss += huge_of(engine).nr
        parts = slice(head, head + huge_of(engine).nr)
        frames.exclusive[parts] = frames.exclusive[parts] & (not vma.private)
    if vma.private:
        hooks.pmdp_set_wrprotect(vma.vm_mm, address, slot)
        pmd = hooks.pmd_wrprotect(pmd)
    hooks.set_pmd_at(twin.vm_mm, address, place, hooks.pmd_mkold(pmd))


def _copy_migration(
    engine: Engine, vma: Vma, twin: Vma, address: int, slot: Slot, place: Slot
) -> None:
    hooks = engine.hooks
    pmd = hooks.pmdp_get(slot)
    swp = hooks.arch_pmd_to_swp_entry(pmd)
    head = waits_for(hooks, swp)
    if head is not None and vma.private:
        engine.frames.exclusive[head : head + huge_of(engine).nr] = False
        if writable(hooks, swp):
            readable = migration_pmd(hooks, head, write=False)
            pmd = (
                hooks.pmd_swp_mksoft_dirty(readable) if hooks.pmd_swp_soft_dirty(pmd) else readable
            )
            hooks.set_pmd_at(vma.vm_mm, address, slot, pmd)
    hooks.set_pmd_at(twin.vm_mm, address, place, pmd)
