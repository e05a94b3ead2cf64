"""x86-64 entry helpers: one format for every level and era, differing in masks and strategies.

Source: arch/x86/include/asm/pgtable.h; what each era had there is in ``eras``, with its commits.
Only 6.1.192 was compared with compiled helpers; 6.1 and 6.12.117 with tables of running kernels.
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
    has_all,
    has_any,
    has_none,
    put,
    same,
    where,
    with_bits,
)
from archcore_x86.inversion import NOTHING, Inversion
from archcore_x86.layout import SHIFTED
from archcore_x86.writing import SavedDirty, settled

if TYPE_CHECKING:
    from archcore.layout import EntryLayout
    from archcore.words.types import Operand, Truth, Word


@frozen(kw_only=True)
class X86Entry:
    """Entries of one level: ``layout`` names the bits, ``frame`` spans the frame in 4K units.

    ``shown_by`` make an entry present, ``ignored`` is what pte_none overlooks. pfn_pte cuts off
    what of a frame is not in ``placed``. pte_modify keeps ``kept`` but forgets ``lost``, and turns
    ``flips`` over where ``inversion`` asks for it; ``saved`` is where dirtiness waits in an entry
    without RW.
    """

    layout: EntryLayout
    frame: Mask
    placed: Mask
    shown_by: Mask
    kept: Mask
    flips: Mask
    inversion: Inversion
    ignored: Mask = NOTHING
    lost: Mask = NOTHING
    saved: SavedDirty | None = None
    cut: Mask = field(init=False, repr=False)
    dropped: Mask = field(init=False, repr=False)

    @cut.default
    def _cut(self) -> Mask:
        return SHIFTED - self.placed

    @dropped.default
    def _dropped(self) -> Mask:
        return ~self.kept | self.lost

    # -- reading ------------------------------------------------------------------------------

    def none(self, entry: Word) -> Truth:
        """Overlook accessed and dirty, which Knights Landing may set in an empty entry."""
        return same(clear(entry, self.ignored), 0)

    def present(self, entry: Word) -> Truth:
        """Count an entry closed to the hardware on purpose as present."""
        return has_any(entry, self.shown_by)

    def young(self, entry: Word) -> Truth:
        """Read ACCESSED."""
        return has_all(entry, self.layout["ACCESSED"])

    def protnone(self, entry: Word) -> Truth:
        """Ask for PROTNONE without PRESENT: bit 8 of a valid entry is GLOBAL."""
        closed = has_none(entry, self.layout["PRESENT"])
        return both(has_all(entry, self.layout["PROTNONE"]), closed)

    def pfn(self, entry: Word) -> Word:
        """Undo the inversion, then read the frame in 4K units."""
        return bits(self.inversion.turned(entry, entry, self.frame), self.frame)

    @helper("{level}_flags")
    def flags(self, entry: Word) -> Word:
        """Clear the frame, as it is stored."""
        return clear(entry, self.frame)

    @helper("{level}_pgprot")
    def pgprot(self, entry: Word) -> Word:
        """Take the flags for a protection."""
        return self.flags(entry)

    # -- making -------------------------------------------------------------------------------

    def pfn_entry(self, pfn: Operand, pgprot: Operand) -> Word:
        """Place the frame, inverted if the protection is not PRESENT, and add the protection."""
        placed = clear(with_bits(0, SHIFTED, pfn), self.cut)
        return put(self.inversion.turned(placed, pgprot, self.placed), pgprot)

    @helper("mk_{level}")
    def mk(self, pfn: Operand, pgprot: Operand) -> Word:
        """Map a page, given by its frame number."""
        return self.pfn_entry(pfn, pgprot)

    def modify(self, entry: Word, newprot: Operand) -> Word:
        """Keep the page's bits, take the rest from the protection, invert if PRESENT changes."""
        result = put(clear(entry, self.dropped), clear(newprot, self.kept))
        return settled(self.saved, entry, self.inversion.flipped(entry, result, self.flips))

    def mkyoung(self, entry: Word) -> Word:
        """Set ACCESSED."""
        return put(entry, self.layout["ACCESSED"])

    def mkold(self, entry: Word) -> Word:
        """Clear ACCESSED."""
        return clear(entry, self.layout["ACCESSED"])

    def advance_pfn(self, entry: Word, nr: int) -> Word:
        """Move the frame on; an inverted one counts down."""
        on, back = add_bits(entry, self.frame, nr), add_bits(entry, self.frame, -nr)
        return where(self.inversion.needs_invert(entry), back, on)
