"""x86-64 swap entries: the codec, and the software bits of each era.

Source: arch/x86/include/asm/pgtable_64.h and pgtable.h of the kernels that ``swap_layout`` names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from archcore.entry import AtLevel
from archcore.hookspecs import hookimpl
from archcore.swapformat import Swap as OrdinarySwap
from archcore.swapformat import SwapEntry, swap_marks
from archcore.words import bits, with_bits, xor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcore.layout import EntryLayout
    from archcore.words.types import Operand, Word


@frozen
class Swap(OrdinarySwap):
    """The codec; offsets are ``inverted`` since L1TF."""

    inverted: bool = False

    @hookimpl
    def arch_swp_entry(self, type: Operand, offset: Operand) -> Word:  # noqa: A002 - the kernel's
        """Place type and offset; what does not fit is cut off."""
        placed = with_bits(0, self.layout["OFFSET"], offset)
        return with_bits(self._flip(placed), self.layout["TYPE"], type)

    @hookimpl
    def arch_swp_offset(self, swp: Word) -> Word:
        """Read the offset."""
        return bits(self._flip(swp), self.layout["OFFSET"])

    def _flip(self, word: Word) -> Word:
        return xor(word, self.layout["OFFSET"]) if self.inverted else word


def swap_entries(layout: EntryLayout, level: str) -> Iterator[AtLevel]:
    """Yield the swap helpers of a level, software bits included where the layout has them."""
    yield AtLevel(level, SwapEntry())
    for mark in swap_marks(layout):
        yield AtLevel(level, mark)
