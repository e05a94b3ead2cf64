"""The hint fault on a base page: do_numa_page, as each profile's knobs shape it (mm/memory.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.mm.migrate import migrate_misplaced_page
from archcore.mm.policy import mpol_misplaced
from archcore.mm.reason import Reason

if TYPE_CHECKING:
    from archcore.mm.engine import Engine
    from archcore.mm.slot import Slot
    from archcore.mm.task import Task
    from archcore.mm.vma import Vma


def do_numa_page(
    engine: Engine, task: Task, vma: Vma, address: int, slot: Slot, orig_pte: int
) -> None:
    """Settle a hint fault; an entry that changed since it was read is left alone, uncounted."""
    engine.costs.charge("lock_round_trips")
    if not engine.hooks.pte_same(engine.hooks.ptep_get(slot), orig_pte):
        return
    if engine.profile.disarm_first:
        disarm(engine, vma, address, slot)
        _place(engine, task, vma, address, slot, orig_pte)
    elif not _place(engine, task, vma, address, slot, orig_pte):
        disarm(engine, vma, address, slot)


def disarm(engine: Engine, vma: Vma, address: int, slot: Slot) -> None:
    """Restore the ordinary entry, with the calls of the profile; no TLB can hold the hint."""
    hooks, profile = engine.hooks, engine.profile
    if profile.disarm_flush_cache is not None:
        pfn = hooks.pte_pfn(hooks.ptep_get(slot))
        hooks.flush_cache_page(vma, address, pfn, profile.disarm_flush_cache)
    if profile.disarm_transaction:
        old = hooks.ptep_modify_prot_start(vma, address, slot)
        new = hooks.pte_mknonnuma(vma, old)
        hooks.ptep_modify_prot_commit(vma, address, slot, old, new)
    else:
        new = hooks.pte_mknonnuma(vma, hooks.ptep_get(slot))
        hooks.set_pte_at(vma.vm_mm, address, slot, new)
    hooks.update_mmu_cache(vma, address, slot, Reason.MADE_ACCESSIBLE)


def _place(engine: Engine, task: Task, vma: Vma, address: int, slot: Slot, pte: int) -> bool:
    """Count the fault, ask the policy, move the page; return whether the entry was rewritten."""
    pfn = engine.page(pte)
    if pfn is None:
        return False
    vmstat, nid = engine.vmstat, engine.frames.nid(pfn)
    vmstat.numa_hint_faults += 1
    vmstat.numa_hint_faults_local += nid == task.nid
    target = mpol_misplaced(engine, task, pfn)
    moved = target is not None and migrate_misplaced_page(engine, vma, address, slot, pfn, target)
    task.numa_fault(target if moved and target is not None else nid, 1, migrated=moved)
    return moved
