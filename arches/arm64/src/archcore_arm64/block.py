"""Entries of the upper levels: blocks, or pointers to tables (arch/arm64/include/asm/pgtable.h)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import field, frozen

from archcore.entry import helper
from archcore.words import both, has_all, has_none, negate
from archcore_arm64.entry import Arm64Entry

if TYPE_CHECKING:
    from archcore.words import Mask
    from archcore.words.types import Operand, Truth, Word


@frozen(kw_only=True)
class Arm64Block(Arm64Entry):
    """Entries of an upper level: a block, or a table where VALID and TABLE_BIT are both set."""

    tables: Mask = field(init=False, repr=False)

    @tables.default
    def _tables(self) -> Mask:
        return self.layout.mask("VALID", "TABLE_BIT")

    @helper("{level}_table")
    def table(self, entry: Word) -> Truth:
        """Ask for both bits of a table."""
        return has_all(entry, self.tables)

    @helper("{level}_sect")
    def sect(self, entry: Word) -> Truth:
        """Ask for a block that is valid."""
        block = has_none(entry, self.layout["TABLE_BIT"])
        return both(has_all(entry, self.layout["VALID"]), block)

    def leaf(self, entry: Word) -> Truth:
        """Ask for a present entry that is no table."""
        return both(self.present(entry), negate(self.table(entry)))

    def bad(self, entry: Word) -> Truth:
        """Take everything for bad that is no table."""
        return negate(has_all(entry, self.tables))

    def trans_huge(self, entry: Word) -> Truth:
        """Ask for a present entry without TABLE_BIT, closed or not."""
        return both(self.present(entry), has_none(entry, self.layout["TABLE_BIT"]))


@frozen(kw_only=True)
class Arm64Pmd(Arm64Block):
    """Entries of the second level."""

    @helper("mk_pmd")
    def mk(self, pfn: Operand, pgprot: Operand) -> Word:
        """Map the block of a frame."""
        return self.pfn_entry(pfn, pgprot)

    @helper("pmd_thp_or_huge")
    def thp_or_huge(self, entry: Word) -> Truth:
        """Ask for an entry without TABLE_BIT, present or not."""
        return both(negate(self.none(entry)), has_none(entry, self.layout["TABLE_BIT"]))


@frozen(kw_only=True)
class Arm64Pud(Arm64Block):
    """Entries of the third level, whose blocks only hugetlbfs and raw frames use."""

    def trans_huge(self, entry: Word) -> Truth:  # noqa: ARG002 - the same for every entry
        """Deny it: huge pages of this size are never transparent."""
        return False

    def devmap(self, entry: Word) -> Truth:  # noqa: ARG002 - the same for every entry
        """Deny it, whatever the bit says."""
        return False


@frozen(kw_only=True)
class Arm64TablePud(Arm64Pud):
    """Entries of the third level with 64K pages: Linux takes each for a table."""

    @helper("{level}_table")
    def table(self, entry: Word) -> Truth:  # noqa: ARG002 - the same for every entry
        """Affirm it."""
        return True

    @helper("{level}_sect")
    def sect(self, entry: Word) -> Truth:  # noqa: ARG002 - the same for every entry
        """Deny it: such blocks need addresses of 52 bits, and Linux makes none."""
        return False
