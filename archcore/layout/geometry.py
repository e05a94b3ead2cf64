"""Levels stacked into a page table, and how its entries lie in memory."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from attrs import field, frozen

from archcore.errors import LayoutError

if TYPE_CHECKING:
    from archcore.layout.entry import EntryLayout


@frozen
class Level:
    """One level of a page table: an entry maps ``2**shift`` bytes, a table has 2**index_bits.

    ``layout`` describes leaf entries; ``leaf`` says whether there are any. ``spare_bytes`` follow
    the entries of each table (bookkeeping that some formats keep behind them). ``empty`` is the
    word of an entry that maps nothing, as a fresh table is full of. An entry takes ``words`` words,
    of which the first is the entry and the others follow from it. Raises LayoutError for an empty
    word that is none of the layout's width, and for no words.
    """

    name: str
    shift: int
    index_bits: int
    layout: EntryLayout
    leaf: bool = True
    spare_bytes: int = 0
    empty: int = 0
    words: int = 1

    def __attrs_post_init__(self) -> None:
        """Refuse an empty word that no entry can hold."""
        if not 0 <= self.empty < 1 << self.layout.width:
            raise LayoutError(
                f"level {self.name!r} calls {self.empty:#x} empty, which is no word of "
                f"{self.layout.width} bits"
            )
        if self.words < 1:
            raise LayoutError(f"an entry of level {self.name!r} has at least one word")

    @property
    def entries(self) -> int:
        """The number of entries of one table."""
        return 1 << self.index_bits

    @property
    def size(self) -> int:
        """The number of bytes one entry maps."""
        return 1 << self.shift

    @property
    def stride(self) -> int:
        """The number of bytes from one entry of a table to the next."""
        return self.words * self.layout.width // 8

    @property
    def table_bytes(self) -> int:
        """The number of bytes of one table."""
        return self.entries * self.stride + self.spare_bytes

    def index(self, address: int) -> int:
        """Return which entry of its table an address uses."""
        return address >> self.shift & (self.entries - 1)


def _check_meet(lower: Level, upper: Level) -> None:
    end = lower.shift + lower.index_bits
    if end != upper.shift:
        raise LayoutError(
            f"levels {lower.name!r} and {upper.name!r} do not meet: the first ends at "
            f"bit {end}, the second begins at bit {upper.shift}"
        )
    if lower.layout.width != upper.layout.width:
        raise LayoutError(
            f"levels {lower.name!r} and {upper.name!r} have entries of two widths: "
            f"{lower.layout.width} and {upper.layout.width}"
        )


@frozen
class Geometry:
    """The levels of a page table, lowest first, and how its entries lie in memory.

    ``sign_extended``: the highest translated bit of an address is repeated above it, so that the
    upper half of the root belongs to the kernel; otherwise the whole root belongs to user mode.
    Raises LayoutError when there is no level, when two have one name, do not meet, or have entries
    of two widths, when those of the lowest have more than one word, and for an unknown byte order
    or no physical address bits.
    """

    levels: tuple[Level, ...] = field(converter=tuple[Level, ...])
    pa_bits: int
    byteorder: Literal["little", "big"] = "little"
    sign_extended: bool = False

    def __attrs_post_init__(self) -> None:
        """Check that each level begins where the one below it ends."""
        if not self.levels:
            raise LayoutError("a page table needs at least one level")
        if self.byteorder not in ("little", "big"):
            raise LayoutError(f"byte order {self.byteorder!r} is neither 'little' nor 'big'")
        if self.pa_bits < 1:
            raise LayoutError(f"a physical address has at least one bit, not {self.pa_bits}")
        if self.levels[0].words > 1:
            raise LayoutError(f"entries of the lowest level {self.levels[0].name!r} have one word")
        names = [level.name for level in self.levels]
        for name in names:
            if names.count(name) > 1:
                raise LayoutError(f"two levels are called {name!r}; rename one")
        for lower, upper in pairwise(self.levels):
            _check_meet(lower, upper)

    @property
    def page_shift(self) -> int:
        """The logarithm of the base page size."""
        return self.levels[0].shift

    @property
    def page_size(self) -> int:
        """The base page size in bytes."""
        return self.levels[0].size

    @property
    def width(self) -> int:
        """The width of an entry in bits."""
        return self.levels[0].layout.width

    @property
    def va_bits(self) -> int:
        """The number of address bits the table translates."""
        return self.levels[-1].shift + self.levels[-1].index_bits

    def level(self, name: str) -> Level:
        """Return the level of that name; raise LayoutError for an unknown one."""
        for level in self.levels:
            if level.name == name:
                return level
        known = ", ".join(level.name for level in self.levels)
        raise LayoutError(f"no level {name!r} (levels: {known})")
