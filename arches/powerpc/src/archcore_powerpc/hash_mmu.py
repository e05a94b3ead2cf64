"""What hash_page reads in Linux's tables to fill the hash table.

The hardware never reads these tables: it looks in the hashed page table, and on a miss the kernel's
handler hash_page walks the tables and inserts what it finds, or returns 1 and lets the page fault
happen. This view is the handler's, in the place of a walker, and the TLB stands for the hash table:
whatever is loaded into it leaves HASHPTE behind in the entry. Whoever changes an entry that HASHPTE
marks must also take it out of the hash table (see ``stores``).

Sources: arch/powerpc/mm/hash_utils_64.c, hash_low_64.S, hugepage-hash64.c and
kernel/exceptions-64s.S, Linux 3.14; hash_utils.c, hash_4k.c, hash_64k.c and hash_hugepage.c of
arch/powerpc/mm/book3s64, Linux 6.1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import field, frozen

from archcore.hookspecs import hookimpl
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
    where,
    with_bits,
)
from archcore_powerpc.entry import NOTHING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archcore.hw.mmu import Access
    from archcore.layout import Level
    from archcore.words.types import Truth, Word

LINEAR_MAP = 0xC  # the region of PAGE_OFFSET 0xc000000000000000

EARLY_TABLE = EntryLayout(
    "powerpc hash directory entry, Linux 3.14",
    (
        Bits("ADDRESS", 0, 59, "physical address of the table"),
        Bits("REGION", 60, 63, "of the linear map; its two top bits tell a kernel address"),
        Bits("KERNEL", 62, 63, "set in a kernel address", overlays=("REGION",)),
    ),
    source="Linux 3.14 arch/powerpc/include/asm/page.h (PAGE_OFFSET), pgtable-ppc64-64k.h",
)
TABLE = EntryLayout(
    "powerpc hash directory entry, since Linux 4.7",
    (
        Bits("ADDRESS", 8, 61, "physical address of the table (PMD_MASKED_BITS)"),
        Bit("PTE", 62, "clear"),
        Bit("VALID", 63, "set since Linux 4.20 (HASH_PMD_VAL_BITS)"),
    ),
    source="Linux 6.1 arch/powerpc/include/asm/book3s/64/pgtable.h, hash.h",
)


@frozen(kw_only=True)
class HashPage:
    """The view of the miss handler: it asks for all of an access and sets flags while hashing.

    ``leaf_bits`` are those any of which tell a leaf from a table, ``live`` those that a leaf must
    have, ``needed`` those for each access, ``refused`` those it must not have. ``marks`` are set in
    a pointer to a table, ``address`` spans its address. ``rpn`` spans the frame number of an entry,
    ``real`` the place of that number in a real address. ``hashed`` says that a page is in the hash
    table, ``hashed_huge`` that a huge page is, of which ``huge`` is the mark. No leaf maps more
    than ``2**largest`` bytes.
    """

    page_shift: int
    largest: int
    leaf_bits: Mask
    live: Mask
    needed: Mapping[Access, Mask]
    refused: Mask = NOTHING
    marks: Mask = NOTHING
    address_bits: Mask
    rpn: Mask
    real: Mask
    accessed_bit: Mask
    dirty_bit: Mask
    hashed: Mask
    hashed_huge: Mask = NOTHING
    huge: Mask = NOTHING
    anywhere: Mask = field(init=False, repr=False)

    @anywhere.default
    def _either(self) -> Mask:
        return self.hashed | self.hashed_huge

    def valid(self, level: Level, entry: Word) -> Truth:
        """Ask a leaf for what makes it live, a pointer to a table for an address."""
        leaf = self.leaf(level, entry)
        pointer = both(has_all(entry, self.marks), has_any(entry, self.address_bits))
        return either(both(leaf, has_all(entry, self.live)), both(negate(leaf), pointer))

    def leaf(self, level: Level, entry: Word) -> Truth:
        """Take the lowest level, and above it what tells a leaf."""
        if level.shift == self.page_shift:
            return True
        return has_any(entry, self.leaf_bits)

    def reserved(self, level: Level, entry: Word) -> Truth:
        """Find a leaf larger than any page."""
        return both(self.leaf(level, entry), level.shift > self.largest)

    def allows(self, level: Level, entry: Word, access: Access) -> Truth:
        """Ask a leaf for the access (check_pte_access), a table for nothing."""
        granted = both(has_all(entry, self.needed[access]), has_none(entry, self.refused))
        return either(negate(self.leaf(level, entry)), granted)

    def address(self, level: Level, entry: Word) -> Word:
        """Turn the frame number, or the address of a table, into a physical address."""
        frame = with_bits(0, self.real, bits(entry, self.rpn))
        page = clear(frame, Mask(level.size - 1))
        return where(self.leaf(level, entry), page, clear(entry, ~self.address_bits))

    def accessed(self, entry: Word) -> Truth:
        """Ask for what a use leaves behind: ACCESSED and HASHPTE."""
        return both(has_all(entry, self.accessed_bit), has_any(entry, self.anywhere))

    def dirty(self, entry: Word) -> Truth:
        """Read DIRTY; without it the page goes into the hash table read-only."""
        return has_all(entry, self.dirty_bit)

    def mkaccessed(self, entry: Word) -> Word:
        """Set ACCESSED, and HASHPTE: the page is in the hash table now."""
        return put(put(entry, self.accessed_bit), self._hashed(entry))

    def mkdirty(self, entry: Word) -> Word:
        """Set DIRTY too."""
        return put(self.mkaccessed(entry), self.dirty_bit)

    def _hashed(self, entry: Word) -> Word:
        """Return what marks a hashed page.

        The slot in the hash group, which the handler also stores, belongs to the hash table.
        """
        if not self.huge:
            return put(0, self.hashed)
        return where(has_all(entry, self.huge), self.hashed_huge, self.hashed)


@frozen
class EarlyTables:
    """Entries that point to tables hold kernel addresses (pmd_populate, pgalloc-64.h)."""

    @hookimpl
    def pxd_populate(self, table: int) -> int:
        """Return the table's address in the linear map."""
        entry: int = with_bits(table, EARLY_TABLE["REGION"], LINEAR_MAP)
        return entry

    @hookimpl
    def pxd_page_paddr(self, entry: Word) -> Word:
        """Take the table out of the linear map (__pa)."""
        return clear(entry, EARLY_TABLE["REGION"])


@frozen
class HashTables:
    """Entries that point to tables hold physical addresses and ``marks``."""

    marks: Mask = NOTHING

    @hookimpl
    def pxd_populate(self, table: int) -> int:
        """Return the table's address with the marks of a valid entry."""
        entry: int = put(table, self.marks)
        return entry

    @hookimpl
    def pxd_page_paddr(self, entry: Word) -> Word:
        """Take the address."""
        return clear(entry, ~TABLE["ADDRESS"])
