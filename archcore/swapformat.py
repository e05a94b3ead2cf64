"""Swap entries as most kernels store them: an area and an offset in a word that is not present.

Parts of an architecture, to be taken as they are or overridden where a kernel does otherwise. The
layout names TYPE and OFFSET, and the marks that there is room for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import field, frozen

from archcore.hookspecs import hookimpl
from archcore.words import Mask, bits, clear, has_all, put, with_bits
from archcore.words.mask import full

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcore.layout import EntryLayout
    from archcore.words.types import Operand, Truth, Word


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
class TrustingSwap(Swap):
    """The codec of a kernel that trusts its areas: one too large reaches into the bits above."""

    upwards: Mask = field(init=False, repr=False)

    @upwards.default
    def _from_type(self) -> Mask:
        low, width = self.layout["TYPE"].shift, self.layout.width
        return Mask(full(width) >> low << low, width)

    @hookimpl
    def arch_swp_entry(self, type: Operand, offset: Operand) -> Word:  # noqa: A002 - the kernel's
        """Shift area and offset into place; of the offset what does not fit is cut off."""
        placed = with_bits(0, self.layout["OFFSET"], offset)
        return put(placed, with_bits(0, self.upwards, type))


@frozen
class SwapEntry:
    """Swap values as entries of a level: stored as they are."""

    def swp_entry_to_entry(self, swp: Word) -> Word:
        """Store the swap value as it is."""
        return swp

    def to_swp_entry(self, entry: Word) -> Word:
        """Take the stored word as it is."""
        return entry


@frozen
class SwapExclusive:
    """Anonymous pages with one reference only (Linux 5.19, on all architectures since 6.3)."""

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


MARKS = {"EXCLUSIVE": SwapExclusive, "SOFT_DIRTY": SwapSoftDirty, "UFFD_WP": SwapUffdWp}


def swap_marks(layout: EntryLayout) -> Iterator[object]:
    """Yield the helpers of each mark that a layout of swap entries has."""
    for name, kind in MARKS.items():
        if name in layout.masks:
            yield kind(layout)
