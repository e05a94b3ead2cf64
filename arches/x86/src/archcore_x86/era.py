"""What sets the x86-64 entries of one kernel apart from another's, as names of fields."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from archcore_x86 import layout as bits

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archcore.layout import EntryLayout, Field
    from archcore.swaptypes import SwapTypes

KEPT = ("PFN", "PCD", "PWT", "ACCESSED", "DIRTY")
"""What pte_modify keeps in every era."""


@frozen(kw_only=True)
class Era:
    """The rules of one kernel; the defaults are those of the oldest.

    ``own`` holds the era's fields by level; ``kept`` are the further fields that pte_modify keeps,
    and ``pmd_modify_loses`` what pmd_modify forgets all the same. The hint is ``encoding``, or
    where that is None the bit ``numa`` without any of ``unhinted``.

    ``shown_by`` make an entry present, in a PMD also ``huge_shown_by``. SPECIAL counts beside one
    of ``special_within``, if any are named. pte_none overlooks ``ignored``, pmd_bad
    ``bad_overlooks`` and, with ``table_hints``, tables that are hints. ``may_be_stale`` are what
    makes a closed entry accessible while a flush is pending; None is the generic answer, yes.
    """

    name: str
    kernel: str
    hint: str
    source: str
    sources: tuple[str, ...] = ()
    engine: str = "v6.1"
    own: Mapping[str, tuple[Field, ...]]
    pfn_top: int = bits.V3_PFN_TOP
    kept: tuple[str, ...]
    pmd_modify_loses: tuple[str, ...] = ()
    encoding: object = None
    numa: str = "PROTNONE"
    unhinted: tuple[str, ...] = ()
    shown_by: tuple[str, ...] = ("PRESENT", "PROTNONE")
    huge_shown_by: tuple[str, ...] = ("PSE",)
    special_within: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    bad_overlooks: tuple[str, ...] = ("USER",)
    table_hints: bool = False
    may_be_stale: tuple[str, ...] | None = None
    mkinvalid_clears: tuple[str, ...] = ("PRESENT",)
    pud_leaf: tuple[str, ...] = ("PRESENT", "PSE")
    has_pud_modify: bool = False
    masks_leaf_frames: bool = False
    inverts: bool = False
    judges_flushes: bool = False
    pgprot_modify_takes_all: bool = True
    uffd_wp_protects: bool = False
    isolates: bool = False
    cpu_family: int = 6
    swap: EntryLayout
    swap_levels: tuple[str, ...] = ("pte",)
    swap_types: SwapTypes

    def layouts(self) -> dict[str, EntryLayout]:
        """Return the layouts of leaf entries by level."""
        return bits.leaves(self.kernel, self.pfn_top, self.own, self.source)
