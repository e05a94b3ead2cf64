"""The fault on an entry that is not present: do_swap_page (mm/memory.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.errors import MachineError
from archcore.hw.mmu import Access
from archcore.mm.costs import Waste
from archcore.mm.outcome import Outcome
from archcore.mm.pages import maybe_mkwrite, new_page, put_page, write_page
from archcore.mm.reason import Reason
from archcore.mm.swap import AREA, swap_of
from archcore.mm.swapentry import waits_for

if TYPE_CHECKING:
    from archcore.mm.engine import Engine
    from archcore.mm.slot import Slot
    from archcore.mm.task import Task
    from archcore.mm.vma import Vma


def do_swap_page(
    engine: Engine, task: Task, vma: Vma, address: int, slot: Slot, pte: int, access: Access
) -> Outcome:
    """Wait for a page on its way to another frame, or bring a page back from swap.

    Raises MachineError for an entry that nobody made.
    """
    hooks = engine.hooks
    swp = hooks.arch_pte_to_swp_entry(pte)
    pfn = waits_for(hooks, swp)
    if pfn is not None:
        engine.locks.wait_on_page(engine.frames.head(pfn))
        return Outcome.WAITED
    place = hooks.arch_swp_offset(swp)
    if engine.swap is None or hooks.arch_swp_type(swp) != AREA or place not in engine.swap.counts:
        msg = f"entry {pte:#x} at {address:#x} is not present and nobody swapped it out"
        raise MachineError(msg)
    return _swap_in(engine, task, vma, address, slot, pte, access, place)


def _swap_in(
    engine: Engine,
    task: Task,
    vma: Vma,
    address: int,
    slot: Slot,
    orig: int,
    access: Access,
    place: int,
) -> Outcome:
    hooks, area = engine.hooks, swap_of(engine)
    cached = area.cache.get(place)
    pfn = _read(engine, task, place) if cached is None else cached
    if cached is not None:
        engine.frames.get(pfn)
    with engine.locks.page(pfn), engine.locks.pte(vma.vm_mm, slot):
        if not hooks.pte_same(hooks.ptep_get(slot), orig) or area.cache.get(place) != cached:
            engine.costs.discard(Waste.PAGES, int(cached is None))
            put_page(engine, pfn)
            return Outcome.RETRY
        own = bool(hooks.pte_swp_exclusive(orig)) or _last(engine, pfn, place)
        pte = hooks.pte_mkyoung(hooks.pfn_pte(pfn, vma.vm_page_prot))
        if access is Access.WRITE and own:
            pte = maybe_mkwrite(engine, vma, hooks.pte_mkdirty(pte))
        if hooks.pte_swp_soft_dirty(orig):
            pte = hooks.pte_mksoft_dirty(pte)
        if hooks.pte_swp_uffd_wp(orig):
            pte = hooks.pte_mkuffd_wp(hooks.pte_wrprotect(pte))
        engine.frames.mapcount[pfn] += 1
        engine.frames.exclusive[pfn] = own and vma.private
        vma.vm_mm.rss += 1
        hooks.set_pte_at(vma.vm_mm, address, slot, pte)
        hooks.update_mmu_cache(vma, address, slot, Reason.MADE_ACCESSIBLE)
        given_up = area.free(place)
    if given_up is not None:
        put_page(engine, given_up)
    return Outcome.SWAPPED_IN


def _last(engine: Engine, pfn: int, place: int) -> bool:
    """Say whether nobody else has a page, in memory or in swap."""
    return swap_of(engine).counts.get(place) == 1 and not engine.frames.mapcount[pfn]


def _read(engine: Engine, task: Task, place: int) -> int:
    """Return a new page with the contents of a swap slot."""
    pfn = new_page(engine, task)
    write_page(engine, pfn, swap_of(engine).data[place])
    engine.vmstat.pswpin += 1
    return pfn
