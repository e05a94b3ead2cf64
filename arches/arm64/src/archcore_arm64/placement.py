"""Where an entry holds a physical address, whose highest bits may lie apart from the others.

An address of 48 bits stands where it is in a number. With 52 bits its top lies in PTE bits 15:12
with the 64K granule, in bits 9:8 with 4K and 16K (Arm ARM (DDI 0487), chapter D8, FEAT_LPA and
FEAT_LPA2; arch/arm64/include/asm/pgtable-hwdef.h, PTE_ADDR_LOW and PTE_ADDR_HIGH).
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from attrs import field, frozen

from archcore.words import Mask, bits, clear, put, with_bits
from archcore.words.mask import full

if TYPE_CHECKING:
    from archcore.words.types import Word

TOP = 63
PA_TOP = 51
"""The highest bit of a physical address of 52 bits."""


@cache
def span(low: int, high: int = TOP) -> Mask:
    """Return the bits from ``low`` to ``high``, both included."""
    return Mask(full(high + 1) & ~full(low))


@frozen
class Run:
    """The bits ``number`` of a number lie in the bits ``entry`` of an entry."""

    number: Mask
    entry: Mask
    stays: bool = field(init=False, repr=False, eq=False)
    rest: Mask = field(init=False, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        """Note whether the bits stand at the same place in both."""
        object.__setattr__(self, "stays", self.number == self.entry)
        object.__setattr__(self, "rest", ~self.number)

    def read(self, entry: Word) -> Word:
        """Return these bits of the number, the others clear."""
        if self.stays:
            return clear(entry, self.rest)
        return with_bits(0, self.number, bits(entry, self.entry))

    def place(self, number: Word) -> Word:
        """Return an entry with these bits of the number, the others clear."""
        if self.stays:
            return clear(number, self.rest)
        return with_bits(0, self.entry, bits(number, self.number))


@frozen
class Placement:
    """The runs an address is read from, and those it is written to; runs may add up in a bit."""

    reads: tuple[Run, ...]
    writes: tuple[Run, ...]

    def read(self, entry: Word) -> Word:
        """Return the address an entry holds, in bytes."""
        address = self.reads[0].read(entry)
        for run in self.reads[1:]:
            address = put(address, run.read(entry))
        return address

    def place(self, address: Word) -> Word:
        """Return an otherwise empty entry that holds an address."""
        entry = self.writes[0].place(address)
        for run in self.writes[1:]:
            entry = put(entry, run.place(address))
        return entry


@cache
def placement(low: Mask, high: Mask | None = None) -> Placement:
    """Return where entries hold an address: in ``low``, and its highest bits in ``high`` if given.

    Without ``high`` writing cuts nothing off. With it the whole address is also added moved down
    to ``high``, and then all below ``high`` and above ``low`` is cut off, as the kernel does
    (arch/arm64/include/asm/pgtable.h, __pte_to_phys and __phys_to_pte_val, Linux 6.1 and 6.12).
    """
    if high is None:
        return Placement(reads=(Run(low, low),), writes=(Run(span(0), span(0)),))
    begin = PA_TOP + 1 - high.span
    stored = span(high.shift, low.shift + low.span - 1)
    return Placement(
        reads=(Run(low, low), Run(span(begin, PA_TOP), high)),
        writes=(
            Run(stored, stored),
            Run(span(begin), span(high.shift, TOP - begin + high.shift)),
        ),
    )
