"""Protection changes of one huge page: change_huge_pmd (mm/huge_memory.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.errors import MachineError
from archcore.mm.candidates import taken_by_tier
from archcore.mm.change import NOTHING, Changed
from archcore.mm.hugepages import Pmd, huge_of, page_of, pmd_kind, splitting
from archcore.mm.knobs import HugeMigration, Skip, TakeOut
from archcore.mm.pages import can_change_writable
from archcore.mm.swapentry import migration_pmd, waits_for, writable

if TYPE_CHECKING:
    from archcore.mm.change import Change
    from archcore.mm.engine import Engine
    from archcore.mm.slot import Slot
    from archcore.mm.task import Task
    from archcore.mm.vma import Vma


def change_huge_pmd(
    engine: Engine, task: Task, vma: Vma, address: int, slot: Slot, change: Change
) -> Changed | None:
    """Change a huge page's entry; None where a huge page stands no longer, so look at its table."""
    huge, profile = huge_of(engine), engine.profile
    if change.hints and profile.huge_migration is HugeMigration.ENTRY and not huge.migrates:
        return NOTHING
    with engine.locks.pmd(vma.vm_mm, slot):
        pmd = engine.hooks.pmdp_get(slot)
        kind = pmd_kind(engine.hooks, pmd)
        if kind is Pmd.MIGRATION:
            return _change_migration(engine, vma, address, slot, pmd)
        if kind is not Pmd.HUGE and engine.profile.rechecks_huge:
            return None
        if not splitting(engine, slot, pmd):
            change_one = _empty if profile.huge_take_out is TakeOut.EMPTY else _close
            return change_one(engine, task, vma, address, slot, change)
    wait_split_huge_page(engine, vma)
    return None


def wait_split_huge_page(engine: Engine, vma: Vma) -> None:
    """Wait for a split under way: it is over when the lock of the reverse map is free."""
    with engine.locks.anon_vma(vma):
        pass


def arm_huge_pmd(engine: Engine, vma: Vma, slot: Slot) -> None:
    """Make a huge page's entry a hint, whatever a scanner would think of the page.

    Nothing is flushed or counted. Raises MachineError where no huge page is mapped.
    """
    hooks, pmd = engine.hooks, slot.load()
    if pmd_kind(hooks, pmd) is not Pmd.HUGE:
        msg = f"no huge page stands in the slot at {slot.address:#x}, which holds {pmd:#x}"
        raise MachineError(msg)
    slot.store(hooks.pmd_mknuma(vma, pmd))


def is_candidate(engine: Engine, task: Task, vma: Vma, pmd: int) -> bool:
    """Say whether arming takes a huge page."""
    hooks, skips = engine.hooks, engine.profile.huge_skips
    if Skip.HINTED in skips and hooks.pmd_numa(vma, pmd):
        return False
    head = page_of(engine, pmd)
    if head is None:
        return Skip.NO_PAGE not in skips
    return _page_taken(engine, task, vma, head)


def _page_taken(engine: Engine, task: Task, vma: Vma, head: int) -> bool:
    skips, frames = engine.profile.huge_skips, engine.frames
    if Skip.MAPPED_MORE_THAN_ONCE in skips and frames.entire_mapcount[head] != 1:
        return False
    if Skip.MAPPED_SHARED in skips and vma.private and frames.page_mapcount(head) > 1:
        return False
    if Skip.SHARED_COPY in skips and vma.private and frames.total_mapcount(head) != 1:
        return False
    if Skip.PINNED in skips and frames.pins[head]:
        return False
    alone = vma.private and vma.vm_mm.users == 1
    if Skip.ALREADY_LOCAL in skips and alone and frames.nid(head) == task.nid:
        return False
    return taken_by_tier(engine, head)


def _empty(
    engine: Engine, task: Task, vma: Vma, address: int, slot: Slot, change: Change
) -> Changed:
    """Change the entry while its slot is empty; it counts as changed in any case."""
    hooks = engine.hooks
    pmd = hooks.pmdp_huge_get_and_clear(vma.vm_mm, address, slot)
    judged = hooks.pmdp_get(slot) if engine.profile.reads_emptied else pmd
    if not change.hints:
        new = _modified(engine, vma, pmd, change)
    elif is_candidate(engine, task, vma, judged):
        new = hooks.pmd_mknuma(vma, pmd)
    else:
        new = pmd
    hooks.set_pmd_at(vma.vm_mm, address, slot, new)
    return _changed(engine, address, pmd, new)


def _close(
    engine: Engine, task: Task, vma: Vma, address: int, slot: Slot, change: Change
) -> Changed:
    """Change the entry while it is closed to hardware, if there is a reason to change it."""
    hooks = engine.hooks
    if change.hints and not is_candidate(engine, task, vma, hooks.pmdp_get(slot)):
        return NOTHING
    old = hooks.pmdp_invalidate_ad(vma, address, slot)
    new = hooks.pmd_mknuma(vma, old) if change.hints else _modified(engine, vma, old, change)
    hooks.set_pmd_at(vma.vm_mm, address, slot, new)
    return _changed(engine, address, old, new)


def _changed(engine: Engine, address: int, old: int, new: int) -> Changed:
    huge = huge_of(engine)
    pages = 1 if engine.profile.counts_huge_as_one else huge.nr
    if engine.hooks.pmd_needs_flush(old, new):
        return Changed(pages, address, address + huge.size, huge=1)
    return Changed(pages, huge=1)


def _modified(engine: Engine, vma: Vma, old: int, change: Change) -> int:
    hooks = engine.hooks
    if engine.profile.mprotect_disarms and hooks.pmd_numa(vma, old):
        old = hooks.pmd_mknonnuma(vma, old)
    pmd: int = hooks.pmd_modify(old, change.newprot)
    return _upgraded(engine, vma, old, pmd) if change.cause in engine.profile.upgrades else pmd


def _upgraded(engine: Engine, vma: Vma, old: int, new: int) -> int:
    """Return the leaf writable if page and VMA have it so (can_change_pmd_writable, Linux 6.2)."""
    hooks, head = engine.hooks, page_of(engine, old)
    if not engine.profile.recomputes_write or head is None or hooks.pmd_write(new):
        return new
    if hooks.pmd_uffd_wp(new) or not can_change_writable(engine, vma, head):
        return new
    pmd: int = hooks.pmd_mkwrite(new, vma)
    return pmd


def _change_migration(engine: Engine, vma: Vma, address: int, slot: Slot, pmd: int) -> Changed:
    """Take write permission from a migration entry, as of a base page."""
    hooks = engine.hooks
    swp = hooks.arch_pmd_to_swp_entry(pmd)
    pfn = waits_for(hooks, swp)
    if pfn is not None and writable(hooks, swp):
        readable = migration_pmd(hooks, pfn, write=False)
        if hooks.pmd_swp_soft_dirty(pmd):
            readable = hooks.pmd_swp_mksoft_dirty(readable)
        hooks.set_pmd_at(vma.vm_mm, address, slot, readable)
    return NOTHING
