"""A hashed page table: where an MMU looks that does not walk the kernel's tables.

The kernel's miss handler fills it from the tables and whoever changes them empties it; all CPUs
share it. Until then what it holds wins over the tables, as a TLB does, but unlike a TLB it loses
nothing: a table of usual size has room for several times as many entries as memory has pages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.hw.seam import Place, Use

if TYPE_CHECKING:
    from archcore.hw.held import Held
    from archcore.hw.seam import Seam


class Hpt:
    """The entries of all address spaces, each known by the root of its tables."""

    __slots__ = ("_held", "_orders")

    def __init__(self) -> None:
        """Make an empty table."""
        self._held: dict[tuple[int | None, int, int], Held] = {}
        self._orders: tuple[int, ...] = ()

    def entry(self, root: int | None, page: int) -> Held | None:
        """Return the entry that translates a page."""
        for order in self._orders:
            found = self._held.get((root, order, page >> order))
            if found is not None:
                return found
        return None

    def insert(self, root: int, page: int, entry: Held) -> None:
        """Hold an entry, in place of an older one for the same pages."""
        if entry.order not in self._orders:
            self._orders = (*self._orders, entry.order)
        self._held[root, entry.order, page >> entry.order] = entry

    def remove(self, root: int, page: int) -> int:
        """Forget what translates a page; return how many entries went."""
        places = [(root, order, page >> order) for order in self._orders]
        return sum(self._held.pop(place, None) is not None for place in places)

    def flush(self) -> None:
        """Forget everything."""
        self._held.clear()

    def __len__(self) -> int:
        """Return how many entries are held."""
        return len(self._held)


class WatchedHpt(Hpt):
    """A table that tells its seam of the address space whose entries are read or changed."""

    __slots__ = ("_seam",)

    def __init__(self, seam: Seam) -> None:
        """Make an empty table."""
        super().__init__()
        self._seam = seam

    def entry(self, root: int | None, page: int) -> Held | None:
        """Tell that the table is read, and look."""
        self._tell(root, Use.READ)
        return super().entry(root, page)

    def insert(self, root: int, page: int, entry: Held) -> None:
        """Tell that the table changes if it does, and insert."""
        if super().entry(root, page) != entry:
            self._tell(root, Use.WRITE)
        super().insert(root, page, entry)

    def remove(self, root: int, page: int) -> int:
        """Tell that the table changes, and remove."""
        self._tell(root, Use.WRITE)
        return super().remove(root, page)

    def flush(self) -> None:
        """Tell of each address space that had entries, and forget them."""
        for root in {root for root, _, _ in self._held}:
            self._tell(root, Use.WRITE)
        super().flush()

    def _tell(self, root: int | None, use: Use) -> None:
        self._seam.uses(Place("hpt", root or 0), use)
