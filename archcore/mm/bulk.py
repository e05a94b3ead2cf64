"""Arming and disarming whole arrays of entries, equal to the hooks word for word."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from archcore.words import negate
from archcore.words.inplace import InPlace

if TYPE_CHECKING:
    from archcore.binding import Hooks
    from archcore.mm.vma import Vma
    from archcore.words.types import Truth, Word


def bulk_arm(hooks: Hooks, vma: Vma, width: int) -> InPlace:
    """Return what arms, in an array of PTEs of one VMA, those that are present and no hint yet.

    The hooks are asked once, here, with words that stand for all words; so take hooks bound
    without observers.
    """

    def unhinted(pte: Word) -> Truth:
        return negate(hooks.pte_numa(vma, pte))

    def occupied(pte: Word) -> Truth:
        return negate(hooks.pte_none(pte))

    return InPlace(width, partial(hooks.pte_mknuma, vma), hooks.pte_present, unhinted, occupied)


def bulk_disarm(hooks: Hooks, vma: Vma, width: int) -> InPlace:
    """Return what disarms the hints in an array of PTEs of one VMA; see bulk_arm."""
    return InPlace(
        width, partial(hooks.pte_mknonnuma, vma), partial(hooks.pte_numa, vma), hooks.pte_present
    )
