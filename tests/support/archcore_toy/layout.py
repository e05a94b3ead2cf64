"""toy entries: each bit under its kernel name, and the levels of the page table.

A field is a `Bit(name, position, note)` or `Bits(name, lowest, highest, note)`; a `Blank` waits for
its place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.layout import Bit, Bits, EntryLayout, Field, Geometry, Level

if TYPE_CHECKING:
    from collections.abc import Iterator

FILE = "src/archcore_toy/layout.py"
SOURCE = "the toy kernel, version 1, asm/pgtable.h"
WIDTH = 32

PRESENT: Field = Bit("PRESENT", 0, "clear: the walk stops and faults")
NONE: Field = Bit("NONE", 6, "software: mapped, without any right")
HINT: Field = Bit("HINT", 7, "software: a NUMA hint")
SPECIAL: Field = Bit("SPECIAL", 8, "software: no struct page behind the mapping")
ENTRY = EntryLayout(
    "toy entry",
    (
        PRESENT,
        Bit("WRITE", 1, "stores are allowed"),
        Bit("EXEC", 2, "instruction fetches are allowed"),
        Bit("ACCESSED", 3, "the page was used"),
        Bit("DIRTY", 4, "the page was written"),
        NONE,
        HINT,
        SPECIAL,
        Bit("HUGE", 5, "the entry maps memory, not a table; hugetlb sets it at any level"),
        Bits("PFN", 12, 31, "frame number"),
    ),
    WIDTH,
    SOURCE,
    FILE,
)
TABLE = EntryLayout(
    "toy table entry",
    (
        Bit("PRESENT", 0, "clear: the walk stops and faults"),
        Bits("FRAME", 12, 31, "frame number of the next table"),
    ),
    WIDTH,
    SOURCE,
    FILE,
)
# Bits that must be clear in a swap entry stand here again, so that no field can take them.
SWAP = EntryLayout(
    "toy swap entry",
    (
        PRESENT,
        NONE,
        HINT,
        SPECIAL,
        Bits("TYPE", 1, 5, "swap area"),
        Bits("OFFSET", 9, 31, "offset in the area"),
    ),
    WIDTH,
    SOURCE,
    FILE,
)

PAGE_SHIFT, PA_BITS = 12, 32
# Lowest first: the bits of an address that pick an entry of the level's table.
INDEX_BITS = {"pte": 10, "pmd": 10}
LEAVES = {"pte": ENTRY, "pmd": ENTRY}


def _levels() -> Iterator[Level]:
    shift = PAGE_SHIFT
    for name, index_bits in INDEX_BITS.items():
        yield Level(name, shift, index_bits, LEAVES.get(name, TABLE), leaf=name in LEAVES)
        shift += index_bits


GEOMETRY = Geometry(tuple(_levels()), PA_BITS, byteorder="little")
# A physical address in its place, whatever place its frame has in an entry.
ADDRESS = EntryLayout(
    "physical address", (Bits("FRAME", PAGE_SHIFT, min(PA_BITS, WIDTH) - 1),), WIDTH
)
