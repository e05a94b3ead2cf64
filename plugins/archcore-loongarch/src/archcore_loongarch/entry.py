"""loongarch entry helpers: what the kernel reads in an entry, and how it makes one.

Source: arch/loongarch/include/asm/pgtable.h of Linux 6.1.176. VALID is ACCESSED, too, so a change
of protection, which drops VALID, makes the page old, and what marks it used opens it to the TLB.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from attrs import frozen

from archcore.entry import helper
from archcore.words import (
    add_bits,
    bits,
    both,
    clear,
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

if TYPE_CHECKING:
    from archcore.layout import EntryLayout
    from archcore.words import Mask
    from archcore.words.types import Operand, Truth, Word

KEPT = ("PFN", "MODIFIED", "SPECIAL", "CACHE", "PLV")  # _PAGE_CHG_MASK


@frozen
class Entry:
    """What entries of both levels have in common: `layout` names the bits."""

    layout: EntryLayout

    @cached_property
    def kept(self) -> Mask:
        """What belongs to the page and not to its protection."""
        return self.layout.mask(*KEPT)

    # -- reading ------------------------------------------------------------------------------

    def write(self, entry: Word) -> Truth:
        """Read WRITE, in a hint too."""
        return has_all(entry, self.layout["WRITE"])

    def dirty(self, entry: Word) -> Truth:
        """Read MODIFIED."""
        return has_all(entry, self.layout["MODIFIED"])

    def young(self, entry: Word) -> Truth:
        """Read VALID, which is ACCESSED."""
        return has_all(entry, self.layout["VALID"])

    def protnone(self, entry: Word) -> Truth:
        """Read PROTNONE."""
        return has_all(entry, self.layout["PROTNONE"])

    def pfn(self, entry: Word) -> Word:
        """Read the frame, also of a closed entry."""
        return bits(entry, self.layout["PFN"])

    def accessible(self, entry: Word, flush_pending: Truth) -> Truth:
        """Count a closed entry while a TLB flush is pending."""
        closed = has_all(entry, self.layout["PROTNONE"])
        return either(has_all(entry, self.layout["PRESENT"]), both(closed, flush_pending))

    # -- making -------------------------------------------------------------------------------

    def pfn_entry(self, pfn: Operand, pgprot: Operand) -> Word:
        """Place the frame and add the protection."""
        return put(with_bits(0, self.layout["PFN"], pfn), pgprot)

    def modify(self, entry: Word, newprot: Operand) -> Word:
        """Save dirtiness, and take the protection's bits; VALID comes from there alone."""
        dirty = has_all(entry, self.layout["DIRTY"])
        saved = where(dirty, put(entry, self.layout["MODIFIED"]), entry)
        return put(clear(saved, ~self.kept), clear(newprot, self.kept))

    def mkwrite(self, entry: Word) -> Word:
        """Set WRITE; a page that was written needs no exception any more."""
        writable = put(entry, self.layout["WRITE"])
        return where(self.dirty(entry), put(writable, self.layout["DIRTY"]), writable)

    def wrprotect(self, entry: Word) -> Word:
        """Clear WRITE and DIRTY."""
        return clear(entry, self.layout.mask("WRITE", "DIRTY"))

    def mkdirty(self, entry: Word) -> Word:
        """Set MODIFIED; a writable page needs no exception any more."""
        dirty = put(entry, self.layout["MODIFIED"])
        return where(self.write(entry), put(dirty, self.layout["DIRTY"]), dirty)

    def mkclean(self, entry: Word) -> Word:
        """Clear MODIFIED and DIRTY, so that the next store is noticed."""
        return clear(entry, self.layout.mask("MODIFIED", "DIRTY"))

    def mkyoung(self, entry: Word) -> Word:
        """Set VALID, which is ACCESSED."""
        return put(entry, self.layout["VALID"])

    def mkold(self, entry: Word) -> Word:
        """Clear VALID, so that the next use is noticed."""
        return clear(entry, self.layout["VALID"])

    def advance_pfn(self, entry: Word, nr: int) -> Word:
        """Move the frame on."""
        return add_bits(entry, self.layout["PFN"], nr)


@frozen
class PageEntry(Entry):
    """Entries of the lowest level."""

    def none(self, entry: Word) -> Truth:
        """Overlook GLOBAL, which the two entries of a pair have in common."""
        return has_none(entry, ~self.layout["GLOBAL"])

    def present(self, entry: Word) -> Truth:
        """Count an entry closed to the hardware on purpose as present."""
        return has_any(entry, self.layout.mask("PRESENT", "PROTNONE"))

    def special(self, entry: Word) -> Truth:
        """Read SPECIAL."""
        return has_all(entry, self.layout["SPECIAL"])

    def mkspecial(self, entry: Word) -> Word:
        """Set SPECIAL."""
        return put(entry, self.layout["SPECIAL"])

    def mkhuge(self, entry: Word) -> Word:
        """Set the bit that is GLOBAL here and HUGE in a directory."""
        return put(entry, self.layout["GLOBAL"])

    @helper("pte_huge")
    def huge(self, entry: Word) -> Truth:
        """Read the bit that is GLOBAL here and HUGE in a directory."""
        return has_all(entry, self.layout["GLOBAL"])

    @helper("pte_no_exec")
    def no_exec(self, entry: Word) -> Truth:
        """Read NO_EXEC."""
        return has_all(entry, self.layout["NO_EXEC"])


@frozen
class HugeEntry(Entry):
    """Entries of the level of huge pages, which hold addresses of tables besides.

    `empty` is the address of the table of nothing, `offset` the bits of an address inside a page.
    """

    empty: int
    offset: Mask

    @cached_property
    def kept(self) -> Mask:
        """What belongs to the page and not to its protection (_HPAGE_CHG_MASK)."""
        return self.layout.mask(*KEPT, "HUGE")

    def none(self, entry: Word) -> Truth:
        """Compare with the table of nothing."""
        return same(entry, self.empty)

    def present(self, entry: Word) -> Truth:
        """Ask a leaf for what shows it; a table is present unless it is the one of nothing."""
        shown = has_any(entry, self.layout.mask("PRESENT", "PROTNONE", "PRESENT_INVALID"))
        leaf = self.leaf(entry)
        return either(both(leaf, shown), both(negate(leaf), negate(self.none(entry))))

    def leaf(self, entry: Word) -> Truth:
        """Read HUGE."""
        return has_all(entry, self.layout["HUGE"])

    def trans_huge(self, entry: Word) -> Truth:
        """Take every present leaf for a transparent huge page."""
        return both(self.leaf(entry), self.present(entry))

    def bad(self, entry: Word) -> Truth:
        """Find an address inside a page, as every leaf is."""
        return has_any(entry, self.offset)

    def mkhuge(self, entry: Word) -> Word:
        """Move GLOBAL to HGLOBAL, for its bit is HUGE here, and set that."""
        globally = has_all(entry, self.layout["HUGE"])
        moved = where(globally, put(entry, self.layout["HGLOBAL"]), entry)
        return put(moved, self.layout["HUGE"])

    def mkinvalid(self, entry: Word) -> Word:
        """Set PRESENT_INVALID in place of what shows the page to hardware or as a hint."""
        shown = self.layout.mask("PRESENT", "VALID", "DIRTY", "PROTNONE")
        return put(clear(entry, shown), self.layout["PRESENT_INVALID"])


@frozen
class Folded:
    """The level above as pud_t, which Linux folds into the top level (pgtable-nopud.h)."""

    layout: EntryLayout
    empty: int
    offset: Mask

    @helper("pud_none")
    def none(self, pud: Word) -> Truth:
        """Compare with the table of nothing."""
        return same(pud, self.empty)

    @helper("pud_present")
    def present(self, pud: Word) -> Truth:
        """Take every other word for a table."""
        return negate(self.none(pud))

    @helper("pud_bad")
    def bad(self, pud: Word) -> Truth:
        """Find an address inside a page."""
        return has_any(pud, self.offset)

    @helper("pud_leaf")
    def leaf(self, pud: Word) -> Truth:
        """Read HUGE, although no huge page stands here."""
        return has_all(pud, self.layout["HUGE"])
