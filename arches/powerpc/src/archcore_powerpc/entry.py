"""What the powerpc formats of all eras have in common, as one value of masks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import field, frozen

from archcore.entry import helper
from archcore.words import Mask, add_bits, bits, clear, has_all, put, same, with_bits

if TYPE_CHECKING:
    from archcore.layout import EntryLayout
    from archcore.words.types import Operand, Truth, Word

NOTHING = Mask(0)
EVERYTHING = ~NOTHING


@frozen(kw_only=True)
class PowerEntry:
    """Entries of one level: ``layout`` names the bits, ``frame`` spans the frame in base pages.

    ``kept`` are the bits pte_modify keeps. ``writable`` is the bit that permits stores, ``grants``
    what mkwrite sets for it. ``unseen`` is overlooked by pte_none, ``incomparable`` by pte_same.
    """

    layout: EntryLayout
    frame: Mask
    kept: Mask
    writable: Mask
    grants: Mask
    dirties: Mask
    unseen: Mask = NOTHING
    incomparable: Mask = NOTHING
    replaced: Mask = field(init=False, repr=False)

    @replaced.default
    def _all_but_kept(self) -> Mask:
        return ~self.kept

    # -- reading ------------------------------------------------------------------------------

    def none(self, entry: Word) -> Truth:
        """Overlook what others may leave behind in an empty entry."""
        return same(clear(entry, self.unseen), 0)

    def same(self, a: Word, b: Word) -> Truth:
        """Overlook the hash-table bookkeeping, which changes without the entry's lock."""
        return same(clear(a, self.incomparable), clear(b, self.incomparable))

    def write(self, entry: Word) -> Truth:
        """Read the write bit."""
        return has_all(entry, self.writable)

    def dirty(self, entry: Word) -> Truth:
        """Read DIRTY."""
        return has_all(entry, self.layout["DIRTY"])

    def young(self, entry: Word) -> Truth:
        """Read ACCESSED."""
        return has_all(entry, self.layout["ACCESSED"])

    def pfn(self, entry: Word) -> Word:
        """Read the frame in base pages."""
        return bits(entry, self.frame)

    # -- making -------------------------------------------------------------------------------

    def modify(self, entry: Word, newprot: Operand) -> Word:
        """Add the whole protection, ACCESSED included, to what belongs to the page."""
        return put(clear(entry, self.replaced), newprot)

    def mkwrite(self, entry: Word) -> Word:
        """Grant stores."""
        return put(entry, self.grants)

    def wrprotect(self, entry: Word) -> Word:
        """Clear the write bit."""
        return clear(entry, self.writable)

    def mkdirty(self, entry: Word) -> Word:
        """Set DIRTY, and soft-dirty where the era has it."""
        return put(entry, self.dirties)

    def mkclean(self, entry: Word) -> Word:
        """Clear DIRTY."""
        return clear(entry, self.layout["DIRTY"])

    def mkyoung(self, entry: Word) -> Word:
        """Set ACCESSED."""
        return put(entry, self.layout["ACCESSED"])

    def mkold(self, entry: Word) -> Word:
        """Clear ACCESSED."""
        return clear(entry, self.layout["ACCESSED"])

    def advance_pfn(self, entry: Word, nr: int) -> Word:
        """Move the frame on."""
        return add_bits(entry, self.frame, nr)


@frozen
class Making:
    """Entries made from a frame: ``place`` is where it goes, ``marks`` what is added.

    ``huge`` is what mkhuge adds, where pfn_pmd has not done so already.
    """

    place: Mask
    marks: Mask = NOTHING
    huge: Mask = NOTHING

    def pfn_entry(self, pfn: Operand, pgprot: Operand) -> Word:
        """Place the frame, add the protection and the marks of a leaf."""
        return put(put(with_bits(0, self.place, pfn), pgprot), self.marks)

    def mkhuge(self, entry: Word) -> Word:
        """Add what marks a huge page."""
        return put(entry, self.huge)

    @helper("mk_{level}")
    def mk(self, pfn: Operand, pgprot: Operand) -> Word:
        """Make an entry from a page, here by its frame (page_to_pfn)."""
        return self.pfn_entry(pfn, pgprot)
