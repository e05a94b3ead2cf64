"""mips swap entries: an area and an offset in it, above sixteen bits that are clear.

Source: mk_swap_pte in arch/mips/include/asm/pgtable-64.h of Linux 6.1.176. Nothing is cut off, and
there is no room for a mark: exclusive pages are marked since Linux 6.3. Huge pages are not swapped
as such, and have no migration entries.
"""

from __future__ import annotations

from archcore.swaptypes import SwapTypes

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
