"""hugetlb mappings: pages of one fixed size, on a road of their own (mm/hugetlb.c).

They are never hinted: faults and protection changes come here before anybody asks for a hint.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.errors import MachineError
from archcore.hw.mmu import Access
from archcore.mm.change import NOTHING, Changed
from archcore.mm.huge_anon import map_new
from archcore.mm.hugepages import allocate, huge_of, maybe_pmd_mkwrite
from archcore.mm.notifier import invalidating
from archcore.mm.outcome import Outcome
from archcore.mm.pages import copy_page, put_page
from archcore.mm.reason import Reason

if TYPE_CHECKING:
    from archcore.mm.change import Change
    from archcore.mm.engine import Engine
    from archcore.mm.slot import Slot
    from archcore.mm.task import Task
    from archcore.mm.vma import Vma


def hugetlb_fault(engine: Engine, task: Task, vma: Vma, address: int, access: Access) -> Outcome:
    """Settle a fault of a hugetlb mapping; raises MachineError where the pool is empty."""
    hooks, mm = engine.hooks, vma.vm_mm
    slot = mm.tables.pmd_alloc(address)
    with engine.locks.pmd(mm, slot):
        pmd = hooks.pmdp_get(slot)
        if hooks.pmd_none(pmd):
            map_new(engine, vma, address, slot, _page(engine, task))
            return Outcome.ANONYMOUS
        if access is Access.WRITE and not hooks.pmd_write(pmd):
            return _wp(engine, task, vma, address, slot, pmd)
        pmd = hooks.pmd_mkyoung(hooks.pmd_mkdirty(pmd) if access is Access.WRITE else pmd)
        return _raise(engine, vma, address, slot, pmd, access, Outcome.FLAGS)


def _page(engine: Engine, task: Task) -> int:
    head = allocate(engine, task.nid)
    if head is None:
        msg = "the pool of hugetlb pages is empty; give the machine more frames"
        raise MachineError(msg)
    engine.costs.charge("pages_cleared", huge_of(engine).nr)
    return head


def _raise(
    engine: Engine, vma: Vma, address: int, slot: Slot, pmd: int, access: Access, done: Outcome
) -> Outcome:
    hooks, start = engine.hooks, huge_of(engine).start(address)
    if not hooks.pmdp_set_access_flags(vma, start, slot, pmd, access is Access.WRITE):
        return Outcome.SPURIOUS
    hooks.update_mmu_cache_pmd(vma, address, slot, Reason.MADE_ACCESSIBLE)
    return done


def _wp(engine: Engine, task: Task, vma: Vma, address: int, slot: Slot, pmd: int) -> Outcome:
    """Let a store go to the page, or give it a copy (hugetlb_wp)."""
    hooks, frames, head = engine.hooks, engine.frames, engine.hooks.pmd_pfn(pmd)
    if not vma.private or frames.page_mapcount(head) == 1:
        pmd = maybe_pmd_mkwrite(engine, vma, hooks.pmd_mkdirty(hooks.pmd_mkyoung(pmd)))
        return _raise(engine, vma, address, slot, pmd, Access.WRITE, Outcome.REUSED)
    huge = huge_of(engine)
    start = huge.start(address)
    new = _page(engine, task)
    copy_page(engine, head, new, huge.nr)
    with invalidating(engine, vma.vm_mm, start, start + huge.size, Reason.FRAME_CHANGES):
        hooks.pmdp_huge_get_and_clear(vma.vm_mm, start, slot)
        hooks.flush_tlb_range(vma, start, start + huge.size, Reason.FRAME_CHANGES)
        map_new(engine, vma, address, slot, new)
    frames.entire_mapcount[head] -= 1
    vma.vm_mm.rss -= huge.nr
    put_page(engine, head)
    return Outcome.COPIED


def hugetlb_change_protection(
    engine: Engine, vma: Vma, start: int, end: int, change: Change
) -> int:
    """Give the pages of a range another protection and return how many base pages changed.

    A hint changes nothing: fixed pages do not move for the balancer.
    """
    if change.hints:
        return 0
    hooks, mm, huge, changed = engine.hooks, vma.vm_mm, huge_of(engine), NOTHING
    with invalidating(engine, mm, start, end, Reason.RIGHTS_REMOVED):
        hooks.flush_cache_range(vma, start, end, Reason.BEFORE_RIGHTS_CHANGE)
        for address, slot in mm.tables.pmds(start, end):
            with engine.locks.pmd(mm, slot):
                pmd = hooks.pmdp_get(slot)
                if hooks.pmd_none(pmd):
                    continue
                old = hooks.pmdp_huge_get_and_clear(mm, address, slot)
                new = hooks.pmd_mkhuge(hooks.pmd_modify(old, change.newprot))
                hooks.set_pmd_at(mm, address, slot, new)
                changed += Changed(huge.nr)
        hooks.flush_tlb_range(vma, start, end, Reason.RIGHTS_REMOVED)
        engine.costs.charge("tlb_flushes")
    return changed.entries
