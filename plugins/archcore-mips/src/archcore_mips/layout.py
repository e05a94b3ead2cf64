"""mips entries: each bit under its kernel name, and the levels of the page table.

The configuration is that of a Loongson-3 kernel: 64 bits, pages of 16 KB, CPU_HAS_RIXI (selected by
CPU_MIPSR2), MIPS_HUGE_TLB_SUPPORT and ARCH_HAS_PTE_SPECIAL; mips has no HAVE_ARCH_SOFT_DIRTY in
Linux 6.1. The shifts count up through the enum pgtable_bits under these choices.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from archcore.layout import Bit, Bits, EntryLayout, Field, Geometry, Level

if TYPE_CHECKING:
    from collections.abc import Iterator

FILE = "src/archcore_mips/layout.py"
SOURCE = "Linux 6.1.176, arch/mips/include/asm/pgtable-bits.h, pgtable.h, pgtable-64.h"
WIDTH = 64

PRESENT: Field = Bit("PRESENT", 0, "software: the miss handlers may use the entry")
VALID: Field = Bit("VALID", 9, "EntryLo.V; _PAGE_SILENT_READ: reads need no exception")
SPECIAL: Field = Bit("SPECIAL", 5, "software: no struct page behind the mapping")
ENTRY = EntryLayout(
    "mips entry",
    (
        PRESENT,
        Bit("WRITE", 1, "software: stores are allowed"),
        Bit("ACCESSED", 2, "software: the page was used"),
        Bit("MODIFIED", 3, "software: the page was written"),
        Bit("HUGE", 4, "software: the entry maps memory, not a table"),
        SPECIAL,
        Bit("NO_EXEC", 6, "EntryLo.XI: instruction fetches fault"),
        Bit("NO_READ", 7, "EntryLo.RI: loads fault"),
        Bit("GLOBAL", 8, "EntryLo.G: for every address space"),
        VALID,
        Bit("DIRTY", 10, "EntryLo.D; _PAGE_SILENT_WRITE: stores need no exception"),
        Bits("CACHE", 11, 13, "EntryLo.C: cache coherency attribute"),
        Bits("PFN", 16, 63, "frame number"),
    ),
    WIDTH,
    SOURCE,
    FILE,
)
ENTRYLO = EntryLayout(
    "mips EntryLo",
    (
        Bits("REST", 0, 55, "G, V, D, C and PFN, as pte_to_entrylo shifts them down"),
        Bits("INHIBIT", 62, 63, "XI and RI"),
    ),
    WIDTH,
    SOURCE,
    FILE,
)
# A pointer is the kernel's own address of the table: in the window that maps all memory cached.
TABLE = EntryLayout(
    "mips table entry",
    (
        Bits("OFFSET", 0, 13, "offset in a page: 0"),
        Bits("FRAME", 14, 47, "frame number of the next table"),
        Bits("WINDOW", 48, 63, "where the kernel sees memory"),
    ),
    WIDTH,
    SOURCE,
    FILE,
)
CAC_BASE = 0x9800  # bits 63..48; arch/mips/include/asm/mach-loongson64/spaces.h
# Bits that must be clear in a swap entry stand here again, so that no field can take them.
SWAP = EntryLayout(
    "mips swap entry",
    (
        PRESENT,
        SPECIAL,
        VALID,
        Bits("TYPE", 16, 23, "swap area"),
        Bits("OFFSET", 24, 63, "offset in the area"),
    ),
    WIDTH,
    SOURCE,
    FILE,
)

# Empty entries of the upper levels point to tables of nothing, whose addresses a linker chooses;
# these lie where a Loongson-3 kernel has its data, and a vector file may name others.
INVALID_PTE_TABLE = 0xFFFF_FFFF_81A0_0000
INVALID_PMD_TABLE = 0xFFFF_FFFF_81A0_4000

PAGE_SHIFT, PA_BITS = 14, 48
# Lowest first: the bits of an address that pick an entry of the level's table.
INDEX_BITS = {"pte": 11, "pmd": 11, "pgd": 11}
LEAVES = {"pte": ENTRY, "pmd": ENTRY}


@frozen
class InvalidTables:
    """The addresses of invalid_pte_table and invalid_pmd_table."""

    pte: int = INVALID_PTE_TABLE
    pmd: int = INVALID_PMD_TABLE


def geometry(invalid: InvalidTables) -> Geometry:
    """Return the levels of a kernel that has its tables of nothing there."""
    return Geometry(tuple(_levels({"pmd": invalid.pte, "pgd": invalid.pmd})), PA_BITS)


def _levels(empty: dict[str, int]) -> Iterator[Level]:
    shift = PAGE_SHIFT
    for name, index_bits in INDEX_BITS.items():
        layout, leaf = LEAVES.get(name, TABLE), name in LEAVES
        yield Level(name, shift, index_bits, layout, leaf=leaf, empty=empty.get(name, 0))
        shift += index_bits


# A physical address in its place, whatever place its frame has in an entry.
ADDRESS = EntryLayout("physical address", (Bits("FRAME", PAGE_SHIFT, PA_BITS - 1),), WIDTH)
