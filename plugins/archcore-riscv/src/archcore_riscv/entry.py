"""riscv entry helpers: what the kernel reads in an entry, and how it makes one.

A method is the kernel's helper without its prefix: `young` is pte_young and pmd_young. Helpers
use the functions of `archcore.words` and no operator, and never branch on an entry.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from attrs import frozen

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
    negate,
    put,
    same,
    with_bits,
)
from archcore_riscv.layout import PFN_SHIFT

if TYPE_CHECKING:
    from archcore.layout import EntryLayout
    from archcore.words.types import Operand, Truth, Word

RIGHTS = ("READ", "WRITE", "EXEC")
SHOWN_BY = ("PRESENT", "PROT_NONE")
REPLACED = ("PRESENT", *RIGHTS, "USER", "GLOBAL")
"""What pte_modify takes from the protection: all that _PAGE_CHG_MASK lacks."""
FROM_PFN = Mask(-1 << PFN_SHIFT & (1 << 64) - 1)
"""Where pfn_pte shifts a frame to; like the kernel's it cuts nothing off."""


@frozen
class Entry:
    """Entries of pages: `layout` names the bits."""

    layout: EntryLayout

    @cached_property
    def shown_by(self) -> Mask:
        """Any of these makes an entry present."""
        return self.layout.mask(*SHOWN_BY)

    @cached_property
    def rights(self) -> Mask:
        """_PAGE_LEAF: any of these makes an entry a leaf."""
        return self.layout.mask(*RIGHTS)

    @cached_property
    def replaced(self) -> Mask:
        """What a protection replaces."""
        return self.layout.mask(*REPLACED)

    @cached_property
    def within(self) -> Mask:
        """Where the frame numbers of the level begin in a frame number."""
        return Mask(-1 << self.layout["PFN"].shift - PFN_SHIFT & (1 << 64) - 1)

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

    def protnone(self, entry: Word) -> Truth:
        """Ask for PROT_NONE without PRESENT."""
        closed = has_none(entry, self.layout["PRESENT"])
        return both(has_all(entry, self.layout["PROT_NONE"]), closed)

    def pfn(self, entry: Word) -> Word:
        """Read the frame, also of a closed entry; that of a huge page without its low bits."""
        return with_bits(0, self.within, bits(entry, self.layout["PFN"]))

    @helper("{level}_user")
    def user(self, entry: Word) -> Truth:
        """Read USER."""
        return has_all(entry, self.layout["USER"])

    # -- making -------------------------------------------------------------------------------

    def pfn_entry(self, pfn: Operand, pgprot: Operand) -> Word:
        """Shift the frame into place and add the protection."""
        return put(with_bits(0, FROM_PFN, pfn), pgprot)

    def modify(self, entry: Word, newprot: Operand) -> Word:
        """Keep what belongs to the page, and add the whole protection, ACCESSED included."""
        return put(clear(entry, self.replaced), newprot)

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

    def mkhuge(self, entry: Word) -> Word:
        """Change nothing: any right makes a leaf."""
        return entry

    def advance_pfn(self, entry: Word, nr: int) -> Word:
        """Add to the frame, as a frame number of the level has it."""
        return add_bits(entry, FROM_PFN, nr)


@frozen
class PteEntry(Entry):
    """Entries of the lowest level."""

    def special(self, entry: Word) -> Truth:
        """Read SPECIAL."""
        return has_all(entry, self.layout["SPECIAL"])

    def mkspecial(self, entry: Word) -> Word:
        """Set SPECIAL."""
        return put(entry, self.layout["SPECIAL"])

    @helper("pte_exec")
    def exec(self, entry: Word) -> Truth:
        """Read EXEC."""
        return has_all(entry, self.layout["EXEC"])

    @helper("pte_huge")
    def huge(self, entry: Word) -> Truth:
        """Ask for a present entry with any right; it looks the same in a PTE and in a PMD."""
        return both(self.present(entry), has_any(entry, self.rights))

    @helper("mk_pte")
    def mk(self, pfn: Operand, pgprot: Operand) -> Word:
        """Map a page, whose frame the vectors give in its place."""
        return self.pfn_entry(pfn, pgprot)


@frozen
class HugeEntry(Entry):
    """Entries of the second level: huge pages, or tables where no right is set."""

    @cached_property
    def shown_by(self) -> Mask:
        """A right shows an entry that is closed for a moment, as a split does."""
        return self.layout.mask(*SHOWN_BY, *RIGHTS)

    def leaf(self, entry: Word) -> Truth:
        """Ask for a present entry with any right."""
        return both(self.present(entry), has_any(entry, self.rights))

    def trans_huge(self, entry: Word) -> Truth:
        """Take every leaf for a transparent huge page."""
        return self.leaf(entry)

    def bad(self, entry: Word) -> Truth:
        """Take a leaf for no table, and what is not present."""
        return either(negate(self.present(entry)), self.leaf(entry))

    def mkinvalid(self, entry: Word) -> Word:
        """Clear PRESENT and PROT_NONE; the rights keep it present to the kernel."""
        return clear(entry, self.layout.mask(*SHOWN_BY))

    @helper("mk_pmd")
    def mk(self, pfn: Operand, pgprot: Operand) -> Word:
        """Map a huge page, whose frame the vectors give in its place."""
        return self.pfn_entry(pfn, pgprot)


@frozen
class Pud(Entry):
    """Entries of the third level: hugetlbfs handles its pages of 1G as PTEs, and hints none."""

    def present(self, entry: Word) -> Truth:
        """Read PRESENT alone."""
        return has_all(entry, self.layout["PRESENT"])

    def bad(self, entry: Word) -> Truth:
        """Ask for an entry that is not present; leaves count as tables here."""
        return negate(self.present(entry))

    def leaf(self, entry: Word) -> Truth:
        """Ask for a present entry with any right."""
        return both(self.present(entry), has_any(entry, self.rights))

    def trans_huge(self, entry: Word) -> Truth:  # noqa: ARG002 - the same for every entry
        """Deny it: huge pages of this size are never transparent."""
        return False
