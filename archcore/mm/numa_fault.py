"""The hint fault on a base page: do_numa_page, as each profile's knobs shape it (mm/memory.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.mm.knobs import Rebuild
from archcore.mm.migrate import isolate, migrate_misplaced_page
from archcore.mm.pages import can_change_writable, maybe_mkwrite
from archcore.mm.policy import mpol_misplaced
from archcore.mm.reason import Reason

if TYPE_CHECKING:
    from archcore.mm.engine import Engine
    from archcore.mm.slot import Slot
    from archcore.mm.snapshot import Snapshot
    from archcore.mm.task import Task
    from archcore.mm.vma import Vma


def do_numa_page(
    engine: Engine, task: Task, vma: Vma, address: int, slot: Slot, orig: Snapshot
) -> None:
    """Settle a hint fault; an entry that changed since it was read is left alone, uncounted."""
    profile, target, failed = engine.profile, None, False
    with engine.locks.pte(vma.vm_mm, slot):
        pte = engine.hooks.ptep_get(slot)
        if not orig.same(engine.hooks.pte_same, pte):
            return
        if profile.disarm_first:
            disarm(engine, vma, address, slot)
        pfn = _page(engine, pte)
        if pfn is not None:
            count_hint_fault(engine, task, pfn)
            target = mpol_misplaced(engine, task, engine.frames.head(pfn))
        if pfn is not None and target is not None:
            engine.frames.get(pfn)
            failed = profile.prepares_under_lock and isolate(engine, pfn) is not None
        if (target is None or failed) and not profile.disarm_first:
            rebuild(engine, vma, address, slot, pfn)
    if pfn is None:
        return
    nid, pages = engine.frames.nid(pfn), engine.frames.size(pfn)
    if target is None or failed:
        task.numa_fault(nid, pages, migrated=False)
        return
    with engine.costs.paying(profile.migration_payer):
        failure = migrate_misplaced_page(
            engine, vma, address, pfn, target, isolated=profile.prepares_under_lock
        )
    if failure is None:
        task.numa_fault(target, pages, migrated=True)
    elif _settled(engine, vma, address, slot, orig, pfn) or profile.accounts_races:
        task.numa_fault(nid, pages, migrated=False)


def _page(engine: Engine, pte: int) -> int | None:
    """Return the page that may move; whether that may be part of a larger one, the profile says."""
    pfn = engine.page(pte)
    if pfn is None or (engine.frames.size(pfn) > 1 and not engine.profile.large_folios):
        return None
    return pfn


def count_hint_fault(engine: Engine, task: Task, pfn: int) -> None:
    """Count a hint fault on a page, of whatever size, as one."""
    vmstat = engine.vmstat
    vmstat.numa_hint_faults += 1
    vmstat.numa_hint_faults_local += engine.frames.nid(pfn) == task.nid


def _settled(engine: Engine, vma: Vma, address: int, slot: Slot, orig: Snapshot, pfn: int) -> bool:
    """Disarm the entry after a migration that failed, unless it has changed; say which."""
    if engine.profile.disarm_first:
        return True
    with engine.locks.pte(vma.vm_mm, slot):
        same = orig.same(engine.hooks.pte_same, engine.hooks.ptep_get(slot))
        if same:
            # Whether the page may be written was found out under a lock since dropped.
            rebuild(engine, vma, address, slot, pfn, recompute=False)
    return same


def rebuild(
    engine: Engine,
    vma: Vma,
    address: int,
    slot: Slot,
    pfn: int | None,
    *,
    recompute: bool = True,
) -> None:
    """Disarm the entry, and with it the others of a large folio (numa_rebuild_large_mapping)."""
    if pfn is None or engine.frames.size(pfn) == 1:
        disarm(engine, vma, address, slot, recompute=recompute)
        return
    hooks, page, head = engine.hooks, engine.geometry.page_size, engine.frames.head(pfn)
    start = address - (pfn - head) * page
    end = start + engine.frames.size(pfn) * page
    if engine.profile.rebuild is Rebuild.CLIPPED:
        table = engine.geometry.levels[1].size
        start = max(start, address & -table, vma.vm_start)
        end = min(end, (address & -table) + table, vma.vm_end)
    for at in range(start, end, page):
        place = slot.at((at - address) // page)
        pte = hooks.ptep_get(place)
        mapped = not hooks.pte_none(pte) and hooks.pte_present(pte) and hooks.pte_numa(vma, pte)
        other = engine.page(pte) if mapped else None
        if other is not None and engine.frames.head(other) == head:
            disarm(engine, vma, at, place, recompute=recompute)


def disarm(engine: Engine, vma: Vma, address: int, slot: Slot, *, recompute: bool = True) -> None:
    """Restore the ordinary entry, with the calls of the profile; no TLB can hold the hint."""
    hooks, profile = engine.hooks, engine.profile
    if profile.disarm_flush_cache is not None:
        pfn = hooks.pte_pfn(hooks.ptep_get(slot))
        hooks.flush_cache_page(vma, address, pfn, profile.disarm_flush_cache)
    if profile.disarm_transaction:
        old = hooks.ptep_modify_prot_start(vma, address, slot)
        hooks.ptep_modify_prot_commit(
            vma, address, slot, old, _ordinary(engine, vma, old, recompute=recompute)
        )
    else:
        new = _ordinary(engine, vma, hooks.ptep_get(slot), recompute=recompute)
        hooks.set_pte_at(vma.vm_mm, address, slot, new)
    hooks.update_mmu_cache(vma, address, slot, Reason.MADE_ACCESSIBLE)


def _ordinary(engine: Engine, vma: Vma, hint: int, *, recompute: bool) -> int:
    """Return the entry a hint was made from; writable again if page and VMA have it so."""
    hooks = engine.hooks
    pte: int = hooks.pte_mknonnuma(vma, hint)
    recompute = recompute and engine.profile.recomputes_write
    if not recompute or not can_change_writable(engine, vma, hooks.pte_pfn(hint)):
        return pte
    protected = engine.profile.keeps_uffd_wp and hooks.pte_uffd_wp(pte)
    return pte if protected else maybe_mkwrite(engine, vma, pte)
