"""Migration of one base page: migration entry, copy, new entry (mm/migrate.c, mm/rmap.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.errors import MachineError
from archcore.mm.costs import Waste
from archcore.mm.notifier import invalidating
from archcore.mm.pages import copy_page, put_page
from archcore.mm.reason import Reason
from archcore.mm.swapentry import migration_pte, writable

if TYPE_CHECKING:
    from archcore.mm.engine import Engine
    from archcore.mm.slot import Slot
    from archcore.mm.vma import Vma


def migrate_misplaced_page(
    engine: Engine, vma: Vma, address: int, slot: Slot, pfn: int, nid: int
) -> bool:
    """Move the page behind a slot to a node; count it, and return whether it moved."""
    new = engine.frames.allocate(nid, strict=True)
    moved = new is not None and _move(engine, vma, address, slot, pfn, new)
    if moved:
        engine.vmstat.pgmigrate_success += 1
        engine.vmstat.numa_pages_migrated += 1
        return True
    if new is not None:
        engine.costs.discard(Waste.PAGES)
        engine.frames.free(new)
    engine.vmstat.pgmigrate_fail += 1
    return False


def _move(engine: Engine, vma: Vma, address: int, slot: Slot, pfn: int, new: int) -> bool:
    """Carry the steps out under the page's lock; the page stays where it is if others use it."""
    if engine.frames.mapcount[pfn] != 1:
        return False
    with engine.locks.page_trylock(pfn) as locked:
        old_pte = _try_to_migrate_one(engine, vma, address, slot, pfn) if locked else None
        if old_pte is None:
            return False
        alone = bool(engine.frames.refcount[pfn] == 1)
        if alone:
            copy_page(engine, pfn, new)
            _move_state(engine, pfn, new)
        _remove_migration_pte(engine, vma, address, slot, old_pte, new if alone else pfn)
        if alone:
            put_page(engine, pfn)
        return alone


def _try_to_migrate_one(engine: Engine, vma: Vma, address: int, slot: Slot, pfn: int) -> int | None:
    """Replace the entry by a migration entry and return it; None if it maps another page by now.

    The caches go first, while the entry still names the frame.
    """
    hooks, mm, reason = engine.hooks, vma.vm_mm, Reason.FRAME_CHANGES
    end = address + engine.geometry.page_size
    with invalidating(engine, mm, address, end, reason), engine.locks.pte(mm, slot):
        now = hooks.ptep_get(slot)
        if hooks.pte_none(now) or not hooks.pte_present(now) or hooks.pte_pfn(now) != pfn:
            return None
        hooks.flush_cache_page(vma, address, pfn, reason)
        pte: int = hooks.ptep_get_and_clear(mm, address, slot)
        if hooks.pte_accessible(pte, mm.tlb_flush_pending > 0):
            hooks.flush_tlb_page(vma, address, reason)
            engine.costs.charge("tlb_flushes")
        waiting = migration_pte(hooks, pfn, write=bool(hooks.pte_write(pte)))
        if hooks.pte_soft_dirty(pte):
            waiting = hooks.pte_swp_mksoft_dirty(waiting)
        if hooks.pte_uffd_wp(pte):
            waiting = hooks.pte_swp_mkuffd_wp(waiting)
        hooks.set_pte_at(mm, address, slot, waiting)
        return pte


def _remove_migration_pte(
    engine: Engine, vma: Vma, address: int, slot: Slot, old_pte: int, pfn: int
) -> None:
    """Replace the migration entry by an ordinary one for the new frame."""
    hooks = engine.hooks
    with engine.locks.pte(vma.vm_mm, slot):
        waiting = hooks.ptep_get(slot)
        swp = hooks.arch_pte_to_swp_entry(waiting)
        if hooks.pte_present(waiting):
            msg = f"the migration entry {waiting:#x} of {hooks.target_id} looks present"
            raise MachineError(msg)
        pte = hooks.pfn_pte(pfn, vma.vm_page_prot)
        pte = hooks.pte_mkyoung(pte) if hooks.pte_young(old_pte) else hooks.pte_mkold(pte)
        if writable(hooks, swp):
            pte = hooks.pte_mkwrite(pte, vma)
        if hooks.pte_dirty(old_pte):
            pte = hooks.pte_mkdirty(pte)
        if hooks.pte_swp_soft_dirty(waiting):
            pte = hooks.pte_mksoft_dirty(pte)
        if hooks.pte_swp_uffd_wp(waiting):
            pte = hooks.pte_mkuffd_wp(hooks.pte_wrprotect(pte))
        hooks.set_pte_at(vma.vm_mm, address, slot, pte)
        hooks.update_mmu_cache(vma, address, slot, Reason.MADE_ACCESSIBLE)


def _move_state(engine: Engine, old: int, new: int) -> None:
    """Give the new page what the old one knew, struct page by struct page."""
    frames = engine.frames
    frames.mapcount[new], frames.mapcount[old] = frames.mapcount[old], 0
    frames.last_nid[new], frames.last_pid[new] = frames.last_nid[old], frames.last_pid[old]
    frames.exclusive[new] = frames.exclusive[old]
