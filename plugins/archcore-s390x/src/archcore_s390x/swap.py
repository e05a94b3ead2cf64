"""s390x swap entries: an area and an offset in it, in a word with PROTECT and without PRESENT."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from archcore.hookspecs import hookimpl
from archcore.words import bits, clear, has_all, put, with_bits

if TYPE_CHECKING:
    from archcore.layout import EntryLayout
    from archcore.words.types import Operand, Truth, Word


@frozen
class Swap:
    """The codec: the architecture's swap value is the stored word itself."""

    layout: EntryLayout

    @hookimpl
    def arch_swp_entry(self, type: Operand, offset: Operand) -> Word:  # noqa: A002 - the kernel's
        """Place area and offset, which is cut off if it does not fit, and close the entry."""
        placed = with_bits(with_bits(0, self.layout["TYPE"], type), self.layout["OFFSET"], offset)
        return put(placed, self.layout.mask("INVALID", "PROTECT"))

    @hookimpl
    def arch_swp_type(self, swp: Word) -> Word:
        """Read the area."""
        return bits(swp, self.layout["TYPE"])

    @hookimpl
    def arch_swp_offset(self, swp: Word) -> Word:
        """Read the offset."""
        return bits(swp, self.layout["OFFSET"])


@frozen
class SwapEntry:
    """Swap values as entries of a level: stored as they are."""

    layout: EntryLayout

    def swp_entry_to_entry(self, swp: Word) -> Word:
        """Store the swap value as it is."""
        return swp

    def to_swp_entry(self, entry: Word) -> Word:
        """Take the stored word as it is."""
        return entry

    def swp_exclusive(self, entry: Word) -> Truth:
        """Read EXCLUSIVE."""
        return has_all(entry, self.layout["EXCLUSIVE"])

    def swp_mkexclusive(self, entry: Word) -> Word:
        """Set EXCLUSIVE."""
        return put(entry, self.layout["EXCLUSIVE"])

    def swp_clear_exclusive(self, entry: Word) -> Word:
        """Clear EXCLUSIVE."""
        return clear(entry, self.layout["EXCLUSIVE"])

    def swp_soft_dirty(self, entry: Word) -> Truth:
        """Read SOFT_DIRTY."""
        return has_all(entry, self.layout["SOFT_DIRTY"])

    def swp_mksoft_dirty(self, entry: Word) -> Word:
        """Set SOFT_DIRTY."""
        return put(entry, self.layout["SOFT_DIRTY"])

    def swp_clear_soft_dirty(self, entry: Word) -> Word:
        """Clear SOFT_DIRTY."""
        return clear(entry, self.layout["SOFT_DIRTY"])
