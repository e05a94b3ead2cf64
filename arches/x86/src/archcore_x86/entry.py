"""x86-64 entry helpers: one format for every level and era, differing in masks only.

Sources: arch/x86/include/asm/pgtable.h, pgtable-invert.h and tlbflush.h, Linux 6.1; for the older
eras the same files of Linux 3.8.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

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
    negate,
    put,
    same,
    where,
    with_bits,
    xor,
)

if TYPE_CHECKING:
    from archcore.layout import EntryLayout
    from archcore.words.types import Operand, Truth, Word

KEPT = ("PFN", "PCD", "PWT", "SPECIAL", "ACCESSED", "DIRTY")
NOTHING = Mask(0)


@frozen(kw_only=True)
class X86Entry:
    """Entries of one level: ``layout`` names the bits, ``frame`` spans the frame in 4K units.

    ``kept`` are the fields pte_modify keeps, ``shown_by`` the fields that make an entry present,
    ``ignored`` what pte_none overlooks; ``inverts`` says that the frame of an entry that is not
    PRESENT is stored complemented.
    """

    layout: EntryLayout
    frame: Mask
    kept: Mask
    shown_by: Mask
    dirties: Mask
    ignored: Mask = NOTHING
    inverts: bool = False

    # -- reading ------------------------------------------------------------------------------

    def none(self, entry: Word) -> Truth:
        """Overlook accessed and dirty, which Knights Landing may set in an empty entry."""
        return same(clear(entry, self.ignored), 0)

    def present(self, entry: Word) -> Truth:
        """Count an entry closed to the hardware on purpose as present."""
        return has_any(entry, self.shown_by)

    def write(self, entry: Word) -> Truth:
        """Read RW, in a hint too."""
        return has_all(entry, self.layout["RW"])

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
        """Ask for PROTNONE without PRESENT: bit 8 of a valid entry is GLOBAL."""
        return both(has_all(entry, self.layout["PROTNONE"]), negate(self._valid(entry)))

    def pfn(self, entry: Word) -> Word:
        """Undo the inversion, then read the frame in 4K units."""
        return bits(xor(entry, self._inversion(entry)), self.frame)

    def accessible(self, entry: Word, flush_pending: Truth) -> Truth:
        """Count a protnone entry while a TLB flush is pending."""
        stale = both(has_all(entry, self.layout["PROTNONE"]), flush_pending)
        return either(self._valid(entry), stale)

    def needs_flush(self, old: Word, new: Word) -> Truth:
        """Flush for another frame, a cleared PRESENT, ACCESSED or DIRTY, or another right."""
        dropped = xor(put(old, new), new)
        flags = self.layout.mask("RW", "USER", "PWT", "PCD", "GLOBAL", "NX") | self._soft("PKEY")
        attributes = self._soft("PAT") | self._soft("PSE") | self._soft("PAT_LARGE")
        changed = has_any(xor(old, new), flags | attributes)
        lost = has_any(dropped, self.layout.mask("PRESENT", "ACCESSED", "DIRTY"))
        moved = negate(same(self.pfn(old), self.pfn(new)))
        return both(self._valid(old), either(moved, either(lost, changed)))

    # -- making -------------------------------------------------------------------------------

    def pfn_entry(self, pfn: Operand, pgprot: Operand) -> Word:
        """Place the frame, inverted if the protection is not PRESENT, and add the protection."""
        placed = clear(with_bits(0, self.frame, pfn), self.frame - self.layout["PFN"])
        return put(xor(placed, self._inversion(pgprot)), pgprot)

    def modify(self, entry: Word, newprot: Operand) -> Word:
        """Keep the page's bits, take the rest from the protection, invert if PRESENT changes."""
        result = put(clear(entry, ~self.kept), clear(newprot, self.kept))
        return xor(result, xor(self._inversion(entry), self._inversion(result)))

    def mkwrite(self, entry: Word) -> Word:
        """Set RW."""
        return put(entry, self.layout["RW"])

    def wrprotect(self, entry: Word) -> Word:
        """Clear RW."""
        return clear(entry, self.layout["RW"])

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

    def mkspecial(self, entry: Word) -> Word:
        """Set SPECIAL."""
        return put(entry, self.layout["SPECIAL"])

    def advance_pfn(self, entry: Word, nr: int) -> Word:
        """Move the frame on; an inverted one counts down."""
        back = add_bits(entry, self.frame, -nr)
        return where(self._inverted(entry), back, add_bits(entry, self.frame, nr))

    # -- the frame of what is not PRESENT -------------------------------------------------------

    def _valid(self, entry: Word) -> Truth:
        return has_all(entry, self.layout["PRESENT"])

    def _inverted(self, entry: Word) -> Truth:
        if not self.inverts:
            return False
        return both(negate(self._valid(entry)), negate(same(entry, 0)))

    def _inversion(self, entry: Word) -> Word:
        return where(self._inverted(entry), self.layout["PFN"], NOTHING)

    def _soft(self, name: str) -> Mask:
        return self.layout.masks.get(name, NOTHING)


@frozen(kw_only=True)
class X86Huge(X86Entry):
    """Leaves of an upper level: PSE tells them from tables, and keeps them present."""

    def leaf(self, entry: Word) -> Truth:
        """Read PSE."""
        return has_all(entry, self.layout["PSE"])

    def pfn(self, entry: Word) -> Word:
        """Undo the inversion, then read the frame; a leaf has attributes in its lowest bits."""
        plain = where(self._inverted(entry), xor(entry, self.frame), entry)
        return bits(where(self.leaf(entry), clear(plain, self._attributes()), plain), self.frame)

    def bad(self, entry: Word) -> Truth:
        """Compare the flags with those of a kernel table, overlooking USER and ACCESSED."""
        address = where(self.leaf(entry), self.layout["PFN"], self.frame)
        flags = clear(xor(put(entry, address), address), self.layout.mask("USER", "ACCESSED"))
        return negate(same(flags, self.layout.mask("PRESENT", "RW", "DIRTY")))

    def trans_huge(self, entry: Word) -> Truth:
        """Ask for PSE without DEVMAP."""
        return both(self.leaf(entry), has_none(entry, self._soft("DEVMAP")))

    def mkhuge(self, entry: Word) -> Word:
        """Set PSE."""
        return put(entry, self.layout["PSE"])

    def mkinvalid(self, entry: Word) -> Word:
        """Rebuild the entry without PRESENT and PROTNONE; PSE keeps it present."""
        address = where(self.leaf(entry), self.layout["PFN"], self.frame)
        flags = clear(xor(put(entry, address), address), self.layout.mask("PRESENT", "PROTNONE"))
        return self.pfn_entry(self.pfn(entry), flags)

    def _attributes(self) -> Mask:
        return self.frame - self.layout["PFN"]


@frozen(kw_only=True)
class Tracking:
    """Soft-dirty, userfaultfd and device-memory bits of the eras that have them (Linux 6.1)."""

    layout: EntryLayout
    devmaps: Mask

    def devmap(self, entry: Word) -> Truth:
        """Read DEVMAP."""
        return has_all(entry, self.layout["DEVMAP"])

    def mkdevmap(self, entry: Word) -> Word:
        """Set DEVMAP, and on a PTE also SPECIAL."""
        return put(entry, self.devmaps)

    def soft_dirty(self, entry: Word) -> Truth:
        """Read SOFT_DIRTY."""
        return has_all(entry, self.layout["SOFT_DIRTY"])

    def mksoft_dirty(self, entry: Word) -> Word:
        """Set SOFT_DIRTY."""
        return put(entry, self.layout["SOFT_DIRTY"])

    def clear_soft_dirty(self, entry: Word) -> Word:
        """Clear SOFT_DIRTY."""
        return clear(entry, self.layout["SOFT_DIRTY"])

    def uffd_wp(self, entry: Word) -> Truth:
        """Read UFFD_WP."""
        return has_all(entry, self.layout["UFFD_WP"])

    def mkuffd_wp(self, entry: Word) -> Word:
        """Set UFFD_WP."""
        return put(entry, self.layout["UFFD_WP"])

    def clear_uffd_wp(self, entry: Word) -> Word:
        """Clear UFFD_WP."""
        return clear(entry, self.layout["UFFD_WP"])
