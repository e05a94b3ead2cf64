"""``swp_entry_t``: an area and an offset in one word, the same on every architecture."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from attrs import frozen

from archcore.entry import helper
from archcore.layout import Bit, Bits, EntryLayout, Field
from archcore.words import bits, with_bits

if TYPE_CHECKING:
    from archcore.entry import LevelHooks
    from archcore.swaptypes import SwapTypes
    from archcore.words.types import Operand, Word


@cache
def swp_layout(types: SwapTypes, width: int = 64) -> EntryLayout:
    """Return the fields of a swp_entry_t; A and D are left out where the offset has no room."""
    top = width - types.type_bits
    offset = Bits("OFFSET", 0, top - 1, "offset in the area")
    frame = Bits("PFN", 0, min(types.pfn_bits, top) - 1, "frame, if any", overlays=("OFFSET",))
    kind = Bits("TYPE", top, width - 1, "swap area, or what else the entry stands for")
    marks: tuple[Field, ...] = (
        Bit("YOUNG", types.pfn_bits, "the page was used", overlays=("OFFSET",)),
        Bit("DIRTY", types.pfn_bits + 1, "the page was written", overlays=("OFFSET",)),
    )
    if types.pfn_bits + len(marks) > top:
        marks = ()
    return EntryLayout(
        "swp_entry_t", (offset, frame, kind, *marks), width, source="include/linux/swapops.h"
    )


@frozen
class SwapValues:
    """Packing and unpacking."""

    layout: EntryLayout

    @helper("swp_entry")
    def swp_entry(self, type: Operand, offset: Operand) -> Word:  # noqa: A002 - the kernel's name
        """Pack; what does not fit is cut off."""
        return with_bits(with_bits(0, self.layout["OFFSET"], offset), self.layout["TYPE"], type)

    @helper("swp_type")
    def swp_type(self, entry: Word) -> Word:
        """Read the type."""
        return bits(entry, self.layout["TYPE"])

    @helper("swp_offset")
    def swp_offset(self, entry: Word) -> Word:
        """Read the offset."""
        return bits(entry, self.layout["OFFSET"])

    @helper("swp_offset_pfn")
    def swp_offset_pfn(self, own: LevelHooks, entry: Word) -> Word:
        """Read the frame, which leaves the upper bits of the offset to others."""
        return bits(own.swp_offset(entry), self.layout["PFN"])
