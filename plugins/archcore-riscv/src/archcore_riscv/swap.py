"""riscv swap entries: an area and an offset in it, in a word that is not present."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from archcore.hookspecs import hookimpl
from archcore.swapformat import Swap
from archcore.words import Mask, put, with_bits

if TYPE_CHECKING:
    from archcore.words.types import Operand, Word


@frozen
class EarlySwap(Swap):
    """The codec of Linux 6.1, which trusts its types; 6.12 has the ordinary one."""

    @hookimpl
    def arch_swp_entry(self, type: Operand, offset: Operand) -> Word:  # noqa: A002 - the kernel's
        """Shift area and offset into place; an area too large runs into the offset."""
        unbounded = Mask(-1 << self.layout["TYPE"].shift & (1 << 64) - 1)
        return put(with_bits(0, unbounded, type), with_bits(0, self.layout["OFFSET"], offset))
