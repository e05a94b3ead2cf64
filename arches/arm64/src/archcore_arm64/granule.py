"""Translation regimes: the granule, the address widths, and the levels that follow from them.

Sources: arch/arm64/include/asm/pgtable-hwdef.h (ARM64_HW_PGTABLE_LEVELS) and arch/arm64/Kconfig,
Linux 6.1 and 6.12; Arm ARM (DDI 0487), chapter D8, for the sizes of blocks.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from attrs import frozen

from archcore.hookspecs import LEVELS
from archcore.layout import Geometry, Level
from archcore_arm64 import layout as bits
from archcore_arm64.placement import PA_TOP, Placement, placement

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archcore.layout import EntryLayout

BELOW_TOP = ("pte", "pmd", "pud", "p4d")
K4_SHIFT, K16_SHIFT, K64_SHIFT = 12, 14, 16
DEFAULT_VA_BITS = {K4_SHIFT: 48, K16_SHIFT: 47, K64_SHIFT: 48}
CONTIGUOUS_PAGES = {K4_SHIFT: 4, K16_SHIFT: 7, K64_SHIFT: 5}  # ARM64_CONT_PTE_SHIFT
CONTIGUOUS_BLOCKS = {K4_SHIFT: 4, K16_SHIFT: 5, K64_SHIFT: 5}  # ARM64_CONT_PMD_SHIFT


@frozen
class Granule:
    """One regime: a base page of ``2**page_shift`` bytes, and address widths in bits.

    ``pa_bits`` of 52 means FEAT_LPA with the 64K granule and FEAT_LPA2 with the others.
    """

    page_shift: int
    va_bits: int
    pa_bits: int

    @property
    def name(self) -> str:
        """The page size, and the address width where it is not the usual one: ``16k-va48``."""
        size = f"{1 << self.page_shift - 10}k"
        usual = self.va_bits == DEFAULT_VA_BITS[self.page_shift]
        return size if usual else f"{size}-va{self.va_bits}"

    @property
    def wide(self) -> bool:
        """True where entries hold addresses of 52 bits."""
        return self.pa_bits > PA_TOP

    @property
    def shares(self) -> bool:
        """True where entries say who shares the memory; with FEAT_LPA2 TCR_EL1 says it for all."""
        return not self.wide or self.page_shift == K64_SHIFT

    @property
    def _each(self) -> int:
        return self.page_shift - bits.ENTRY_SHIFT

    @property
    def largest_block(self) -> int:
        """The logarithm of the largest block that Linux maps: a PUD with 4K pages, else a PMD."""
        return self.page_shift + self._each * (2 if self.page_shift == K4_SHIFT else 1)

    @property
    def largest_hardware_block(self) -> int:
        """The logarithm of the largest block there may be; 52-bit addresses allow a level more."""
        return self.largest_block + self._each * self.wide

    @property
    def contiguous_pages(self) -> int:
        """The logarithm of a run of pages with the contiguous bit, in bytes."""
        return self.page_shift + CONTIGUOUS_PAGES[self.page_shift]

    @property
    def contiguous_blocks(self) -> int:
        """The logarithm of a run of PMD blocks with the contiguous bit, in bytes."""
        return self.page_shift + self._each + CONTIGUOUS_BLOCKS[self.page_shift]

    def entry_shifts(self) -> dict[str, int]:
        """Return the shift of each level that has entry helpers; the top one may be folded."""
        return dict(zip(LEVELS, self._found(), strict=False))

    def shifts(self) -> dict[str, int]:
        """Return the shift of each level of tables by name, lowest first.

        The top one is the pgd. Where it may hold blocks it goes by the level folded into it, whose
        helpers the kernel then uses on its entries.
        """
        found = self._found()
        names = BELOW_TOP[: len(found)]
        if found[-1] > self.largest_block:
            names = (*names[: len(found) - 1], "pgd")
        return dict(zip(names, found, strict=True))

    def _found(self) -> range:
        return range(self.page_shift, self.va_bits, self._each)

    @property
    def table(self) -> EntryLayout:
        """The layout of an entry that points to a table."""
        return bits.table(self.page_shift, wide=self.wide)

    @property
    def output(self) -> Placement:
        """Where the hardware finds an output address, in a table as in a leaf."""
        return placement(self.table["address"], self.table.masks.get("address_high"))

    def geometry(self, leaves: Mapping[str, EntryLayout]) -> Geometry:
        """Return the levels; those that hold blocks or pages have a layout of ``leaves``.

        Every table is one page but the top one, which has as many entries as address bits are left.
        """
        shifts = self.shifts()
        ends = (*shifts.values(), self.va_bits)
        levels = (
            Level(name, low, high - low, leaves[name] if leaf else self.table, leaf=leaf)
            for name, (low, high) in zip(shifts, pairwise(ends), strict=True)
            for leaf in (low <= self.largest_block,)
        )
        return Geometry(tuple(levels), pa_bits=self.pa_bits)
