"""The format that hash and radix share since Linux 4.7; era and MMU differ in masks.

Sources: arch/powerpc/include/asm/book3s/64/pgtable.h, radix.h, hash.h and tlbflush.h, and
arch/powerpc/mm/book3s64/pgtable.c, Linux 6.1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import field, frozen

from archcore.words import (
    Mask,
    both,
    clear,
    either,
    has_all,
    has_any,
    has_none,
    put,
    where,
    xor,
)
from archcore_powerpc.entry import NOTHING, PowerEntry

if TYPE_CHECKING:
    from archcore.layout import EntryLayout
    from archcore.words.types import Truth, Word


@frozen(kw_only=True)
class SharedEntry(PowerEntry):
    """Entries of any level: ``shown_by`` are the bits any of which makes one present.

    ``shown_in`` must be set besides. ``live`` are the bits of a leaf that hardware reads,
    ``rights`` what it may then allow. The absence of all of ``stash`` means a saved write
    permission; it is empty in eras that save none.
    """

    shown_by: Mask
    live: Mask
    rights: Mask
    shown_in: Mask = NOTHING
    stash: Mask = NOTHING

    # -- reading ------------------------------------------------------------------------------

    def present(self, entry: Word) -> Truth:
        """Ask for PRESENT, or INVALID for a moment."""
        return both(has_all(entry, self.shown_in), has_any(entry, self.shown_by))

    def protnone(self, entry: Word) -> Truth:
        """Ask for a PRESENT leaf without any right: hardware takes a protection fault on it."""
        return both(has_all(entry, self.live), has_none(entry, self.rights))

    def write(self, entry: Word) -> Truth:
        """Read WRITE, or a saved write permission."""
        return either(has_all(entry, self.writable), self._stashed(entry))

    def special(self, entry: Word) -> Truth:
        """Read SPECIAL."""
        return has_all(entry, self.layout["SPECIAL"])

    def soft_dirty(self, entry: Word) -> Truth:
        """Read SOFT_DIRTY."""
        return has_all(entry, self.layout["SOFT_DIRTY"])

    # -- making -------------------------------------------------------------------------------

    def wrprotect(self, entry: Word) -> Word:
        """Clear WRITE, or make a saved write permission unsaved."""
        unsaved = put(entry, self.layout["PRIVILEGED"])
        return where(self._stashed(entry), unsaved, clear(entry, self.writable))

    def mkspecial(self, entry: Word) -> Word:
        """Set SPECIAL."""
        return put(entry, self.layout["SPECIAL"])

    def mksoft_dirty(self, entry: Word) -> Word:
        """Set SOFT_DIRTY."""
        return put(entry, self.layout["SOFT_DIRTY"])

    def clear_soft_dirty(self, entry: Word) -> Word:
        """Clear SOFT_DIRTY."""
        return clear(entry, self.layout["SOFT_DIRTY"])

    def _stashed(self, entry: Word) -> Truth:
        return has_none(entry, self.stash) if self.stash else False


@frozen(kw_only=True)
class SharedHuge(SharedEntry):
    """Leaves of an upper level: PTE tells them from tables, ``not_table`` is clear in a table.

    ``huge`` are the bits of a transparent huge page, ``other`` tells another kind of page from one;
    where there are none ``huge`` is empty. ``invalid`` is what mkinvalid sets for PRESENT.
    """

    not_table: Mask
    huge: Mask = NOTHING
    other: Mask = NOTHING
    invalid: Mask = NOTHING

    def leaf(self, entry: Word) -> Truth:
        """Read PTE."""
        return has_all(entry, self.layout["PTE"])

    def trans_huge(self, entry: Word) -> Truth:
        """Ask for a present huge page."""
        if not self.huge:
            return False
        huge = both(self.present(entry), has_all(entry, self.huge))
        return both(huge, has_none(entry, self.other))

    def bad(self, entry: Word) -> Truth:
        """Find a bit that no table has."""
        return has_any(entry, self.not_table)

    def mkinvalid(self, entry: Word) -> Word:
        """Take PRESENT away for a moment, as pmdp_invalidate does."""
        return put(clear(entry, self.layout["PRESENT"]), self.invalid)


@frozen
class Devmap:
    """ZONE_DEVICE pages.

    ebd31197931d "powerpc/mm: Add devmap support for ppc64" (Linux 4.13).
    """

    layout: EntryLayout

    def devmap(self, entry: Word) -> Truth:
        """Ask for a leaf with DEVMAP."""
        return has_all(entry, self.layout.mask("DEVMAP", "PTE"))


@frozen
class MakingDevmap:
    """Entries of ZONE_DEVICE pages: ``sets`` is DEVMAP and what else marks them at a level."""

    sets: Mask

    def mkdevmap(self, entry: Word) -> Word:
        """Set the bits."""
        return put(entry, self.sets)


@frozen(kw_only=True)
class SavedWrite:
    """Write permission saved in a protnone entry as an absent PRIVILEGED (Linux 4.12 to 6.1).

    c137a2757b88 "powerpc/mm/autonuma: switch ppc64 to its own implementation of saved write".
    """

    layout: EntryLayout
    stash: Mask

    def savedwrite(self, entry: Word) -> Truth:
        """Ask for no right and no PRIVILEGED."""
        return has_none(entry, self.stash)

    def mk_savedwrite(self, entry: Word) -> Word:
        """Clear PRIVILEGED."""
        return clear(entry, self.layout["PRIVILEGED"])

    def clear_savedwrite(self, entry: Word) -> Word:
        """Set PRIVILEGED."""
        return put(entry, self.layout["PRIVILEGED"])


@frozen(kw_only=True)
class RadixFlush:
    """When a radix TLB must forget an entry; hash flushes its table inside pte_update instead.

    ``grown`` are the rights and DIRTY, which may be added without a flush.
    b11931e9adc1 "powerpc/64s: add pte_needs_flush and huge_pmd_needs_flush" (Linux 6.1).
    """

    grown: Mask
    accessed: Mask
    other: Mask = field(init=False, repr=False)

    @other.default
    def _neither(self) -> Mask:
        return ~(self.grown | self.accessed)

    def needs_flush(self, old: Word, new: Word) -> Truth:
        """Flush for a lost bit of ``grown`` and for any change outside ``grown`` and ACCESSED."""
        lost = xor(put(old, new), new)
        return either(has_any(xor(old, new), self.other), has_any(lost, self.grown))
