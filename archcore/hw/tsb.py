"""A translation storage buffer: entries in memory that a TLB miss handler loads without a look.

The kernel fills it and empties it. It is a cache of the tables, so whatever it holds wins over
them; and as the handler asks for the address only, an entry that is not valid goes into the TLB as
well, does not match there, and is loaded again for ever.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from archcore.layout import Level


class TsbEntry(NamedTuple):
    """The number of what an entry translates, in units of the buffer, and the entry."""

    tag: int
    entry: int


class Tsb:
    """``entries`` places for entries of one level, found by the address bits above ``shift``.

    An entry translates ``2**shift`` bytes; that may be less than the level says, where one entry of
    the kernel stands for several of the hardware.
    """

    __slots__ = ("_mask", "_places", "level", "shift")

    def __init__(self, level: Level, shift: int, entries: int = 512) -> None:
        """Make an empty buffer; ``entries`` is a power of two."""
        self.level, self.shift, self._mask = level, shift, entries - 1
        self._places: dict[int, TsbEntry] = {}

    def entry(self, address: int) -> int | None:
        """Return the entry held for an address."""
        tag = address >> self.shift
        held = self._places.get(tag & self._mask)
        return held.entry if held is not None and held.tag == tag else None

    def insert(self, address: int, entry: int) -> None:
        """Hold an entry in place of whatever had its place."""
        tag = address >> self.shift
        self._places[tag & self._mask] = TsbEntry(tag, entry)

    def flush_page(self, address: int) -> None:
        """Forget the entry of an address."""
        if self.entry(address) is not None:
            del self._places[address >> self.shift & self._mask]

    def flush(self) -> None:
        """Forget everything."""
        self._places.clear()

    def __len__(self) -> int:
        """Return how many entries are held."""
        return len(self._places)
