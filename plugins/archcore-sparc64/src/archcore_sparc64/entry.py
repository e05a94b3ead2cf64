"""sparc64 entry helpers: arch/sparc/include/asm/pgtable_64.h, the same for sun4u and sun4v.

A method is the kernel's helper without its prefix: ``young`` is pte_young.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from attrs import frozen

from archcore.entry import helper
from archcore.words import (
    Mask,
    add_bits,
    bits,
    both,
    clear,
    has_all,
    has_any,
    has_none,
    negate,
    put,
    same,
    where,
    with_bits,
)
from archcore_sparc64.layout import PAGE_SHIFT, SIZE_4M, WIDTH

if TYPE_CHECKING:
    from archcore.layout import EntryLayout
    from archcore.words.types import Operand, Truth, Word

# What pte_modify keeps.
KEPT = ("PFN", "MODIFIED", "ACCESSED", "CP", "CV", "E", "SPECIAL", "PMD_HUGE", "SZ")


@frozen(slots=False)
class Entry:
    """Entries of pages: ``layout`` names the bits."""

    layout: EntryLayout

    @cached_property
    def _kept(self) -> Mask:
        return self.layout.mask(*KEPT)

    # -- reading ------------------------------------------------------------------------------

    def none(self, entry: Word) -> Truth:
        """Ask for the empty word."""
        return same(entry, 0)

    def present(self, entry: Word) -> Truth:
        """Read PRESENT, which stays where VALID goes."""
        return has_all(entry, self.layout["PRESENT"])

    def accessible(self, entry: Word) -> Truth:
        """Read VALID, whether a flush is pending or not: the store itself flushes."""
        return has_all(entry, self.layout["VALID"])

    def write(self, entry: Word) -> Truth:
        """Read WRITE."""
        return has_all(entry, self.layout["WRITE"])

    def dirty(self, entry: Word) -> Truth:
        """Read MODIFIED."""
        return has_all(entry, self.layout["MODIFIED"])

    def young(self, entry: Word) -> Truth:
        """Read ACCESSED."""
        return has_all(entry, self.layout["ACCESSED"])

    def special(self, entry: Word) -> Truth:
        """Read SPECIAL."""
        return has_all(entry, self.layout["SPECIAL"])

    def protnone(self, entry: Word) -> Truth:
        """Ask for PRESENT with neither READ nor VALID.

        Our proposal, for without NUMA balancing sparc64 has no pte_protnone. VALID alone would not
        do: an old page has none either.
        """
        closed = has_none(entry, self.layout.mask("READ", "VALID"))
        return both(has_all(entry, self.layout["PRESENT"]), closed)

    def pfn(self, entry: Word) -> Word:
        """Read the frame."""
        return bits(entry, self.layout["PFN"])

    @helper("{level}_exec")
    def exec_(self, entry: Word) -> Truth:
        """Read EXEC."""
        return has_all(entry, self.layout["EXEC"])

    # -- making -------------------------------------------------------------------------------

    def pfn_entry(self, pfn: Operand, pgprot: Operand) -> Word:
        """Place the frame and add the protection."""
        return put(with_bits(0, self.layout["PFN"], pfn), pgprot)

    def modify(self, entry: Word, newprot: Operand) -> Word:
        """Keep what belongs to the page, VALID not among it, and take the rest."""
        return put(clear(entry, ~self._kept), clear(newprot, self._kept))

    def mkwrite(self, entry: Word) -> Word:
        """Set WRITE, and W if the page is dirty."""
        return self._opened(put(entry, self.layout["WRITE"]))

    def wrprotect(self, entry: Word) -> Word:
        """Clear WRITE and W."""
        return clear(entry, self.layout.mask("WRITE", "W"))

    def mkdirty(self, entry: Word) -> Word:
        """Set MODIFIED, and W if the page is writable."""
        return self._opened(put(entry, self.layout["MODIFIED"]))

    def mkclean(self, entry: Word) -> Word:
        """Clear MODIFIED and W."""
        return clear(entry, self.layout.mask("MODIFIED", "W"))

    def mkyoung(self, entry: Word) -> Word:
        """Set ACCESSED and VALID (_PAGE_R), whatever the entry was."""
        return put(entry, self.layout.mask("ACCESSED", "VALID"))

    def mkold(self, entry: Word) -> Word:
        """Clear ACCESSED and VALID, so that the next use faults."""
        return clear(entry, self.layout.mask("ACCESSED", "VALID"))

    def mkspecial(self, entry: Word) -> Word:
        """Set SPECIAL."""
        return put(entry, self.layout["SPECIAL"])

    def mkhuge(self, entry: Word) -> Word:
        """Set the size of the hardware's pages of 4 MB."""
        return with_bits(entry, self.layout["SZ"], SIZE_4M)

    def advance_pfn(self, entry: Word, nr: int) -> Word:
        """Move the frame on."""
        return add_bits(entry, self.layout["PFN"], nr)

    def _opened(self, entry: Word) -> Word:
        opens = has_all(entry, self.layout.mask("WRITE", "MODIFIED"))
        return where(opens, put(entry, self.layout["W"]), entry)


@frozen(slots=False)
class HugeEntry(Entry):
    """Entries of the level that holds huge pages and tables; PMD_HUGE tells them apart."""

    def present(self, entry: Word) -> Truth:
        """Ask for any but the empty word."""
        return negate(same(entry, 0))

    def leaf(self, entry: Word) -> Truth:
        """Read PMD_HUGE."""
        return has_all(entry, self.layout["PMD_HUGE"])

    def trans_huge(self, entry: Word) -> Truth:
        """Read PMD_HUGE."""
        return self.leaf(entry)

    def bad(self, entry: Word) -> Truth:
        """Ask for anything below the address of a table (never asked of a huge page)."""
        return has_any(entry, Mask((1 << PAGE_SHIFT) - 1, WIDTH))

    def mkhuge(self, entry: Word) -> Word:
        """Set PMD_HUGE besides."""
        return put(with_bits(entry, self.layout["SZ"], SIZE_4M), self.layout["PMD_HUGE"])

    def mkinvalid(self, entry: Word) -> Word:
        """Clear VALID (pmdp_invalidate)."""
        return clear(entry, self.layout["VALID"])


@frozen
class Hugetlb:
    """How hugetlb makes its entries (mm/hugetlbpage.c): those of 8 MB as the pmd level has them."""

    huge: HugeEntry

    @helper("arch_make_huge_pte")
    def make_huge(self, entry: Word, shift: Word) -> Word:  # noqa: ARG002 - the kernel's arguments
        """Set the size of 4 MB, and PMD_HUGE."""
        return self.huge.mkhuge(entry)
