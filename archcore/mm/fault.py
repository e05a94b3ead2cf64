"""Page faults: from a hardware fault to the handler the entry asks for (mm/memory.c)."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from archcore.errors import MachineError
from archcore.hw.mmu import Access
from archcore.mm.numa_fault import do_numa_page
from archcore.mm.reason import Reason
from archcore.vmflags import VM_EXEC, VM_WRITE

if TYPE_CHECKING:
    from archcore.mm.engine import Engine
    from archcore.mm.slot import Slot
    from archcore.mm.task import Task
    from archcore.mm.vma import Vma


class Outcome(Enum):
    """What a page fault came to."""

    SIGSEGV = "the VMA does not allow the access"
    ANONYMOUS = "a page was mapped"
    HINT = "a NUMA hint was settled"
    COPIED = "a store got a copy of its own"
    REUSED = "a store may go to the page it hit"
    FLAGS = "only accessed or dirty had to be set"
    SPURIOUS = "the entry already allowed the access"


def handle_mm_fault(engine: Engine, task: Task, address: int, access: Access) -> Outcome:
    """Settle the fault of a task; the VMA is asked first, the entry only then."""
    engine.vmstat.pgfault += 1
    engine.costs.charge("faults")
    vma = task.mm.vmas.find(address)
    if vma is None or _access_error(vma, access):
        return Outcome.SIGSEGV
    address &= -engine.geometry.page_size
    slot = task.mm.tables.slot(address, allocate=True)
    if slot is None:
        msg = f"no table could be made for {address:#x}"
        raise MachineError(msg)
    return _handle_pte_fault(engine, task, vma, address, slot, access)


def _access_error(vma: Vma, access: Access) -> bool:
    if access is Access.WRITE:
        return not vma.vm_flags & VM_WRITE
    if access is Access.EXECUTE:
        return not vma.vm_flags & VM_EXEC
    return not vma.accessible


def _handle_pte_fault(
    engine: Engine, task: Task, vma: Vma, address: int, slot: Slot, access: Access
) -> Outcome:
    hooks = engine.hooks
    orig_pte = hooks.ptep_get(slot)
    if hooks.pte_none(orig_pte):
        return _do_anonymous_page(engine, task, vma, address, slot, access)
    if not hooks.pte_present(orig_pte):
        msg = f"entry {orig_pte:#x} at {address:#x} is not present and nobody swapped it out"
        raise MachineError(msg)
    if hooks.pte_numa(vma, orig_pte):
        do_numa_page(engine, task, vma, address, slot, orig_pte)
        return Outcome.HINT
    engine.costs.charge("lock_round_trips")
    if access is Access.WRITE and not hooks.pte_write(orig_pte):
        return _do_wp_page(engine, task, vma, address, slot, orig_pte)
    return _set_access_flags(engine, vma, address, slot, access)


def _do_anonymous_page(
    engine: Engine, task: Task, vma: Vma, address: int, slot: Slot, access: Access
) -> Outcome:
    """Map a new page, or the zero page for a read where the machine has one."""
    hooks = engine.hooks
    if access is not Access.WRITE and engine.zero_page is not None:
        pte = hooks.pte_mkspecial(hooks.pfn_pte(engine.zero_page, vma.vm_page_prot))
    else:
        pte = _new_page(engine, task, vma)
    hooks.set_pte_at(vma.vm_mm, address, slot, pte)
    hooks.update_mmu_cache(vma, address, slot, Reason.MADE_ACCESSIBLE)
    return Outcome.ANONYMOUS


def _new_page(engine: Engine, task: Task, vma: Vma) -> int:
    """Return an entry for a fresh page near the task, writable if the VMA is."""
    hooks = engine.hooks
    pfn = engine.frames.allocate(task.nid)
    if pfn is None:
        msg = "out of memory: every frame of every node is taken; give the machine more"
        raise MachineError(msg)
    engine.frames.mapcount[pfn] = 1
    pte: int = hooks.pte_mkyoung(hooks.pfn_pte(pfn, vma.vm_page_prot))
    if vma.vm_flags & VM_WRITE:
        pte = hooks.pte_mkwrite(hooks.pte_mkdirty(pte), vma)
    return pte


def _do_wp_page(
    engine: Engine, task: Task, vma: Vma, address: int, slot: Slot, orig_pte: int
) -> Outcome:
    """Let a store go to a page nobody else uses, or give it a copy."""
    hooks, frames = engine.hooks, engine.frames
    pfn = engine.page(orig_pte)
    alone = pfn is not None and frames.mapcount[pfn] == 1 and frames.refcount[pfn] == 1
    if alone or not vma.private:
        pte = hooks.pte_mkwrite(hooks.pte_mkdirty(hooks.pte_mkyoung(orig_pte)), vma)
        if hooks.ptep_set_access_flags(vma, address, slot, pte, 1):
            hooks.update_mmu_cache(vma, address, slot, Reason.MADE_ACCESSIBLE)
        return Outcome.REUSED
    old = hooks.pte_pfn(orig_pte)
    hooks.flush_cache_page(vma, address, old, Reason.FRAME_CHANGES)
    pte = _new_page(engine, task, vma)
    engine.memory.copy_frame(old, hooks.pte_pfn(pte))
    engine.costs.charge("pages_copied")
    hooks.ptep_get_and_clear(vma.vm_mm, address, slot)
    hooks.flush_tlb_page(vma, address, Reason.FRAME_CHANGES)
    hooks.set_pte_at(vma.vm_mm, address, slot, pte)
    hooks.update_mmu_cache(vma, address, slot, Reason.MADE_ACCESSIBLE)
    if pfn is not None:
        frames.mapcount[pfn] -= 1
    return Outcome.COPIED


def _set_access_flags(
    engine: Engine, vma: Vma, address: int, slot: Slot, access: Access
) -> Outcome:
    """Mark the entry used, and written for a store; a TLB may be behind, so drop the page."""
    hooks = engine.hooks
    pte = hooks.pte_mkyoung(hooks.ptep_get(slot))
    if access is Access.WRITE:
        pte = hooks.pte_mkdirty(pte)
    if hooks.ptep_set_access_flags(vma, address, slot, pte, access is Access.WRITE):
        hooks.update_mmu_cache(vma, address, slot, Reason.MADE_ACCESSIBLE)
        return Outcome.FLAGS
    if access is Access.WRITE:
        hooks.flush_tlb_page(vma, address, Reason.STALE_TRANSLATION)
    return Outcome.SPURIOUS
