"""What mips reads in an entry: its TLB, and the handlers that load it and set its flags.

This page follows the manual and the handlers; `layout` follows the kernel's headers, and the suite
compares the two. So the bits stand here again, under the manual's names. A refill puts both entries
of a pair into the TLB as they are. On a TLB exception the handlers of arch/mips/mm/tlbex.c look at
the entry again: build_pte_present and build_pte_writable ask P and W, build_make_valid and
build_make_write set the flags. Only inhibited reads and fetches (TLBRI, TLBXI, with PageGrain.IEC)
go to do_page_fault without another look, so that the TLB decides about them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.hookspecs import hookimpl
from archcore.hw.mmu import Access, CacheGeometry, Mmu, TlbGeometry
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
    same,
    where,
    with_bits,
)
from archcore_mips.layout import ADDRESS, CAC_BASE, TABLE, WIDTH

if TYPE_CHECKING:
    from archcore.layout import Level
    from archcore.words.types import Truth, Word

FILE = "src/archcore_mips/hardware.py"
MANUAL = (
    "MIPS64 Architecture For Programmers, Volume III (MD00091), EntryLo0 and EntryLo1, TLB "
    "exceptions; Linux 6.1.176, arch/mips/mm/tlbex.c"
)
WALK = EntryLayout(
    "mips entry of the manual",
    (
        Bit("P", 0, "the handlers' present"),
        Bit("W", 1, "the handlers' writable"),
        Bit("A", 2, "the handlers' accessed"),
        Bit("M", 3, "the handlers' modified"),
        Bit("H", 4, "the handlers' huge: two halves of the page are the pair"),
        Bit("XI", 6, "execute inhibit"),
        Bit("RI", 7, "read inhibit"),
        Bit("G", 8, "global"),
        Bit("V", 9, "valid"),
        Bit("D", 10, "dirty: stores are allowed"),
        Bits("C", 11, 13, "cache coherency attribute"),
        Bits("PFN", 16, 63, "number of the frame"),
    ),
    WIDTH,
    MANUAL,
    FILE,
)
POINTER = EntryLayout("mips address of a table", (Bits("FRAME", 14, 47, "of the table"),), WIDTH)
PTE_SHIFT = 14


class Hardware:
    """An entry as TLB and handlers together take it."""

    def valid(self, level: Level, entry: Word) -> Truth:
        """Ask P of a page; a table is whatever does not point to nothing."""
        page = has_all(entry, WALK["P"])
        if level.shift == PTE_SHIFT:
            return page
        table = negate(same(entry, level.empty))
        return both(table, either(negate(self.leaf(level, entry)), page))

    def leaf(self, level: Level, entry: Word) -> Truth:
        """Take the lowest level, and H above it where there are huge pages."""
        if level.shift == PTE_SHIFT:
            return True
        return has_all(entry, WALK["H"]) if level.leaf else False

    def reserved(self, level: Level, entry: Word) -> Truth:
        """Find address bits inside a huge page."""
        inside = Mask(level.size - 1, WIDTH)
        return both(self.leaf(level, entry), has_any(self.address(level, entry), inside))

    def allows(self, level: Level, entry: Word, access: Access) -> Truth:
        """Ask what inhibits a load or a fetch, and W before a store; a table lets all on."""
        if access is Access.WRITE:
            granted = has_all(entry, WALK["W"])
        else:
            granted = has_none(entry, WALK["RI" if access is Access.READ else "XI"])
        return either(negate(self.leaf(level, entry)), granted)

    def address(self, level: Level, entry: Word) -> Word:
        """Place the frame where an address has it; bits above physical addresses are not there."""
        table = with_bits(0, ADDRESS["FRAME"], bits(entry, POINTER["FRAME"]))
        page = with_bits(0, ADDRESS["FRAME"], bits(entry, WALK["PFN"]))
        return where(self.leaf(level, entry), page, table)

    def accessed(self, entry: Word) -> Truth:
        """Ask for what build_make_valid sets."""
        return has_all(entry, WALK.mask("A", "V"))

    def dirty(self, entry: Word) -> Truth:
        """Ask for what build_make_write sets."""
        return has_all(entry, WALK.mask("M", "D"))

    def mkaccessed(self, entry: Word) -> Word:
        """Set A and V (build_make_valid)."""
        return put(entry, WALK.mask("A", "V"))

    def mkdirty(self, entry: Word) -> Word:
        """Set A, V, M and D (build_make_write)."""
        return put(entry, WALK.mask("A", "V", "M", "D"))


class Tables:
    """Entries that point to tables, as the kernel writes them: its own address of the table."""

    @hookimpl
    def pxd_populate(self, table: Word) -> Word:
        """Place the frame of the table in the window of cached memory."""
        placed = with_bits(0, TABLE["FRAME"], bits(table, ADDRESS["FRAME"]))
        return with_bits(placed, TABLE["WINDOW"], CAC_BASE)

    @hookimpl
    def pxd_page_paddr(self, entry: Word) -> Word:
        """Read the address of the table."""
        return with_bits(0, ADDRESS["FRAME"], bits(entry, TABLE["FRAME"]))


MMU = Mmu(
    Hardware(),
    refill="software",
    walks="TLB refills",
    keeps="rights",
    tlb=TlbGeometry(entries=128, ways=64, pairs=True),
    dcache=CacheGeometry(size=1 << 17, ways=4, line=32, indexing="VIPT"),
    source=(
        f"{MANUAL}; 64 pairs, any page in any; the data cache is one with cpu_has_dc_aliases, ways "
        "of two pages: a Loongson-3 keeps its caches coherent (c-r4k.c, flush_cache_page is "
        "cache_noop there), other CPUs of this layout do not"
    ),
)
