"""Hints on tables: one fault settles all hints of a table (Linux 3.8 to 3.12).

The scanner hints a table whose pages it has found on one node (``protect``), and a fault below
settles what is hinted in it (do_pmd_numa_page, mm/memory.c). Linux 3.13 has neither: 0f19c17929c9
"mm: numa: Do not batch handle PMD pages".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from archcore.errors import MachineError
from archcore.mm.faultstats import TNF_MIGRATE_FAIL, TNF_MIGRATED, task_numa_fault
from archcore.mm.migrate import migrate_misplaced_page
from archcore.mm.numa_fault import Learned, learn, movable
from archcore.mm.outcome import Outcome

if TYPE_CHECKING:
    from archcore.mm.engine import Engine
    from archcore.mm.pagetable import Table
    from archcore.mm.slot import Slot
    from archcore.mm.task import Task
    from archcore.mm.vma import Vma


def is_hinted_table(engine: Engine, vma: Vma, address: int) -> bool:
    """Say whether the table of an address is hinted, by a look without its lock.

    The caller knows that no huge page is there.
    """
    if not engine.table_hints:
        return False
    slot = vma.vm_mm.tables.pmd(address)
    return slot is not None and bool(engine.hooks.pmd_numa(vma, engine.hooks.pmdp_get(slot)))


def do_pmd_numa_page(engine: Engine, task: Task, vma: Vma, address: int) -> Outcome:
    """Settle the hint of a table and every hint in it, from the start of the VMA on.

    The table's lock is dropped for each page that moves, and what is hinted behind the sweep
    meanwhile stays so. A page that stays is counted as a hint fault, but its task hears nothing.
    """
    hooks, mm, slot = engine.hooks, vma.vm_mm, vma.vm_mm.tables.pmd_alloc(address)
    size = engine.geometry.levels[1].size
    start = address & -size
    with engine.locks.pmd(mm, slot):
        pmd = hooks.pmdp_get(slot)
        if not hooks.pmd_numa(vma, pmd):
            return Outcome.RETRY
        hooks.set_pmd_at(mm, start, slot, hooks.pmd_mknonnuma(vma, pmd))
    table, at = mm.tables.table_at(start, pmd), max(start, vma.vm_start)
    while True:
        with engine.locks.pte(mm, table.first):
            found = _next_misplaced(engine, task, vma, table, at)
        if found is None:
            return Outcome.HINT
        _move(engine, task, found)
        vma, at = found.vma, found.address + engine.geometry.page_size


class _Misplaced(NamedTuple):
    """A page that is to move, with a reference, and where it is mapped."""

    vma: Vma
    address: int
    slot: Slot
    pfn: int
    target: int
    learned: Learned


def _next_misplaced(
    engine: Engine, task: Task, vma: Vma, table: Table, start: int
) -> _Misplaced | None:
    """Disarm the hints of a table up to the first one whose page is to move."""
    hooks, mm, page = engine.hooks, vma.vm_mm, engine.geometry.page_size
    for at in range(start, table.address + engine.geometry.levels[1].size, page):
        slot = table.first.at((at - table.address) // page)
        pte = slot.empty if slot.load() == slot.empty else hooks.ptep_get(slot)
        if hooks.pte_none(pte) or not hooks.pte_present(pte) or not hooks.pte_numa(vma, pte):
            continue
        if at >= vma.vm_end:
            vma = _vma_of(mm.vmas.find(at), at)
        hooks.set_pte_at(mm, at, slot, hooks.pte_mknonnuma(vma, pte))
        pfn = movable(engine, pte)
        if pfn is None or engine.frames.mapcount[pfn] != 1:
            continue
        learned = learn(engine, task, vma, pfn, write=vma.writable)
        target = hooks.mpol_misplaced(engine, task, vma, at, pfn)
        if target is not None:
            engine.frames.get(pfn)
            return _Misplaced(vma, at, slot, pfn, target, learned)
    return None


def _move(engine: Engine, task: Task, page: _Misplaced) -> None:
    with engine.costs.paying(engine.profile.migration_payer):
        failure = migrate_misplaced_page(
            engine, page.vma, page.address, page.pfn, page.target, slot=page.slot
        )
    moved = failure is None
    nid = page.target if moved else task.nid
    flags = page.learned.flags | (TNF_MIGRATED if moved else TNF_MIGRATE_FAIL)
    task_numa_fault(engine, task, page.learned.last, nid, 1, flags)


def _vma_of(vma: Vma | None, address: int) -> Vma:
    if vma is None:
        msg = f"kernel BUG: a hint stands at {address:#x}, where no VMA is (do_pmd_numa_page)"
        raise MachineError(msg)
    return vma
