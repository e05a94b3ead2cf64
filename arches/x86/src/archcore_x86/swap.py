"""x86-64 swap entries: the codec, and the software bits of each era.

Source: arch/x86/include/asm/pgtable_64.h and pgtable.h of the kernels that ``swap_layout`` names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from archcore.entry import AtLevel
from archcore.hookspecs import hookimpl
from archcore.words import bits, clear, has_all, put, with_bits, xor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcore.layout import EntryLayout
    from archcore.words.types import Operand, Truth, Word


@frozen
class Swap:
    """The codec: the arch's swap value is the stored word itself; ``inverted`` since L1TF."""

    layout: EntryLayout
    inverted: bool = False

    @hookimpl
    def arch_swp_entry(self, type: Operand, offset: Operand) -> Word:  # noqa: A002 - the kernel's
        """Place type and offset; what does not fit is cut off."""
        placed = with_bits(0, self.layout["OFFSET"], offset)
        return with_bits(self._flip(placed), self.layout["TYPE"], type)

    @hookimpl
    def arch_swp_type(self, swp: Word) -> Word:
        """Read the area."""
        return bits(swp, self.layout["TYPE"])

    @hookimpl
    def arch_swp_offset(self, swp: Word) -> Word:
        """Read the offset."""
        return bits(self._flip(swp), self.layout["OFFSET"])

    def _flip(self, word: Word) -> Word:
        return xor(word, self.layout["OFFSET"]) if self.inverted else word


@frozen
class SwapEntry:
    """Swap words as entries of a level: stored as they are."""

    def swp_entry_to_entry(self, swp: Word) -> Word:
        """Store the swap value as it is."""
        return swp

    def to_swp_entry(self, entry: Word) -> Word:
        """Take the stored word as it is."""
        return entry


@frozen
class SwapSoftDirty:
    """Pages that were soft-dirty when they were swapped out (Linux 3.11)."""

    layout: EntryLayout

    def swp_soft_dirty(self, entry: Word) -> Truth:
        """Read SOFT_DIRTY."""
        return has_all(entry, self.layout["SOFT_DIRTY"])

    def swp_mksoft_dirty(self, entry: Word) -> Word:
        """Set SOFT_DIRTY."""
        return put(entry, self.layout["SOFT_DIRTY"])

    def swp_clear_soft_dirty(self, entry: Word) -> Word:
        """Clear SOFT_DIRTY."""
        return clear(entry, self.layout["SOFT_DIRTY"])


@frozen
class SwapUffdWp:
    """Pages that userfaultfd write-protects while they are swapped out (Linux 5.7)."""

    layout: EntryLayout

    def swp_uffd_wp(self, entry: Word) -> Truth:
        """Read UFFD_WP."""
        return has_all(entry, self.layout["UFFD_WP"])

    def swp_mkuffd_wp(self, entry: Word) -> Word:
        """Set UFFD_WP."""
        return put(entry, self.layout["UFFD_WP"])

    def swp_clear_uffd_wp(self, entry: Word) -> Word:
        """Clear UFFD_WP."""
        return clear(entry, self.layout["UFFD_WP"])


@frozen
class SwapExclusive:
    """Anonymous pages with one reference only (Linux 5.19)."""

    layout: EntryLayout

    def swp_exclusive(self, entry: Word) -> Truth:
        """Read EXCLUSIVE."""
        return has_all(entry, self.layout["EXCLUSIVE"])

    def swp_mkexclusive(self, entry: Word) -> Word:
        """Set EXCLUSIVE."""
        return put(entry, self.layout["EXCLUSIVE"])

    def swp_clear_exclusive(self, entry: Word) -> Word:
        """Clear EXCLUSIVE."""
        return clear(entry, self.layout["EXCLUSIVE"])


MARKS = {"SOFT_DIRTY": SwapSoftDirty, "UFFD_WP": SwapUffdWp, "EXCLUSIVE": SwapExclusive}


def swap_entries(layout: EntryLayout, level: str) -> Iterator[AtLevel]:
    """Yield the swap helpers of a level, software bits included where the layout has them."""
    yield AtLevel(level, SwapEntry())
    for name, kind in MARKS.items():
        if name in layout.masks:
            yield AtLevel(level, kind(layout))
