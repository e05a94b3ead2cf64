"""Lost stores: what a program has stored and the memory it maps does not hold, found by value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import field, frozen

from archcore.mm.hugepages import Pmd, pmd_kind

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
        place = physical(engine, mm, address)
        found = None if place is None else engine.memory.load(place, size * 8)
        if found != value:
            lost.append(LostStore(address, value, found))
    return tuple(lost)


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
    if hooks.pte_none(pte) or not hooks.pte_present(pte):
        return None
    pfn: int = hooks.pte_pfn(pte)
    return pfn << shift | address & ((1 << shift) - 1)
