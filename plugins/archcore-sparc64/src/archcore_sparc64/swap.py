"""sparc64 swap entries: an area and an offset in it, in a word that is not present."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from archcore.hookspecs import hookimpl
from archcore.words import bits, with_bits

if TYPE_CHECKING:
    from archcore.layout import EntryLayout
    from archcore.words.types import Operand, Word


@frozen
class Swap:
    """The codec: the architecture's swap value is the stored word itself."""

    layout: EntryLayout

    @hookimpl
    def arch_swp_entry(self, type: Operand, offset: Operand) -> Word:  # noqa: A002 - the kernel's
        """Place area and offset; what does not fit is cut off."""
        return with_bits(with_bits(0, self.layout["TYPE"], type), self.layout["OFFSET"], offset)

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

    def swp_entry_to_entry(self, swp: Word) -> Word:
        """Store the swap value as it is."""
        return swp

    def to_swp_entry(self, entry: Word) -> Word:
        """Take the stored word as it is."""
        return entry
