"""powerpc swap entries, era by era."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from archcore.words import bits, clear, put, with_bits

if TYPE_CHECKING:
    from archcore.layout import EntryLayout
    from archcore.words import Mask
    from archcore.words.types import Operand, Word


@frozen
class ShiftedSwapEntry:
    """Swap values stored above every flag, in ``place`` (Linux 3.14 pgtable-ppc64.h).

    The offset loses as many bits as there are flags. Since 4.1 the type stands among the flags.
    """

    place: Mask

    def swp_entry_to_entry(self, swp: Operand) -> Word:
        """Shift the swap value up by PTE_RPN_SHIFT."""
        return with_bits(0, self.place, swp)

    def to_swp_entry(self, entry: Word) -> Word:
        """Shift it down again."""
        return bits(entry, self.place)


@frozen
class MarkedSwapEntry:
    """Swap values stored with PTE set (Linux 6.1 book3s/64/pgtable.h)."""

    layout: EntryLayout

    def swp_entry_to_entry(self, swp: Word) -> Word:
        """Set PTE, so that the entry does not look like a table."""
        return put(swp, self.layout["PTE"])

    def to_swp_entry(self, entry: Word) -> Word:
        """Clear PTE."""
        return clear(entry, self.layout["PTE"])
