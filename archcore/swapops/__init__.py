"""Swap entries as generic code sees them, written once for every target that says its swap types.

Source: include/linux/swapops.h of Linux 6.1.192; where another kernel differs, a line says so. An
architecture that has a helper of the same name replaces it.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from archcore.entry import AtLevel, offers_of
from archcore.hookspecs import LEVELS
from archcore.swapops.entry import PmdSwap, PteMarkers, PteSwap, SwapEntries
from archcore.swapops.kinds import Kinds
from archcore.swapops.migration import ExclusiveMigration, Migration
from archcore.swapops.value import SwapValues, swp_layout

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcore.entry import Offer
    from archcore.swaptypes import SwapTypes

__all__ = ["operations", "swp_layout"]

OF_LEVEL = dict(zip(LEVELS, (PteSwap, PmdSwap), strict=False))


@cache
def operations(types: SwapTypes, width: int, levels: frozenset[str]) -> tuple[Offer, ...]:
    """Return what is offered to a target that stores swap entries at these levels."""
    return tuple(offer for part in _parts(types, width, levels) for offer in offers_of(part))


def _parts(types: SwapTypes, width: int, levels: frozenset[str]) -> Iterator[object]:
    yield SwapValues(swp_layout(types, width))
    yield Kinds(types)
    yield Migration(types, swp_layout(types, width))
    if types.migration_read_exclusive is not None:
        yield ExclusiveMigration(types.migration_read_exclusive)
    for level, kind in OF_LEVEL.items():
        if level in levels:
            yield AtLevel(level, SwapEntries())
            yield AtLevel(level, kind())
    if LEVELS[0] in levels and types.pte_marker is not None:
        yield AtLevel(LEVELS[0], PteMarkers(types.pte_marker))
