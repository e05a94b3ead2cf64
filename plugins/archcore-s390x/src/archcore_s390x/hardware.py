"""What s390x reads in an entry, by the manual.

This page follows the manual and `layout` follows the kernel; the suite compares the two. So the
bits stand here again, under the manual's names.

Hardware keeps no flag of use or of stores in an entry. It has them in the storage key of a frame,
and Linux keeps its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.hookspecs import hookimpl
from archcore.hw.mmu import Access
from archcore.layout import Bit, Bits, EntryLayout
from archcore.words import (
    Mask,
    bits,
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
from archcore_s390x.layout import PAGE_SHIFT, TABLE, TYPES, WHOLE

if TYPE_CHECKING:
    from archcore.layout import Level
    from archcore.words.types import Truth, Word

FILE = "src/archcore_s390x/hardware.py"
MANUAL = (
    "z/Architecture Principles of Operation (SA22-7832), chapter 3: dynamic address translation, "
    "with enhanced-DAT facilities 1 and 2 and instruction-execution protection"
)
PAGE = EntryLayout(
    "s390x page-table entry of the manual",
    (
        Bit("IEP", 8, "bit 55: instruction fetches are refused"),
        Bit("P", 9, "bit 54: stores are refused"),
        Bit("I", 10, "bit 53: page invalid"),
        Bit("zero", 11, "bit 52: must be zero"),
        Bits("PFRA", 12, 63, "bits 0-51: page-frame real address"),
    ),
    source=MANUAL,
    file=FILE,
)
UPPER = EntryLayout(
    "s390x region- or segment-table entry of the manual",
    (
        Bits("TT", 2, 3, "bits 60-61: type of the table that the entry stands in"),
        Bit("I", 5, "bit 58: invalid"),
        Bit("IEP", 8, "bit 55: instruction fetches are refused, where the entry maps memory"),
        Bit("P", 9, "bit 54: stores are refused to all below"),
        Bit("FC", 10, "bit 53: the entry maps memory, in segment and region-third tables"),
    ),
    source=MANUAL,
    file=FILE,
)
LEAF_LEVELS = ("pte", "pmd", "pud")
ALIGNMENT = {"pmd": 11}
"""Page tables begin at multiples of 2K, region and segment tables at multiples of 4K."""


class Hardware:
    """The walker's view of an entry; every table has all its entries."""

    def valid(self, level: Level, entry: Word) -> Truth:
        """Ask for I to be clear."""
        return has_none(entry, (PAGE if level.shift == PAGE_SHIFT else UPPER)["I"])

    def leaf(self, level: Level, entry: Word) -> Truth:
        """Take the lowest level, and FC above it."""
        if level.shift == PAGE_SHIFT:
            return True
        return has_all(entry, UPPER["FC"]) if level.name in LEAF_LEVELS else False

    def reserved(self, level: Level, entry: Word) -> Truth:
        """Find what is a translation-specification exception."""
        if level.shift == PAGE_SHIFT:
            return has_any(entry, PAGE["zero"])
        return negate(same(bits(entry, UPPER["TT"]), TYPES[level.name]))

    def allows(self, level: Level, entry: Word, access: Access) -> Truth:
        """Ask the protection bits: P counts at every level, IEP where memory is mapped."""
        layout = PAGE if level.shift == PAGE_SHIFT else UPPER
        if access is Access.READ:
            return True
        if access is Access.WRITE:
            return has_none(entry, layout["P"])
        closed = has_none(entry, layout["IEP"])
        return either(negate(self.leaf(level, entry)), closed)

    def address(self, level: Level, entry: Word) -> Word:
        """Drop what stands below an origin."""
        table = clear(entry, _below(ALIGNMENT.get(level.name, PAGE_SHIFT)))
        if level.shift == PAGE_SHIFT or level.name not in LEAF_LEVELS:
            return table
        return where(self.leaf(level, entry), clear(entry, _below(level.shift)), table)

    def accessed(self, entry: Word) -> Truth:  # noqa: ARG002 - the protocol's
        """Deny it: an entry has no such flag."""
        return False

    def dirty(self, entry: Word) -> Truth:  # noqa: ARG002 - the protocol's
        """Deny it: an entry has no such flag."""
        return False

    def mkaccessed(self, entry: Word) -> Word:
        """Change nothing."""
        return entry

    def mkdirty(self, entry: Word) -> Word:
        """Change nothing."""
        return entry


def _below(shift: int) -> Mask:
    return Mask((1 << shift) - 1)


class Tables:
    """Entries that point to tables, as the kernel writes them."""

    @hookimpl
    def pxd_populate(self, level: str, table: Word) -> Word:
        """Say of what type the table is that the entry stands in, and that the next is whole."""
        if level == "pmd":
            return table
        placed = with_bits(table, TABLE["TYPE"], TYPES[level])
        return put(placed, with_bits(0, TABLE["LENGTH"], WHOLE))

    @hookimpl
    def pxd_page_paddr(self, level: str, entry: Word) -> Word:
        """Read the origin of the table."""
        return clear(entry, _below(ALIGNMENT.get(level, PAGE_SHIFT)))
