"""The lowest layer: what generic code supplies when an architecture does not define a helper.

Facts from include/linux and include/asm-generic of Linux 6.1 unless a line says more.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from archcore.entry import AtLevel, offers_of
from archcore.generic.access import AnyAccess, PmdAccess, PteAccess
from archcore.generic.entry import EntryDefaults, UpperDefaults
from archcore.generic.protection import Protections
from archcore.hookspecs import LEVELS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcore.entry import Offer

__all__ = ["fallbacks"]

PTE, PMD = LEVELS[:2]


@cache
def fallbacks(levels: frozenset[str], width: int, empty: int = 0) -> tuple[Offer, ...]:
    """Return what is offered to a target that speaks of these levels in words of this width.

    ``empty`` is what its lowest level calls empty.
    """
    return tuple(offer for part in _parts(levels, width, empty) for offer in offers_of(part))


def _parts(levels: frozenset[str], width: int, empty: int) -> Iterator[object]:
    yield Protections()
    for level in LEVELS:
        if level in levels:
            yield AtLevel(level, EntryDefaults())
            yield AtLevel(level, AnyAccess())
    for level in LEVELS[1:]:
        if level in levels:
            yield AtLevel(level, UpperDefaults())
    if PTE in levels:
        yield AtLevel(PTE, PteAccess(width, empty))
    if PMD in levels:
        yield AtLevel(PMD, PmdAccess())
