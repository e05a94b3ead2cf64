"""Translation regimes: the granule, the address widths, and the levels that follow from them.

Sources: arch/arm64/include/asm/pgtable-hwdef.h (ARM64_HW_PGTABLE_LEVELS), Linux 6.1; Arm ARM
(DDI 0487), chapter D8, for the sizes of blocks.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from attrs import frozen

from archcore.layout import Geometry, Level
from archcore_arm64.layout import ENTRY_SHIFT, PFN_TOP, TABLE
from archcore_arm64.placement import output_address

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archcore.layout import EntryLayout
    from archcore_arm64.placement import Placement

BELOW_TOP = ("pte", "pmd", "pud", "p4d")


@frozen
class Granule:
    """One regime: a base page of ``2**page_shift`` bytes, and address widths in bits.

    ``largest_block`` is the logarithm of the largest block: 30 with 4K pages, 25 with 16K, 29 with
    64K, all without FEAT_LPA and FEAT_LPA2.
    """

    page_shift: int
    va_bits: int
    pa_bits: int
    largest_block: int

    def shifts(self) -> dict[str, int]:
        """Return the shift of each level by name, lowest first; the top one is always the pgd."""
        each = self.page_shift - ENTRY_SHIFT
        found = range(self.page_shift, self.va_bits, each)
        names = (*BELOW_TOP[: len(found) - 1], "pgd")
        return dict(zip(names, found, strict=True))

    def output(self) -> Placement:
        """Return where a descriptor holds an output address."""
        return output_address(self.page_shift, PFN_TOP)

    def geometry(self, leaves: Mapping[str, EntryLayout]) -> Geometry:
        """Return the levels; those in ``leaves`` have leaf entries, the others tables only.

        Every table is one page but the top one, which has as many entries as address bits are left.
        """
        ends = (*self.shifts().values(), self.va_bits)
        levels = (
            Level(name, low, high - low, leaves.get(name, TABLE), leaf=name in leaves)
            for name, (low, high) in zip(self.shifts(), pairwise(ends), strict=True)
        )
        return Geometry(tuple(levels), pa_bits=self.pa_bits)


K4 = Granule(page_shift=12, va_bits=48, pa_bits=48, largest_block=30)
"""4K pages and 48-bit addresses, what Debian builds and most distributions ship."""
