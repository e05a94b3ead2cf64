"""What a VMSAv8-64 walker reads for EL0 (Arm ARM (DDI 0487), chapter D8).

Sections: translation table descriptor formats, memory access control, and hardware management of
the access flag and the dirty state (FEAT_HAFDBS, which the kernel calls TTHM or AFDBM).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import field, frozen

from archcore.hookspecs import hookimpl
from archcore.hw.mmu import Access
from archcore.layout import Bit, EntryLayout
from archcore.words import (
    both,
    clear,
    either,
    has_all,
    has_any,
    has_none,
    negate,
    put,
    where,
)
from archcore_arm64.placement import span

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archcore.layout import Level
    from archcore.words import Mask
    from archcore.words.types import Truth, Word
    from archcore_arm64.placement import Placement

LEAF = EntryLayout(
    "VMSAv8-64 block and page descriptor, stage 1",
    (
        Bit("valid", 0),
        Bit("page", 1, "clear in a block"),
        Bit("AP[1]", 6, "EL0 may load and store"),
        Bit("AP[2]", 7, "read-only"),
        Bit("AF", 10),
        Bit("DBM", 51, "a store may clear AP[2]"),
        Bit("UXN", 54),
    ),
    source="Arm ARM (DDI 0487), chapter D8: block and page descriptors, stage 1",
)
# What a table takes from everything below it, by kind of access: hierarchical attributes.
TAKEN = {
    Access.READ: ("APTable[0]",),
    Access.WRITE: ("APTable[0]", "APTable[1]"),
    Access.EXECUTE: ("UXNTable",),
}


@frozen(kw_only=True)
class Arm64Mmu:
    """The walker's view of an entry, in a granule of ``2**page_shift`` bytes.

    ``largest_block`` is the logarithm of the largest block; ``output`` places the output address,
    of which the CPU implements ``pa_bits``. ``descriptor`` names the bits of a page or block,
    ``table`` those of a pointer to a table.
    """

    page_shift: int
    largest_block: int
    output: Placement
    pa_bits: int
    table: EntryLayout
    descriptor: EntryLayout = LEAF
    page: Mask = field(init=False, repr=False)
    taken: Mapping[Access, Mask] = field(init=False, repr=False, eq=False)

    @page.default
    def _page(self) -> Mask:
        return self.descriptor.mask("valid", "page")

    @taken.default
    def _taken(self) -> Mapping[Access, Mask]:
        return {access: self.table.mask(*names) for access, names in TAKEN.items()}

    def valid(self, level: Level, entry: Word) -> Truth:
        """Ask for bit 0; where no block may be, a descriptor without bit 1 is invalid too."""
        may_be_block = self.page_shift < level.shift <= self.largest_block
        return has_all(entry, self.descriptor["valid"] if may_be_block else self.page)

    def leaf(self, level: Level, entry: Word) -> Truth:
        """Take the lowest level, and blocks at the levels that may have them."""
        if level.shift == self.page_shift or level.shift > self.largest_block:
            return level.shift == self.page_shift
        return has_none(entry, self.descriptor["page"])

    def reserved(self, level: Level, entry: Word) -> Truth:
        """Find address bits that the CPU does not implement: an address size fault."""
        return has_any(self.address(level, entry), span(self.pa_bits))

    def allows(self, level: Level, entry: Word, access: Access) -> Truth:
        """Ask AP, DBM and UXN of a leaf, APTable and UXNTable of a table."""
        leaf = self.leaf(level, entry)
        passed = has_none(entry, self.taken[access])
        return either(both(leaf, self._grants(entry, access)), both(negate(leaf), passed))

    def _grants(self, entry: Word, access: Access) -> Truth:
        if access is Access.EXECUTE:
            return has_none(entry, self.descriptor["UXN"])
        user = has_all(entry, self.descriptor["AP[1]"])
        if access is Access.READ:
            return user
        managed = has_all(entry, self.descriptor["DBM"])
        return both(user, either(has_none(entry, self.descriptor["AP[2]"]), managed))

    def address(self, level: Level, entry: Word) -> Word:
        """Read the output address; in a block, drop what lies below its size."""
        address = self.output.read(entry)
        return where(self.leaf(level, entry), clear(address, span(0, level.shift - 1)), address)

    def accessed(self, entry: Word) -> Truth:
        """Read AF."""
        return has_all(entry, self.descriptor["AF"])

    def dirty(self, entry: Word) -> Truth:
        """Ask for the state writable-dirty: DBM set and AP[2] clear."""
        managed = has_all(entry, self.descriptor["DBM"])
        return both(managed, has_none(entry, self.descriptor["AP[2]"]))

    def mkaccessed(self, entry: Word) -> Word:
        """Set AF."""
        return put(entry, self.descriptor["AF"])

    def mkdirty(self, entry: Word) -> Word:
        """Set AF, and with DBM clear AP[2]."""
        used = put(entry, self.descriptor["AF"])
        managed = has_all(entry, self.descriptor["DBM"])
        return where(managed, clear(used, self.descriptor["AP[2]"]), used)


@frozen
class Tables:
    """Entries that point to a user table: valid, and closed to EL1 fetches.

    Source: arch/arm64/include/asm/pgalloc.h, Linux 6.1 and 6.12: P4D_, PUD_ and PMD_TABLE_PXN; the
    kernel places the address of a table as it does that of a page.
    """

    layout: EntryLayout
    address: Placement

    @hookimpl
    def pxd_populate(self, table: int) -> int:
        """Add the flags of a user table to its address."""
        flags = self.layout.mask("valid", "table", "PXNTable")
        entry: int = put(self.address.place(table), flags)
        return entry

    @hookimpl
    def pxd_page_paddr(self, entry: Word) -> Word:
        """Read the address."""
        return self.address.read(entry)
