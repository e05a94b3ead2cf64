"""mips entry helpers: what the kernel reads in an entry, and how it makes one.

Source: arch/mips/include/asm/pgtable.h and pgtable-64.h of Linux 6.1.176. VALID and DIRTY, which
let the TLB read and write in silence, follow ACCESSED and MODIFIED of the kernel. pte_modify gives
VALID back to a page that was used and may be read, pmd_modify does not; neither keeps SPECIAL
(mended in Linux 6.4, "MIPS: Don't clear _PAGE_SPECIAL in _PAGE_CHG_MASK").
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
from archcore_mips.layout import ENTRYLO

if TYPE_CHECKING:
    from archcore.layout import EntryLayout
    from archcore.words import Mask
    from archcore.words.types import Operand, Truth, Word

KEPT = ("PFN", "ACCESSED", "MODIFIED", "CACHE")  # _PAGE_CHG_MASK
SOFTWARE = ("PRESENT", "WRITE", "ACCESSED", "MODIFIED", "HUGE", "SPECIAL")


@frozen
class Entry:
    """Entries of pages: `layout` names the bits."""

    layout: EntryLayout

    @cached_property
    def kept(self) -> Mask:
        """What belongs to the page and not to its protection."""
        return self.layout.mask(*KEPT)

    # -- reading ------------------------------------------------------------------------------

    def none(self, entry: Word) -> Truth:
        """Overlook GLOBAL, which the two entries of a pair have in common."""
        return has_none(entry, ~self.layout["GLOBAL"])

    def present(self, entry: Word) -> Truth:
        """Read PRESENT, which entries closed to reads keep."""
        return has_all(entry, self.layout["PRESENT"])

    def write(self, entry: Word) -> Truth:
        """Read WRITE."""
        return has_all(entry, self.layout["WRITE"])

    def dirty(self, entry: Word) -> Truth:
        """Read MODIFIED."""
        return has_all(entry, self.layout["MODIFIED"])

    def young(self, entry: Word) -> Truth:
        """Read ACCESSED."""
        return has_all(entry, self.layout["ACCESSED"])

    def pfn(self, entry: Word) -> Word:
        """Read the frame, also of a closed entry."""
        return bits(entry, self.layout["PFN"])

    @helper("{level}_pgprot")
    def pgprot(self, entry: Word) -> Word:
        """Return everything but the frame (asm/page.h)."""
        return clear(entry, self.layout["PFN"])

    @helper("{level}_huge")
    def huge(self, entry: Word) -> Truth:
        """Read HUGE."""
        return has_all(entry, self.layout["HUGE"])

    # -- making -------------------------------------------------------------------------------

    def pfn_entry(self, pfn: Operand, pgprot: Operand) -> Word:
        """Place the frame and add the protection."""
        return put(with_bits(0, self.layout["PFN"], pfn), pgprot)

    def modify(self, entry: Word, newprot: Operand) -> Word:
        """Keep what belongs to the page; one that was used and may be read is valid again."""
        changed = put(clear(entry, ~self.kept), clear(newprot, self.kept))
        readable = has_none(changed, self.layout["NO_READ"])
        silent = both(has_all(changed, self.layout["ACCESSED"]), readable)
        return where(silent, put(changed, self.layout["VALID"]), changed)

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
        """Set ACCESSED, and VALID unless the page may not be read."""
        young = put(entry, self.layout["ACCESSED"])
        readable = has_none(entry, self.layout["NO_READ"])
        return where(readable, put(young, self.layout["VALID"]), young)

    def mkold(self, entry: Word) -> Word:
        """Clear ACCESSED and VALID, so that the next use is noticed."""
        return clear(entry, self.layout.mask("ACCESSED", "VALID"))

    def mkhuge(self, entry: Word) -> Word:
        """Set HUGE."""
        return put(entry, self.layout["HUGE"])

    def advance_pfn(self, entry: Word, nr: int) -> Word:
        """Move the frame on."""
        return add_bits(entry, self.layout["PFN"], nr)


@frozen
class PageEntry(Entry):
    """What only entries of the lowest level have."""

    def special(self, entry: Word) -> Truth:
        """Read SPECIAL."""
        return has_all(entry, self.layout["SPECIAL"])

    def mkspecial(self, entry: Word) -> Word:
        """Set SPECIAL."""
        return put(entry, self.layout["SPECIAL"])

    @helper("pte_no_exec")
    def no_exec(self, entry: Word) -> Truth:
        """Read NO_EXEC."""
        return has_all(entry, self.layout["NO_EXEC"])

    @helper("pte_to_entrylo")
    def to_entrylo(self, entry: Word) -> Word:
        """Shift the software bits out, and turn NO_EXEC and NO_READ round to the top."""
        inhibits = self.layout.mask("NO_EXEC", "NO_READ")
        rest = bits(entry, ~(self.layout.mask(*SOFTWARE) | inhibits))
        return with_bits(rest, ENTRYLO["INHIBIT"], bits(entry, inhibits))


@frozen
class HugeEntry(Entry):
    """Entries of the level of huge pages, which hold addresses of tables besides.

    `empty` is the address of the table of nothing, `offset` the bits of an address inside a page.
    """

    empty: int
    offset: Mask

    def none(self, entry: Word) -> Truth:
        """Compare with the table of nothing."""
        return same(entry, self.empty)

    def present(self, entry: Word) -> Truth:
        """Ask PRESENT of a leaf; a table is present unless it is the one of nothing."""
        page, leaf = has_all(entry, self.layout["PRESENT"]), self.leaf(entry)
        return either(both(leaf, page), both(negate(leaf), negate(self.none(entry))))

    def leaf(self, entry: Word) -> Truth:
        """Read HUGE."""
        return has_all(entry, self.layout["HUGE"])

    def trans_huge(self, entry: Word) -> Truth:
        """Take every leaf for a transparent huge page."""
        return self.leaf(entry)

    def bad(self, entry: Word) -> Truth:
        """Take a leaf for no bad table, and an address inside a page for one."""
        return both(negate(self.leaf(entry)), has_any(entry, self.offset))

    def modify(self, entry: Word, newprot: Operand) -> Word:
        """Keep HUGE as well, or take it over; VALID comes from the protection alone."""
        kept = self.kept | self.layout["HUGE"]
        return put(clear(entry, ~kept), clear(newprot, self.kept))

    def mkinvalid(self, entry: Word) -> Word:
        """Clear PRESENT, VALID and DIRTY."""
        return clear(entry, self.layout.mask("PRESENT", "VALID", "DIRTY"))


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
