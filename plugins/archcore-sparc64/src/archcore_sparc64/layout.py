"""sparc64 entries: each bit under its kernel name, as sun4u and as sun4v have it, and the levels.

A TTE is what the page tables, the TSB and the TLB hold alike; 4U and 4V place most bits elsewhere.
"""

from __future__ import annotations

from archcore.layout import Bit, Bits, EntryLayout, Geometry, Level

SOURCE = "Linux 6.1 arch/sparc/include/asm/pgtable_64.h, arch/sparc/mm/init_64.c"
WIDTH, PAGE_SHIFT, PA_BITS_4U, PA_BITS_4V = 64, 13, 43, 56

SOFTWARE = (
    Bit("PMD_HUGE", 56, "software: the entry maps memory, not a table"),
    Bit("SPECIAL", 57, "software: no struct page behind the mapping"),
)
VALID = Bit("VALID", 63, "the TLB matches; the kernel's _PAGE_R, set and cleared with ACCESSED")
ENTRY_4U = EntryLayout(
    "sun4u TTE",
    (
        Bit("W", 1, "the TLB allows stores: WRITE and MODIFIED are set"),
        Bit("P", 2, "privileged"),
        Bit("E", 3, "side effects"),
        Bit("CV", 4, "cacheable in the virtually indexed cache"),
        Bit("CP", 5, "cacheable in physically indexed caches"),
        Bit("L", 6, "locked"),
        Bit("PRESENT", 7, "software: a page is mapped"),
        Bit("WRITE", 8, "software: stores are allowed"),
        Bit("READ", 9, "software: loads are allowed"),
        Bit("ACCESSED", 10, "software: the page was used"),
        Bit("MODIFIED", 11, "software: the page was written"),
        Bit("EXEC", 12, "software, asked by the miss handler: fetches are allowed"),
        Bits("PFN", 13, 42, "frame number"),
        *SOFTWARE,
        Bits("SZ", 61, 62, "page size; 3: 4 MB"),
        VALID,
    ),
    WIDTH,
    SOURCE,
)
ENTRY_4V = EntryLayout(
    "sun4v TTE",
    (
        Bits("SZ", 0, 2, "page size; 3: 4 MB"),
        Bit("PRESENT", 4, "software: a page is mapped"),
        Bit("W", 6, "the TLB allows stores: WRITE and MODIFIED are set"),
        Bit("EXEC", 7, "fetches are allowed"),
        Bit("P", 8, "privileged"),
        Bit("CV", 9, "cacheable in the virtually indexed cache"),
        Bit("CP", 10, "cacheable in physically indexed caches"),
        Bit("E", 11, "side effects"),
        Bits("PFN", 13, 55, "frame number"),
        *SOFTWARE,
        Bit("WRITE", 58, "software: stores are allowed"),
        Bit("READ", 59, "software: loads are allowed"),
        Bit("ACCESSED", 60, "software: the page was used"),
        Bit("MODIFIED", 61, "software: the page was written"),
        VALID,
    ),
    WIDTH,
    SOURCE,
)
SIZE_4M = 3
# REAL_HPAGE_SHIFT: a huge page of 8 MB is two of the hardware.
REAL_HPAGE_SHIFT = 22


def table(entry: EntryLayout) -> EntryLayout:
    """Return the layout of an entry that points to a table: its physical address and no more."""
    frame = entry["PFN"].positions
    return EntryLayout(
        "sparc64 table entry",
        (Bits("FRAME", frame[0], frame[-1], "frame of the next table"), SOFTWARE[0]),
        WIDTH,
        SOURCE,
    )


def swap(present: int) -> EntryLayout:
    """Return the layout of a swap entry, of which all bits below the type are clear."""
    return EntryLayout(
        "sparc64 swap entry",
        (
            Bit("PRESENT", present),
            Bits("TYPE", 13, 20, "swap area"),
            Bits("OFFSET", 21, 63, "offset in the area"),
        ),
        WIDTH,
        SOURCE,
    )


def geometry(entry: EntryLayout, pa_bits: int) -> Geometry:
    """Return four levels of 1024 entries, huge pages at the second."""
    leaves = {"pte": entry, "pmd": entry}
    levels = (
        Level(name, PAGE_SHIFT + 10 * at, 10, leaves.get(name, table(entry)), leaf=name in leaves)
        for at, name in enumerate(("pte", "pmd", "pud", "pgd"))
    )
    return Geometry(tuple(levels), pa_bits, byteorder="big")
