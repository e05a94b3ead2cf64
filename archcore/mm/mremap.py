"""mremap: the pages of a range go to other addresses, entries and all (mm/mremap.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.errors import MachineError
from archcore.mm.costs import Payer
from archcore.mm.huge_split import split_huge_pmd
from archcore.mm.hugepages import Pmd, huge_of, pmd_kind
from archcore.mm.notifier import invalidating
from archcore.mm.reason import Reason
from archcore.mm.syscalls import covering

if TYPE_CHECKING:
    from archcore.mm.engine import Engine
    from archcore.mm.task import Task
    from archcore.mm.vma import Vma


def mremap(engine: Engine, task: Task, start: int, end: int, to: int) -> None:
    """Move a range of one VMA to the addresses from ``to`` on.

    Raises MachineError where the range is not all of one VMA's or the new place is taken.
    """
    mm = task.mm
    with engine.costs.paying(Payer.CALLER), engine.locks.mmap_write(mm):
        (vma, *more) = covering(engine, mm, start, end)
        if more or to % engine.geometry.page_size or mm.vmas.overlapping(to, to + end - start):
            msg = f"cannot move {start:#x}-{end:#x} to {to:#x}: not one VMA, or no room there"
            raise MachineError(msg)
        part = mm.vmas.isolate(vma, start, end)
        target = part.part(start, end, moved=to - start)
        mm.vmas.insert(target)
        _move_page_tables(engine, part, target)
        mm.vmas.remove(part)
        carried = {at: mm.stored.pop(at) for at in list(mm.stored) if start <= at < end}
        mm.stored.update({at + to - start: value for at, value in carried.items()})
        mm.vmas.merge()


def _move_page_tables(engine: Engine, old: Vma, new: Vma) -> None:
    start, end, mm = old.vm_start, old.vm_end, old.vm_mm
    page = engine.geometry.page_size
    with invalidating(engine, mm, start, end, Reason.MOVED):
        engine.hooks.flush_cache_range(old, start, end, Reason.MOVED)
        address = start
        while address < end:
            step = 0 if engine.huge is None else _move_huge(engine, old, new, address)
            if not step:
                _move_pte(engine, old, new, address)
            address += step or page


def _move_huge(engine: Engine, old: Vma, new: Vma, address: int) -> int:
    """Move a huge page's entry whole where it fits (move_huge_pmd); return how far that reached."""
    hooks, mm, huge = engine.hooks, old.vm_mm, huge_of(engine)
    slot = mm.tables.pmd(address)
    if slot is None or pmd_kind(hooks, hooks.pmdp_get(slot)) in {Pmd.NONE, Pmd.TABLE}:
        return 0
    to = address + new.vm_start - old.vm_start
    whole = not (address | to) & (huge.size - 1) and address + huge.size <= old.vm_end
    place = mm.tables.pmd(to, allocate=True) if whole else None
    if place is None or not hooks.pmd_none(hooks.pmdp_get(place)):
        split_huge_pmd(engine, old, huge.start(address), slot)
        return 0
    with engine.locks.pmd(mm, slot), engine.locks.pmd(mm, place, nested=True):
        pmd = hooks.pmdp_huge_get_and_clear(mm, address, slot)
        hooks.flush_tlb_range(old, address, address + huge.size, Reason.MOVED)
        engine.costs.charge("tlb_flushes")
        hooks.set_pmd_at(mm, to, place, _soft_dirty_pmd(engine, pmd))
    return huge.size


def _move_pte(engine: Engine, old: Vma, new: Vma, address: int) -> None:
    """Move one entry, hinted, swapped or whatever it is, and flush while its lock is held."""
    hooks, mm = engine.hooks, old.vm_mm
    slot = mm.tables.slot(address)
    if slot is None or hooks.pte_none(hooks.ptep_get(slot)):
        return
    to = address + new.vm_start - old.vm_start
    place = mm.tables.pte_alloc(to)
    with engine.locks.pte(mm, slot), engine.locks.pte(mm, place, nested=True):
        pte = hooks.ptep_get_and_clear(mm, address, slot)
        hooks.flush_tlb_page(old, address, Reason.MOVED)
        engine.costs.charge("tlb_flushes")
        hooks.set_pte_at(mm, to, place, _soft_dirty(engine, pte))


def _soft_dirty(engine: Engine, pte: int) -> int:
    """Mark an entry as changed since somebody looked (move_soft_dirty_pte)."""
    hooks = engine.hooks
    marked: int = pte
    if hooks.pte_present(pte):
        marked = hooks.pte_mksoft_dirty(pte)
    elif not hooks.pte_none(pte):
        marked = hooks.pte_swp_mksoft_dirty(pte)
    return marked


def _soft_dirty_pmd(engine: Engine, pmd: int) -> int:
    hooks = engine.hooks
    marked: int = (
        hooks.pmd_mksoft_dirty(pmd) if hooks.pmd_present(pmd) else hooks.pmd_swp_mksoft_dirty(pmd)
    )
    return marked
