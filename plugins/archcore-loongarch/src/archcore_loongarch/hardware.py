"""What loongarch reads in an entry: its TLB, and the handler that loads it.

This page follows the manual and the handlers of arch/loongarch/mm/tlbex.S; `layout` follows the
kernel's headers, and the suite compares the two. So the bits stand here again, under the manual's
names. The refill handler loads an even page and the odd one after it, whatever their entries say.
On a TLB exception handle_tlb_load, handle_tlb_store and handle_tlb_modify set V, D and M where P
and W let them; what is not readable, not executable or of another level goes to do_page_fault.

Left out is that they look into the tables for a half that was loaded from an entry without P, which
on Linux makes it cost one exception more when such a half is behind. Here it refuses until the TLB
is loaded again, which is what update_mmu_cache alone guarantees.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

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
    with_bits,
)
from archcore_loongarch.layout import CACHE_BASE, WIDTH

if TYPE_CHECKING:
    from archcore.layout import Level
    from archcore.words.types import Truth, Word

FILE = "src/archcore_loongarch/hardware.py"
MANUAL = "LoongArch Reference Manual, Volume 1 (version 1.00), 5.4 page table mapping, 7.5 TLB CSRs"
WALK = EntryLayout(
    "loongarch entry of the manual",
    (
        Bit("V", 0, "valid"),
        Bit("D", 1, "dirty: stores are allowed"),
        Bits("PLV", 2, 3, "privilege level"),
        Bits("MAT", 4, 5, "memory access type"),
        Bit("G", 6, "global; in a directory H, a huge page"),
        Bit("P", 7, "the handlers' present"),
        Bit("W", 8, "the handlers' writable"),
        Bit("M", 9, "the handlers' modified"),
        Bits("PA", 12, 47, "physical address"),
        Bit("NR", 61, "not readable"),
        Bit("NX", 62, "not executable"),
        Bit("RPLV", 63, "restricted privilege level"),
    ),
    WIDTH,
    MANUAL,
    FILE,
)


@frozen
class Hardware:
    """An entry as the TLB holds it, and a directory entry as the refill handler follows it."""

    page_shift: int
    frame: Mask

    def valid(self, level: Level, entry: Word) -> Truth:
        """Ask a page for V, or for P, which gets it; a table is what does not point to nothing."""
        page = has_any(entry, WALK.mask("P", "V"))
        if level.shift == self.page_shift:
            return page
        table = negate(same(entry, level.empty))
        return both(table, either(negate(self.leaf(level, entry)), page))

    def leaf(self, level: Level, entry: Word) -> Truth:
        """Take the lowest level, and H above it where there are huge pages."""
        if level.shift == self.page_shift:
            return True
        return has_all(entry, WALK["G"]) if level.leaf else False

    def reserved(self, level: Level, entry: Word) -> Truth:
        """Find address bits inside a huge page."""
        inside = Mask(level.size - 1, WIDTH)
        return both(self.leaf(level, entry), has_any(self.address(level, entry), inside))

    def allows(self, level: Level, entry: Word, access: Access) -> Truth:
        """Ask for the level of user mode, and for what grants or refuses; a table lets all on."""
        granted = {
            Access.READ: has_none(entry, WALK["NR"]),
            Access.WRITE: has_any(entry, WALK.mask("D", "W")),
            Access.EXECUTE: has_none(entry, WALK["NX"]),
        }
        user = both(has_all(entry, WALK["PLV"]), granted[access])
        return either(negate(self.leaf(level, entry)), user)

    def address(self, level: Level, entry: Word) -> Word:  # noqa: ARG002 - the protocol's
        """Read the address; bits below a page and above physical addresses are not there."""
        return with_bits(0, self.frame, bits(entry, self.frame))

    def accessed(self, entry: Word) -> Truth:
        """Read V: there is no other flag of use."""
        return has_all(entry, WALK["V"])

    def dirty(self, entry: Word) -> Truth:
        """Ask for what handle_tlb_store sets; nothing sets D alone."""
        return has_all(entry, WALK.mask("D", "M"))

    def mkaccessed(self, entry: Word) -> Word:
        """Set V (handle_tlb_load)."""
        return put(entry, WALK["V"])

    def mkdirty(self, entry: Word) -> Word:
        """Set V, D and M (handle_tlb_store)."""
        return put(entry, WALK.mask("V", "D", "M"))


@frozen
class Tables:
    """Entries that point to tables, as the kernel writes them: its own address of the table."""

    layout: EntryLayout

    @hookimpl
    def pxd_populate(self, table: Word) -> Word:
        """Place the frame of the table in the window of cached memory."""
        frame = self.layout["FRAME"]
        placed = with_bits(0, frame, bits(table, frame))
        return with_bits(placed, self.layout["WINDOW"], CACHE_BASE)

    @hookimpl
    def pxd_page_paddr(self, entry: Word) -> Word:
        """Read the address of the table."""
        frame = self.layout["FRAME"]
        return with_bits(0, frame, bits(entry, frame))


def mmu(page_shift: int, frame: Mask) -> Mmu:
    """Return a 3A5000 with pages of this size."""
    return Mmu(
        Hardware(page_shift, frame),
        refill="software",
        walks="TLB refills",
        keeps="all",
        tlb=TlbGeometry(entries=4096, ways=8, pairs=True),
        dcache=CacheGeometry(size=1 << 16, ways=4, line=64, indexing="VIPT"),
        source=(
            f"{MANUAL}; Linux 6.1.176, arch/loongarch/mm/tlbex.S, of which refill and flags are "
            "modelled; 2048 pairs in sets of 8, data cache of 64 KB, both of the Loongson 3A5000"
        ),
    )
