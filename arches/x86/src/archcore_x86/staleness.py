"""What a TLB may still hold, and what a change of an entry owes it.

Sources: arch/x86/include/asm/pgtable.h (pte_accessible: Linux 3.8, and with pending flushes 3.13);
arch/x86/include/asm/tlbflush.h of Linux 6.1 and 6.12 (pte_needs_flush, huge_pmd_needs_flush).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from archcore.words import Mask, both, either, has_all, has_any, negate, put, same, xor

if TYPE_CHECKING:
    from archcore.entry import LevelHooks
    from archcore.layout import EntryLayout
    from archcore.words.types import Truth, Word

RIGHTS = ("RW", "USER", "PWT", "PCD", "PSE", "GLOBAL", "PAT", "PAT_LARGE", "PKEY", "NX")


@frozen
class Accessible:
    """``pending`` marks entries that a TLB may hold for as long as a flush is due."""

    present: Mask
    pending: Mask

    def accessible(self, entry: Word, flush_pending: Truth) -> Truth:
        """Ask for PRESENT, or for a closed entry whose flush is pending."""
        stale = both(has_any(entry, self.pending), flush_pending)
        return either(has_all(entry, self.present), stale)


@frozen
class Flushes:
    """A flush for another frame, for a changed right, or for any of ``cleared`` taken away."""

    layout: EntryLayout
    changed: Mask
    cleared: Mask

    def needs_flush(self, own: LevelHooks, old: Word, new: Word) -> Truth:
        """Spare what was not PRESENT, since no TLB holds it."""
        dropped = has_any(xor(put(old, new), new), self.cleared)
        changed = has_any(xor(old, new), self.changed)
        moved = negate(same(own.pfn(old), own.pfn(new)))
        owed = either(moved, either(dropped, changed))
        return both(has_all(old, self.layout["PRESENT"]), owed)


def flushes(layout: EntryLayout, *cleared: str) -> Flushes:
    """Return the rule for a layout; a changed right is any of RIGHTS that it has."""
    changed = (name for name in RIGHTS if name in layout.masks)
    return Flushes(layout, layout.mask(*changed), layout.mask(*cleared))
