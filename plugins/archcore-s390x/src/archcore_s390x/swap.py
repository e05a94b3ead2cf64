"""s390x swap entries: an area and an offset in it, in a word with PROTECT and without PRESENT."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from archcore.hookspecs import hookimpl
from archcore.swapformat import Swap as OrdinarySwap
from archcore.words import put, with_bits

if TYPE_CHECKING:
    from archcore.words.types import Operand, Word


@frozen
class Swap(OrdinarySwap):
    """The codec of entries that are closed as PROT_NONE is."""

    @hookimpl
    def arch_swp_entry(self, type: Operand, offset: Operand) -> Word:  # noqa: A002 - the kernel's
        """Place area and offset, which is cut off if it does not fit, and close the entry."""
        placed = with_bits(with_bits(0, self.layout["TYPE"], type), self.layout["OFFSET"], offset)
        return put(placed, self.layout.mask("INVALID", "PROTECT"))
