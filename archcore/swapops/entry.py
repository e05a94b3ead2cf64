"""Swap entries in page tables: to a swp_entry_t, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from archcore.entry import helper
from archcore.words import both, either, negate

if TYPE_CHECKING:
    from archcore.entry import LevelHooks
    from archcore.words.types import Truth, Word


def _value(own: LevelHooks, entry: Word) -> Word:
    stored = own.to_swp_entry(entry)
    return own.swp_entry(own.arch_swp_type(stored), own.arch_swp_offset(stored))


@frozen
class SwapEntries:
    """What both levels have; ``is_swap_pmd`` stands in include/linux/huge_mm.h."""

    @helper("is_swap_{level}")
    def is_swap(self, own: LevelHooks, entry: Word) -> Truth:
        """Ask for an entry that is neither empty nor present."""
        return both(negate(own.none(entry)), negate(own.present(entry)))

    @helper("swp_entry_to_{level}")
    def stored(self, own: LevelHooks, entry: Word) -> Word:
        """Store a swp_entry_t in the architecture's format, which may cut off offset bits."""
        packed = own.arch_swp_entry(own.swp_type(entry), own.swp_offset(entry))
        return own.swp_entry_to_entry(packed)


@frozen
class PteSwap:
    """What only the lowest level has."""

    @helper("pte_swp_clear_flags")
    def clear_flags(self, own: LevelHooks, entry: Word) -> Word:
        """Take the software bits away; taking away one that is not set changes nothing."""
        return own.swp_clear_uffd_wp(own.swp_clear_soft_dirty(own.swp_clear_exclusive(entry)))

    @helper("pte_to_swp_entry")
    def value(self, own: LevelHooks, entry: Word) -> Word:
        """Read the entry without its software bits."""
        return _value(own, own.pte_swp_clear_flags(entry))

    @helper("is_pte_marker")
    def is_marker(self, own: LevelHooks, entry: Word) -> Truth:
        """Ask for a swap entry of the type of markers."""
        marks = own.is_pte_marker_entry(own.pte_to_swp_entry(entry))
        return both(own.is_swap_pte(entry), marks)

    @helper("pte_none_mostly")
    def none_mostly(self, own: LevelHooks, entry: Word) -> Truth:
        """Count a marker as empty."""
        return either(own.none(entry), own.is_pte_marker(entry))


@frozen
class PteMarkers:
    """Making markers, in a configuration that has them."""

    pte_marker: int

    @helper("make_pte_marker")
    def make_marker(self, own: LevelHooks, marker: Word) -> Word:
        """Store what the marker says in the place of the offset."""
        return own.swp_entry_to_pte(own.swp_entry(self.pte_marker, marker))


@frozen
class PmdSwap:
    """What only the level of huge pages has (CONFIG_ARCH_ENABLE_THP_MIGRATION)."""

    @helper("pmd_to_swp_entry")
    def value(self, own: LevelHooks, entry: Word) -> Word:
        """Read the entry without its software bits; none says that the page is exclusive."""
        return _value(own, own.swp_clear_uffd_wp(own.swp_clear_soft_dirty(entry)))

    @helper("is_pmd_migration_entry")
    def is_migration(self, own: LevelHooks, entry: Word) -> Truth:
        """Ask for a swap entry of a migration type."""
        return both(own.is_swap_pmd(entry), own.is_migration_entry(own.pmd_to_swp_entry(entry)))
