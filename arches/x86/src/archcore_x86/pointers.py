"""What a helper that changes a slot leaves in it, where that is not the generic answer.

Source: arch/x86/mm/pgtable.c of Linux 6.1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from archcore.entry import helper
from archcore.words import both, negate, where

if TYPE_CHECKING:
    from archcore.entry import LevelHooks
    from archcore.words.types import Truth, Word


@frozen
class Pointers:
    """The ptep helpers, and their twins for upper levels."""

    @helper("{level}p_set_access_flags:after")
    def access_flags(self, own: LevelHooks, old: Word, entry: Word, dirty: Truth) -> Word:
        """Store the wanted entry for a write only; the hardware raises ACCESSED by itself."""
        return where(both(negate(own.same(old, entry)), dirty), entry, old)
