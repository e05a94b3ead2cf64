"""The eras of the early hash format: Linux 3.14 and 4.0."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import evolve, frozen

from archcore_powerpc import early_layout
from archcore_powerpc.early_layout import huge_layout, page_layout, swap_layout

if TYPE_CHECKING:
    from archcore.layout import EntryLayout, Field


@frozen(kw_only=True)
class EarlyEra:
    """One kernel version: ``flags`` common to its page sizes, ``shown_by`` what makes one present.

    ``live`` is what set_pte_at warns of, ``clear`` what a swap entry must not have. ``numa`` says
    that the hint has a bit of its own.
    """

    name: str
    source: str
    flags: tuple[Field, ...]
    shown_by: tuple[str, ...]
    live: tuple[str, ...]
    clear: tuple[Field, ...]
    numa: bool
    engine: str
    meaning: str
    sources: tuple[str, ...]

    def page(self, shift: int) -> EntryLayout:
        """Return the layout of the lowest level."""
        name = f"powerpc hash PTE, {_size(shift)}, Linux {self.name[1:]}"
        return page_layout(name, self.flags, shift, self.source)

    def huge(self, level: str, page_shift: int, shift: int) -> EntryLayout:
        """Return the layout of leaves of an upper level, which map ``2**shift`` bytes."""
        name = f"powerpc hash {level.upper()} leaf, {_size(page_shift)}, Linux {self.name[1:]}"
        return huge_layout(name, self.flags, page_shift, shift, self.source)

    def swap(self, shift: int) -> EntryLayout:
        """Return the layout of swap entries."""
        name = f"powerpc hash swap entry, {_size(shift)}, Linux {self.name[1:]}"
        return swap_layout(name, self.clear, shift, self.source)


def _size(shift: int) -> str:
    return f"{1 << shift - 10}K"


V314 = EarlyEra(
    name="v3.14",
    source=early_layout.V314_SOURCE,
    flags=(*early_layout.FLAGS, early_layout.NUMA),
    shown_by=("PRESENT", "NUMA"),
    live=("PRESENT",),
    clear=early_layout.V314_CLEAR,
    numa=True,
    engine="v3.8",
    meaning="_PAGE_NUMA is the old coherence bit",
    sources=(
        "c34a51ce49b4, posted as powerpc: mm: book3s: Enable _PAGE_NUMA for book3s",
        "56eecdb912b5 mm: Use ptep/pmdp_set_numa() for updating _PAGE_NUMA bit",
    ),
)
V40 = evolve(
    V314,
    name="v4.0",
    source=early_layout.V40_SOURCE,
    flags=early_layout.FLAGS,
    shown_by=("PRESENT",),
    live=("PRESENT", "USER"),
    clear=early_layout.V40_CLEAR,
    numa=False,
    engine="v6.1",
    meaning="PRESENT without USER; RW stays",
    sources=(
        "mm: Add p[te|md] protnone helpers for use by NUMA balancing, December 2014",
        "b191f9b106ea mm: numa: preserve PTE write permissions across a NUMA hinting fault",
    ),
)
