"""What toy reads in an entry, by the manual.

This page follows the manual and `layout` follows the kernel; the suite compares the two. So the
bits stand here again, under the manual's names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.hookspecs import hookimpl
from archcore.hw.mmu import Access
from archcore.layout import Bit, Bits, EntryLayout
from archcore.words import Mask, bits, both, either, has_all, has_any, negate, put, with_bits
from archcore_toy.layout import ADDRESS, PAGE_SHIFT, TABLE, WIDTH

if TYPE_CHECKING:
    from archcore.layout import Level
    from archcore.words.types import Truth, Word

FILE = "src/archcore_toy/hardware.py"
MANUAL = "The Toy-32 Manual, section 3"
WALK = EntryLayout(
    "toy entry of the manual",
    (
        Bit("V", 0, "valid: a walk may go on from the entry"),
        Bit("W", 1, "user mode may store"),
        Bit("X", 2, "user mode may fetch"),
        Bit("A", 3, "accessed: set by the walker on first use"),
        Bit("D", 4, "dirty: set by the walker on first store"),
        Bit("LEAF", 5, "the entry maps memory, not a table"),
        Bits("FRAME", 12, 31, "number of the frame: of the page, or of the next table"),
    ),
    WIDTH,
    MANUAL,
    FILE,
)
GRANTED_BY = {Access.READ: ("V",), Access.WRITE: ("V", "W"), Access.EXECUTE: ("V", "X")}


class Hardware:
    """The walker's view of an entry."""

    def valid(self, level: Level, entry: Word) -> Truth:  # noqa: ARG002 - the protocol's
        """Ask for V."""
        return has_all(entry, WALK["V"])

    def leaf(self, level: Level, entry: Word) -> Truth:
        """Take the lowest level, and LEAF above it."""
        return True if level.shift == PAGE_SHIFT else has_all(entry, WALK["LEAF"])

    def reserved(self, level: Level, entry: Word) -> Truth:
        """Find LEAF where there is no page of that size, and address bits inside a huge page."""
        leaf = self.leaf(level, entry)
        if not level.leaf:
            return leaf
        inside = Mask(level.size - 1, WIDTH)
        return both(leaf, has_any(self.address(level, entry), inside))

    def allows(self, level: Level, entry: Word, access: Access) -> Truth:
        """Ask the bits of a leaf; a table lets everything on."""
        granted = has_all(entry, WALK.mask(*GRANTED_BY[access]))
        return either(negate(self.leaf(level, entry)), granted)

    def address(self, level: Level, entry: Word) -> Word:  # noqa: ARG002 - the protocol's
        """Place the frame where an address has it."""
        return with_bits(0, ADDRESS["FRAME"], bits(entry, WALK["FRAME"]))

    def accessed(self, entry: Word) -> Truth:
        """Read A."""
        return has_all(entry, WALK["A"])

    def dirty(self, entry: Word) -> Truth:
        """Read D."""
        return has_all(entry, WALK["D"])

    def mkaccessed(self, entry: Word) -> Word:
        """Set A."""
        return put(entry, WALK["A"])

    def mkdirty(self, entry: Word) -> Word:
        """Set A and D."""
        return put(entry, WALK.mask("A", "D"))


class Tables:
    """Entries that point to tables, as the kernel writes them."""

    @hookimpl
    def pxd_populate(self, table: Word) -> Word:
        """Place the frame of the table and set PRESENT."""
        placed = with_bits(0, TABLE["FRAME"], bits(table, ADDRESS["FRAME"]))
        return put(placed, TABLE["PRESENT"])

    @hookimpl
    def pxd_page_paddr(self, entry: Word) -> Word:
        """Read the address of the table."""
        return with_bits(0, ADDRESS["FRAME"], bits(entry, TABLE["FRAME"]))
