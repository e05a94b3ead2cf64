"""Lost stores: what a program has stored and the memory it maps does not hold, found by value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import field, frozen

from archcore.mm.hugepages import Pmd, pmd_kind
from archcore.mm.swapentry import waits_for

if TYPE_CHECKING:
    from archcore.mm.engine import Engine
    from archcore.mm.mm import Mm


@frozen
class LostStore:
    """A store that landed in a frame nobody maps any more; ``found`` is None if no page is."""

    address: int = field(repr=hex)
    stored: int = field(repr=hex)
    found: int | None


def lost_stores(engine: Engine, mm: Mm) -> tuple[LostStore, ...]:
    """Compare what was stored last at each address with what is there, as the kernel sees it."""
    lost = []
    for address, (value, size) in sorted(mm.stored.items()):
        found = _held(engine, mm, address, size)
        if found != value:
            lost.append(LostStore(address, value, found))
    return tuple(lost)


def _held(engine: Engine, mm: Mm, address: int, size: int) -> int | None:
    """Return what an address holds, in memory or in swap; None if no page is there."""
    place = physical(engine, mm, address)
    if place is not None:
        return engine.memory.load(place, size * 8)
    slot, hooks = mm.tables.slot(address), engine.hooks
    pte = 0 if slot is None else slot.load()
    if hooks.pte_none(pte) or engine.swap is None:
        return None
    data = engine.swap.data.get(hooks.arch_swp_offset(hooks.arch_pte_to_swp_entry(pte)))
    at = address & (engine.geometry.page_size - 1)
    return None if data is None else int.from_bytes(data[at : at + size], "little")


def physical(engine: Engine, mm: Mm, address: int) -> int | None:
    """Return where the kernel has an address, hinted or not; None if no page is mapped there."""
    hooks, shift = engine.hooks, engine.geometry.page_shift
    if engine.huge is not None:
        slot = mm.tables.pmd(address)
        pmd = 0 if slot is None else slot.load()
        if pmd_kind(hooks, pmd) is Pmd.HUGE:
            head: int = hooks.pmd_pfn(pmd)
            return (head << shift) + (address & (engine.huge.size - 1))
    place = mm.tables.slot(address)
    pte = 0 if place is None else place.load()
    pfn = None if hooks.pte_none(pte) else _frame(engine, pte)
    return None if pfn is None else pfn << shift | address & ((1 << shift) - 1)


def _frame(engine: Engine, pte: int) -> int | None:
    """Return the frame of an entry: where it maps, waits, or is cached for swap."""
    hooks = engine.hooks
    if hooks.pte_present(pte):
        pfn: int = hooks.pte_pfn(pte)
        return pfn
    swp = hooks.arch_pte_to_swp_entry(pte)
    waiting = waits_for(hooks, swp)
    if waiting is not None or engine.swap is None:
        return waiting
    return engine.swap.cache.get(hooks.arch_swp_offset(swp))
