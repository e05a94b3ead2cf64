"""Swap entries; ``arch_`` stands for the two underscores the kernel's names begin with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.hookspecs.marks import ask, each_level

if TYPE_CHECKING:
    from archcore.words.types import Truth, Word


@ask
def arch_swp_entry(type: Word, offset: Word) -> Word:  # noqa: A002 - the kernel's name
    """Return the architecture's swap value of an area and an offset in it."""


@ask
def arch_swp_type(swp: Word) -> Word:
    """Return the area of a swap value."""


@ask
def arch_swp_offset(swp: Word) -> Word:
    """Return the offset of a swap value."""


@each_level
def arch_swp_entry_to_pte(swp: Word) -> Word:
    """Return the entry that stores a swap value."""


@each_level
def arch_pte_to_swp_entry(pte: Word) -> Word:
    """Return the swap value an entry stores."""


@each_level
def pte_swp_exclusive(pte: Word) -> Truth:
    """Say whether a swap entry stands for an exclusive anonymous page."""


@each_level
def pte_swp_mkexclusive(pte: Word) -> Word:
    """Return the swap entry marked exclusive."""


@each_level
def pte_swp_clear_exclusive(pte: Word) -> Word:
    """Return the swap entry not marked exclusive."""


@each_level
def pte_swp_soft_dirty(pte: Word) -> Truth:
    """Say whether a swap entry is soft-dirty."""


@each_level
def pte_swp_mksoft_dirty(pte: Word) -> Word:
    """Return the swap entry marked soft-dirty."""


@each_level
def pte_swp_clear_soft_dirty(pte: Word) -> Word:
    """Return the swap entry not marked soft-dirty."""


@each_level
def pte_swp_uffd_wp(pte: Word) -> Truth:
    """Say whether a swap entry is write-protected by userfaultfd."""


@each_level
def pte_swp_mkuffd_wp(pte: Word) -> Word:
    """Return the swap entry marked write-protected by userfaultfd."""


@each_level
def pte_swp_clear_uffd_wp(pte: Word) -> Word:
    """Return the swap entry not marked write-protected by userfaultfd."""
