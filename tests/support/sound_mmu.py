"""The hardware of the sound architecture, which knows nothing of its kernel."""

from __future__ import annotations

from attrs import frozen

from archcore.hw.mmu import Access
from archcore.layout import Bit, Bits, EntryLayout
from archcore.words import Mask, both, clear, either, has_all, has_any, negate, put

PAGE_SHIFT, LARGEST = 12, 30
WALK = EntryLayout(
    "sound, as its walker reads it",
    (
        Bit("V", 0),
        Bit("L", 1),
        Bit("R", 2),
        Bit("W", 3),
        Bit("X", 4),
        Bit("A", 5),
        Bit("D", 6),
        Bits("address", PAGE_SHIFT, 46),
    ),
    source="invented",
)
RIGHTS = {Access.READ: "R", Access.WRITE: "W", Access.EXECUTE: "X"}


@frozen
class SoundMmu:
    """The walker's view of an entry, with ``pa_bits`` physical address bits."""

    pa_bits: int

    def valid(self, level, entry):  # noqa: ARG002 - the protocol's
        """Ask for V."""
        return has_all(entry, WALK["V"])

    def leaf(self, level, entry):
        """Take the lowest level, and L above it."""
        return level.shift == PAGE_SHIFT or has_all(entry, WALK["L"])

    def reserved(self, level, entry):
        """Find address bits above all memory, or inside a large page."""
        address = WALK["address"].value
        high = has_any(entry, Mask(address >> self.pa_bits << self.pa_bits))
        inside = has_any(entry, Mask(address & (level.size - 1)))
        return either(high, both(self.leaf(level, entry), inside))

    def allows(self, level, entry, access):
        """Read the right of a page; a table allows everything."""
        return either(negate(self.leaf(level, entry)), has_all(entry, WALK[RIGHTS[access]]))

    def address(self, level, entry):  # noqa: ARG002 - the protocol's
        """Drop the flags."""
        return clear(entry, ~WALK["address"])

    def accessed(self, entry):
        """Read A."""
        return has_all(entry, WALK["A"])

    def dirty(self, entry):
        """Read D."""
        return has_all(entry, WALK["D"])

    def mkaccessed(self, entry):
        """Set A."""
        return put(entry, WALK["A"])

    def mkdirty(self, entry):
        """Set A and D."""
        return put(entry, WALK.mask("A", "D"))
