"""An era of the early hash format put together for one page size."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from attrs import frozen

from archcore.encoding import NumaBit, Protnone, Write
from archcore.entry import AtLevel, Layer, at_levels, layer
from archcore.hw.mmu import Access
from archcore.swapformat import TrustingSwap
from archcore.words import Mask
from archcore_powerpc.early_entry import EarlyHuge, EarlyPage
from archcore_powerpc.early_layout import SWP
from archcore_powerpc.entry import EVERYTHING, NOTHING, Making
from archcore_powerpc.geometry import EARLY
from archcore_powerpc.hash_mmu import EARLY_TABLE, EarlyTables, HashPage
from archcore_powerpc.hash_table import HashMaintenance
from archcore_powerpc.layout import PAGE_SHIFT_4K, pfn_layout
from archcore_powerpc.protection import Protections
from archcore_powerpc.stores import AtomicStores, HashStores
from archcore_powerpc.swap import ShiftedSwapEntry

if TYPE_CHECKING:
    from archcore.layout import EntryLayout, Geometry
    from archcore_powerpc.early_eras import EarlyEra

PA_BITS = 46  # MAX_PHYSADDR_BITS, arch/powerpc/include/asm/sparsemem.h


@frozen(slots=False)
class EarlyAssembly:
    """What an era is with pages of ``2**shift`` bytes."""

    era: EarlyEra
    shift: int

    # -- layouts and masks ----------------------------------------------------------------------

    @cached_property
    def page(self) -> EntryLayout:
        """The layout of PTEs."""
        return self.era.page(self.shift)

    @cached_property
    def geometry(self) -> Geometry:
        """The levels with the layouts of their leaves."""
        return EARLY[self.shift].geometry(self.shift, self._layout_of, PA_BITS)

    def _layout_of(self, level: str, shift: int) -> EntryLayout:
        return self.page if level == "pte" else self.era.huge(level, self.shift, shift)

    @cached_property
    def upper(self) -> tuple[str, ...]:
        """The levels that have helpers besides the lowest."""
        return EARLY[self.shift].names()[1:-1]

    @property
    def thp_huge(self) -> Mask:
        """What marks a transparent huge page; there is none with 4K pages."""
        return self.geometry.level("pmd").layout.masks.get("THP_HUGE", NOTHING)

    @property
    def hashpte(self) -> Mask:
        """What says that a page is in the hash table: a bit, or any of those of the sub-pages."""
        return self.page["HASHPTE" if self.shift == PAGE_SHIFT_4K else "HPTE_SUB"]

    @property
    def hpteflags(self) -> Mask:
        """What belongs to the hash table (_PAGE_HPTEFLAGS)."""
        own = ("F_GIX", "F_SECOND") if self.shift == PAGE_SHIFT_4K else ("COMBO",)
        return self.page.mask("BUSY", *own) | self.hashpte

    # -- entries --------------------------------------------------------------------------------

    def _common(self, layout: EntryLayout) -> dict[str, Any]:
        return {
            "layout": layout,
            "frame": self.page["RPN"],
            "writable": layout["RW"],
            "grants": layout["RW"],
            "dirties": layout["DIRTY"],
            "incomparable": self.hpteflags,
        }

    @property
    def _kept(self) -> Mask:
        return self.page["RPN"] | self.hpteflags | self.page.mask("DIRTY", "ACCESSED")

    def pte(self) -> EarlyPage:
        """Return the lowest level."""
        return EarlyPage(
            kept=self._kept | self.page["SPECIAL"],
            unseen=self.hpteflags,
            shown_by=self.page.mask(*self.era.shown_by),
            **self._common(self.page),
        )

    def huge(self, level: str) -> EarlyHuge:
        """Return an upper level."""
        layout = self.geometry.level(level).layout
        below = self.geometry.levels[self.upper.index(level)]
        return EarlyHuge(
            kept=self._kept | layout["SPLITTING"] | self.thp_huge,
            leaf_bits=layout.mask("PRESENT", "USER"),
            address=EARLY_TABLE["KERNEL"],
            aligned=Mask(below.table_bytes - 1),
            huge=self.thp_huge,
            **self._common(layout),
        )

    # -- the layers -----------------------------------------------------------------------------

    def architecture(self) -> Layer:
        """Return everything but the encoding of the hint."""
        return layer(
            AtLevel("pte", self.pte()),
            AtLevel("pte", Making(self.page["RPN"])),
            *(AtLevel(level, self.huge(level)) for level in self.upper),
            *((AtLevel("pmd", Making(self.page["RPN"], self.thp_huge)),) if self.thp_huge else ()),
            self._protections(),
            TrustingSwap(SWP),
            AtLevel("pte", ShiftedSwapEntry(self.page["RPN"])),
            EarlyTables(),
            HashMaintenance(self.page["ACCESSED"]),
            self._stores(),
        )

    def encoding(self) -> Layer:
        """Return the encoding of the hint, at the levels that have leaves."""
        page = self.page
        leaves = EARLY[self.shift].leaves
        if not self.era.numa:
            return at_levels(Protnone(Write.KEPT), *leaves)
        return at_levels(NumaBit(page["NUMA"], page["PRESENT"], page["ACCESSED"]), *leaves)

    def _protections(self) -> Protections:
        page = self.page
        base = page.mask("PRESENT", "ACCESSED")
        return Protections(
            none=base,
            read=base | page["USER"],
            write=page["RW"],
            execute=page["EXEC"],
            execute_only=base | page.mask("USER", "EXEC"),
            strong_order=page.mask("WRITETHRU", "NO_CACHE"),
        )

    def _stores(self) -> HashStores:
        page = self.page
        return HashStores(
            slots=AtomicStores(
                closing=EVERYTHING,
                raised=page.mask("DIRTY", "ACCESSED", "RW", "EXEC"),
                incomparable=self.hpteflags,
            ),
            hashed=self.hashpte,
            bookkeeping=self.hpteflags,
            live=page.mask(*self.era.live),
        )

    def handler(self) -> HashPage:
        """Return hash_page's view of the tables; it hashes a 64K page as one or as sub-pages."""
        page, user = self.page, self.page.mask("PRESENT", "USER")
        return HashPage(
            page_shift=self.shift,
            largest=self.geometry.level("pmd").shift,
            leaf_bits=user,
            live=page["PRESENT"],
            needed={
                Access.READ: user,
                Access.WRITE: user | page["RW"],
                Access.EXECUTE: user | page["EXEC"],
            },
            marks=EARLY_TABLE["KERNEL"],
            address_bits=EARLY_TABLE["ADDRESS"],
            rpn=page["RPN"],
            real=self._real(),
            accessed_bit=page["ACCESSED"],
            dirty_bit=page["DIRTY"],
            hashed=page.masks.get("HPTE_SUB0", self.hashpte),
            hashed_huge=self.hashpte if self.thp_huge else NOTHING,
            huge=self.thp_huge,
        )

    def _real(self) -> Mask:
        """Return where the frame number stands in a real address; what is higher is cut off."""
        return pfn_layout(self.shift)["PFN"]
