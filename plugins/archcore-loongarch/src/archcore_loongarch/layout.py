"""loongarch entries: each bit under its kernel name, and the levels of the page table.

Where the kernel's pages are larger than 4 KB, the frame number begins further up, and the bits
below it are nobody's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import field, frozen

from archcore.layout import Bit, Bits, EntryLayout, Field, Geometry, Level

if TYPE_CHECKING:
    from collections.abc import Iterator

FILE = "src/archcore_loongarch/layout.py"
SOURCE = "Linux 6.1.176, arch/loongarch/include/asm/pgtable-bits.h, pgtable.h"
WIDTH, PA_BITS = 64, 48

VALID = Bit("VALID", 0, "the TLB may use the entry; the kernel's ACCESSED is the same bit")
PRESENT = Bit("PRESENT", 7, "software: the miss handlers may use the entry")
PROTNONE = Bit("PROTNONE", 10, "software: mapped, without any right")
SPECIAL = Bit("SPECIAL", 11, "software: no struct page behind the mapping")
BELOW: tuple[Field, ...] = (
    VALID,
    Bit("DIRTY", 1, "the TLB lets stores through"),
    Bits("PLV", 2, 3, "privilege level that is needed"),
    Bits("CACHE", 4, 5, "memory access type"),
)
ABOVE: tuple[Field, ...] = (
    PRESENT,
    Bit("WRITE", 8, "software: stores are allowed"),
    Bit("MODIFIED", 9, "software: the page was written"),
    PROTNONE,
    SPECIAL,
)
TOP: tuple[Field, ...] = (
    Bit("PRESENT_INVALID", 60, "software: a huge page closed for a moment"),
    Bit("NO_READ", 61, "loads fault"),
    Bit("NO_EXEC", 62, "instruction fetches fault"),
    Bit("RPLV", 63, "only the privilege level itself will do"),
)
PLV_USER, CACHE_CC = 3, 1  # asm/loongarch.h; coherent cached memory
# Bits that must be clear in a swap entry stand here again, so that no field can take them.
SWAP = EntryLayout(
    "loongarch swap entry",
    (
        VALID,
        PRESENT,
        PROTNONE,
        SPECIAL,
        Bit("HUGE", 6, "set for a huge page that waits for migration"),
        Bits("TYPE", 16, 23, "swap area"),
        Bits("OFFSET", 24, 63, "offset in the area"),
    ),
    WIDTH,
    SOURCE,
    FILE,
)

# Empty entries of the upper levels point to tables of nothing, whose addresses a linker chooses;
# no table that the kernel allocates is there, so these lie where no table can.
INVALID_PTE_TABLE = 0xFFFF_8000_01A0_0000
INVALID_PMD_TABLE = 0xFFFF_8000_01A1_0000
CACHE_BASE = 0x9000  # bits 63..48: CSR_DMW1_BASE, where the kernel sees all memory cached


@frozen
class Layouts:
    """The layouts of a kernel with pages of ``2**page_shift`` bytes.

    ``invalid_pte`` and ``invalid_pmd`` are the addresses of its tables of nothing.
    """

    page_shift: int
    invalid_pte: int = INVALID_PTE_TABLE
    invalid_pmd: int = INVALID_PMD_TABLE
    entry: EntryLayout = field(init=False)
    huge: EntryLayout = field(init=False)
    table: EntryLayout = field(init=False)
    address: EntryLayout = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Place the frame above an offset in a page."""
        shift, last = self.page_shift, PA_BITS - 1
        pfn = Bits("PFN", shift, last, "frame number")
        shared = Bit("GLOBAL", 6, "for every address space")
        leaf = Bit("HUGE", 6, "the entry maps memory, not a table")
        for name, fields in (
            ("entry", (*BELOW, shared, *ABOVE, pfn, *TOP)),
            ("huge", (*BELOW, leaf, *ABOVE, _hglobal(shift), pfn, *TOP)),
            (
                "table",
                (
                    Bits("OFFSET", 0, shift - 1, "offset in a page: 0"),
                    Bits("FRAME", shift, last, "frame number of the next table"),
                    Bits("WINDOW", PA_BITS, WIDTH - 1, "where the kernel sees memory"),
                ),
            ),
            ("address", (Bits("FRAME", shift, last),)),
        ):
            layout = EntryLayout(f"loongarch {name}", fields, WIDTH, SOURCE, FILE)
            object.__setattr__(self, name, layout)

    @property
    def geometry(self) -> Geometry:
        """Three levels of tables that are a page each; huge pages stand in the second."""
        return Geometry(tuple(self._levels()), PA_BITS)

    def _levels(self) -> Iterator[Level]:
        shift, index_bits = self.page_shift, self.page_shift - 3
        yield Level("pte", shift, index_bits, self.entry)
        shift += index_bits
        yield Level("pmd", shift, index_bits, self.huge, empty=self.invalid_pte)
        shift += index_bits
        yield Level("pgd", shift, index_bits, self.table, leaf=False, empty=self.invalid_pmd)


def _hglobal(page_shift: int) -> Bit:
    overlays = ("PFN",) if page_shift <= HGLOBAL else ()
    return Bit("HGLOBAL", HGLOBAL, "a huge page for every address space", overlays=overlays)


HGLOBAL = 12
