"""The kernel's side: each bit under its L_PTE_ name, and the levels that Linux sees."""

from __future__ import annotations

from archcore.layout import Bit, Bits, EntryLayout, Geometry, Level

SOURCE = "Linux 6.1 arch/arm/include/asm/pgtable-3level.h, pgtable-3level-hwdef.h, pgtable.h"
WIDTH = 64
PAGE_SHIFT, PA_BITS = 12, 40

VALID = Bit("VALID", 0, "lowest bit of PRESENT; clear: the walk stops and faults")
PAGE = Bit("PAGE", 1, "highest bit of PRESENT; a page, not a reserved descriptor")
ENTRY = EntryLayout(
    "arm 3-level PTE",
    (
        VALID,
        PAGE,
        Bits("MT", 2, 4, "memory type: an index of MAIR0 and MAIR1"),
        Bit("USER", 6, "user mode is allowed (AP[1])"),
        Bit("AP2", 7, "stores are not allowed; set_pte_ext makes it of DIRTY and RDONLY"),
        Bits("SHARED", 8, 9, "shareability"),
        Bit("YOUNG", 10, "the page was used (AF)"),
        Bit("NG", 11, "not global: set_pte_at adds it for user pages in use"),
        Bits("PFN", 12, 39, "frame number"),
        Bit("XN", 54, "instruction fetches are not allowed"),
        Bit("DIRTY", 55, "software: the page was written"),
        Bit("SPECIAL", 56, "software: no struct page behind the mapping"),
        Bit("NONE", 57, "software: mapped, without any right (PROT_NONE)"),
        Bit("RDONLY", 58, "software: stores are not allowed"),
    ),
    WIDTH,
    SOURCE,
)
# AttrIndx of L_PTE_MT_WRITEALLOC and SH of inner shareable, what SMP kernels use for user pages.
WRITEALLOC, INNER_SHAREABLE = 7, 3

TABLE = EntryLayout(
    "arm 3-level table entry",
    (VALID, Bit("TABLE", 1, "a table, not a section"), Bits("FRAME", 12, 39, "frame of the table")),
    WIDTH,
    SOURCE,
)
# A swp_entry_t is a long of 32 bits, so the upper half of a swap entry is clear.
SWAP = EntryLayout(
    "arm 3-level swap entry",
    (
        VALID,
        PAGE,
        Bits("TYPE", 2, 6, "swap area"),
        Bits("OFFSET", 7, 31, "offset in the area"),
        Bit("SPECIAL", 56, "clear"),
        Bit("NONE", 57, "clear"),
    ),
    WIDTH,
    SOURCE,
)

GEOMETRY = Geometry(
    (
        Level("pte", PAGE_SHIFT, 9, ENTRY),
        Level("pmd", PAGE_SHIFT + 9, 9, TABLE, leaf=False),
        # 32-bit addresses use four of its entries (PTRS_PER_PGD).
        Level("pgd", PAGE_SHIFT + 18, 2, TABLE, leaf=False),
    ),
    PA_BITS,
)
ADDRESS = EntryLayout("physical address", (Bits("FRAME", PAGE_SHIFT, PA_BITS - 1),), WIDTH)


def user_memory() -> int:
    """Return what build_mem_type_table adds to the protections of user pages on SMP."""
    placed = ((WRITEALLOC, "MT"), (INNER_SHAREABLE, "SHARED"))
    return sum(value << ENTRY[name].positions[0] for value, name in placed)
