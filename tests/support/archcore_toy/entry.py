"""toy entry helpers: what the kernel reads in an entry, and how it makes one.

A method is the kernel's helper without its prefix: `young` is pte_young and pmd_young. Helpers
use the functions of `archcore.words` and no operator, and never branch on an entry.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from attrs import frozen

from archcore.words import (
    add_bits,
    bits,
    both,
    clear,
    either,
    has_all,
    has_any,
    has_none,
    put,
    same,
    with_bits,
)

if TYPE_CHECKING:
    from archcore.layout import EntryLayout
    from archcore.words import Mask
    from archcore.words.types import Operand, Truth, Word

SHOWN_BY = ("PRESENT", "NONE", "HINT")
KEPT = ("PFN", "ACCESSED", "DIRTY", "SPECIAL")


@frozen
class Entry:
    """Entries of pages: `layout` names the bits."""

    layout: EntryLayout

    @cached_property
    def shown_by(self) -> Mask:
        """Any of these makes an entry present."""
        return self.layout.mask(*SHOWN_BY)

    @cached_property
    def kept(self) -> Mask:
        """What belongs to the page and not to its protection."""
        return self.layout.mask(*KEPT)

    # -- reading ------------------------------------------------------------------------------

    def none(self, entry: Word) -> Truth:
        """Ask for the empty word."""
        return same(entry, 0)

    def present(self, entry: Word) -> Truth:
        """Count an entry closed to the hardware on purpose as present."""
        return has_any(entry, self.shown_by)

    def write(self, entry: Word) -> Truth:
        """Read WRITE."""
        return has_all(entry, self.layout["WRITE"])

    def dirty(self, entry: Word) -> Truth:
        """Read DIRTY."""
        return has_all(entry, self.layout["DIRTY"])

    def young(self, entry: Word) -> Truth:
        """Read ACCESSED."""
        return has_all(entry, self.layout["ACCESSED"])

    def special(self, entry: Word) -> Truth:
        """Read SPECIAL."""
        return has_all(entry, self.layout["SPECIAL"])

    def protnone(self, entry: Word) -> Truth:
        """Ask for NONE without PRESENT."""
        closed = has_none(entry, self.layout["PRESENT"])
        return both(has_all(entry, self.layout["NONE"]), closed)

    def pfn(self, entry: Word) -> Word:
        """Read the frame, also of a closed entry."""
        return bits(entry, self.layout["PFN"])

    def accessible(self, entry: Word, flush_pending: Truth) -> Truth:
        """Count an open entry, and a closed one while a flush is pending."""
        lingers = both(self.present(entry), flush_pending)
        return either(has_all(entry, self.layout["PRESENT"]), lingers)

    # -- making -------------------------------------------------------------------------------

    def pfn_entry(self, pfn: Operand, pgprot: Operand) -> Word:
        """Place the frame and add the protection."""
        return put(with_bits(0, self.layout["PFN"], pfn), pgprot)

    def modify(self, entry: Word, newprot: Operand) -> Word:
        """Keep what belongs to the page, take the rest from the protection."""
        return put(clear(entry, ~self.kept), clear(newprot, self.kept))

    def mkwrite(self, entry: Word) -> Word:
        """Set WRITE."""
        return put(entry, self.layout["WRITE"])

    def wrprotect(self, entry: Word) -> Word:
        """Clear WRITE."""
        return clear(entry, self.layout["WRITE"])

    def mkdirty(self, entry: Word) -> Word:
        """Set DIRTY."""
        return put(entry, self.layout["DIRTY"])

    def mkclean(self, entry: Word) -> Word:
        """Clear DIRTY."""
        return clear(entry, self.layout["DIRTY"])

    def mkyoung(self, entry: Word) -> Word:
        """Set ACCESSED."""
        return put(entry, self.layout["ACCESSED"])

    def mkold(self, entry: Word) -> Word:
        """Clear ACCESSED."""
        return clear(entry, self.layout["ACCESSED"])

    def mkspecial(self, entry: Word) -> Word:
        """Set SPECIAL."""
        return put(entry, self.layout["SPECIAL"])

    def mkhuge(self, entry: Word) -> Word:
        """Set HUGE."""
        return put(entry, self.layout["HUGE"])

    def advance_pfn(self, entry: Word, nr: int) -> Word:
        """Move the frame on."""
        return add_bits(entry, self.layout["PFN"], nr)


@frozen
class HugeEntry(Entry):
    """Entries of a level that holds leaves and tables; HUGE tells them apart, and stays set."""

    @cached_property
    def kept(self) -> Mask:
        """What belongs to the page and not to its protection."""
        return self.layout.mask(*KEPT, "HUGE")

    def present(self, entry: Word) -> Truth:
        """Count a leaf that is closed for a moment, too."""
        return either(has_any(entry, self.shown_by), self.leaf(entry))

    def leaf(self, entry: Word) -> Truth:
        """Read HUGE."""
        return has_all(entry, self.layout["HUGE"])

    def trans_huge(self, entry: Word) -> Truth:
        """Take every leaf for a transparent huge page."""
        return self.leaf(entry)

    def bad(self, entry: Word) -> Truth:
        """Take a leaf for no table."""
        return self.leaf(entry)

    def mkinvalid(self, entry: Word) -> Word:
        """Clear what shows the entry; HUGE keeps it present to the kernel, and no hint is left."""
        return clear(entry, self.layout.mask(*SHOWN_BY))
