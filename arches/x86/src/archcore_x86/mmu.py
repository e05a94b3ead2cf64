"""What an x86-64 walker reads (Intel SDM volume 3A, sections 4.5 to 4.8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from archcore.hookspecs import hookimpl
from archcore.hw.mmu import Access
from archcore.layout import Bit, Bits, EntryLayout
from archcore.words import Mask, both, clear, either, has_all, has_any, has_none, put

if TYPE_CHECKING:
    from archcore.layout import Level
    from archcore.words.types import Truth, Word

WALK = EntryLayout(
    "x86-64 paging-structure entry",
    (
        Bit("P", 0),
        Bit("R/W", 1),
        Bit("U/S", 2),
        Bit("A", 5),
        Bit("D", 6),
        Bit("PS", 7),
        Bit("PAT", 12, "of a large page", overlays=("address",)),
        Bits("address", 12, 51),
        Bit("XD", 63),
    ),
    source="Intel SDM volume 3A, tables 4-15 to 4-20",
)
NOTHING = Mask(0)
PAGE_SHIFT, LARGEST_LEAF = 12, 30


@frozen
class X86Mmu:
    """The walker's view of an entry, with ``pa_bits`` physical address bits (MAXPHYADDR)."""

    pa_bits: int = 46

    def valid(self, level: Level, entry: Word) -> Truth:  # noqa: ARG002 - the protocol's
        """Ask for P."""
        return has_all(entry, WALK["P"])

    def leaf(self, level: Level, entry: Word) -> Truth:
        """Take the lowest level and PS at the two above it."""
        if level.shift == PAGE_SHIFT or level.shift > LARGEST_LEAF:
            return level.shift == PAGE_SHIFT
        return has_all(entry, WALK["PS"])

    def reserved(self, level: Level, entry: Word) -> Truth:
        """Find address bits above MAXPHYADDR or inside a large page, and PS where it may not be."""
        address = WALK["address"].value
        high = Mask(address >> self.pa_bits << self.pa_bits)
        if level.shift > LARGEST_LEAF:
            return has_any(entry, high | WALK["PS"])
        inside = Mask(address & (1 << level.shift) - 1) - WALK["PAT"]
        return either(has_any(entry, high), both(self.leaf(level, entry), has_any(entry, inside)))

    def allows(self, level: Level, entry: Word, access: Access) -> Truth:  # noqa: ARG002
        """Ask for U/S, R/W for stores, no XD for fetches; the walk asks every level."""
        wanted = WALK.mask("U/S", "R/W") if access is Access.WRITE else WALK["U/S"]
        refused = WALK["XD"] if access is Access.EXECUTE else NOTHING
        return both(has_all(entry, wanted), has_none(entry, refused))

    def address(self, level: Level, entry: Word) -> Word:  # noqa: ARG002 - the protocol's
        """Drop the attributes, and PAT and offset bits inside the address of a large page."""
        return clear(entry, ~WALK["address"])

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


@frozen
class Tables:
    """Entries that point to tables: present, writable, user, accessed and dirty (_PAGE_TABLE)."""

    @hookimpl
    def pxd_populate(self, table: Word) -> Word:
        """Add the flags of a user table to its address."""
        return put(table, WALK.mask("P", "R/W", "U/S", "A", "D"))

    @hookimpl
    def pxd_page_paddr(self, entry: Word) -> Word:
        """Drop the flags."""
        return clear(entry, ~WALK["address"])
