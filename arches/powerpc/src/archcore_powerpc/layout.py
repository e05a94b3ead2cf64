"""powerpc book3s64 entries, era by era: each bit under its kernel name, bit 0 the lowest.

The hash format of Linux 3.14 is the kernel's own; hardware reads a hash table made from it. Since
Linux 4.7 hash and radix share one format, whose hardware bits are those of the Power ISA.
"""

from __future__ import annotations

from archcore.layout import Bit, Bits, EntryLayout, Field

PAGE_SHIFT_64K = 16
HASH_PMD_SHIFT, HASH_PGD_SHIFT = 24, 34  # Linux 3.14 pgtable-ppc64-64k.h
RADIX_PMD_SHIFT, RADIX_PUD_SHIFT, RADIX_PGD_SHIFT = 21, 30, 39  # Linux 6.1 book3s/64/radix-64k.h

# -- hash, Linux 3.14 to 3.19, 64K pages --------------------------------------------------------

V314_SOURCE = "Linux 3.14 arch/powerpc/include/asm/pte-hash64.h, pte-hash64-64k.h, pgtable-ppc64.h"
V314_FLAGS: tuple[Field, ...] = (
    Bit("PRESENT", 0, "hash_page may use the entry"),
    Bit("USER", 1, "user mode may use the page"),
    Bit("EXEC", 2, "instruction fetches are allowed; the hash table holds the inverse"),
    Bit("GUARDED", 3, "no speculative access"),
    Bit("NUMA", 4, "the hint; was COHERENT, which now follows from NO_CACHE and WRITETHRU"),
    Bit("NO_CACHE", 5, "cache inhibited"),
    Bit("WRITETHRU", 6, "write-through"),
    Bit("DIRTY", 7, "set by hash_page on the first store"),
    Bit("ACCESSED", 8, "set by hash_page on each use"),
    Bit("RW", 9, "stores are allowed"),
    Bit("BUSY", 11, "hash_page is at work on the entry"),
    Bits("HPTE_SUB", 12, 27, "HASHPTE: any of these set, the page is in the hash table"),
    Bits("F_GIX", 12, 14, "slot in the hash group of a 64K page", overlays=("HPTE_SUB",)),
    Bit("F_SECOND", 15, "in the secondary hash group", overlays=("HPTE_SUB",)),
    Bit("HPTE_SUB0", 27, "in the hash table as one 64K page", overlays=("HPTE_SUB",)),
    Bit("COMBO", 28, "in the hash table as 4K pages"),
)
V314_PTE = EntryLayout(
    "powerpc hash PTE, 64K, Linux 3.14",
    (
        *V314_FLAGS,
        Bit("SPECIAL", 10, "no struct page behind the mapping"),
        Bit("4K_PFN", 29, "the frame number counts 4K pages"),
        Bits("RPN", 30, 63, "frame number; PTE_RPN_SHIFT is 30"),
    ),
    source=V314_SOURCE,
)
V314_PMD = EntryLayout(
    "powerpc hash PMD leaf, 64K, Linux 3.14",
    (
        *V314_FLAGS,
        Bit("SPLITTING", 10, "the huge page is being split"),
        Bit("THP_HUGE", 29, "transparent huge page"),
        Bits("RPN", 38, 63, "frame number of a 16 MB page"),
    ),
    source=V314_SOURCE,
)
V314_SWP = EntryLayout(
    "powerpc swap value, Linux 3.14",
    (Bits("TYPE", 1, 6, "swap area"), Bits("OFFSET", 8, 63, "offset in the area")),
    source=V314_SOURCE,
)
V314_SWAP = EntryLayout(
    "powerpc hash swap entry, 64K, Linux 3.14",
    (
        Bit("PRESENT", 0, "clear"),
        Bit("FILE", 1, "clear; set in a nonlinear file entry"),
        Bit("NUMA", 4, "clear, so that no swap entry looks hinted"),
        Bits("TYPE", 31, 36, "swap area"),
        Bits("OFFSET", 38, 63, "offset in the area"),
    ),
    source=V314_SOURCE,
)

# -- shared by hash and radix since Linux 4.7; here as radix with 64K pages names it ------------

V61_SOURCE = "Linux 6.1 arch/powerpc/include/asm/book3s/64/pgtable.h"
V61_FLAGS: tuple[Field, ...] = (
    Bit("EXEC", 0, "instruction fetches are allowed"),
    Bit("WRITE", 1, "loads and stores are allowed"),
    Bit("READ", 2, "loads are allowed"),
    Bit("PRIVILEGED", 3, "closed to user mode"),
    Bit("SAO", 4, "strong access order; with NON_IDEMPOTENT: tolerant of cache inhibition"),
    Bit("NON_IDEMPOTENT", 5, "cache inhibited and guarded"),
    Bit("RSV1", 6, "reserved; BUSY of a hash entry"),
    Bit("DIRTY", 7, "C: set by the walker on the first store"),
    Bit("ACCESSED", 8, "R: set by the walker on the first use"),
    Bit("SOFT_DIRTY", 9, "written since the tracker last cleared it"),
    Bit("SPECIAL", 10, "no struct page behind the mapping"),
    Bit("DEVMAP", 11, "device memory with struct pages"),
    Bit("RPN0", 12, "below the page size; COMBO of a hash entry"),
    Bit("RPN1", 13, "below the page size; THP_HUGE of a hash entry"),
    Bits("RPN41", 53, 54, "above the largest frame number"),
    Bit("RPN43", 55, "above the largest frame number; HASHPTE of a hash entry"),
    Bits("PKEY", 56, 60, "memory protection key of a hash entry"),
    Bit("INVALID", 61, "PRESENT is taken away for a moment only"),
    Bit("PTE", 62, "leaf: the entry maps memory, not a table"),
    Bit("PRESENT", 63, "valid"),
)
V61_RPN_TOP = 52  # _PAGE_PA_MAX 53
V61_PTE = EntryLayout(
    "powerpc radix PTE, 64K, Linux 6.1",
    (*V61_FLAGS, Bits("RPN", PAGE_SHIFT_64K, V61_RPN_TOP, "frame number")),
    source=V61_SOURCE,
)
V61_PMD = EntryLayout(
    "powerpc radix PMD leaf, 64K, Linux 6.1",
    (*V61_FLAGS, Bits("RPN", RADIX_PMD_SHIFT, V61_RPN_TOP, "frame number of a 2 MB page")),
    source=V61_SOURCE,
)
V61_SWAP = EntryLayout(
    "powerpc swap entry, 64K, Linux 6.1",
    (
        Bits("TYPE", 0, 4, "swap area"),
        Bit("EXCLUSIVE", 5, "the only reference to an anonymous page"),
        Bit("SOFT_DIRTY", 9),
        Bits("OFFSET", PAGE_SHIFT_64K, V61_RPN_TOP, "offset in the area"),
        Bit("INVALID", 61, "clear"),
        Bit("PTE", 62, "set, so that no swap entry looks like a table"),
        Bit("PRESENT", 63, "clear, so that no swap entry looks hinted"),
    ),
    source=V61_SOURCE,
)
PFN_64K = EntryLayout(
    "powerpc frame number of a 64K page, as pfn_pte shifts it in",
    (Bits("PFN", PAGE_SHIFT_64K, 63),),
    source=V61_SOURCE,
)
