"""What the MMU makes of one word at one level, before it knows who asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from archcore.hw.outcome import FaultKind
from archcore.hw.rights import RIGHT_OF

if TYPE_CHECKING:
    from archcore.hw.mmu import HardwareFormat
    from archcore.layout import Geometry, Level


class Reading(NamedTuple):
    """An entry taken apart; ``refusal`` is None where the walk may go on.

    ``address`` is of what the entry maps, or of the next table. What follows a refusal is unread.
    """

    refusal: FaultKind | None
    leaf: bool = False
    rights: int = 0
    address: int = 0
    accessed: bool = False
    dirty: bool = False


def read_entry(form: HardwareFormat, geometry: Geometry, level: Level, entry: int) -> Reading:
    """Return what the MMU reads in an entry: valid, then reserved bits, then the rest."""
    if not form.valid(level, entry):
        return Reading(FaultKind.NOT_VALID)
    leaf = bool(form.leaf(level, entry))
    # Below the lowest level there is no table to go on to.
    if form.reserved(level, entry) or not (leaf or level is not geometry.levels[0]):
        return Reading(FaultKind.RESERVED)
    address = int(form.address(level, entry))
    if address >> geometry.pa_bits:
        return Reading(FaultKind.OUTSIDE_MEMORY)
    rights = sum(right for access, right in RIGHT_OF.items() if form.allows(level, entry, access))
    if not leaf:
        return Reading(None, leaf, rights, address)
    # A large page begins at a multiple of its size; bits below may hold attributes.
    address = address >> level.shift << level.shift
    return Reading(None, leaf, rights, address, bool(form.accessed(entry)), bool(form.dirty(entry)))
