"""Frames stored complemented while an entry is not PRESENT, against the L1 terminal fault.

A speculative load through such an entry then reaches no memory. Source: Linux 6.1
arch/x86/include/asm/pgtable-invert.h, which has stood so since 4.18.1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from archcore.entry import helper
from archcore.words import Mask, both, either, has_none, negate, same, where, xor

if TYPE_CHECKING:
    from archcore.words.types import Operand, Truth, Word

NOTHING = Mask(0)
EVERYTHING = ~NOTHING


@frozen
class Inversion:
    """Frames complemented wherever ``present`` is clear and the word is not zero.

    None for ``present`` is the rule until Linux 4.18: no frame is.
    """

    present: Mask | None

    @helper("__pte_needs_invert")
    def needs_invert(self, word: Word) -> Truth:
        """Spare the empty entry, which has no frame."""
        if self.present is None:
            return False
        return both(has_none(word, self.present), negate(same(word, 0)))

    @helper("protnone_mask")
    def protnone_mask(self, word: Word) -> Word:
        """Return ones for an inverted entry and zero for any other."""
        return where(self.needs_invert(word), EVERYTHING, NOTHING)

    @helper("flip_protnone_guard")
    def flip_protnone_guard(self, oldval: Word, val: Word, mask: Operand) -> Word:
        """Flip the bits of ``mask`` when only one of the two values is inverted."""
        old, new = self.needs_invert(oldval), self.needs_invert(val)
        crossed = either(both(old, negate(new)), both(new, negate(old)))
        return where(crossed, xor(val, mask), val)

    def turned(self, word: Word, like: Word, frame: Mask) -> Word:
        """Return ``word`` with its frame as an entry such as ``like`` stores it."""
        if self.present is None:
            return word
        return xor(word, self._mask(like, frame))

    def flipped(self, old: Word, new: Word, frame: Mask) -> Word:
        """Return ``new``, made from ``old``, with its frame turned if being PRESENT changed."""
        if self.present is None:
            return new
        return xor(new, xor(self._mask(old, frame), self._mask(new, frame)))

    def _mask(self, word: Word, frame: Mask) -> Word:
        return where(self.needs_invert(word), frame, NOTHING)
