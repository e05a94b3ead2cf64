"""Entry helpers of 32-bit ARM, with two levels and with three: arch/arm/include/asm/pgtable.h.

A method is the kernel's helper without its prefix: ``young`` is pte_young. Fields are called as
the kernel's L_PTE_ constants are.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from attrs import frozen

from archcore.entry import helper
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


@frozen(slots=False)
class Entry:
    """Entries of pages: ``layout`` names the bits, ``shown_by`` those that L_PTE_PRESENT has."""

    layout: EntryLayout
    shown_by: tuple[str, ...]

    @cached_property
    def _present(self) -> Mask:
        return self.layout.mask(*self.shown_by)

    @cached_property
    def _protection(self) -> Mask:
        """The mask of pte_modify: what a new protection replaces."""
        return self.layout.mask("XN", "RDONLY", "USER", "NONE", "VALID")

    # -- reading ------------------------------------------------------------------------------

    def none(self, entry: Word) -> Truth:
        """Ask for the empty word."""
        return same(entry, 0)

    def present(self, entry: Word) -> Truth:
        """Ask for any bit of L_PTE_PRESENT (pte_isset)."""
        return has_any(entry, self._present)

    def write(self, entry: Word) -> Truth:
        """Ask for a clear RDONLY."""
        return has_none(entry, self.layout["RDONLY"])

    def dirty(self, entry: Word) -> Truth:
        """Read DIRTY."""
        return has_all(entry, self.layout["DIRTY"])

    def young(self, entry: Word) -> Truth:
        """Read YOUNG."""
        return has_all(entry, self.layout["YOUNG"])

    def protnone(self, entry: Word) -> Truth:
        """Ask for a present entry with NONE and without USER.

        Our proposal, for without NUMA balancing arm has no pte_protnone.
        """
        closed = both(has_all(entry, self.layout["NONE"]), has_none(entry, self.layout["USER"]))
        return both(self.present(entry), closed)

    def accessible(self, entry: Word, flush_pending: Truth) -> Truth:
        """Ask for a present entry while a flush is pending, else for a valid one."""
        valid = has_all(entry, self.layout["VALID"])
        return either(valid, both(flush_pending, self.present(entry)))

    def pfn(self, entry: Word) -> Word:
        """Read the frame."""
        return bits(entry, self.layout["PFN"])

    @helper("{level}_valid")
    def valid(self, entry: Word) -> Truth:
        """Read VALID."""
        return has_all(entry, self.layout["VALID"])

    @helper("{level}_exec")
    def exec_(self, entry: Word) -> Truth:
        """Ask for a clear XN."""
        return has_none(entry, self.layout["XN"])

    # -- making -------------------------------------------------------------------------------

    def pfn_entry(self, pfn: Operand, pgprot: Operand) -> Word:
        """Place the frame and add the protection."""
        return put(with_bits(0, self.layout["PFN"], pfn), pgprot)

    def modify(self, entry: Word, newprot: Operand) -> Word:
        """Take XN, RDONLY, USER, NONE and VALID from the protection, keep the rest."""
        taken = clear(newprot, ~self._protection)
        return put(clear(entry, self._protection), taken)

    def mkwrite(self, entry: Word) -> Word:
        """Clear RDONLY."""
        return clear(entry, self.layout["RDONLY"])

    def wrprotect(self, entry: Word) -> Word:
        """Set RDONLY."""
        return put(entry, self.layout["RDONLY"])

    def mkdirty(self, entry: Word) -> Word:
        """Set DIRTY."""
        return put(entry, self.layout["DIRTY"])

    def mkclean(self, entry: Word) -> Word:
        """Clear DIRTY."""
        return clear(entry, self.layout["DIRTY"])

    def mkyoung(self, entry: Word) -> Word:
        """Set YOUNG."""
        return put(entry, self.layout["YOUNG"])

    def mkold(self, entry: Word) -> Word:
        """Clear YOUNG."""
        return clear(entry, self.layout["YOUNG"])

    def advance_pfn(self, entry: Word, nr: int) -> Word:
        """Move the frame on."""
        return add_bits(entry, self.layout["PFN"], nr)
