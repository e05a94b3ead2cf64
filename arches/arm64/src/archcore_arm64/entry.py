"""arm64 entry helpers: one format for every level, granule and era, differing in masks only.

Sources: arch/arm64/include/asm/pgtable.h of Linux 6.1.192, and for Linux 6.12 as of 3e509c9b03f9
with the permission overlays merged beside it. Both follow their stable trees: pte_modify makes a
software-dirty writable entry hardware-dirty again (6.1.69), and pte_mkwrite clears RDONLY only on
a software-dirty one (6.1.158; 6.12.56, cb974263ba15).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import field, frozen

from archcore.entry import helper
from archcore.words import (
    Mask,
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
    where,
    with_bits,
    xor,
)
from archcore_arm64.placement import span

if TYPE_CHECKING:
    from archcore.layout import EntryLayout
    from archcore.words.types import Operand, Truth, Word
    from archcore_arm64.placement import Placement


@frozen(kw_only=True)
class Arm64Entry:
    """Entries of one level: ``layout`` names the bits, ``address`` places the physical address.

    ``replaced`` are the bits pte_modify takes from the protection. An entry is present with any of
    ``shown_by``, and protnone with all of ``marks`` and none of ``lacks``; ``devmaps`` are the bits
    of device memory. ``frame`` are the bits of an address in bytes that count base pages.
    """

    layout: EntryLayout
    address: Placement
    frame: Mask
    replaced: Mask
    shown_by: Mask
    marks: Mask
    lacks: Mask
    devmaps: Mask
    kept: Mask = field(init=False, repr=False)

    @kept.default
    def _kept(self) -> Mask:
        return ~self.replaced

    # -- reading ------------------------------------------------------------------------------

    def none(self, entry: Word) -> Truth:
        """Ask for the empty word."""
        return same(entry, 0)

    def present(self, entry: Word) -> Truth:
        """Count an entry closed to the hardware on purpose as present."""
        return has_any(entry, self.shown_by)

    def write(self, entry: Word) -> Truth:
        """Read WRITE, in a hint too."""
        return has_all(entry, self.layout["WRITE"])

    def dirty(self, entry: Word) -> Truth:
        """Ask for the software's record, or the hardware's."""
        return either(has_all(entry, self.layout["DIRTY"]), self.hw_dirty(entry))

    @helper("{level}_hw_dirty")
    def hw_dirty(self, entry: Word) -> Truth:
        """Ask for WRITE without RDONLY, which is what a store leaves."""
        return both(self.write(entry), has_none(entry, self.layout["RDONLY"]))

    def young(self, entry: Word) -> Truth:
        """Read AF."""
        return has_all(entry, self.layout["AF"])

    def devmap(self, entry: Word) -> Truth:
        """Read DEVMAP."""
        return has_all(entry, self.layout["DEVMAP"])

    def protnone(self, entry: Word) -> Truth:
        """Ask for the mark of PROT_NONE in an entry that is not valid."""
        return both(has_all(entry, self.marks), has_none(entry, self.lacks))

    def pfn(self, entry: Word) -> Word:
        """Read the frame in base pages, also of a closed entry."""
        return bits(self.address.read(entry), self.frame)

    @helper("{level}_pgprot")
    def pgprot(self, entry: Word) -> Word:
        """Return everything but the frame."""
        return xor(self.address.place(self.address.read(entry)), entry)

    def accessible(self, entry: Word, flush_pending: Truth) -> Truth:
        """Count a present entry while a TLB flush is pending."""
        return either(
            has_all(entry, self.layout["VALID"]), both(self.present(entry), flush_pending)
        )

    # -- making -------------------------------------------------------------------------------

    def pfn_entry(self, pfn: Operand, pgprot: Operand) -> Word:
        """Place the frame and add the protection."""
        return put(self.address.place(with_bits(0, self.frame, pfn)), pgprot)

    def modify(self, entry: Word, newprot: Operand) -> Word:
        """Save hardware dirtiness, take the protection's bits, and give dirtiness back."""
        saved = self._saved(entry)
        result = put(clear(saved, self.replaced), clear(newprot, self.kept))
        return where(has_all(result, self.layout["DIRTY"]), self.mkdirty(result), result)

    def mkwrite(self, entry: Word) -> Word:
        """Set WRITE; only a software-dirty page needs no write fault to be recorded any more."""
        writable = put(entry, self.layout["WRITE"])
        dirty = has_all(entry, self.layout["DIRTY"])
        return where(dirty, clear(writable, self.layout["RDONLY"]), writable)

    def wrprotect(self, entry: Word) -> Word:
        """Save hardware dirtiness, clear WRITE and set RDONLY."""
        return put(clear(self._saved(entry), self.layout["WRITE"]), self.layout["RDONLY"])

    def mkdirty(self, entry: Word) -> Word:
        """Set DIRTY, and clear RDONLY if the entry is writable."""
        dirty = put(entry, self.layout["DIRTY"])
        return where(self.write(entry), clear(dirty, self.layout["RDONLY"]), dirty)

    def mkclean(self, entry: Word) -> Word:
        """Clear DIRTY and set RDONLY, so that the next store is noticed."""
        return put(clear(entry, self.layout["DIRTY"]), self.layout["RDONLY"])

    def mkyoung(self, entry: Word) -> Word:
        """Set AF."""
        return put(entry, self.layout["AF"])

    def mkold(self, entry: Word) -> Word:
        """Clear AF."""
        return clear(entry, self.layout["AF"])

    def mkdevmap(self, entry: Word) -> Word:
        """Set DEVMAP, and on a PTE also SPECIAL."""
        return put(entry, self.devmaps)

    def mkhuge(self, entry: Word) -> Word:
        """Clear TABLE_BIT, which turns a page into a block."""
        return clear(entry, self.layout["TABLE_BIT"])

    def advance_pfn(self, entry: Word, nr: int) -> Word:
        """Place the frame ``nr`` further on beside everything but the frame."""
        return self.pfn_entry(add_bits(self.pfn(entry), span(0), nr), self.pgprot(entry))

    def _saved(self, entry: Word) -> Word:
        return where(self.hw_dirty(entry), put(entry, self.layout["DIRTY"]), entry)
