"""loongarch swap entries: an area and an offset in it, above sixteen bits that are clear.

Source: mk_swap_pte in arch/loongarch/include/asm/pgtable.h of Linux 6.1.176. A huge page that waits
for migration has HUGE besides. There is no room for a mark: exclusive pages are marked since 6.3.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from archcore.swapformat import SwapEntry
from archcore.swaptypes import SwapTypes
from archcore.words import put
from archcore_loongarch.layout import PA_BITS

if TYPE_CHECKING:
    from archcore.words import Mask
    from archcore.words.types import Word


def types(page_shift: int) -> SwapTypes:
    """Return the types of a kernel without MEMORY_FAILURE, device memory and PTE markers."""
    return SwapTypes(
        max_swapfiles=28,
        hwpoison=None,
        migration_read=28,
        migration_read_exclusive=29,
        migration_write=30,
        pte_marker=None,
        swapin_error=31,
        pfn_bits=PA_BITS - page_shift,
        migration_ad=True,
    )


@frozen
class HugeSwapEntry(SwapEntry):
    """Swap values as entries of the level of huge pages; HUGE stays when they are read."""

    huge: Mask

    def swp_entry_to_entry(self, swp: Word) -> Word:
        """Set HUGE, so that the entry is taken for no table."""
        return put(swp, self.huge)
