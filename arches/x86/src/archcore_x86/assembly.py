"""An era put together: its names looked up in the layouts, its parts published at each level.

A helper whose bit no layout has is left to the generic layer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import frozen

from archcore.encoding import NumaBit
from archcore.entry import AtLevel, at_levels, layer
from archcore_x86.attributes import Access, Attributes
from archcore_x86.caching import Caching
from archcore_x86.entry import X86Entry
from archcore_x86.era import KEPT, Era
from archcore_x86.huge import TableHints, X86Huge, X86Pud
from archcore_x86.hugetlb import Hugetlb
from archcore_x86.inversion import EVERYTHING, Inversion
from archcore_x86.isolation import Isolation
from archcore_x86.layout import SHIFTED
from archcore_x86.mmu import Tables
from archcore_x86.pointers import Pointers
from archcore_x86.protection import Keys, Protections
from archcore_x86.staleness import Accessible, flushes
from archcore_x86.swap import Swap, swap_entries
from archcore_x86.tracking import (
    Devmap,
    ProtectingUffdWp,
    SoftDirty,
    Special,
    Splitting,
    UffdWp,
    Unhinted,
)
from archcore_x86.writing import SavedDirty, ShadowWriting, Writing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcore.entry import Layer
    from archcore.layout import EntryLayout
    from archcore.words import Mask


def architecture(era: Era) -> Layer:
    """Return the helpers of every level, the protections, the swap codec and the tables."""
    layouts = era.layouts()
    page, kept = layouts["pte"], _kept(era, layouts["pte"])
    return layer(
        *(part for name in layouts for part in _level(_At(era, layouts, name))),
        *(part for level in era.swap_levels for part in swap_entries(era.swap, level)),
        AtLevel("pte", Attributes(page, layouts["pmd"])),
        Protections(page, kept, EVERYTHING if era.pgprot_modify_takes_all else ~kept),
        Caching(page, layouts["pmd"], era.cpu_family),
        Swap(era.swap, inverted=era.inverts),
        Hugetlb(),
        Tables(),
        *((TableHints(),) if era.table_hints else ()),
        *((_inversion(era, page),) if era.inverts else ()),
        *((Keys(page),) if "PKEY" in page.masks else ()),
        *((Isolation(),) if era.isolates else ()),
    )


def hints(era: Era) -> Layer:
    """Return the encoding of the hint, at every level."""
    if era.encoding is not None:
        return at_levels(era.encoding)
    return layer(*(AtLevel(name, _numa(era, one)) for name, one in era.layouts().items()))


def _numa(era: Era, layout: EntryLayout) -> NumaBit:
    absent = layout.mask(*era.unhinted) if era.unhinted else None
    return NumaBit(layout[era.numa], layout["PRESENT"], layout["ACCESSED"], absent)


def _inversion(era: Era, layout: EntryLayout) -> Inversion:
    return Inversion(layout["PRESENT"] if era.inverts else None)


def _kept(era: Era, layout: EntryLayout) -> Mask:
    """Return what pte_modify keeps, of the names a level has."""
    return layout.mask(*(name for name in (*KEPT, *era.kept) if name in layout.masks))


# -- the parts of a level -----------------------------------------------------------------------


@frozen
class _At:
    """A level of an era."""

    era: Era
    layouts: dict[str, EntryLayout]
    name: str

    @property
    def layout(self) -> EntryLayout:
        return self.layouts[self.name]

    @property
    def page(self) -> EntryLayout:
        return self.layouts["pte"]

    def has(self, field: str) -> bool:
        return field in self.layout.masks


def _level(at: _At) -> Iterator[AtLevel]:
    saved = SavedDirty(at.layout) if at.has("SAVED_DIRTY") else None
    parts = [_entry(at, saved), Access(at.layout), Pointers(), *_writing(at, saved)]
    for part in (*parts, *_marks(at), *_staleness(at)):
        yield AtLevel(at.name, part)


def _entry(at: _At, saved: SavedDirty | None) -> X86Entry:
    era, layout, frame = at.era, at.layout, at.page["PFN"]
    common: dict[str, Any] = {
        "layout": layout,
        "frame": frame,
        "placed": layout["PFN"] if era.inverts else SHIFTED,
        "inversion": _inversion(era, at.page),
        "ignored": layout.mask(*era.ignored),
        "saved": saved,
    }
    if at.name == "pte":
        return X86Entry(
            shown_by=layout.mask(*era.shown_by), kept=_kept(era, layout), flips=frame, **common
        )
    huge: dict[str, Any] = {
        "address": layout["PFN"] if era.masks_leaf_frames else frame,
        "closes": layout.mask(*era.mkinvalid_clears),
        "overlooked": layout.mask(*era.bad_overlooks),
        "kept": _kept(era, at.page) | layout["PSE"],
    }
    if at.name == "pmd":
        return X86Huge(
            shown_by=layout.mask(*era.shown_by, *era.huge_shown_by),
            flips=layout["PFN"],
            lost=layout.mask(*era.pmd_modify_loses),
            leaves=layout["PSE"],
            table_hint=layout[era.numa] if era.table_hints else None,
            **common,
            **huge,
        )
    return X86Pud(
        shown_by=layout["PRESENT"],
        flips=layout["PFN"] if era.has_pud_modify else frame,
        leaves=layout.mask(*era.pud_leaf),
        **common,
        **huge,
    )


def _writing(at: _At, saved: SavedDirty | None) -> tuple[object, ...]:
    layout = at.layout
    dirties = layout.mask("DIRTY", *(("SOFT_DIRTY",) if at.has("SOFT_DIRTY") else ()))
    if saved is None:
        return (Writing(layout, dirties),)
    shadows = {"pte": layout["DIRTY"], "pmd": layout["DIRTY"] | at.layouts["pmd"]["PSE"]}
    return (saved, ShadowWriting(layout, dirties, saved, shadows.get(at.name)))


def _marks(at: _At) -> Iterator[object]:
    era, layout = at.era, at.layout
    if at.has("SPECIAL"):
        within = layout.mask(*era.special_within) if era.special_within else None
        yield Special(layout, within)
    if at.has("DEVMAP"):
        yield Devmap(layout, layout.mask("DEVMAP", *(("SPECIAL",) if at.name == "pte" else ())))
    if at.has("SOFT_DIRTY"):
        yield SoftDirty(layout)
    if at.has("UFFD_WP"):
        yield (ProtectingUffdWp if era.uffd_wp_protects else UffdWp)(layout)
    if at.has("SPLITTING"):
        yield Splitting(layout)
    if at.has("NUMA"):
        yield Unhinted(layout.mask("PRESENT", "PROTNONE"))


def _staleness(at: _At) -> Iterator[object]:
    layout, stale = at.layout, at.era.may_be_stale
    if stale is not None:
        yield Accessible(layout["PRESENT"], layout.mask(*stale))
    if at.era.judges_flushes:
        accessed = () if at.name == "pte" else ("ACCESSED",)
        yield flushes(layout, "PRESENT", "DIRTY", *accessed)
