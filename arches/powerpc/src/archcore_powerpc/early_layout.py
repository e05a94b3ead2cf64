"""Hash entries of Linux 3.14 and 4.0, each bit under its kernel name, bit 0 the lowest.

The format is the kernel's own; hardware reads a hash table made from it.
"""

from __future__ import annotations

from archcore.layout import Bit, Bits, EntryLayout, Field

V314_SOURCE = (
    "Linux 3.14 arch/powerpc/include/asm/pte-hash64.h, pte-hash64-4k.h, pte-hash64-64k.h, "
    "pgtable-ppc64.h"
)
V40_SOURCE = (
    "Linux 4.0 arch/powerpc/include/asm/pte-hash64.h, pte-hash64-64k.h, pgtable-ppc64.h; "
    "21d9ee3eda77 mm: remove remaining references to NUMA hinting bits and helpers"
)
PTE_RPN_SHIFT = {12: 17, 16: 30}  # by PAGE_SHIFT

FLAGS: tuple[Field, ...] = (
    Bit("PRESENT", 0, "hash_page may use the entry"),
    Bit("USER", 1, "user mode may use the page"),
    Bit("EXEC", 2, "instruction fetches are allowed; the hash table holds the inverse"),
    Bit("GUARDED", 3, "no speculative access"),
    Bit("NO_CACHE", 5, "cache inhibited"),
    Bit("WRITETHRU", 6, "write-through"),
    Bit("DIRTY", 7, "set by hash_page on the first store"),
    Bit("ACCESSED", 8, "set by hash_page on each use"),
    Bit("RW", 9, "stores are allowed"),
    Bit("BUSY", 11, "hash_page is at work on the entry"),
)
NUMA = Bit("NUMA", 4, "the hint; was COHERENT, which now follows from NO_CACHE and WRITETHRU")
SLOT: tuple[Field, ...] = (
    Bits("F_GIX", 12, 14, "slot in the hash group"),
    Bit("F_SECOND", 15, "in the secondary hash group"),
)
FLAGS_4K: tuple[Field, ...] = (Bit("HASHPTE", 10, "the page is in the hash table"), *SLOT)
FLAGS_64K: tuple[Field, ...] = (
    Bits("HPTE_SUB", 12, 27, "HASHPTE: any of these set, the page is in the hash table"),
    Bits("F_GIX", 12, 14, "slot in the hash group of a 64K page", overlays=("HPTE_SUB",)),
    Bit("F_SECOND", 15, "in the secondary hash group", overlays=("HPTE_SUB",)),
    Bit("HPTE_SUB0", 27, "in the hash table as one 64K page", overlays=("HPTE_SUB",)),
    Bit("COMBO", 28, "in the hash table as 4K pages"),
)
SPECIAL = "no struct page behind the mapping"
SPLITTING = "the huge page is being split"


def page_layout(name: str, flags: tuple[Field, ...], shift: int, source: str) -> EntryLayout:
    """Return the layout of the lowest level."""
    own: tuple[Field, ...] = (*FLAGS_4K, Bit("SPECIAL", 16, SPECIAL))
    if shift > min(PTE_RPN_SHIFT):
        own = (
            *FLAGS_64K,
            Bit("SPECIAL", 10, SPECIAL),
            Bit("4K_PFN", 29, "the frame number counts 4K pages"),
        )
    rpn = Bits("RPN", PTE_RPN_SHIFT[shift], 63, "frame number; PTE_RPN_SHIFT is its lowest bit")
    return EntryLayout(name, (*flags, *own, rpn), source=source)


def huge_layout(
    name: str, flags: tuple[Field, ...], page_shift: int, shift: int, source: str
) -> EntryLayout:
    """Return the layout of leaves of an upper level, which map ``2**shift`` bytes."""
    own: tuple[Field, ...] = (*FLAGS_4K, Bit("SPLITTING", 16, SPLITTING))
    if page_shift > min(PTE_RPN_SHIFT):
        own = (
            *FLAGS_64K,
            Bit("SPLITTING", 10, SPLITTING),
            Bit("THP_HUGE", 29, "transparent huge page"),
        )
    low = PTE_RPN_SHIFT[page_shift] + shift - page_shift
    return EntryLayout(name, (*flags, *own, Bits("RPN", low, 63, "frame number")), source=source)


SWP = EntryLayout(
    "powerpc swap value, Linux 3.14",
    (Bits("TYPE", 1, 6, "swap area"), Bits("OFFSET", 8, 63, "offset in the area")),
    source="Linux 3.14 arch/powerpc/include/asm/pgtable-ppc64.h",
)


def swap_layout(name: str, clear: tuple[Field, ...], shift: int, source: str) -> EntryLayout:
    """Return the layout of swap entries: the swap value above every flag."""
    low = PTE_RPN_SHIFT[shift]
    fields: tuple[Field, ...] = (
        Bits("TYPE", low + 1, low + 6, "swap area"),
        Bits("OFFSET", low + 8, 63, "offset in the area"),
    )
    return EntryLayout(name, (*clear, *fields), source=source)


V314_CLEAR: tuple[Field, ...] = (
    Bit("PRESENT", 0, "clear"),
    Bit("FILE", 1, "clear; set in a nonlinear file entry"),
    Bit("NUMA", 4, "clear, so that no swap entry looks hinted"),
)
V40_CLEAR: tuple[Field, ...] = (Bit("PRESENT", 0, "clear, so that no swap entry looks hinted"),)
