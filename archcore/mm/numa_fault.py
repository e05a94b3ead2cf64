"""The hint fault on a base page: do_numa_page, as each profile's knobs shape it (mm/memory.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from archcore.mm.faultstats import (
    TNF_FAULT_LOCAL,
    TNF_MIGRATE_FAIL,
    TNF_MIGRATED,
    TNF_NO_GROUP,
    TNF_SHARED,
    task_numa_fault,
)
from archcore.mm.frames import NO_NODE, NO_PID
from archcore.mm.knobs import GroupsBy, Rebuild
from archcore.mm.migrate import isolate, migrate_misplaced_page
from archcore.mm.pages import can_change_writable, maybe_mkwrite
from archcore.mm.reason import Reason
from archcore.mm.tick import note_access

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
    profile, target, failed, learned = engine.profile, None, False, NOTHING_LEARNED
    with engine.locks.pte(vma.vm_mm, slot):
        pte = engine.hooks.ptep_get(slot)
        if not orig.same(engine.hooks.pte_same, pte):
            return
        if profile.disarm_first:
            disarm(engine, vma, address, slot)
        pfn = movable(engine, pte)
        if pfn is not None:
            learned = learn(engine, task, vma, pfn, write=_was_writable(engine, vma, pte))
            target = engine.hooks.mpol_misplaced(
                engine, task, vma, address, engine.frames.head(pfn)
            )
        if pfn is not None and target is not None:
            engine.frames.get(pfn)
            failed = profile.prepares_under_lock and isolate(engine, pfn) is not None
        if (target is None or failed) and not profile.disarm_first:
            rebuild(engine, vma, address, slot, pfn)
    if pfn is None:
        return
    nid, pages = engine.frames.nid(pfn), engine.frames.size(pfn)
    if target is None or failed:
        flags = learned.flags | (TNF_MIGRATE_FAIL if failed else 0)
        task_numa_fault(engine, task, learned.last, nid, pages, flags)
        return
    with engine.costs.paying(profile.migration_payer):
        failure = migrate_misplaced_page(
            engine, vma, address, pfn, target, slot=slot, isolated=profile.prepares_under_lock
        )
    if failure is None:
        flags = learned.flags | TNF_MIGRATED
        task_numa_fault(engine, task, learned.last, target, pages, flags)
    elif _settled(engine, vma, address, slot, orig, pfn) or profile.accounts_races:
        flags = learned.flags | TNF_MIGRATE_FAIL
        task_numa_fault(engine, task, learned.last, nid, pages, flags)


def movable(engine: Engine, pte: int) -> int | None:
    """Return the page that may move; whether that may be part of a larger one, the profile says."""
    pfn = engine.page(pte)
    if pfn is None or (engine.frames.size(pfn) > 1 and not engine.profile.large_folios):
        return None
    return pfn


class Learned(NamedTuple):
    """What a hint fault has learned of its page: who took the last one, and TNF flags."""

    last: tuple[int, int]
    flags: int


NOTHING_LEARNED = Learned((NO_NODE, NO_PID), 0)


def learn(engine: Engine, task: Task, vma: Vma, pfn: int, *, write: bool) -> Learned:
    """Count a hint fault on a page, of whatever size, as one, and note what it says.

    ``write`` is whether the entry allowed stores before it was hinted.
    """
    vmstat, frames, balancer = engine.vmstat, engine.frames, engine.balancer
    nid = frames.nid(pfn)
    vmstat.numa_hint_faults += 1
    vmstat.numa_hint_faults_local += nid == task.nid
    if balancer is None:
        return NOTHING_LEARNED
    note_access(engine, task, vma)
    flags = TNF_FAULT_LOCAL if nid == task.nid else 0
    if engine.profile.groups_by is GroupsBy.NOTHING or not write:
        flags |= TNF_NO_GROUP
    if not vma.private and frames.page_mapcount(pfn) > 1:
        flags |= TNF_SHARED
    if balancer.times_access(nid):
        return Learned((NO_NODE, NO_PID), flags)
    head = frames.head(pfn)
    return Learned((int(frames.last_nid[head]), int(frames.last_pid[head])), flags)


def _was_writable(engine: Engine, vma: Vma, hint: int) -> bool:
    """Say whether tasks that share a page may be grouped for it, by entry or by VMA (B03)."""
    if engine.balancer is None or engine.profile.groups_by is not GroupsBy.ENTRY:
        return vma.writable
    return bool(engine.hooks.pte_write(_ordinary(engine, vma, hint, recompute=True)))


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
