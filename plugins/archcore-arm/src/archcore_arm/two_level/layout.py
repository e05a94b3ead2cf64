"""The kernel's side: each bit under its L_PTE_ name, and the levels that Linux sees."""

from __future__ import annotations

from archcore.layout import Bit, Bits, EntryLayout, Geometry, Level

SOURCE = "Linux 6.1 arch/arm/include/asm/pgtable-2level.h, pgtable.h, pgalloc.h"
WIDTH = 32
PAGE_SHIFT, PA_BITS = 12, 32

PRESENT = Bit("PRESENT", 0, "a page is mapped")
ENTRY = EntryLayout(
    "arm 2-level Linux PTE",
    (
        PRESENT,
        Bit("VALID", 0, "the same bit as PRESENT in this format", overlays=("PRESENT",)),
        Bit("YOUNG", 1, "the page was used; the hardware entry is empty without it"),
        Bits("MT", 2, 5, "memory type"),
        Bit("DIRTY", 6, "the page was written; the hardware lets nobody store without it"),
        Bit("RDONLY", 7, "stores are not allowed"),
        Bit("USER", 8, "user mode is allowed"),
        Bit("XN", 9, "instruction fetches are not allowed; ARMv5 has no such right"),
        Bit("SHARED", 10, "coherent; from ARMv6 on"),
        Bit("NONE", 11, "mapped, without any right (PROT_NONE)"),
        Bits("PFN", 12, 31, "frame number"),
    ),
    WIDTH,
    SOURCE,
)
# L_PTE_MT_ memory types: C and B of the hardware, in its places.
UNCACHED, BUFFERABLE, WRITETHROUGH, WRITEBACK = range(4)

TABLE = EntryLayout(
    "arm 2-level Linux PMD",
    (
        Bits("TYPE", 0, 1, "1: a coarse table"),
        Bit("BIT4", 4, "PMD_BIT4: must be set on ARM926"),
        Bits("DOMAIN", 5, 8, "domain of the mapping"),
        Bits("COARSE", 10, 11, "which kilobyte of the page: hardware tables are 2 and 3"),
        Bits("FRAME", 12, 31, "frame number of the page that holds all four tables"),
    ),
    WIDTH,
    SOURCE,
)
# The low two bits of a swap entry are clear, so it is neither present nor young.
SWAP = EntryLayout(
    "arm 2-level swap entry",
    (
        PRESENT,
        Bit("YOUNG", 1, "clear"),
        Bits("TYPE", 2, 6, "swap area"),
        Bits("OFFSET", 7, 31, "offset in the area"),
    ),
    WIDTH,
    SOURCE,
)

# A table page is Linux table 0 and 1, then hardware table 0 and 1: PTE_HWTABLE_OFF and its size.
HWTABLE_PTRS = 512
GEOMETRY = Geometry(
    (
        Level("pte", PAGE_SHIFT, 9, ENTRY, spare_bytes=HWTABLE_PTRS * WIDTH // 8),
        # Two entries of the hardware, a megabyte each, are one of Linux: pgd_t is pmdval_t[2].
        Level("pmd", PAGE_SHIFT + 9, 11, TABLE, leaf=False, words=2),
    ),
    PA_BITS,
)
ADDRESS = EntryLayout("physical address", (Bits("FRAME", PAGE_SHIFT, 31),), WIDTH)


def user_memory(memory_type: int) -> int:
    """Return what build_mem_type_table adds to the protections of user pages."""
    return memory_type << ENTRY["MT"].positions[0]
