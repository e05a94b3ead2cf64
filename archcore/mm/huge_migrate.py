"""Migration of a misplaced huge page (mm/migrate.c, mm/huge_memory.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.mm.costs import Waste
from archcore.mm.hugepages import (
    Pmd,
    allocate,
    discard,
    forget,
    huge_of,
    maybe_pmd_mkwrite,
    mk_huge_pmd,
    pmd_kind,
    still,
)
from archcore.mm.migrate import count_moved, move_last, remove_migration_ptes
from archcore.mm.notifier import notifying_move
from archcore.mm.pages import copy_page, put_page
from archcore.mm.reason import Reason
from archcore.mm.swapentry import migration_pmd, writable

if TYPE_CHECKING:
    from archcore.mm.engine import Engine
    from archcore.mm.slot import Slot
    from archcore.mm.snapshot import Snapshot
    from archcore.mm.vma import Vma


def migrate_misplaced_transhuge_page(
    engine: Engine, vma: Vma, address: int, slot: Slot, orig: Snapshot, head: int, nid: int
) -> bool:
    """Copy a huge page under its old entry and put the new one in its place, if nothing changed.

    The caller has the page's lock and a reference, and keeps both. Until Linux 5.14.
    """
    frames, huge = engine.frames, huge_of(engine)
    if frames.page_mapcount(head) != 1:
        return False
    new = allocate(engine, nid, strict=True)
    if new is None:
        return _failed(engine)
    # The mapping's and the caller's: anyone else may be using the page.
    if frames.refcount[head] != 2:  # noqa: PLR2004
        return _thrown_away(engine, new)
    copy_page(engine, head, new, huge_of(engine).nr)
    start = huge.start(address)
    end = start + huge.size
    with notifying_move(engine, vma.vm_mm, start, end), engine.locks.pmd(vma.vm_mm, slot):
        if still(engine, slot, orig) is None:
            discard(engine, new, Waste.BYTES_COPIED)
            return _failed(engine)
        hooks = engine.hooks
        pmd = hooks.pmd_mkyoung(hooks.pmd_mkdirty(mk_huge_pmd(engine, vma, new)))
        hooks.set_pmd_at(vma.vm_mm, start, slot, maybe_pmd_mkwrite(engine, vma, pmd))
        hooks.update_mmu_cache_pmd(vma, address, slot, Reason.MADE_ACCESSIBLE)
        _move_state(engine, head, new)
        frames.entire_mapcount[head] -= 1
        frames.entire_mapcount[new] += 1
        put_page(engine, head)
    return _moved(engine, head, nid)


def migrate_misplaced_huge_page(
    engine: Engine, vma: Vma, address: int, slot: Slot, head: int, nid: int
) -> bool:
    """Copy a huge page while a migration entry stands in its place, on targets that have them.

    The caller's reference, which isolates the page, is used up in every case.
    """
    moved = False
    if not huge_of(engine).migrates:
        moved = _failed(engine)
    elif engine.frames.total_mapcount(head) == 1:
        new = allocate(engine, nid, strict=True)
        moved = _failed(engine) if new is None else _move(engine, vma, address, slot, head, new)
    put_page(engine, head)
    return moved


def _move(engine: Engine, vma: Vma, address: int, slot: Slot, head: int, new: int) -> bool:
    with engine.locks.page_trylock(head) as locked:
        if not locked:
            return _thrown_away(engine, new)
        old_pmd = _set_pmd_migration_entry(engine, vma, address, slot, head)
        if old_pmd is None:
            return _thrown_away(engine, new)
        alone = bool(engine.frames.refcount[head] == 1)
        if alone:
            copy_page(engine, head, new, huge_of(engine).nr)
            _move_state(engine, head, new)
        else:
            engine.frames.get(head)
        page = new if alone else head
        if not _remove_migration_pmd(engine, vma, address, slot, old_pmd, page):
            remove_migration_ptes(engine, vma, huge_of(engine).start(address), head, page)
            put_page(engine, page)
        return _moved(engine, head, engine.frames.nid(new)) if alone else _thrown_away(engine, new)


def _set_pmd_migration_entry(
    engine: Engine, vma: Vma, address: int, slot: Slot, head: int
) -> int | None:
    """Replace the entry by a migration entry and return it; None if it maps another page by now.

    The caches go first, while the entry still names the page.
    """
    hooks, huge, frames = engine.hooks, huge_of(engine), engine.frames
    start, mm, reason = huge.start(address), vma.vm_mm, Reason.FRAME_CHANGES
    with (
        notifying_move(engine, mm, start, start + huge.size),
        engine.locks.pmd(mm, slot),
    ):
        pmd = hooks.pmdp_get(slot)
        if pmd_kind(hooks, pmd) is not Pmd.HUGE or hooks.pmd_pfn(pmd) != head:
            return None
        hooks.flush_cache_range(vma, start, start + huge.size, reason)
        own = bool(frames.exclusive[head])
        old: int = hooks.pmdp_invalidate(vma, start, slot)
        waiting = migration_pmd(hooks, head, write=bool(hooks.pmd_write(old)), exclusive=own)
        if hooks.pmd_soft_dirty(old):
            waiting = hooks.pmd_swp_mksoft_dirty(waiting)
        if hooks.pmd_uffd_wp(old):
            waiting = hooks.pmd_swp_mkuffd_wp(waiting)
        hooks.set_pmd_at(mm, start, slot, waiting)
        frames.entire_mapcount[head] -= 1
        put_page(engine, head)
        return old


def _remove_migration_pmd(
    engine: Engine, vma: Vma, address: int, slot: Slot, old: int, head: int
) -> bool:
    """Replace the migration entry by an ordinary one; False if it stands there no longer."""
    hooks, frames = engine.hooks, engine.frames
    with engine.locks.pmd(vma.vm_mm, slot):
        waiting = hooks.pmdp_get(slot)
        if pmd_kind(hooks, waiting) is not Pmd.MIGRATION:
            return False
        swp = hooks.arch_pmd_to_swp_entry(waiting)
        pmd = mk_huge_pmd(engine, vma, head)
        pmd = hooks.pmd_mkyoung(pmd) if hooks.pmd_young(old) else hooks.pmd_mkold(pmd)
        if writable(hooks, swp) and not engine.profile.arrival_asks_vma:
            pmd = hooks.pmd_mkwrite(pmd, vma)
        elif writable(hooks, swp):
            pmd = maybe_pmd_mkwrite(engine, vma, pmd)
        if hooks.pmd_dirty(old):
            pmd = hooks.pmd_mkdirty(pmd)
        if hooks.pmd_swp_soft_dirty(waiting):
            pmd = hooks.pmd_mksoft_dirty(pmd)
        if hooks.pmd_swp_uffd_wp(waiting):
            pmd = hooks.pmd_mkuffd_wp(hooks.pmd_wrprotect(pmd))
        frames.entire_mapcount[head] += 1
        start = huge_of(engine).start(address)
        hooks.set_pmd_at(vma.vm_mm, start, slot, pmd)
        hooks.update_mmu_cache_pmd(vma, address, slot, Reason.MADE_ACCESSIBLE)
    return True


def _move_state(engine: Engine, old: int, new: int) -> None:
    """Give the new page what the old one knew, struct page by struct page."""
    frames, nr = engine.frames, huge_of(engine).nr
    move_last(engine, old, new)
    frames.exclusive[new : new + nr] = frames.exclusive[old : old + nr]


def _moved(engine: Engine, head: int, nid: int) -> bool:
    nr = huge_of(engine).nr
    engine.vmstat.pgmigrate_success += nr
    engine.vmstat.thp_migration_success += 1
    count_moved(engine, nr, engine.frames.nid(head), nid)
    return True


def _failed(engine: Engine) -> bool:
    engine.vmstat.pgmigrate_fail += huge_of(engine).nr
    engine.vmstat.thp_migration_fail += 1
    return False


def _thrown_away(engine: Engine, new: int) -> bool:
    """Give a new page back that was never written to."""
    engine.costs.discard(Waste.HUGE_PAGES)
    forget(engine, new)
    engine.frames.free_huge(new)
    return _failed(engine)
