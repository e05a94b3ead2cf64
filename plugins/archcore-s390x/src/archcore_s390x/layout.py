"""s390x entries: each bit under its kernel name, and the levels of the page table.

Pages, segments (1M) and regions (2G) have three formats. Bits are counted from the least
significant one; the Principles of Operation count from the other end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.layout import Bit, Bits, EntryLayout, Field, Geometry, Level

if TYPE_CHECKING:
    from collections.abc import Iterator

FILE = "src/archcore_s390x/layout.py"
SOURCE = "Linux 6.1.192 arch/s390/include/asm/pgtable.h"

PAGE_SHIFT, PA_BITS = 12, 46  # MAX_PHYSMEM_BITS, arch/s390/include/asm/sparsemem.h

PRESENT: Field = Bit("PRESENT", 0, "software: a page is mapped here, whether hardware sees it")
SOFT_DIRTY: Field = Bit("SOFT_DIRTY", 1, "software: written since soft-dirty was last cleared")
NOEXEC: Field = Bit("NOEXEC", 8, "instruction fetches are refused")
PROTECT: Field = Bit("PROTECT", 9, "stores are refused")
INVALID: Field = Bit("INVALID", 10, "set: the walk stops and faults")
PFN: Field = Bits("PFN", PAGE_SHIFT, 63, "frame number")
ENTRY = EntryLayout(
    "s390x entry",
    (
        PRESENT,
        SOFT_DIRTY,
        Bit("YOUNG", 2, "software: the page was used"),
        Bit("DIRTY", 3, "software: the page was written"),
        Bit("READ", 4, "software: loads are allowed; hardware sees it with YOUNG"),
        Bit("WRITE", 5, "software: stores are allowed; hardware sees it with DIRTY"),
        Bit("SPECIAL", 6, "software: no struct page behind the mapping"),
        Bit("UNUSED", 7, "software: a guest needs the contents no longer"),
        NOEXEC,
        PROTECT,
        INVALID,
        Bit("LARGE", 11, "software, never stored: what pte_mkhuge sets"),
        PFN,
    ),
    source=SOURCE,
    file=FILE,
)
SEGMENT = EntryLayout(
    "s390x segment-table entry of a page of 1M",
    (
        Bit("READ", 0, "software: loads are allowed; hardware sees it with YOUNG"),
        Bit("WRITE", 1, "software: stores are allowed; hardware sees it with DIRTY"),
        Bits("TYPE", 2, 3, "of the table: 0 in a segment table"),
        Bit("INVALID", 5, "set: the walk stops and faults"),
        Bits("ZERO", 6, 7, "clear"),
        NOEXEC,
        PROTECT,
        Bit("LARGE", 10, "the entry maps memory, not a table"),
        Bit("YOUNG", 12, "software: the page was used"),
        Bit("DIRTY", 13, "software: the page was written"),
        Bit("SOFT_DIRTY", 14, "software: written since soft-dirty was last cleared"),
        Bits("PFN", 20, 63, "frame number of the first page, less its low 8 bits"),
    ),
    source=SOURCE,
    file=FILE,
)
REGION = EntryLayout(
    "s390x region-third-table entry",
    (
        Bit("WRITE", 0, "software, in a page of 2G; in tables the low bit of LENGTH"),
        Bits("LENGTH", 0, 1, "of the next table, in quarters less one", overlays=("WRITE",)),
        Bits("TYPE", 2, 3, "of the table: 1 in a region-third table"),
        Bit("SPARE", 4, "clear"),
        Bit("INVALID", 5, "set: the walk stops and faults"),
        Bits("OFFSET", 6, 7, "of the next table: 0"),
        NOEXEC,
        PROTECT,
        Bit("LARGE", 10, "the entry maps memory, not a table"),
        Bit("SPARE2", 11, "clear"),
        Bit("YOUNG", 12, "software, in a page of 2G: the page was used"),
        Bit("DIRTY", 13, "software, in a page of 2G: the page was written"),
        Bit("SOFT_DIRTY", 14, "software, in a page of 2G"),
        Bits("PFN", 31, 63, "frame number of the first page, less its low 19 bits"),
    ),
    source=SOURCE,
    file=FILE,
)
TABLE = EntryLayout(
    "s390x entry that points to a region or segment table",
    (
        Bits("LENGTH", 0, 1, "of the next table, in quarters less one"),
        Bits("TYPE", 2, 3, "of the table that the entry stands in"),
        Bit("INVALID", 5, "set: the walk stops and faults"),
        Bits("OFFSET", 6, 7, "of the next table: 0"),
        PROTECT,
        Bits("ORIGIN", 12, 63, "frame number of the next table"),
    ),
    source=SOURCE,
    file=FILE,
)
# A swap entry is told by PROTECT and INVALID without PRESENT; no bit need be clear for it.
SWAP = EntryLayout(
    "s390x swap entry",
    (
        PRESENT,
        SOFT_DIRTY,
        Bits("TYPE", 2, 6, "swap area"),
        Bit("ZERO", 8, "clear: a set one is a specification exception"),
        PROTECT,
        INVALID,
        Bit("EXCLUSIVE", 11, "the only reference to an anonymous page"),
        Bits("OFFSET", 12, 63, "offset in the area"),
    ),
    source=SOURCE,
    file=FILE,
)

# Lowest first: the bits of an address that pick an entry of the level's table.
INDEX_BITS = {"pte": 8, "pmd": 11, "pud": 11, "p4d": 11, "pgd": 11}
# Linux also makes pages of 2G, for hugetlbfs alone, which turns each into a PTE and back.
LEAVES = {"pte": ENTRY, "pmd": SEGMENT}
LAYOUTS = {**LEAVES, "pud": REGION}
TYPES = {"pmd": 0, "pud": 1, "p4d": 2, "pgd": 3}
"""What an entry says of the table that it stands in."""
WHOLE = 3
"""The length of a table that has all its entries."""


def _empty(level: str) -> int:
    """Return what pte_none, pmd_none and pud_none ask for: an invalid entry of the right type."""
    if level == "pte":
        return ENTRY["INVALID"].value
    return TABLE["INVALID"].value | TYPES[level] << TABLE["TYPE"].shift


EMPTY = {level: _empty(level) for level in INDEX_BITS}


def _levels() -> Iterator[Level]:
    shift = PAGE_SHIFT
    for name, index_bits in INDEX_BITS.items():
        layout = LAYOUTS.get(name, TABLE)
        yield Level(name, shift, index_bits, layout, leaf=name in LEAVES, empty=EMPTY[name])
        shift += index_bits


GEOMETRY = Geometry(tuple(_levels()), PA_BITS, byteorder="big")
