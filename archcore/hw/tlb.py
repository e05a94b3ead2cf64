"""A TLB: it keeps what it was given until it is told to forget, whatever the tables say by then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.errors import LayoutError
from archcore.hw.rights import ALL, RIGHTS_BITS

if TYPE_CHECKING:
    from archcore.hw.mmu import TlbGeometry

# A choice of this model: each large page size has one entry for so many small ones, and at least as
# many as a set has ways.
SMALL_PER_LARGE = 32

# The frame of a page that is refused: any but 0, so that an entry without rights is still true.
NO_FRAME = 1


class Tlb:
    """Translations of pages in sets, each with true LRU; large pages share one set a size.

    An entry is a number, ``frame << RIGHTS_BITS | rights``, and stands in its set in order of use,
    the latest last; one without rights is a refusal. ``sets`` is public because a CPU looks small
    pages up without a call; the set of a page is ``sets[page & mask]``. A TLB of pairs drops both
    halves where it drops one. Raises LayoutError when one set is larger than the TLB, or the only
    one of a TLB of pairs.
    """

    __slots__ = ("_large", "_large_room", "_twin", "invalidations", "mask", "sets", "ways")

    def __init__(self, geometry: TlbGeometry) -> None:
        """Make an empty TLB."""
        if geometry.ways > geometry.entries:
            msg = f"a TLB of {geometry.entries} entries has no set of {geometry.ways} ways"
            raise LayoutError(msg)
        if geometry.pairs and geometry.sets < 2:  # noqa: PLR2004 - the halves of a pair
            msg = f"a TLB of pairs needs a set for either half; {geometry.entries} entries have one"
            raise LayoutError(msg)
        self.ways = geometry.ways
        self._twin = int(geometry.pairs)
        self.mask = geometry.sets - 1
        self.sets: list[dict[int, int]] = [{} for _ in range(geometry.sets)]
        self.invalidations = 0
        self._large: dict[int, dict[int, int]] = {}
        self._large_room = max(geometry.ways, geometry.entries // SMALL_PER_LARGE)

    def lookup(self, page: int) -> int | None:
        """Return the rights held for a page, now the latest used of its set, or None.

        They are 0 where the TLB holds that the page is refused.
        """
        entry = self.entry(page)
        return entry & ALL if entry else None

    def frame(self, page: int) -> int | None:
        """Return the frame number held for a page, now the latest used of its set, or None."""
        entry = self.entry(page)
        return entry >> RIGHTS_BITS if entry & ALL else None

    def entry(self, page: int) -> int:
        """Return the entry held for a page, now the latest used of its set, or 0."""
        held = self.sets[page & self.mask]
        entry = held.pop(page, 0)
        if entry:
            held[page] = entry
            return entry
        return self.large_entry(page)

    def large_entry(self, page: int) -> int:
        """Return the entry for one page of a large one, now the latest used of its size, or 0."""
        for order, held in self._large.items():
            entry = held.pop(page >> order, 0)
            if entry:
                held[page >> order] = entry
                offset = page & ((1 << order) - 1)
                return entry + (offset << RIGHTS_BITS)
        return 0

    def insert(self, page: int, rights: int, frame: int = 0, order: int = 0) -> None:
        """Keep a translation as the latest used, in place of the least recently used if need be.

        ``page`` and its ``frame`` are of ``2**order`` that the translation covers; any of them will
        do, for the run begins at a multiple of its size.
        """
        if order:
            held, room = self._large.setdefault(order, {}), self._large_room
        else:
            held, room = self.sets[page & self.mask], self.ways
        held.pop(page >> order, None)
        if len(held) >= room:
            oldest = next(iter(held))
            del held[oldest]
            if self._twin and not order:
                self.sets[(oldest ^ 1) & self.mask].pop(oldest ^ 1, None)
        held[page >> order] = frame >> order << order << RIGHTS_BITS | rights

    def refuse(self, page: int) -> None:
        """Keep that a page is refused, as the latest used."""
        self.insert(page, 0, NO_FRAME)

    def invalidate_page(self, page: int) -> int:
        """Forget a page, and a large page it is part of; return how many entries went."""
        self.invalidations += 1
        return self.drop(page)

    def drop(self, page: int) -> int:
        """Forget a page on the TLB's own account; return how many entries went."""
        dropped = sum(
            self.sets[half & self.mask].pop(half, None) is not None
            for half in {page, page ^ self._twin}
        )
        return dropped + sum(
            held.pop(page >> order, None) is not None for order, held in self._large.items()
        )

    def invalidate_range(self, first: int, last: int) -> int:
        """Forget the pages ``first`` to ``last``, both included; return how many entries went."""
        self.invalidations += 1
        return self.forget(first, last)

    def forget(self, first: int, last: int) -> int:
        """Forget a range on the TLB's own account; return how many entries went."""
        first, last = first & ~self._twin, last | self._twin
        picked = range(first, min(last, first + self.mask) + 1)
        dropped = sum(_forget(self.sets[page & self.mask], first, last) for page in picked)
        return dropped + sum(
            _forget(held, first >> order, last >> order) for order, held in self._large.items()
        )

    def flush(self) -> int:
        """Forget everything; return how many entries went."""
        self.invalidations += 1
        everything = (*self.sets, *self._large.values())
        dropped = sum(map(len, everything))
        for held in everything:
            held.clear()
        return dropped


def _forget(held: dict[int, int], first: int, last: int) -> int:
    gone = [key for key in held if first <= key <= last]
    for key in gone:
        del held[key]
    return len(gone)
