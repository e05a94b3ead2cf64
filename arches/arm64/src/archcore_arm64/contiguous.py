"""Runs of entries with the contiguous bit, and the huge pages that hugetlbfs makes of them.

Sources: pte_mkcont and pmd_mkcont in arch/arm64/include/asm/pgtable.h, arch_make_huge_pte in
arch/arm64/mm/hugetlbpage.c, Linux 6.1 and 6.12.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from archcore.entry import helper
from archcore.words import has_all, put, same, where

if TYPE_CHECKING:
    from archcore.entry import LevelHooks
    from archcore.layout import EntryLayout
    from archcore.words import Mask
    from archcore.words.types import Operand, Truth, Word
    from archcore_arm64.granule import Granule


@frozen
class Contiguous:
    """The contiguous bit at one level; ``marks`` are the bits that set it."""

    layout: EntryLayout
    marks: Mask

    @helper("{level}_cont")
    def cont(self, entry: Word) -> Truth:
        """Read CONT."""
        return has_all(entry, self.layout["CONT"])

    @helper("{level}_mkcont")
    def mkcont(self, entry: Word) -> Word:
        """Set CONT; a PTE becomes a valid page by it, even under PROT_NONE."""
        return put(entry, self.marks)


@frozen
class HugePage:
    """A huge page of hugetlbfs: a block, a run of pages or a run of blocks."""

    page: Contiguous
    block: Contiguous
    granule: Granule

    @helper("arch_make_huge_pte")
    def make_huge(self, own: LevelHooks, entry: Word, shift: Operand) -> Word:
        """Return the first entry of a huge page of ``2**shift`` bytes."""
        block = own.mkhuge(entry)
        run = where(same(shift, self.granule.contiguous_blocks), self.block.mkcont(block), block)
        return where(same(shift, self.granule.contiguous_pages), self.page.mkcont(entry), run)
