"""What sets the arm64 entries of one kernel apart from another's, as names of fields."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from archcore.entry import AtLevel, at_levels, layer
from archcore_arm64 import layout as bits
from archcore_arm64 import protection
from archcore_arm64.entry import Arm64Block, Arm64Entry, Invalidation, Special, UffdWp
from archcore_arm64.mmu import Tables
from archcore_arm64.placement import frame
from archcore_arm64.protection import Protections
from archcore_arm64.swap import Swap, SwapEntry, UffdSwapEntry

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from archcore.entry import Layer
    from archcore.layout import EntryLayout, Field
    from archcore_arm64.granule import Granule

REPLACED = ("VALID", "ATTRINDX", "USER", "RDONLY", "GP", "WRITE", "PXN", "UXN")
"""What pte_modify takes from the protection in every era."""


@frozen(kw_only=True)
class Era:
    """The rules of one kernel; a helper whose bit no layout has is left to the generic layer.

    ``own`` holds the era's fields by level. ``none`` is the mark of PAGE_NONE; a protnone entry
    also has ``marks`` and lacks ``lacks``. ``shown_by`` make an entry present, ``replaced`` are
    taken by pte_modify besides REPLACED.
    """

    kernel: str
    source: str
    own: Mapping[str, tuple[Field, ...]]
    none: str
    marks: tuple[str, ...] = ()
    lacks: tuple[str, ...]
    shown_by: tuple[str, ...]
    replaced: tuple[str, ...]
    swap: EntryLayout
    vm_mte: int

    def leaves(self, granule: Granule) -> dict[str, EntryLayout]:
        """Return the layouts of leaf entries by level."""
        shifts = granule.shifts()
        return {
            level: bits.leaf(f"arm64 {level}, {self.kernel}", shifts[level], own, self.source)
            for level, own in self.own.items()
        }

    def architecture(self, granule: Granule) -> Layer:
        """Return the helpers of every level, the protections, the swap codec and the tables."""
        leaves = self.leaves(granule)
        codec = UffdSwapEntry if "UFFD_WP" in self.swap.masks else SwapEntry
        return layer(
            *(part for level in leaves for part in self._level(level, leaves[level], granule)),
            Protections(leaves["pte"], self.none, self.vm_mte),
            Swap(self.swap),
            at_levels(codec(self.swap), *leaves),
            Tables(granule.output()),
        )

    def _level(self, level: str, layout: EntryLayout, granule: Granule) -> Iterator[AtLevel]:
        yield AtLevel(level, self._entry(level, layout, granule))
        if "SPECIAL" in layout.masks:
            yield AtLevel(level, Special(layout))
        if "PRESENT_INVALID" in layout.masks:
            yield AtLevel(level, Invalidation(layout, layout["PRESENT_INVALID"]))
        if "UFFD_WP" in layout.masks:
            yield AtLevel(level, UffdWp(layout))

    def _entry(self, level: str, layout: EntryLayout, granule: Granule) -> Arm64Entry:
        page = level == "pte"
        shown_by = (name for name in self.shown_by if name in layout.masks)
        return (Arm64Entry if page else Arm64Block)(
            layout=layout,
            frame=frame(layout, granule.page_shift),
            replaced=layout.mask(*REPLACED, *self.replaced),
            shown_by=layout.mask(*shown_by),
            marks=layout.mask(self.none, *self.marks),
            lacks=layout.mask(*self.lacks),
            devmaps=layout.mask("DEVMAP", "SPECIAL") if page else layout["DEVMAP"],
        )


V61 = Era(
    kernel="Linux 6.1",
    source=bits.V61_SOURCE,
    own=bits.V61_OWN,
    none="PROT_NONE",
    lacks=("VALID",),
    shown_by=("VALID", "PROT_NONE", "PRESENT_INVALID"),
    replaced=("PROT_NONE",),
    swap=bits.V61_SWAP,
    vm_mte=protection.VM_MTE_V61,
)

# pmd_mkinvalid leaves the same mark, so what PAGE_NONE takes away is part of the test.
V612 = Era(
    kernel="Linux 6.12",
    source=bits.V612_SOURCE,
    own=bits.V612_OWN,
    none="PRESENT_INVALID",
    marks=("UXN",),
    lacks=("VALID", "USER"),
    shown_by=("VALID", "PRESENT_INVALID"),
    replaced=("PRESENT_INVALID", "PO_IDX"),
    swap=bits.V612_SWAP,
    vm_mte=protection.VM_MTE_V612,
)
