"""mips swap entries: an area and an offset in it, above sixteen bits that are clear.

Source: mk_swap_pte in arch/mips/include/asm/pgtable-64.h of Linux 6.1.176. Nothing is cut off, and
there is no room for a mark: exclusive pages are marked since Linux 6.3. Huge pages are not swapped
as such, and have no migration entries.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from archcore.hookspecs import hookimpl
from archcore.swapformat import Swap as OrdinarySwap
from archcore.swaptypes import SwapTypes
from archcore.words import put, with_bits

if TYPE_CHECKING:
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
class Swap(OrdinarySwap):
    """The codec of a kernel that trusts its types."""

    @hookimpl
    def arch_swp_entry(self, type: Operand, offset: Operand) -> Word:  # noqa: A002 - the kernel's
        """Shift type and offset into place; like the kernel, cut nothing off below the top."""
        above = self.layout["TYPE"] | self.layout["OFFSET"]
        return put(with_bits(0, above, type), with_bits(0, self.layout["OFFSET"], offset))
