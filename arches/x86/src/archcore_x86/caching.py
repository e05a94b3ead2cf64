"""Memory types in protections: which bits a cache mode stands for.

Sources: Linux 6.1 arch/x86/include/asm/pgtable.h, pgtable_types.h and arch/x86/mm/init.c
(__cachemode2pte_tbl); arch/x86/mm/pat/memtype.c for pgprot_writecombine and pgprot_writethrough.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

from attrs import frozen

from archcore.entry import helper
from archcore.words import Mask, bits, put, same, where, with_bits
from archcore_x86.inversion import NOTHING

if TYPE_CHECKING:
    from archcore.layout import EntryLayout
    from archcore.words.types import Word


class CacheMode(IntEnum):
    """The kernel's enum page_cache_mode."""

    WB = 0
    WC = 1
    UC_MINUS = 2
    UC = 3
    WT = 4
    WP = 5


UNCACHED_SINCE_FAMILY = 3


@frozen
class Caching:
    """Cache modes as a kernel has them before it programs the page attribute table.

    Then all modes but WB are uncached, and PAT is unused; PAT lies in another place on ``huge``.
    A CPU up to ``family`` 3 knows no UC_MINUS, so pgprot_noncached changes nothing on it.
    """

    page: EntryLayout
    huge: EntryLayout
    family: int

    @helper("cachemode2protval")
    def cachemode2protval(self, mode: Word) -> Word:
        """Look the mode up."""
        protval: Word = NOTHING
        for one in CacheMode:
            protval = where(same(mode, one.value), self._bits_of(one), protval)
        return protval

    @helper("pgprot_noncached")
    def pgprot_noncached(self, pgprot: Word) -> Word:
        """Ask for UC_MINUS."""
        known = self.family > UNCACHED_SINCE_FAMILY
        return put(pgprot, self._bits_of(CacheMode.UC_MINUS) if known else NOTHING)

    @helper("pgprot_writecombine")
    def pgprot_writecombine(self, pgprot: Word) -> Word:
        """Ask for WC."""
        return put(pgprot, self._bits_of(CacheMode.WC))

    @helper("pgprot_writethrough")
    def pgprot_writethrough(self, pgprot: Word) -> Word:
        """Ask for WT."""
        return put(pgprot, self._bits_of(CacheMode.WT))

    @helper("pgprot_4k_2_large")
    def pgprot_4k_2_large(self, pgprot: Word) -> Word:
        """Move PAT to where a large page has it."""
        return self._moved(pgprot, self.page["PAT"], self.huge["PAT_LARGE"])

    @helper("pgprot_large_2_4k")
    def pgprot_large_2_4k(self, pgprot: Word) -> Word:
        """Move PAT to where a base page has it."""
        return self._moved(pgprot, self.huge["PAT_LARGE"], self.page["PAT"])

    def _bits_of(self, mode: CacheMode) -> Mask:
        if mode is CacheMode.WB:
            return NOTHING
        return self.page.mask("PCD", "PWT") if mode is CacheMode.UC else self.page["PCD"]

    def _moved(self, pgprot: Word, source: Mask, place: Mask) -> Word:
        """Return the protection with one bit moved over another."""
        return with_bits(with_bits(pgprot, source, 0), place, bits(pgprot, source))
