"""Leaves of the upper levels, and tables where a leaf could be.

Sources: arch/x86/include/asm/pgtable.h of the kernels that ``entry`` names. Until Linux 4.11 there
were no helpers for PUDs but those of tables, and until 6.12 no pud_modify: a page of 1G was
hugetlb's, which uses the helpers of a PTE.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import field, frozen

from archcore.entry import helper
from archcore.hookspecs import hookimpl
from archcore.words import (
    Mask,
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
)
from archcore_x86.entry import X86Entry

if TYPE_CHECKING:
    from archcore.words.types import Truth, Word

TABLE_FLAGS = ("PRESENT", "RW", "ACCESSED", "DIRTY")


@frozen(kw_only=True)
class X86Huge(X86Entry):
    """Entries of a level that holds leaves and tables; PSE tells them apart, and stays set.

    ``address`` is where a leaf keeps its frame; the rest of ``frame`` is attributes. A leaf has all
    of ``leaves``; pmd_bad overlooks ``overlooked``. pmd_mkinvalid clears ``closes``, and
    ``table_hint`` marks tables that are hints (Linux 3.8 to 3.19).
    """

    address: Mask
    leaves: Mask
    overlooked: Mask
    closes: Mask
    table_hint: Mask | None = None
    attributes: Mask = field(init=False, repr=False)

    @attributes.default
    def _attributes(self) -> Mask:
        return self.frame - self.address

    def leaf(self, entry: Word) -> Truth:
        """Read PSE; a PUD was a leaf only if PRESENT until Linux 6.12."""
        return has_all(entry, self.leaves)

    @helper("{level}_large")
    def large(self, entry: Word) -> Truth:
        """Say the same under its older name."""
        return self.leaf(entry)

    def trans_huge(self, entry: Word) -> Truth:
        """Ask for PSE without DEVMAP."""
        huge = has_all(entry, self.layout["PSE"])
        device = self.layout.masks.get("DEVMAP")
        return huge if device is None else both(huge, has_none(entry, device))

    def pfn(self, entry: Word) -> Word:
        """Undo the inversion, then read the frame; a leaf has attributes in its lowest bits."""
        upright = self.inversion.turned(entry, entry, self.frame)
        leaf = clear(upright, self.attributes)
        return bits(where(has_all(entry, self.layout["PSE"]), leaf, upright), self.frame)

    @helper("{level}_flags")
    def flags(self, entry: Word) -> Word:
        """Clear the frame, as it is stored."""
        leaf = has_all(entry, self.layout["PSE"])
        return where(leaf, clear(entry, self.address), clear(entry, self.frame))

    def bad(self, entry: Word) -> Truth:
        """Compare the flags with those of a kernel table."""
        flags = clear(self.flags(entry), self.overlooked)
        other = negate(same(flags, self.layout.mask(*TABLE_FLAGS) - self.overlooked))
        if self.table_hint is None:
            return other
        present = has_all(entry, self.layout["PRESENT"])
        unhinted = either(has_none(entry, self.table_hint), present)
        return both(other, unhinted)

    def mkhuge(self, entry: Word) -> Word:
        """Set PSE."""
        return put(entry, self.layout["PSE"])

    def mkinvalid(self, entry: Word) -> Word:
        """Rebuild the entry closed; PSE keeps it present."""
        flags = clear(self.flags(entry), self.closes)
        return self.pfn_entry(self.pfn(entry), flags)


@frozen(kw_only=True)
class X86Pud(X86Huge):
    """Entries of the level above, where a table may lack flags but have no others."""

    def bad(self, entry: Word) -> Truth:
        """Find a flag that no table has."""
        table = self.layout.mask(*TABLE_FLAGS, "USER")
        return has_any(self.flags(entry), ~table)


@frozen
class TableHints:
    """Tables that can be hints: pmd_bad lets such pass, and pmd_present counts them."""

    @hookimpl
    def pmd_hints_tables(self) -> bool:
        """Affirm it."""
        return True
