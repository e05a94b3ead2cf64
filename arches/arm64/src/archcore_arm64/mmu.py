"""What a VMSAv8-64 walker reads for EL0 (Arm ARM (DDI 0487), chapter D8).

Sections: translation table descriptor formats, memory access control, and hardware management of
the access flag and the dirty state (FEAT_HAFDBS, which the kernel calls TTHM or AFDBM).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

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
from archcore_arm64.layout import TABLE
from archcore_arm64.placement import span

if TYPE_CHECKING:
    from archcore.layout import Level
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
PAGE = LEAF.mask("valid", "page")
# What a table takes from everything below it, by kind of access: hierarchical attributes.
TAKEN = {
    Access.READ: TABLE["APTable[0]"],
    Access.WRITE: TABLE.mask("APTable[0]", "APTable[1]"),
    Access.EXECUTE: TABLE["UXNTable"],
}


@frozen(kw_only=True)
class Arm64Mmu:
    """The walker's view of an entry, in a granule of ``2**page_shift`` bytes.

    ``largest_block`` is the logarithm of the largest block; ``output`` places the output address,
    of which the CPU implements ``pa_bits``.
    """

    page_shift: int
    largest_block: int
    output: Placement
    pa_bits: int

    def valid(self, level: Level, entry: Word) -> Truth:
        """Ask for bit 0; where no block may be, a descriptor without bit 1 is invalid too."""
        may_be_block = self.page_shift < level.shift <= self.largest_block
        return has_all(entry, LEAF["valid"] if may_be_block else PAGE)

    def leaf(self, level: Level, entry: Word) -> Truth:
        """Take the lowest level, and blocks at the levels that may have them."""
        if level.shift == self.page_shift or level.shift > self.largest_block:
            return level.shift == self.page_shift
        return has_none(entry, LEAF["page"])

    def reserved(self, level: Level, entry: Word) -> Truth:
        """Find address bits that the CPU does not implement: an address size fault."""
        return has_any(self.address(level, entry), span(self.pa_bits))

    def allows(self, level: Level, entry: Word, access: Access) -> Truth:
        """Ask AP, DBM and UXN of a leaf, APTable and UXNTable of a table."""
        leaf = self.leaf(level, entry)
        passed = has_none(entry, TAKEN[access])
        return either(both(leaf, self._grants(entry, access)), both(negate(leaf), passed))

    def _grants(self, entry: Word, access: Access) -> Truth:
        if access is Access.EXECUTE:
            return has_none(entry, LEAF["UXN"])
        user = has_all(entry, LEAF["AP[1]"])
        if access is Access.READ:
            return user
        writable = either(has_none(entry, LEAF["AP[2]"]), has_all(entry, LEAF["DBM"]))
        return both(user, writable)

    def address(self, level: Level, entry: Word) -> Word:
        """Read the output address; in a block, drop what lies below its size."""
        address = self.output.read(entry)
        return where(self.leaf(level, entry), clear(address, span(0, level.shift - 1)), address)

    def accessed(self, entry: Word) -> Truth:
        """Read AF."""
        return has_all(entry, LEAF["AF"])

    def dirty(self, entry: Word) -> Truth:
        """Ask for the state writable-dirty: DBM set and AP[2] clear."""
        return both(has_all(entry, LEAF["DBM"]), has_none(entry, LEAF["AP[2]"]))

    def mkaccessed(self, entry: Word) -> Word:
        """Set AF."""
        return put(entry, LEAF["AF"])

    def mkdirty(self, entry: Word) -> Word:
        """Set AF, and with DBM clear AP[2]."""
        used = put(entry, LEAF["AF"])
        return where(has_all(entry, LEAF["DBM"]), clear(used, LEAF["AP[2]"]), used)


USER_TABLE = TABLE.mask("valid", "table", "PXNTable")


@frozen
class Tables:
    """Entries that point to a user table: valid, and closed to EL1 fetches.

    Source: arch/arm64/include/asm/pgalloc.h, Linux 6.1 and 6.12: P4D_, PUD_ and PMD_TABLE_PXN.
    """

    output: Placement

    @hookimpl
    def pxd_populate(self, table: int) -> int:
        """Add the flags of a user table to its address."""
        entry: int = put(self.output.place(table), USER_TABLE)
        return entry

    @hookimpl
    def pxd_page_paddr(self, entry: Word) -> Word:
        """Read the address."""
        return self.output.read(entry)
