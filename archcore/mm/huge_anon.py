"""The first touch of a huge page: do_huge_pmd_anonymous_page (mm/huge_memory.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.hw.mmu import Access
from archcore.mm.costs import Waste
from archcore.mm.hugepages import allocate, discard, huge_of, maybe_pmd_mkwrite, mk_huge_pmd
from archcore.mm.outcome import Outcome
from archcore.mm.reason import Reason

if TYPE_CHECKING:
    from archcore.mm.engine import Engine
    from archcore.mm.slot import Slot
    from archcore.mm.task import Task
    from archcore.mm.vma import Vma


def do_huge_pmd_anonymous_page(
    engine: Engine, task: Task, vma: Vma, address: int, slot: Slot, access: Access
) -> Outcome | None:
    """Map a huge page, or the huge zero page for a read; None where base pages have to do."""
    huge, hooks = huge_of(engine), engine.hooks
    start = huge.start(address)
    if access is not Access.WRITE and huge.zero is not None:
        pmd = hooks.pmd_wrprotect(mk_huge_pmd(engine, vma, huge.zero))
        with engine.locks.pmd(vma.vm_mm, slot):
            if not hooks.pmd_none(hooks.pmdp_get(slot)):
                return Outcome.RETRY
            hooks.set_pmd_at(vma.vm_mm, start, slot, pmd)
            if engine.profile.tells_of_zeros:
                hooks.update_mmu_cache_pmd(vma, address, slot, Reason.MADE_ACCESSIBLE)
        return Outcome.ANONYMOUS
    head = allocate(engine, task.nid)
    if head is None:
        engine.vmstat.thp_fault_fallback += 1
        return None
    engine.costs.charge("pages_cleared", huge.nr)
    with engine.locks.pmd(vma.vm_mm, slot):
        if not hooks.pmd_none(hooks.pmdp_get(slot)):
            discard(engine, head, Waste.BYTES_CLEARED)
            return Outcome.RETRY
        map_new(engine, vma, address, slot, head)
    engine.vmstat.thp_fault_alloc += 1
    return Outcome.ANONYMOUS


def map_new(engine: Engine, vma: Vma, address: int, slot: Slot, head: int) -> None:
    """Store the entry of a new huge page, writable if the VMA is, under the lock of its slot."""
    hooks, frames = engine.hooks, engine.frames
    pmd = hooks.pmd_mkdirty(hooks.pmd_mkyoung(mk_huge_pmd(engine, vma, head)))
    frames.entire_mapcount[head] = 1
    frames.exclusive[head] = True
    vma.vm_mm.rss += huge_of(engine).nr
    start = huge_of(engine).start(address)
    hooks.set_pmd_at(vma.vm_mm, start, slot, maybe_pmd_mkwrite(engine, vma, pmd))
    hooks.update_mmu_cache_pmd(vma, address, slot, Reason.MADE_ACCESSIBLE)
