"""arm64 swap entries (arch/arm64/include/asm/pgtable.h)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from archcore.hookspecs import hookimpl
from archcore.swapformat import Swap as OrdinarySwap
from archcore.words import put, with_bits
from archcore_arm64.placement import span

if TYPE_CHECKING:
    from archcore.words.types import Operand, Word


@frozen
class Swap(OrdinarySwap):
    """The codec of a kernel that trusts its types and offsets."""

    @hookimpl
    def arch_swp_entry(self, type: Operand, offset: Operand) -> Word:  # noqa: A002 - the kernel's
        """Shift type and offset into place; like the kernel, cut nothing off."""
        placed = with_bits(0, span(self.layout["TYPE"].shift), type)
        return put(placed, with_bits(0, span(self.layout["OFFSET"].shift), offset))
