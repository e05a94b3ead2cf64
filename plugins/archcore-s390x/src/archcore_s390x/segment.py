"""s390x segment-table entries: pages of 1M, or tables. Their format is not that of a PTE.

A protection is written for a PTE, so each is looked up and replaced by that of a segment.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from attrs import frozen

from archcore.entry import helper
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
    same,
    where,
    with_bits,
)
from archcore_s390x.entry import FROM_PFN, Common
from archcore_s390x.layout import EMPTY, PAGE_SHIFT, TYPES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archcore.layout import EntryLayout
    from archcore.words.types import Operand, Truth, Word

KEPT = ("PFN", "DIRTY", "YOUNG", "LARGE", "SOFT_DIRTY")
EVERYTHING = Mask((1 << 64) - 1)


@frozen
class Segment(Common):
    """Segment-table entries; ``massaged`` has the protections of segments by those of pages.

    ``otherwise`` is what any other protection becomes: SEGMENT_RWX, all rights there are.
    """

    massaged: Mapping[int, int]
    otherwise: int

    @cached_property
    def kept(self) -> Mask:
        """What pmd_modify keeps."""
        return self.layout.mask(*KEPT)

    # -- reading ------------------------------------------------------------------------------

    def none(self, entry: Word) -> Truth:
        """Ask for the empty word."""
        return same(entry, EMPTY["pmd"])

    def present(self, entry: Word) -> Truth:
        """Count all but the empty word."""
        return negate(self.none(entry))

    def leaf(self, entry: Word) -> Truth:
        """Read LARGE."""
        return has_all(entry, self.layout["LARGE"])

    @helper("{level}_large")
    def large(self, entry: Word) -> Truth:
        """Read LARGE: the older name."""
        return self.leaf(entry)

    def trans_huge(self, entry: Word) -> Truth:
        """Take every leaf for a transparent huge page."""
        return self.leaf(entry)

    def bad(self, entry: Word) -> Truth:
        """Ask for what no entry of a table has, LARGE among it."""
        return has_any(entry, self.layout.mask("TYPE", "ZERO", "NOEXEC", "LARGE"))

    def protnone(self, entry: Word) -> Truth:
        """Ask for LARGE without READ."""
        return both(self.leaf(entry), has_none(entry, self.layout["READ"]))

    def pfn(self, entry: Word) -> Word:
        """Read the frame: of the page of 1M, or of the page table."""
        return where(self.leaf(entry), _frame(entry, self.layout), bits(entry, FROM_PFN))

    # -- making -------------------------------------------------------------------------------

    def pfn_entry(self, pfn: Operand, pgprot: Operand) -> Word:
        """Place the frame and add the protection of a segment."""
        return put(with_bits(0, FROM_PFN, pfn), self._massage(pgprot))

    def modify(self, entry: Word, newprot: Operand) -> Word:
        """Keep the marks, add the protection of a segment, and close what is clean or old."""
        made = put(clear(entry, ~self.kept), self._massage(newprot))
        clean = put(made, self.layout["PROTECT"])
        made = where(self.dirty(made), made, clean)
        return where(self.young(made), made, put(made, self.layout["INVALID"]))

    def mkhuge(self, entry: Word) -> Word:
        """Set LARGE, YOUNG and PROTECT."""
        return put(entry, self.layout.mask("LARGE", "YOUNG", "PROTECT"))

    def mkinvalid(self, entry: Word) -> Word:
        """Set INVALID, as pmdp_invalidate does; the entry is not empty, hence still present."""
        return put(entry, self.layout["INVALID"])

    def _massage(self, pgprot: Operand) -> Word:
        """Look a protection up (massage_pgprot_pmd); whole words are compared."""
        nothing = clear(pgprot, EVERYTHING)
        found = put(nothing, self.otherwise)
        for page, segment in self.massaged.items():
            found = where(same(pgprot, page), put(nothing, segment), found)
        return found


def _frame(entry: Word, layout: EntryLayout) -> Word:
    """Return the first frame of a large page."""
    frame = layout["PFN"]
    inside = frame.shift - PAGE_SHIFT
    return with_bits(0, Mask(EVERYTHING.value >> frame.shift << inside), bits(entry, frame))


@frozen
class Region:
    """Region-third-table entries: pages of 2G, which only hugetlbfs makes, or tables."""

    layout: EntryLayout

    @cached_property
    def third(self) -> Mask:
        """The bit of TYPE that a region-third table has, and no lower one."""
        return Mask(TYPES["pud"] << self.layout["TYPE"].shift)

    @cached_property
    def higher(self) -> Mask:
        """The bit of TYPE that only higher tables have."""
        return Mask(TYPES["p4d"] << self.layout["TYPE"].shift)

    def none(self, entry: Word) -> Truth:
        """Ask for the empty word; the entry of a level that is folded away is never empty."""
        return same(entry, EMPTY["pud"])

    def present(self, entry: Word) -> Truth:
        """Ask for an origin, unless the level is folded away."""
        folded = has_none(entry, self.layout["TYPE"])
        return either(folded, has_any(entry, FROM_PFN))

    def leaf(self, entry: Word) -> Truth:
        """Ask for LARGE in a region-third table."""
        mine = both(has_all(entry, self.third), has_none(entry, self.higher))
        return both(mine, has_all(entry, self.layout["LARGE"]))

    @helper("{level}_large")
    def large(self, entry: Word) -> Truth:
        """Ask for the same: the older name."""
        return self.leaf(entry)

    def bad(self, entry: Word) -> Truth:
        """Ask for another table's type, or what no entry of a table has, LARGE among it."""
        wrong = self.layout.mask("SPARE", "OFFSET", "NOEXEC", "LARGE", "SPARE2")
        mine = both(has_all(entry, self.third), has_any(entry, wrong))
        return either(has_any(entry, self.higher), mine)

    def pfn(self, entry: Word) -> Word:
        """Read the frame: of the page of 2G, or of the segment table."""
        return where(self.leaf(entry), _frame(entry, self.layout), bits(entry, FROM_PFN))

    def write(self, entry: Word) -> Truth:
        """Read WRITE."""
        return has_all(entry, self.layout["WRITE"])

    def mkwrite(self, entry: Word) -> Word:
        """Set WRITE, and let hardware store if the page is dirty already."""
        writable = put(entry, self.layout["WRITE"])
        opened = clear(writable, self.layout["PROTECT"])
        return where(has_all(entry, self.layout["DIRTY"]), opened, writable)

    def wrprotect(self, entry: Word) -> Word:
        """Clear WRITE and set PROTECT."""
        return put(clear(entry, self.layout["WRITE"]), self.layout["PROTECT"])

    def mkdirty(self, entry: Word) -> Word:
        """Set DIRTY and SOFT_DIRTY, and let hardware store if that is allowed."""
        marked = put(entry, self.layout.mask("DIRTY", "SOFT_DIRTY"))
        return where(self.write(entry), clear(marked, self.layout["PROTECT"]), marked)

    def mkclean(self, entry: Word) -> Word:
        """Clear DIRTY and set PROTECT."""
        return put(clear(entry, self.layout["DIRTY"]), self.layout["PROTECT"])
