"""Physical memory as a file holds it: read where it lies, copied a few tables at a time."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from attrs import field, frozen

from archcore.errors import InputError
from archcore.hw.memory import DTYPES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from archcore.hw.memory import ByteOrder
    from archcore.words.arrays import Words

Addresses: TypeAlias = "NDArray[np.uint64]"
END = 1 << 64


@frozen
class Extent:
    """``size`` bytes of physical memory from ``base`` on, at ``offset`` of the data."""

    base: int
    size: int
    offset: int

    @property
    def end(self) -> int:
        """The address of the first byte behind it."""
        return self.base + self.size


def _merged(extents: Iterable[Extent]) -> tuple[Extent, ...]:
    """Return the extents by address; of memory that is there twice the first one counts.

    Neighbours in memory and in the data become one, so that a table may lie across both.
    """
    found: list[Extent] = []
    for one in sorted(extents, key=attrgetter("base", "offset")):
        last = found[-1] if found else Extent(0, 0, 0)
        hidden = max(last.end - one.base, 0)
        if hidden >= one.size:
            continue
        rest = Extent(one.base + hidden, one.size - hidden, one.offset + hidden)
        if found and last.end == rest.base and last.offset + last.size == rest.offset:
            found[-1] = Extent(last.base, last.size + rest.size, last.offset)
        else:
            found.append(rest)
    return tuple(found)


@frozen(eq=False)
class PhysicalImage:
    """The bytes of a file, and which physical addresses they stand for.

    ``data`` is read-only and may be larger than memory. ``losses`` say what the file should hold
    and does not. Raises InputError for extents outside the data or the 64-bit addresses.
    """

    name: str
    data: NDArray[np.uint8]
    extents: tuple[Extent, ...] = field(converter=_merged)
    losses: tuple[str, ...] = ()
    _columns: NDArray[np.uint64] = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        """Check the extents, then keep them as columns for look-ups."""
        for one in self.extents:
            if one.offset + one.size > len(self.data) or one.end > END:
                msg = (
                    f"{self.name}: {one.size} bytes at {one.base:#x} do not fit; expected them "
                    f"in {len(self.data)} bytes of data and below 2**64"
                )
                raise InputError(msg)
        rows = [(one.base, one.end - 1, one.offset) for one in self.extents]
        columns = np.array(rows, np.uint64).reshape(-1, 3).T.copy()
        object.__setattr__(self, "_columns", columns)

    @property
    def size(self) -> int:
        """The number of bytes of physical memory there are."""
        return sum(one.size for one in self.extents)

    def find(self, addresses: Addresses, size: int) -> NDArray[np.int64]:
        """Return where ``size`` bytes at each address begin in the data; -1 where not all are."""
        bases, lasts, offsets = self._columns
        if not len(bases):
            return np.full(len(addresses), -1, np.int64)
        at = np.searchsorted(bases, addresses, "right").astype(np.int64) - 1
        known = at >= 0
        at[~known] = 0
        room = lasts[at] - addresses  # wraps where the address lies behind the extent
        inside = known & (addresses <= lasts[at]) & (room >= size - 1)
        places = (addresses - bases[at] + offsets[at]).astype(np.int64)
        return np.where(inside, places, -1)

    def tables(
        self, places: NDArray[np.int64], entries: int, width: int, byteorder: ByteOrder
    ) -> Words:
        """Return a copy of the tables at places that ``find`` gave: one row a table."""
        stored = DTYPES[width, byteorder]
        rows = _rows(self.data, places, entries * stored.itemsize)
        words: Any = rows.view(stored)
        return words.astype(stored.newbyteorder("="), copy=False)  # type: ignore[no-any-return]


def _rows(data: NDArray[np.uint8], places: NDArray[np.int64], size: int) -> NDArray[np.uint8]:
    """Return ``size`` bytes from each place, wherever they begin."""
    if not len(places):
        return np.zeros((0, size), np.uint8)
    windows = np.lib.stride_tricks.as_strided(
        data, (len(data) - size + 1, size), (1, 1), writeable=False
    )
    return np.ascontiguousarray(windows[places])
