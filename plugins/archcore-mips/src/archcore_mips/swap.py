"""mips swap entries: an area and an offset in it, above sixteen bits that are clear.

Source: mk_swap_pte in arch/mips/include/asm/pgtable-64.h of Linux 6.1.176. Nothing is cut off, and
there is no room for a mark: exclusive pages are marked since Linux 6.3. Huge pages are not swapped
as such, and have no migration entries.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from archcore.hookspecs import hookimpl
from archcore.swaptypes import SwapTypes
from archcore.words import Mask, bits, put, with_bits

if TYPE_CHECKING:
    from archcore.layout import EntryLayout
    from archcore.words.types import Operand, Word

# Loongson-3 configuration: no MEMORY_FAILURE, no device memory, no PTE markers.
TYPES = SwapTypes(
    max_swapfiles=28,
    hwpoison=None,
    migration_read=28,
    migration_read_exclusive=29,
    migration_write=30,
    pte_marker=None,
    swapin_error=31,
    pfn_bits=34,  # MAX_PHYSMEM_BITS of 48, less the page
    migration_ad=True,
)


@frozen
class Swap:
    """The codec: the architecture's swap value is the stored word itself."""

    layout: EntryLayout

    @hookimpl
    def arch_swp_entry(self, type: Operand, offset: Operand) -> Word:  # noqa: A002 - the kernel's
        """Shift type and offset into place; like the kernel, cut nothing off below the top."""
        placed = with_bits(0, self._above("TYPE"), type)
        return put(placed, with_bits(0, self.layout["OFFSET"], offset))

    @hookimpl
    def arch_swp_type(self, swp: Word) -> Word:
        """Read the area."""
        return bits(swp, self.layout["TYPE"])

    @hookimpl
    def arch_swp_offset(self, swp: Word) -> Word:
        """Read the offset."""
        return bits(swp, self.layout["OFFSET"])

    def _above(self, name: str) -> Mask:
        """Return all bits from the lowest of a field on."""
        return self.layout[name] | self.layout["OFFSET"]


@frozen
class SwapEntry:
    """Swap values as entries of a level: stored as they are."""

    def swp_entry_to_entry(self, swp: Word) -> Word:
        """Store the swap value as it is."""
        return swp

    def to_swp_entry(self, entry: Word) -> Word:
        """Take the stored word as it is."""
        return entry
