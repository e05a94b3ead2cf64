"""arm64 swap entries (arch/arm64/include/asm/pgtable.h)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from archcore.hookspecs import hookimpl
from archcore.words import bits, clear, has_all, put, with_bits
from archcore_arm64.placement import span

if TYPE_CHECKING:
    from archcore.layout import EntryLayout
    from archcore.words.types import Operand, Truth, Word


@frozen
class Swap:
    """The codec: the arch's swap value is the stored word itself."""

    layout: EntryLayout

    @hookimpl
    def arch_swp_entry(self, type: Operand, offset: Operand) -> Word:  # noqa: A002 - the kernel's
        """Shift type and offset into place; like the kernel, cut nothing off."""
        placed = with_bits(0, span(self.layout["TYPE"].shift), type)
        return put(placed, with_bits(0, span(self.layout["OFFSET"].shift), offset))

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
    """Swap words as entries of a level: stored as they are."""

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


@frozen
class UffdSwapEntry(SwapEntry):
    """Swap words that remember write protection by userfaultfd (Linux 6.12)."""

    def swp_uffd_wp(self, entry: Word) -> Truth:
        """Read UFFD_WP."""
        return has_all(entry, self.layout["UFFD_WP"])

    def swp_mkuffd_wp(self, entry: Word) -> Word:
        """Set UFFD_WP."""
        return put(entry, self.layout["UFFD_WP"])

    def swp_clear_uffd_wp(self, entry: Word) -> Word:
        """Clear UFFD_WP."""
        return clear(entry, self.layout["UFFD_WP"])
