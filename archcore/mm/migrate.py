"""Migration of one base page: migration entry, copy, new entry (mm/migrate.c, mm/rmap.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.errors import MachineError
from archcore.mm.reason import Reason

if TYPE_CHECKING:
    from archcore.mm.engine import Engine
    from archcore.mm.slot import Slot
    from archcore.mm.vma import Vma

# include/linux/swap.h with MAX_SWAPFILES_SHIFT 5: the last two types stand for migration.
SWP_MIGRATION_READ = 30
SWP_MIGRATION_WRITE = 31


def migrate_misplaced_page(
    engine: Engine, vma: Vma, address: int, slot: Slot, pfn: int, nid: int
) -> bool:
    """Move the page behind a slot to a node; count it, and return whether it moved."""
    new = engine.frames.allocate(nid, strict=True)
    if new is None or engine.frames.mapcount[pfn] != 1:
        if new is not None:
            engine.frames.free(new)
        engine.vmstat.pgmigrate_fail += 1
        return False
    old_pte = _try_to_migrate_one(engine, vma, address, slot, pfn)
    engine.memory.copy_frame(pfn, new)
    engine.costs.charge("pages_copied")
    _remove_migration_pte(engine, vma, address, slot, old_pte, new)
    _move_state(engine, pfn, new)
    engine.vmstat.pgmigrate_success += 1
    engine.vmstat.numa_pages_migrated += 1
    return True


def _try_to_migrate_one(engine: Engine, vma: Vma, address: int, slot: Slot, pfn: int) -> int:
    """Replace the entry by a migration entry; caches go first, while it still names the frame."""
    hooks = engine.hooks
    hooks.flush_cache_page(vma, address, pfn, Reason.FRAME_CHANGES)
    pte: int = hooks.ptep_get_and_clear(vma.vm_mm, address, slot)
    if hooks.pte_accessible(pte, vma.vm_mm.tlb_flush_pending > 0):
        hooks.flush_tlb_page(vma, address, Reason.FRAME_CHANGES)
        engine.costs.charge("tlb_flushes")
    kind = SWP_MIGRATION_WRITE if hooks.pte_write(pte) else SWP_MIGRATION_READ
    waiting = hooks.arch_swp_entry_to_pte(hooks.arch_swp_entry(kind, pfn))
    if hooks.pte_soft_dirty(pte):
        waiting = hooks.pte_swp_mksoft_dirty(waiting)
    if hooks.pte_uffd_wp(pte):
        waiting = hooks.pte_swp_mkuffd_wp(waiting)
    hooks.set_pte_at(vma.vm_mm, address, slot, waiting)
    return pte


def _remove_migration_pte(
    engine: Engine, vma: Vma, address: int, slot: Slot, old_pte: int, pfn: int
) -> None:
    """Replace the migration entry by an ordinary one for the new frame."""
    hooks = engine.hooks
    waiting = hooks.ptep_get(slot)
    swp = hooks.arch_pte_to_swp_entry(waiting)
    if hooks.pte_present(waiting):
        msg = f"the migration entry {waiting:#x} of {hooks.target_id} looks present"
        raise MachineError(msg)
    pte = hooks.pfn_pte(pfn, vma.vm_page_prot)
    pte = hooks.pte_mkyoung(pte) if hooks.pte_young(old_pte) else hooks.pte_mkold(pte)
    if hooks.arch_swp_type(swp) == SWP_MIGRATION_WRITE:
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
    frames = engine.frames
    frames.mapcount[new], frames.mapcount[old] = frames.mapcount[old], 0
    frames.last_nid[new], frames.last_pid[new] = frames.last_nid[old], frames.last_pid[old]
    engine.memory.drop_frame(old)
    frames.free(old)
