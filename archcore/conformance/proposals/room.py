"""Swap entries that give one bit up: the place of the highest offset bit takes what stood there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import evolve, field, frozen

from archcore.conformance.capability import SWAP
from archcore.layout import Bit, Bits, EntryLayout
from archcore.words import Mask, bits, clear, put, with_bits

if TYPE_CHECKING:
    from archcore.conformance.subject import Subject
    from archcore.entry import LevelHooks
    from archcore.words.types import Word

OFFSET, MOVED = "OFFSET", "MOVED"


@frozen
class SwapRoom:
    """Swap entries as ``bare`` stores them, but with ``given`` clear and its content in ``taken``.

    ``resting`` is what ``taken`` holds for offsets that leave it alone.
    """

    bare: LevelHooks = field(eq=False, repr=False)
    given: Mask
    taken: Mask
    resting: bool

    def swp_entry_to_entry(self, swp: Word) -> Word:
        """Store the swap value, and move what stands in the bit."""
        stored = self.bare.swp_entry_to_entry(swp)
        moved = with_bits(stored, self.taken, bits(stored, self.given))
        return clear(moved, self.given)

    def to_swp_entry(self, entry: Word) -> Word:
        """Move it back, and take the swap value."""
        stored = with_bits(entry, self.given, bits(entry, self.taken))
        rested = put(stored, self.taken) if self.resting else clear(stored, self.taken)
        return self.bare.to_swp_entry(rested)


def room(bare: Subject, given: Mask) -> SwapRoom | None:
    """Return how a level's swap entries spare a bit; None where they cannot."""
    if not SWAP.found(bare):
        return None
    low, high = (_stored(bare, offset) for offset in (0, 1 << bare.target.swap[OFFSET].span - 1))
    taken = Mask(low ^ high, bare.width)
    if not taken.is_run or taken.span != 1:
        return None
    return SwapRoom(bare.own, given, taken, bool(low & taken.value))


def _stored(bare: Subject, offset: int) -> int:
    found: int = bare.own.swp_entry_to_entry(bare.hooks.arch_swp_entry(0, offset))
    return found


def smaller(swap: EntryLayout, taken: Mask) -> EntryLayout:
    """Return the layout of swap entries whose offset lost its highest bit to another field."""
    old = next(one for one in swap.fields if one.name == OFFSET)
    fields = [one for one in swap.fields if one is not old]
    fields.append(Bits(OFFSET, old.low, old.high - 1, old.note))
    if old.value & taken.value:
        fields.append(Bit(MOVED, taken.shift, "what stood in the bit of the hint"))
    return evolve(swap, fields=tuple(fields))
