"""An era: what sets the arm64 entries of one kernel apart from another's, and its helpers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import evolve, frozen

from archcore.encoding import Protnone
from archcore.entry import AtLevel, at_levels, layer
from archcore.layout import EntryLayout
from archcore.swapformat import SwapEntry, swap_marks
from archcore_arm64 import layout as bits
from archcore_arm64.block import Arm64Pmd, Arm64Pud, Arm64TablePud
from archcore_arm64.contiguous import Contiguous, HugePage
from archcore_arm64.entry import Arm64Entry
from archcore_arm64.granule import K64_SHIFT
from archcore_arm64.helpers import Page, Rights
from archcore_arm64.marks import Invalidation, Special, UffdWp
from archcore_arm64.mmu import Tables
from archcore_arm64.placement import placement, span
from archcore_arm64.protection import Protections
from archcore_arm64.stores import Stores
from archcore_arm64.swap import Swap

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from archcore.encoding import Write
    from archcore.entry import Layer
    from archcore.layout import Field
    from archcore.swaptypes import SwapTypes
    from archcore_arm64.granule import Granule
    from archcore_arm64.placement import Placement

REPLACED = ("VALID", "ATTRINDX", "USER", "RDONLY", "GP", "WRITE", "PXN", "UXN")
"""What pte_modify takes from the protection in every era."""


@frozen(kw_only=True)
class Era:
    """The rules of one kernel; a helper whose bit no layout has is left to the generic layer.

    ``marking`` says in words how it hints. ``own`` holds the era's fields by level, ``pfn_top`` the
    highest address bit that is read in its place. ``none`` is the mark of PAGE_NONE; a protnone
    entry also has ``marks`` and lacks ``lacks``. ``shown_by`` make an entry present, the mark
    PRESENT_INVALID where ``opened`` is clear. ``replaced`` are taken by pte_modify besides
    REPLACED. ``write`` is what becomes of write permission in a hint. The frame bits of
    ``swap_types`` are those of a granule.
    """

    name: str
    kernel: str
    marking: str
    source: str
    sources: tuple[str, ...]
    own: Mapping[str, tuple[Field, ...]]
    pfn_top: int
    none: str
    marks: tuple[str, ...] = ()
    lacks: tuple[str, ...]
    shown_by: tuple[str, ...]
    opened: tuple[str, ...] = ()
    replaced: tuple[str, ...]
    write: Write
    swap: EntryLayout
    swap_types: SwapTypes
    vm_mte: int

    def leaves(self, granule: Granule) -> dict[str, EntryLayout]:
        """Return the layouts of pages and blocks by level."""
        return {
            level: EntryLayout(
                f"arm64 {level}, {self.kernel}",
                (
                    *bits.HARDWARE,
                    *bits.SOFTWARE,
                    *bits.placed(shift, granule.page_shift, self.pfn_top, wide=granule.wide),
                    *self.own[level],
                ),
                source=self.source,
            )
            for level, shift in granule.entry_shifts().items()
        }

    def types(self, granule: Granule) -> SwapTypes:
        """Return what swap types mean, with SWP_PFN_BITS of the granule."""
        return evolve(self.swap_types, pfn_bits=granule.pa_bits - granule.page_shift)

    def encoding(self, granule: Granule) -> Layer:
        """Return how this kernel hints, at every level with entry helpers."""
        return at_levels(Protnone(self.write), *granule.entry_shifts())

    def architecture(self, granule: Granule, leaves: Mapping[str, EntryLayout]) -> Layer:
        """Return the helpers of every level, the protections, the swap codec and the tables."""
        return layer(
            *(part for level in leaves for part in self._level(level, leaves[level], granule)),
            *_pages_and_blocks(leaves, granule),
            Protections(leaves["pte"], self.none, self.vm_mte),
            Swap(self.swap),
            at_levels(SwapEntry(), *leaves),
            *(at_levels(mark, *leaves) for mark in swap_marks(self.swap)),
            Tables(granule.table, _address(leaves["pte"])),
        )

    def _level(self, level: str, layout: EntryLayout, granule: Granule) -> Iterator[AtLevel]:
        yield AtLevel(level, self._entry(level, layout, granule))
        yield AtLevel(level, Rights(layout))
        if "SPECIAL" in layout.masks:
            yield AtLevel(level, Special(layout))
        if "PRESENT_INVALID" in layout.masks:
            mark = layout["PRESENT_INVALID"]
            yield AtLevel(level, Invalidation(layout, mark, layout.mask(*self.opened)))
        if "UFFD_WP" in layout.masks:
            yield AtLevel(level, UffdWp(layout))

    def _entry(self, level: str, layout: EntryLayout, granule: Granule) -> Arm64Entry:
        page = level == "pte"
        shown_by = (name for name in self.shown_by if name in layout.masks)
        return _format(level, granule)(
            layout=layout,
            address=_address(layout),
            frame=span(granule.page_shift),
            replaced=layout.mask(*REPLACED, *self.replaced),
            shown_by=layout.mask(*shown_by),
            marks=layout.mask(self.none, *self.marks),
            lacks=layout.mask(*self.lacks),
            devmaps=layout.mask("DEVMAP", "SPECIAL") if page else layout["DEVMAP"],
        )


def _address(layout: EntryLayout) -> Placement:
    return placement(layout["PFN"], layout.masks.get("PFN_HIGH"))


def _format(level: str, granule: Granule) -> type[Arm64Entry]:
    if level == "pud":
        return Arm64TablePud if granule.page_shift == K64_SHIFT else Arm64Pud
    return {"pte": Arm64Entry, "pmd": Arm64Pmd}[level]


def _pages_and_blocks(leaves: Mapping[str, EntryLayout], granule: Granule) -> Iterator[object]:
    """Yield the helpers that not every level has."""
    pte, pmd = leaves["pte"], leaves["pmd"]
    page = Contiguous(pte, pte.mask("CONT", "VALID", "TABLE_BIT"))
    block = Contiguous(pmd, pmd["CONT"])
    for level, run in (("pte", page), ("pmd", block)):
        yield AtLevel(level, run)
        yield AtLevel(level, Stores(leaves[level]))
    yield AtLevel("pte", HugePage(page, block, granule))
    yield AtLevel("pte", Page(pte, _address(pte)))
