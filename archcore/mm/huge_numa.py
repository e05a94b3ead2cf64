"""The hint fault on a huge page: do_huge_pmd_numa_page, as each profile's knobs shape it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.mm.faultstats import TNF_MIGRATE_FAIL, TNF_MIGRATED, task_numa_fault
from archcore.mm.huge_migrate import migrate_misplaced_huge_page, migrate_misplaced_transhuge_page
from archcore.mm.hugepages import huge_of, is_huge_zero, maybe_pmd_mkwrite, page_of, still
from archcore.mm.knobs import GroupsBy, HugeDisarm, HugeMigration
from archcore.mm.numa_fault import learn
from archcore.mm.pages import can_change_writable, put_page
from archcore.mm.reason import Reason
from archcore.mm.slot import NotASlot

if TYPE_CHECKING:
    from archcore.mm.engine import Engine
    from archcore.mm.slot import Slot
    from archcore.mm.snapshot import Snapshot
    from archcore.mm.task import Task
    from archcore.mm.vma import Vma


def do_huge_pmd_numa_page(
    engine: Engine, task: Task, vma: Vma, address: int, slot: Slot, orig: Snapshot
) -> None:
    """Settle a hint fault; an entry that changed since it was read is left alone, uncounted."""
    nr = huge_of(engine).nr
    with engine.locks.pmd(vma.vm_mm, slot):
        pmd = still(engine, slot, orig)
        if pmd is None:
            return
        head = page_of(engine, pmd)
        if head is None:
            _disarm(engine, vma, address, slot, pmd)
            return
        learned = learn(engine, task, vma, head, write=_was_writable(engine, vma, pmd))
        target = engine.hooks.mpol_misplaced(
            engine, task, vma, huge_of(engine).start(address), head
        )
        if target is None or engine.profile.huge_migration is HugeMigration.NEVER:
            _disarm(engine, vma, address, slot, pmd)
            target = None
        else:
            engine.frames.get(head)
    nid = engine.frames.nid(head)
    if target is None:
        task_numa_fault(engine, task, learned.last, nid, nr, learned.flags)
        return
    in_place = engine.profile.huge_migration is HugeMigration.IN_PLACE
    move = _move_in_place if in_place else _move_by_entry
    with engine.costs.paying(engine.profile.migration_payer):
        moved = move(engine, vma, address, slot, orig, head, target)
    if moved:
        flags = learned.flags | TNF_MIGRATED
        task_numa_fault(engine, task, learned.last, target, nr, flags)
    elif moved is False or engine.profile.accounts_races:
        flags = learned.flags | TNF_MIGRATE_FAIL
        task_numa_fault(engine, task, learned.last, nid, nr, flags)


def _was_writable(engine: Engine, vma: Vma, pmd: int) -> bool:
    """Say whether tasks that share a page may be grouped for it, by entry or by VMA (B03)."""
    if engine.balancer is None or engine.profile.groups_by is not GroupsBy.ENTRY:
        return vma.writable
    return bool(engine.hooks.pmd_write(_ordinary(engine, vma, pmd, recompute=True)))


def _move_in_place(
    engine: Engine, vma: Vma, address: int, slot: Slot, orig: Snapshot, head: int, nid: int
) -> bool | None:
    """Move the page under its lock; disarm it if it stays. None if the entry has changed."""
    with engine.locks.page(head):
        with engine.locks.pmd(vma.vm_mm, slot):
            same = still(engine, slot, orig) is not None
        moved = same and migrate_misplaced_transhuge_page(
            engine, vma, address, slot, orig, head, nid
        )
        if same and not moved:
            same = _restore(engine, vma, address, slot, orig)
    put_page(engine, head)
    return moved if same else None


def _move_by_entry(
    engine: Engine, vma: Vma, address: int, slot: Slot, orig: Snapshot, head: int, nid: int
) -> bool | None:
    """Move the page; disarm it if it stays. None if the entry has changed."""
    if migrate_misplaced_huge_page(engine, vma, address, slot, head, nid):
        return True
    return False if _restore(engine, vma, address, slot, orig) else None


def _restore(engine: Engine, vma: Vma, address: int, slot: Slot, orig: Snapshot) -> bool:
    """Disarm the entry after a migration that failed, unless it has changed; say which."""
    with engine.locks.pmd(vma.vm_mm, slot):
        pmd = still(engine, slot, orig)
        if pmd is not None:
            _disarm(engine, vma, address, slot, pmd, failed=True)
        return pmd is not None


def _ordinary(engine: Engine, vma: Vma, pmd: int, *, recompute: bool) -> int:
    """Return the leaf a hint was made from; writable again if page and VMA have it so."""
    hooks, profile = engine.hooks, engine.profile
    new: int = hooks.pmd_mknonnuma(vma, pmd)
    owned = recompute and profile.recomputes_write and not is_huge_zero(engine, pmd)
    if not owned or not can_change_writable(engine, vma, hooks.pmd_pfn(pmd)):
        return new
    protected = profile.keeps_uffd_wp and hooks.pmd_uffd_wp(new)
    return new if protected else maybe_pmd_mkwrite(engine, vma, new)


def _disarm(
    engine: Engine, vma: Vma, address: int, slot: Slot, pmd: int, *, failed: bool = False
) -> None:
    """Restore the ordinary entry, with the calls of the profile; no TLB can hold the hint.

    After a migration that ``failed`` the right to write is what the encoding remembers of it.
    """
    hooks, profile = engine.hooks, engine.profile
    start = huge_of(engine).start(address)
    new = _ordinary(engine, vma, pmd, recompute=not failed)
    if failed and not profile.failure_keeps_write:
        new = hooks.pmd_modify(new, vma.vm_page_prot)
    if profile.huge_disarm is HugeDisarm.SET_ACCESS_FLAGS:
        if not hooks.pmdp_set_access_flags(vma, start, slot, new, 1):
            return
    else:
        hooks.set_pmd_at(vma.vm_mm, start, slot, new)
    given = NotASlot(new) if profile.passes_value else slot
    hooks.update_mmu_cache_pmd(vma, address, given, Reason.MADE_ACCESSIBLE)
