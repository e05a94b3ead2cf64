"""Kernel helpers that the engine does not call: what tools, vectors and readers ask an entry.

Source: arch/arm64/include/asm/pgtable.h of Linux 6.1 and 6.12.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from archcore.entry import helper
from archcore.words import bits, both, clear, either, has_all, has_none, negate, put, same
from archcore_arm64.layout import MT_NORMAL_TAGGED

if TYPE_CHECKING:
    from archcore.entry import LevelHooks
    from archcore.layout import EntryLayout
    from archcore.words.types import Operand, Truth, Word
    from archcore_arm64.placement import Placement


@frozen
class Rights:
    """What an entry of any level lets user mode do."""

    layout: EntryLayout

    @helper("{level}_valid")
    def valid(self, entry: Word) -> Truth:
        """Read VALID."""
        return has_all(entry, self.layout["VALID"])

    @helper("{level}_user")
    def user(self, entry: Word) -> Truth:
        """Read USER."""
        return has_all(entry, self.layout["USER"])

    @helper("{level}_user_exec")
    def user_exec(self, entry: Word) -> Truth:
        """Ask for UXN to be clear."""
        return has_none(entry, self.layout["UXN"])

    @helper("{level}_access_permitted")
    def access_permitted(self, own: LevelHooks, entry: Word, write: Truth) -> Truth:
        """Ask for a valid user entry, and for write permission if it is to be written."""
        opened = has_all(entry, self.layout.mask("VALID", "USER"))
        return both(opened, either(negate(write), own.write(entry)))


@frozen
class Page:
    """What only a PTE is asked; ``address`` places the address in it."""

    layout: EntryLayout
    address: Placement

    @helper("__pte_to_phys")
    def to_phys(self, entry: Word) -> Word:
        """Read the address in bytes."""
        return self.address.read(entry)

    @helper("__phys_to_pte_val")
    def from_phys(self, phys: Word) -> Word:
        """Place an address in bytes."""
        return self.address.place(phys)

    @helper("mk_pte")
    def mk(self, own: LevelHooks, pfn: Operand, pgprot: Operand) -> Word:
        """Map the page of a frame."""
        entry: Word = own.pfn_entry(pfn, pgprot)
        return entry

    @helper("pte_valid_not_user")
    def valid_not_user(self, entry: Word) -> Truth:
        """Recognise a mapping of the kernel."""
        closed = has_none(entry, self.layout["USER"])
        return both(closed, has_all(entry, self.layout.mask("VALID", "UXN")))

    @helper("pte_tagged")
    def tagged(self, entry: Word) -> Truth:
        """Ask for the memory type of tagged memory."""
        return same(bits(entry, self.layout["ATTRINDX"]), MT_NORMAL_TAGGED)

    @helper("pte_sw_dirty")
    def sw_dirty(self, entry: Word) -> Truth:
        """Ask for the software's record."""
        return has_all(entry, self.layout["DIRTY"])

    @helper("pte_mkpresent")
    def mkpresent(self, entry: Word) -> Word:
        """Set VALID."""
        return put(entry, self.layout["VALID"])

    @helper("pte_mknoncont")
    def mknoncont(self, entry: Word) -> Word:
        """Clear CONT."""
        return clear(entry, self.layout["CONT"])
