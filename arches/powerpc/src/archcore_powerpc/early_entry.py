"""The hash format of Linux 3.8 to 4.6: read by the kernel's hash_page handler, never by hardware.

Sources: arch/powerpc/include/asm/pgtable.h, pgtable-ppc64.h and mm/pgtable_64.c, Linux 3.14;
_PAGE_NUMA from c34a51ce49b4, posted as "powerpc: mm: book3s: Enable _PAGE_NUMA for book3s";
pte_protnone of Linux 4.0 from "mm: Add p[te|md] protnone helpers for use by NUMA balancing".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from archcore.words import both, clear, either, has_all, has_any, has_none, negate, put, same
from archcore_powerpc.entry import NOTHING, PowerEntry

if TYPE_CHECKING:
    from archcore.words import Mask
    from archcore.words.types import Truth, Word


@frozen(kw_only=True)
class EarlyFormat(PowerEntry):
    """What all levels share."""

    def protnone(self, entry: Word) -> Truth:
        """Ask for PRESENT without USER; true for every kernel page."""
        return both(has_all(entry, self.layout["PRESENT"]), has_none(entry, self.layout["USER"]))


@frozen(kw_only=True)
class EarlyPage(EarlyFormat):
    """Lowest-level entries: ``shown_by`` are the bits any of which makes one present."""

    shown_by: Mask

    def present(self, entry: Word) -> Truth:
        """Count an entry closed to hash_page by the hint as present."""
        return has_any(entry, self.shown_by)

    def special(self, entry: Word) -> Truth:
        """Read SPECIAL."""
        return has_all(entry, self.layout["SPECIAL"])

    def mkspecial(self, entry: Word) -> Word:
        """Set SPECIAL."""
        return put(entry, self.layout["SPECIAL"])


@frozen(kw_only=True)
class EarlyHuge(EarlyFormat):
    """Leaves of an upper level: told from the address of a table by PRESENT or USER.

    ``leaf_bits`` are the two, ``huge`` those of a transparent huge page (none where there is no
    such page). ``address`` spans what a kernel pointer to a table must have set, ``aligned`` what
    it must not.
    """

    leaf_bits: Mask
    address: Mask
    aligned: Mask
    huge: Mask = NOTHING

    def present(self, entry: Word) -> Truth:
        """Take every entry that is not empty."""
        return negate(same(entry, 0))

    def leaf(self, entry: Word) -> Truth:
        """Ask for PRESENT or USER: a hint keeps one of them."""
        return has_any(entry, self.leaf_bits)

    def trans_huge(self, entry: Word) -> Truth:
        """Ask for a leaf with THP_HUGE; a hugetlbfs page has none."""
        return both(self.leaf(entry), has_any(entry, self.huge))

    def bad(self, entry: Word) -> Truth:
        """Ask for something other than the aligned address of a table in the linear map."""
        return either(negate(has_all(entry, self.address)), has_any(entry, self.aligned))

    def mkinvalid(self, entry: Word) -> Word:
        """Clear PRESENT, as pmdp_invalidate does; the entry is not empty, hence still present."""
        return clear(entry, self.layout["PRESENT"])
