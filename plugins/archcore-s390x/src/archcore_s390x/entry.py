"""s390x entry helpers: what the kernel reads in an entry, and how it makes one.

A method is the kernel's helper without its prefix: `young` is pte_young and pmd_young. Helpers
use the functions of `archcore.words` and no operator, and never branch on an entry.

Hardware keeps no flags, so Linux does: an entry without YOUNG is INVALID too, one without DIRTY has
PROTECT, and the fault that follows sets the flag. READ and WRITE say what the fault may give.
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
    has_all,
    has_none,
    put,
    same,
    where,
    with_bits,
)
from archcore_s390x.layout import EMPTY, PAGE_SHIFT

if TYPE_CHECKING:
    from archcore.layout import EntryLayout
    from archcore.words.types import Operand, Truth, Word

FROM_PFN = Mask(-1 << PAGE_SHIFT & (1 << 64) - 1)
"""Where a frame number is shifted to."""
KEPT = ("PFN", "SPECIAL", "DIRTY", "YOUNG", "SOFT_DIRTY")
"""_PAGE_CHG_MASK: what belongs to the page and not to its protection."""


@frozen
class Common:
    """What pages and segments have in common: `layout` names the bits."""

    layout: EntryLayout

    # -- reading ------------------------------------------------------------------------------

    def write(self, entry: Word) -> Truth:
        """Read WRITE."""
        return has_all(entry, self.layout["WRITE"])

    def dirty(self, entry: Word) -> Truth:
        """Read DIRTY."""
        return has_all(entry, self.layout["DIRTY"])

    def young(self, entry: Word) -> Truth:
        """Read YOUNG."""
        return has_all(entry, self.layout["YOUNG"])

    def soft_dirty(self, entry: Word) -> Truth:
        """Read SOFT_DIRTY."""
        return has_all(entry, self.layout["SOFT_DIRTY"])

    # -- making -------------------------------------------------------------------------------

    def mkwrite(self, entry: Word) -> Word:
        """Set WRITE, and let hardware store if the page is dirty already."""
        return self._seen(put(entry, self.layout["WRITE"]), "DIRTY", "PROTECT")

    def wrprotect(self, entry: Word) -> Word:
        """Clear WRITE and set PROTECT."""
        return put(clear(entry, self.layout["WRITE"]), self.layout["PROTECT"])

    def mkdirty(self, entry: Word) -> Word:
        """Set DIRTY and SOFT_DIRTY, and let hardware store if that is allowed."""
        return self._seen(put(entry, self.layout.mask("DIRTY", "SOFT_DIRTY")), "WRITE", "PROTECT")

    def mkclean(self, entry: Word) -> Word:
        """Clear DIRTY and set PROTECT, so that the next store faults."""
        return put(clear(entry, self.layout["DIRTY"]), self.layout["PROTECT"])

    def mkyoung(self, entry: Word) -> Word:
        """Set YOUNG, and let hardware in if there is any right; a closed entry has none."""
        return self._seen(put(entry, self.layout["YOUNG"]), "READ", "INVALID")

    def mkold(self, entry: Word) -> Word:
        """Clear YOUNG and set INVALID, so that the next use faults."""
        return put(clear(entry, self.layout["YOUNG"]), self.layout["INVALID"])

    def mksoft_dirty(self, entry: Word) -> Word:
        """Set SOFT_DIRTY."""
        return put(entry, self.layout["SOFT_DIRTY"])

    def clear_soft_dirty(self, entry: Word) -> Word:
        """Clear SOFT_DIRTY."""
        return clear(entry, self.layout["SOFT_DIRTY"])

    def advance_pfn(self, entry: Word, nr: int) -> Word:
        """Add to the frame, as a frame number of pages has it."""
        return add_bits(entry, FROM_PFN, nr)

    def _seen(self, entry: Word, asked: str, closing: str) -> Word:
        """Take away what closes an entry to hardware, if a bit is set."""
        opened = clear(entry, self.layout[closing])
        return where(has_all(entry, self.layout[asked]), opened, entry)


@frozen
class Entry(Common):
    """Entries of pages."""

    # Both are the protections of kernel mappings, PAGE_KERNEL and PAGE_KERNEL_RO.
    writable: int
    read_only: int

    @cached_property
    def kept(self) -> Mask:
        """What belongs to the page and not to its protection."""
        return self.layout.mask(*KEPT)

    def none(self, entry: Word) -> Truth:
        """Ask for the empty word."""
        return same(entry, EMPTY["pte"])

    def present(self, entry: Word) -> Truth:
        """Read PRESENT, which closed entries have as well."""
        return has_all(entry, self.layout["PRESENT"])

    def special(self, entry: Word) -> Truth:
        """Read SPECIAL."""
        return has_all(entry, self.layout["SPECIAL"])

    def protnone(self, entry: Word) -> Truth:
        """Ask for PRESENT without READ."""
        return both(self.present(entry), has_none(entry, self.layout["READ"]))

    def pfn(self, entry: Word) -> Word:
        """Read the frame, also of a closed entry."""
        return bits(entry, self.layout["PFN"])

    @helper("pte_swap")
    def swap(self, entry: Word) -> Truth:
        """Ask for PROTECT without PRESENT."""
        return both(has_all(entry, self.layout["PROTECT"]), has_none(entry, self.layout["PRESENT"]))

    @helper("pte_unused")
    def unused(self, entry: Word) -> Truth:
        """Read UNUSED."""
        return has_all(entry, self.layout["UNUSED"])

    @helper("pte_pgprot")
    def pgprot(self, entry: Word) -> Word:
        """Return the marks with the protection of a kernel mapping."""
        marks = clear(entry, ~self.kept)
        return where(self.write(entry), put(marks, self.writable), put(marks, self.read_only))

    def pfn_entry(self, pfn: Operand, pgprot: Operand) -> Word:
        """Place the frame, add the protection and mark the page used."""
        return self.mkyoung(put(with_bits(0, FROM_PFN, pfn), pgprot))

    def modify(self, entry: Word, newprot: Operand) -> Word:
        """Keep the marks, add the protection, and let hardware see what both allow."""
        made = put(clear(entry, ~self.kept), newprot)
        used = where(self.young(made), self._seen(made, "READ", "INVALID"), made)
        return where(self.dirty(used), self._seen(used, "WRITE", "PROTECT"), used)

    def mkspecial(self, entry: Word) -> Word:
        """Set SPECIAL."""
        return put(entry, self.layout["SPECIAL"])

    def mkhuge(self, entry: Word) -> Word:
        """Set LARGE, in a PTE that is turned into another format before it is stored."""
        return put(entry, self.layout["LARGE"])
