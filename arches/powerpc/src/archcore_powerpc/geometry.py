"""How the levels of page tables are stacked, for each MMU and page size."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from archcore.layout import Geometry, Level

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from archcore.layout import EntryLayout

ENTRY_BYTES = 8
NAMES = ("pte", "pmd", "pud", "pgd")


@frozen
class Shape:
    """The index bits of each level, lowest first, by PAGE_SHIFT.

    ``doubled`` names the levels whose tables have a second half: hash slots behind PTEs, deposited
    PTE tables behind PMDs. ``leaves`` names those that hold leaves.
    """

    index_bits: tuple[int, ...]
    leaves: tuple[str, ...]
    doubled: tuple[str, ...] = ()

    def names(self) -> tuple[str, ...]:
        """Return the names of the levels; without a PUD there are three."""
        return NAMES if len(self.index_bits) == len(NAMES) else (*NAMES[:2], NAMES[-1])

    def shifts(self, page_shift: int) -> Mapping[str, int]:
        """Return the shift of each level by name."""
        shifts = [page_shift]
        for bits in self.index_bits:
            shifts.append(shifts[-1] + bits)
        return dict(zip(self.names(), shifts, strict=False))

    def geometry(
        self, page_shift: int, layout_of: Callable[[str, int], EntryLayout], pa_bits: int
    ) -> Geometry:
        """Return the geometry; memory holds entries big-endian (pgtable-be-types.h)."""
        shifts = self.shifts(page_shift)
        levels = (
            Level(
                name,
                shifts[name],
                bits,
                layout_of(name, shifts[name]),
                leaf=name in self.leaves,
                spare_bytes=(ENTRY_BYTES << bits) * (name in self.doubled),
            )
            for name, bits in zip(self.names(), self.index_bits, strict=True)
        )
        return Geometry(tuple(levels), pa_bits=pa_bits, byteorder="big")


# arch/powerpc/include/asm/book3s/64/radix-4k.h, radix-64k.h, Linux 6.1
RADIX = {
    12: Shape((9, 9, 9, 13), ("pte", "pmd", "pud")),
    16: Shape((5, 9, 9, 13), ("pte", "pmd", "pud")),
}


def hash_shape(page_shift: int, pud_bits: int, *, doubled_pud: bool) -> Shape:
    """Return the shape of hash tables (hash-4k.h, hash-64k.h).

    With 4K pages hugetlbfs has directories or leaves of its own, and there are no other huge pages.
    """
    if page_shift == min(RADIX):
        return Shape((9, 7, 9, 9), ("pte",))
    doubled = ("pte", "pmd", "pud") if doubled_pud else ("pte", "pmd")
    return Shape((8, 10, pud_bits, 8), ("pte", "pmd", "pud"), doubled)


# Linux 3.14 pgtable-ppc64-4k.h, pgtable-ppc64-64k.h; a PMD table has room for deposited PTE tables.
EARLY = {
    12: Shape((9, 7, 9, 9), ("pte",)),
    16: Shape((8, 10, 12), ("pte", "pmd"), ("pte", "pmd")),
}
