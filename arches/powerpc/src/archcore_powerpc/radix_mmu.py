"""What the radix tree walker reads (Power ISA 3.0B Book III, radix tree translation).

Bit numbers count from the least significant, the manual's from the most significant.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from attrs import frozen

from archcore.hookspecs import hookimpl
from archcore.hw.mmu import Access
from archcore.layout import Bit, Bits, EntryLayout
from archcore.words import (
    Mask,
    bits,
    both,
    clear,
    either,
    has_all,
    has_any,
    has_none,
    negate,
    put,
    same,
    where,
    with_bits,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archcore.layout import Geometry, Level
    from archcore.words.types import Truth, Word

LEAF = EntryLayout(
    "Power ISA radix page table entry",
    (
        Bit("EAA execute", 0),
        Bit("EAA read/write", 1, "loads too"),
        Bit("EAA read", 2),
        Bit("EAA privilege", 3, "privileged accesses only"),
        Bits("ATT", 4, 5, "attributes"),
        Bit("C", 7, "changed"),
        Bit("R", 8, "referenced"),
        Bits("RPN", 12, 56, "real page number"),
        Bit("L", 62, "leaf"),
        Bit("V", 63, "valid"),
    ),
    source="Power ISA 3.0B Book III, radix page table entry",
)
DIRECTORY = EntryLayout(
    "Power ISA radix page directory entry",
    (
        Bits("NLS", 0, 4, "next level size: the logarithm of its number of entries"),
        Bits("reserved 56:58", 5, 7, "clear"),
        Bits("NLB", 8, 59, "next level base"),
        Bit("reserved 2", 61, "clear"),
        Bit("L", 62, "clear"),
        Bit("V", 63, "valid"),
    ),
    source="Power ISA 3.0B Book III, radix page directory entry",
)
LOWEST_LEAF = LEAF.mask("V", "L")
NOT_BASE = ~DIRECTORY["NLB"]
NON_IDEMPOTENT = 2  # the attribute that makes storage guarded
LARGEST_LEAF = 30  # a 1 GB page
GRANTED_BY = {
    Access.READ: LEAF.mask("EAA read", "EAA read/write"),
    Access.WRITE: LEAF["EAA read/write"],
    Access.EXECUTE: LEAF["EAA execute"],
}


@frozen
class RadixMmu:
    """The walker's view of an entry; ``sizes`` gives the NLS that each upper level must hold."""

    sizes: Mapping[str, int]

    def valid(self, level: Level, entry: Word) -> Truth:
        """Ask for V, and for L where no table may follow."""
        return has_all(entry, LEAF["V"] if level.name in self.sizes else LOWEST_LEAF)

    def leaf(self, level: Level, entry: Word) -> Truth:  # noqa: ARG002 - at every level
        """Read L."""
        return has_all(entry, LEAF["L"])

    def reserved(self, level: Level, entry: Word) -> Truth:
        """Find a tree that is not supported: a leaf too large, a table of another size.

        Reserved bits of an entry are software's to clear, but the walker ignores them.
        """
        if level.name not in self.sizes:
            return False
        leaf = self.leaf(level, entry)
        size = same(bits(entry, DIRECTORY["NLS"]), self.sizes[level.name])
        return either(both(leaf, level.shift > LARGEST_LEAF), both(negate(leaf), negate(size)))

    def allows(self, level: Level, entry: Word, access: Access) -> Truth:
        """Ask a leaf for the right without privilege, and fetches for unguarded storage."""
        granted = both(has_none(entry, LEAF["EAA privilege"]), has_any(entry, GRANTED_BY[access]))
        if access is Access.EXECUTE:
            guarded = same(bits(entry, LEAF["ATT"]), NON_IDEMPOTENT)
            granted = both(granted, negate(guarded))
        return either(negate(self.leaf(level, entry)), granted)

    def address(self, level: Level, entry: Word) -> Word:
        """Take the real page number above the page size, or the base of the next table."""
        page = clear(entry, ~(LEAF["RPN"] - Mask(level.size - 1)))
        return where(self.leaf(level, entry), page, clear(entry, NOT_BASE))

    def accessed(self, entry: Word) -> Truth:
        """Read R."""
        return has_all(entry, LEAF["R"])

    def dirty(self, entry: Word) -> Truth:
        """Read C."""
        return has_all(entry, LEAF["C"])

    def mkaccessed(self, entry: Word) -> Word:
        """Set R."""
        return put(entry, LEAF["R"])

    def mkdirty(self, entry: Word) -> Word:
        """Set R and C."""
        return put(entry, LEAF.mask("R", "C"))


def table_sizes(geometry: Geometry) -> Mapping[str, int]:
    """Return the next level size that each upper level must hold."""
    return {upper.name: lower.index_bits for lower, upper in pairwise(geometry.levels)}


@frozen
class RadixTables:
    """Entries that point to tables: V, the address and the size of the table.

    RADIX_PMD_VAL_BITS and its like in arch/powerpc/include/asm/book3s/64/radix.h, Linux 6.1.
    """

    sizes: Mapping[str, int]

    @hookimpl
    def pxd_populate(self, level: str, table: int) -> int:
        """Add V and the next level size to the physical address."""
        entry: int = with_bits(put(table, DIRECTORY["V"]), DIRECTORY["NLS"], self.sizes[level])
        return entry

    @hookimpl
    def pxd_page_paddr(self, entry: Word) -> Word:
        """Take the next level base."""
        return clear(entry, NOT_BASE)
