"""What the TLB and its miss handler read in a TTE.

The bits stand here again, under the manuals' names; the levels above are walked by the handler.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from archcore.hookspecs import hookimpl
from archcore.hw.mmu import Access
from archcore.layout import Bit, Bits, EntryLayout
from archcore.words import (
    both,
    clear,
    either,
    has_all,
    has_none,
    negate,
    put,
    same,
)
from archcore_sparc64.layout import PAGE_SHIFT, WIDTH

if TYPE_CHECKING:
    from archcore.layout import Level
    from archcore.words.types import Truth, Word

MANUAL_4U = "UltraSPARC I & II User's Manual (802-7220-02), chapter 15.2"
MANUAL_4V = "UltraSPARC Virtual Machine Specification, chapter 14.3"
HANDLER = "Linux 6.1 arch/sparc/kernel/tsb.S, itlb_miss.S, arch/sparc/include/asm/tsb.h"
# The handler's own bits: EXEC of sun4u, and PMD_HUGE above the lowest level.
TTE_4U = EntryLayout(
    "UltraSPARC TTE data",
    (
        Bit("V", 63, "valid"),
        Bits("Size", 61, 62, "page size"),
        Bit("Huge", 56, "the handler's: the entry maps memory"),
        Bits("PA", 13, 42, "physical address"),
        Bit("X", 12, "the handler's: fetches are allowed"),
        Bits("Soft", 7, 11, "software, set 1"),
        Bit("P", 2, "privileged"),
        Bit("W", 1, "writable"),
    ),
    WIDTH,
    MANUAL_4U,
)
TTE_4V = EntryLayout(
    "sun4v TTE data",
    (
        Bit("V", 63, "valid"),
        Bits("Soft", 57, 61, "software"),
        Bit("Huge", 56, "the handler's: the entry maps memory"),
        Bits("PA", 13, 55, "real address"),
        Bit("P", 8, "privileged"),
        Bit("X", 7, "executable"),
        Bit("W", 6, "writable"),
        Bits("Size", 0, 2, "page size"),
    ),
    WIDTH,
    MANUAL_4V,
)


@frozen
class Tte:
    """``tte`` are the manual's bits, ``kept`` those that the kernel keeps for the hardware."""

    tte: EntryLayout
    kept: EntryLayout

    def valid(self, level: Level, entry: Word) -> Truth:
        """Ask for V in a TTE, and for any but the empty word in a pointer to a table."""
        leaf = self.leaf(level, entry)
        table = both(negate(leaf), negate(same(entry, 0)))
        return either(both(leaf, has_all(entry, self.tte["V"])), table)

    def leaf(self, level: Level, entry: Word) -> Truth:
        """Take the lowest level, and the handler's mark above it."""
        return True if level.shift == PAGE_SHIFT else has_all(entry, self.tte["Huge"])

    def reserved(self, level: Level, entry: Word) -> Truth:
        """Find the mark where there is no page of that size."""
        return False if level.leaf else self.leaf(level, entry)

    def allows(self, level: Level, entry: Word, access: Access) -> Truth:
        """Refuse privileged pages; ask W or X. A load needs no bit, a table lets all on."""
        granted = has_none(entry, self.tte["P"])
        if access is not Access.READ:
            wanted = "W" if access is Access.WRITE else "X"
            granted = both(granted, has_all(entry, self.tte[wanted]))
        return either(negate(self.leaf(level, entry)), granted)

    def address(self, level: Level, entry: Word) -> Word:  # noqa: ARG002 - the protocol's
        """Drop all but the address."""
        return clear(entry, ~self.tte["PA"])

    def accessed(self, entry: Word) -> Truth:
        """Read V: the kernel closes a page to learn of its next use."""
        return has_all(entry, self.tte["V"])

    def dirty(self, entry: Word) -> Truth:
        """Read MODIFIED, which the kernel keeps for the hardware."""
        return has_all(entry, self.kept["MODIFIED"])

    def mkaccessed(self, entry: Word) -> Word:
        """Do what pte_mkyoung does in the fault handler."""
        return put(entry, self.kept.mask("ACCESSED", "VALID"))

    def mkdirty(self, entry: Word) -> Word:
        """Do what pte_mkdirty and pte_mkyoung do in the fault handler."""
        return put(entry, self.kept.mask("ACCESSED", "VALID", "MODIFIED"))


@frozen
class Tables:
    """Entries that point to tables: the physical address as it is (pmd_set, pud_set, p4d_set)."""

    layout: EntryLayout

    @hookimpl
    def pxd_populate(self, table: Word) -> Word:
        """Drop what is no address."""
        return clear(table, ~self.layout["PFN"])

    @hookimpl
    def pxd_page_paddr(self, entry: Word) -> Word:
        """Drop what is no address."""
        return clear(entry, ~self.layout["PFN"])
