"""Where an entry holds a number that may lie in several runs of its bits.

An output address of 48 bits is one run. With 52 bits its top lies elsewhere: PTE bits 15:12 with
the 64K granule, bits 9:8 with 4K and 16K (Arm ARM (DDI 0487), chapter D8, FEAT_LPA and FEAT_LPA2).
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from attrs import frozen

from archcore.words import Mask, bits, with_bits
from archcore.words.mask import full

if TYPE_CHECKING:
    from archcore.layout import EntryLayout
    from archcore.words.types import Operand, Word

TOP = 63


@cache
def span(low: int, high: int = TOP) -> Mask:
    """Return the bits from ``low`` to ``high``, both included."""
    return Mask(full(high + 1) & ~full(low))


@frozen
class Run:
    """The bits ``number`` of a number lie in the bits ``entry`` of an entry."""

    number: Mask
    entry: Mask


@frozen
class Placement:
    """The runs a number is read from, and those it is written to."""

    reads: tuple[Run, ...]
    writes: tuple[Run, ...]

    def read(self, entry: Word) -> Word:
        """Return the number an entry holds."""
        number: Word = 0
        for run in self.reads:
            number = with_bits(number, run.number, bits(entry, run.entry))
        return number

    def place(self, number: Operand) -> Word:
        """Return an otherwise empty entry that holds a number."""
        entry: Word = 0
        for run in self.writes:
            entry = with_bits(entry, run.entry, bits(number, run.number))
        return entry

    def replace(self, entry: Word, number: Operand) -> Word:
        """Return the entry with another number in the bits that are read."""
        for run in self.reads:
            entry = with_bits(entry, run.entry, bits(number, run.number))
        return entry


def frame(layout: EntryLayout, page_shift: int) -> Placement:
    """Return where a leaf of up to 48 address bits holds its frame, counted in base pages.

    Writing cuts nothing off: pfn_pte shifts the number as it is, and pfn_pmd leaves the bits below
    a block in (Linux 6.1 arch/arm64/include/asm/pgtable.h, __phys_to_pte_val).
    """
    pfn = layout["PFN"]
    return Placement(
        reads=(Run(Mask(pfn.value >> page_shift), pfn),),
        writes=(Run(span(0, TOP - page_shift), span(page_shift)),),
    )


def output_address(page_shift: int, top: int) -> Placement:
    """Return where a descriptor holds an address in bytes whose highest bit is ``top``."""
    run = Run(span(page_shift, top), span(page_shift, top))
    return Placement(reads=(run,), writes=(run,))
