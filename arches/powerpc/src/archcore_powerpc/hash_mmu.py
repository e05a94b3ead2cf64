"""What hash_page reads in the tables of Linux 3.14 to fill the hash table.

The hardware never reads these tables: it looks in the hashed page table, and on a miss the kernel's
handler hash_page walks the tables and inserts what it finds, or returns 1 and lets the page fault
happen. This view is the handler's, in the place of a walker (the TLB stands for the hash table);
the hash table itself is not modelled. Whoever changes an entry that HASHPTE marks must also take it
out of the hash table, which pte_update does (hpte_need_flush).

Sources: arch/powerpc/mm/hash_utils_64.c, hash_low_64.S, hugepage-hash64.c and
kernel/exceptions-64s.S, Linux 3.14.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from archcore.hookspecs import hookimpl
from archcore.hw.mmu import Access
from archcore.layout import Bits, EntryLayout
from archcore.words import (
    Mask,
    bits,
    both,
    clear,
    either,
    has_all,
    has_any,
    negate,
    put,
    where,
    with_bits,
)
from archcore_powerpc.layout import HASH_PMD_SHIFT, PAGE_SHIFT_64K, V314_PMD, V314_PTE

if TYPE_CHECKING:
    from archcore.layout import Level
    from archcore.words.types import Truth, Word

TABLE = EntryLayout(
    "powerpc hash directory entry, Linux 3.14",
    (
        Bits("ALIGNED", 0, 11, "clear: PTE tables are 4K, others larger"),
        Bits("ADDRESS", 12, 59, "physical address of the table"),
        Bits("REGION", 60, 63, "of the linear map; its two top bits tell a kernel address"),
        Bits("KERNEL", 62, 63, "set in a kernel address", overlays=("REGION",)),
    ),
    source="Linux 3.14 arch/powerpc/include/asm/page.h (PAGE_OFFSET), pgtable-ppc64-64k.h",
)
LINEAR_MAP = 0xC  # the region of PAGE_OFFSET 0xc000000000000000
REAL = EntryLayout("powerpc real address of a 64K page", (Bits("FRAME", PAGE_SHIFT_64K, 49),))
LEAF = V314_PMD.mask("PRESENT", "USER")  # hugetlbpage.c: the two lowest bits of a pointer are 0
NOT_ADDRESS = ~TABLE["ADDRESS"]
NEEDED_FOR = {
    Access.READ: V314_PTE.mask("PRESENT", "USER"),
    Access.WRITE: V314_PTE.mask("PRESENT", "USER", "RW"),
    Access.EXECUTE: V314_PTE.mask("PRESENT", "USER", "EXEC"),
}


@frozen
class HashPage:
    """The view of the miss handler: it asks for all of ``access`` and sets flags while hashing."""

    def valid(self, level: Level, entry: Word) -> Truth:
        """Ask for PRESENT, or in an upper level for the address of a table."""
        present = has_all(entry, V314_PTE["PRESENT"])
        table = both(negate(self.leaf(level, entry)), has_all(entry, TABLE["KERNEL"]))
        return either(present, table)

    def leaf(self, level: Level, entry: Word) -> Truth:
        """Take the lowest level, and above it PRESENT or USER."""
        if level.shift == PAGE_SHIFT_64K:
            return True
        return has_any(entry, LEAF)

    def reserved(self, level: Level, entry: Word) -> Truth:
        """Find a leaf larger than the 16 MB of a PMD, which only hugetlbfs makes."""
        return both(self.leaf(level, entry), level.shift > HASH_PMD_SHIFT)

    def allows(self, level: Level, entry: Word, access: Access) -> Truth:
        """Ask a leaf for PRESENT and USER, RW for stores, EXEC for fetches; a table for nothing."""
        return either(negate(self.leaf(level, entry)), has_all(entry, NEEDED_FOR[access]))

    def address(self, level: Level, entry: Word) -> Word:
        """Turn the frame number, or the kernel address of a table, into a physical address."""
        frame = with_bits(0, REAL["FRAME"], bits(entry, V314_PTE["RPN"]))
        page = clear(frame, Mask(level.size - 1))
        return where(self.leaf(level, entry), page, clear(entry, NOT_ADDRESS))

    def accessed(self, entry: Word) -> Truth:
        """Read ACCESSED."""
        return has_all(entry, V314_PTE["ACCESSED"])

    def dirty(self, entry: Word) -> Truth:
        """Read DIRTY; without it the page goes into the hash table read-only."""
        return has_all(entry, V314_PTE["DIRTY"])

    def mkaccessed(self, entry: Word) -> Word:
        """Set ACCESSED, and HASHPTE: the page is in the hash table now."""
        return put(put(entry, V314_PTE["ACCESSED"]), self._hashed(entry))

    def mkdirty(self, entry: Word) -> Word:
        """Set DIRTY too."""
        return put(self.mkaccessed(entry), V314_PTE["DIRTY"])

    def _hashed(self, entry: Word) -> Word:
        """Return what marks a hashed page: all of HASHPTE if huge, else one sub-page bit.

        The slot in the hash group, which the handler also stores, belongs to the hash table.
        """
        huge = has_all(entry, V314_PMD["THP_HUGE"])
        return where(huge, V314_PMD["HPTE_SUB"], V314_PTE["HPTE_SUB0"])


@frozen
class HashTables:
    """Entries that point to tables hold kernel addresses (pmd_populate, pgalloc-64.h)."""

    @hookimpl
    def pxd_populate(self, table: int) -> int:
        """Return the table's address in the linear map."""
        entry: int = with_bits(table, TABLE["REGION"], LINEAR_MAP)
        return entry

    @hookimpl
    def pxd_page_paddr(self, entry: Word) -> Word:
        """Take the table out of the linear map (__pa)."""
        return clear(entry, NOT_ADDRESS)
