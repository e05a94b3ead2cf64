"""What riscv reads in an entry, by the manual.

This page follows the manual and `layout` follows the kernel; the suite compares the two. So the
bits stand here again, under the manual's names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.hookspecs import hookimpl
from archcore.hw.mmu import Access
from archcore.layout import Bit, Bits, EntryLayout
from archcore.words import (
    Mask,
    bits,
    both,
    either,
    has_all,
    has_any,
    has_none,
    negate,
    put,
    with_bits,
)
from archcore_riscv.layout import ADDRESS, PAGE_SHIFT, TABLE

if TYPE_CHECKING:
    from archcore.layout import Level
    from archcore.words.types import Truth, Word

FILE = "src/archcore_riscv/hardware.py"
MANUAL = (
    "The RISC-V Instruction Set Manual, Volume II: Privileged Architecture, version 20211203, "
    "sections 4.3.2 (virtual address translation process), 4.4.1, 4.5 and 4.6"
)
WALK = EntryLayout(
    "riscv entry of the manual",
    (
        Bit("V", 0, "valid: a walk may go on from the entry"),
        Bit("R", 1, "may be read"),
        Bit("W", 2, "may be written; reserved without R"),
        Bit("X", 3, "may be executed; a valid entry with none of R, W and X points to a table"),
        Bit("U", 4, "user mode may use the page"),
        Bit("G", 5, "in every address space"),
        Bit("A", 6, "accessed: set by the walker on first use"),
        Bit("D", 7, "dirty: set by the walker on first store"),
        Bits("RSW", 8, 9, "software's"),
        Bits("PPN", 10, 53, "number of the frame: of the page, or of the next table"),
        Bits("reserved", 54, 60, "clear"),
        Bits("PBMT", 61, 62, "memory type with Svpbmt; else clear"),
        Bit("N", 63, "a run of pages with Svnapot; else clear"),
    ),
    source=MANUAL,
    file=FILE,
)
LEAF = WALK.mask("R", "W", "X")
ZERO = WALK.mask("reserved", "PBMT", "N")
ZERO_IN_TABLES = WALK.mask("U", "A", "D")
GRANTED_BY = {Access.READ: ("U", "R"), Access.WRITE: ("U", "W"), Access.EXECUTE: ("U", "X")}


class Hardware:
    """The walker's view of an entry, of a hart without Svpbmt and Svnapot."""

    def valid(self, level: Level, entry: Word) -> Truth:  # noqa: ARG002 - the protocol's
        """Ask for V (step 3)."""
        return has_all(entry, WALK["V"])

    def leaf(self, level: Level, entry: Word) -> Truth:  # noqa: ARG002 - the protocol's
        """Take an entry with any right for a page (step 4)."""
        return has_any(entry, LEAF)

    def reserved(self, level: Level, entry: Word) -> Truth:
        """Find W without R, reserved bits (step 3), and a superpage out of place (step 6).

        The lowest level has no tables (step 4).
        """
        wrong = both(has_all(entry, WALK["W"]), has_none(entry, WALK["R"]))
        wrong = either(wrong, has_any(entry, ZERO))
        if level.shift == PAGE_SHIFT:
            return either(wrong, negate(self.leaf(level, entry)))
        inside = has_any(self.address(level, entry), Mask(level.size - 1))
        marked = both(negate(self.leaf(level, entry)), has_any(entry, ZERO_IN_TABLES))
        return either(either(wrong, marked), both(self.leaf(level, entry), inside))

    def allows(self, level: Level, entry: Word, access: Access) -> Truth:
        """Ask the bits of a leaf (step 5); a table lets everything on."""
        granted = has_all(entry, WALK.mask(*GRANTED_BY[access]))
        return either(negate(self.leaf(level, entry)), granted)

    def address(self, level: Level, entry: Word) -> Word:  # noqa: ARG002 - the protocol's
        """Place the frame where an address has it."""
        return with_bits(0, ADDRESS["FRAME"], bits(entry, WALK["PPN"]))

    def accessed(self, entry: Word) -> Truth:
        """Read A."""
        return has_all(entry, WALK["A"])

    def dirty(self, entry: Word) -> Truth:
        """Read D."""
        return has_all(entry, WALK["D"])

    def mkaccessed(self, entry: Word) -> Word:
        """Set A (step 7)."""
        return put(entry, WALK["A"])

    def mkdirty(self, entry: Word) -> Word:
        """Set A and D (step 7)."""
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
