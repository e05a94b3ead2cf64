"""Pages of hugetlbfs: the helpers of a PTE, used on the entries of upper levels.

So the frame of a closed one is complemented from bit 12 on, over bits that a transparent huge page
leaves alone; pmd_pfn and pud_pfn read the same frame in both. Sources: Linux 6.1
include/asm-generic/hugetlb.h and include/linux/hugetlb.h.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from archcore.entry import helper

if TYPE_CHECKING:
    from archcore.entry import LevelHooks
    from archcore.hookspecs import Vma
    from archcore.words.types import Operand, Truth, Word


@frozen
class Hugetlb:
    """Entries of any level as hugetlb sees them."""

    @helper("mk_huge_pte")
    def mk_huge_pte(self, own: LevelHooks, pfn: Operand, pgprot: Operand) -> Word:
        """Map a frame with a protection, not yet as a leaf."""
        return own.pfn_entry(pfn, pgprot)

    @helper("huge_pte_none")
    def none(self, own: LevelHooks, entry: Word) -> Truth:
        """Ask for an empty entry."""
        return own.none(entry)

    @helper("huge_pte_write")
    def write(self, own: LevelHooks, entry: Word) -> Truth:
        """Read write permission."""
        return own.write(entry)

    @helper("huge_pte_dirty")
    def dirty(self, own: LevelHooks, entry: Word) -> Truth:
        """Read dirtiness."""
        return own.dirty(entry)

    @helper("huge_pte_mkwrite")
    def mkwrite(self, own: LevelHooks, entry: Word, vma: Vma = None) -> Word:
        """Grant write permission."""
        return own.mkwrite(entry, vma)

    @helper("huge_pte_wrprotect")
    def wrprotect(self, own: LevelHooks, entry: Word) -> Word:
        """Take write permission away."""
        return own.wrprotect(entry)

    @helper("huge_pte_mkdirty")
    def mkdirty(self, own: LevelHooks, entry: Word) -> Word:
        """Mark as written."""
        return own.mkdirty(entry)

    @helper("huge_pte_modify")
    def modify(self, own: LevelHooks, entry: Word, newprot: Operand) -> Word:
        """Give another protection, turning the frame from bit 12 on."""
        return own.modify(entry, newprot)

    @helper("huge_pte_uffd_wp")
    def uffd_wp(self, own: LevelHooks, entry: Word) -> Truth:
        """Read userfaultfd's mark."""
        return own.uffd_wp(entry)

    @helper("huge_pte_mkuffd_wp")
    def mkuffd_wp(self, own: LevelHooks, entry: Word) -> Word:
        """Set userfaultfd's mark."""
        return own.mkuffd_wp(entry)

    @helper("huge_pte_clear_uffd_wp")
    def clear_uffd_wp(self, own: LevelHooks, entry: Word) -> Word:
        """Clear userfaultfd's mark."""
        return own.clear_uffd_wp(entry)
