"""The walk: from the root down, whole tables at a time, every entry once."""

from __future__ import annotations

from itertools import repeat
from typing import TYPE_CHECKING

import numpy as np
from attrs import field, frozen

from archcore.binding import bind
from archcore.errors import InputError
from archcore.image.batch import Batch, interleaved
from archcore.image.problems import Fault, Problem
from archcore.image.space import space_of
from archcore.image.states import LeafReader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from numpy.typing import NDArray

    from archcore.binding import Hooks
    from archcore.image.maps import Vmas
    from archcore.image.memory import Addresses, PhysicalImage
    from archcore.image.space import Range, Space
    from archcore.target import Target
    from archcore.words.arrays import Truths, Words

# Entries read in one step: temporaries of this many words stay in a second-level cache.
STEP = 1 << 14


@frozen(eq=False)
class Tables:
    """Tables of one level: the first address each maps, where it lies, and which led to it."""

    va: Addresses
    places: NDArray[np.int64]
    path: Addresses

    def blocks(self, size: int) -> Iterator[Tables]:
        """Yield a few tables at a time, in order."""
        for at in range(0, len(self.va), size):
            rows = slice(at, at + size)
            yield Tables(self.va[rows], self.places[rows], self.path[rows])


@frozen(eq=False)
class Entries:
    """The entries of some tables that are not empty and lie in the range, one a row.

    ``at`` counts the entries of all the tables, ``va`` is the first address each maps.
    """

    at: NDArray[np.intp]
    va: Addresses
    words: Words

    def take(self, rows: Truths) -> Entries:
        """Return some of the rows."""
        return Entries(self.at[rows], self.va[rows], self.words[rows])


def _ignore(_: Problem) -> None:
    """Say nothing."""


@frozen(eq=False)
class Walk:
    """The leaves of one root in an image, as batches by ascending address.

    ``root`` is a physical address; ``register`` bits around it, such as those of CR3 or TTBR0, are
    dropped. ``wanted`` is the range of addresses (default: those of user mode). With ``vmas`` hints
    are told from genuine nones. ``report`` is called for each broken entry; the walk goes on.
    Raises InputError when the root is not in the image.
    """

    target: Target
    image: PhysicalImage
    register: int
    vmas: Vmas | None = None
    wanted: Range | None = None
    report: Callable[[Problem], None] = _ignore
    hooks: Hooks = field(init=False, repr=False)
    _readers: tuple[LeafReader, ...] = field(init=False, repr=False)
    _space: Space = field(init=False, repr=False)
    _range: Range = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        """Prepare every level."""
        hooks = bind(self.target)
        readers = (
            LeafReader(self.target, hooks, level, at, self.vmas)
            for at, level in enumerate(self.target.geometry.levels)
        )
        space, wanted = space_of(self.target.geometry, self.wanted)
        for name, value in (
            ("hooks", hooks),
            ("_readers", tuple(readers)),
            ("_space", space),
            ("_range", wanted),
        ):
            object.__setattr__(self, name, value)
        if self._top().places[0] < 0:
            msg = (
                f"{self.image.name}: expected the root table at {self.root:#x}, found "
                f"{_extents(self.image)}; check the root and where the image begins"
            )
            raise InputError(msg)

    @property
    def root(self) -> int:
        """The address of the top table: below ``pa_bits``, at a multiple of its size or a page."""
        geometry = self.target.geometry
        top = geometry.levels[-1]
        size = min(top.entries * top.stride, geometry.page_size)
        return self.register & (1 << geometry.pa_bits) - 1 & ~(size - 1)

    def __iter__(self) -> Iterator[Batch]:
        """Yield the leaves."""
        yield from self._level(len(self._readers) - 1, self._top())

    def _top(self) -> Tables:
        """Return the root as the one table of its level."""
        path = np.array([[self.root]], np.uint64)
        place = self.image.find(path[0], self._size(len(self._readers) - 1))
        return Tables(np.zeros(1, np.uint64), place, path)

    def _size(self, at: int) -> int:
        """Return the bytes of a table that hold entries."""
        level = self._readers[at].level
        return level.entries * level.stride

    def _level(self, at: int, tables: Tables) -> Iterator[Batch]:
        """Yield what stands in tables of one level, and below them."""
        reader = self._readers[at]
        for block in tables.blocks(max(STEP // reader.level.entries, 1)):
            entries = self._entries(at, block)
            seen = reader.look(entries.words)
            if seen.refused.any():
                self._tell(at, block, entries.take(seen.refused))
            if not seen.table.any():
                yield from _some(reader.read(entries.va, entries.words, seen))
                continue
            rest = ~seen.table
            leaves = entries.take(rest)
            own = reader.read(leaves.va, leaves.words, seen.take(rest))
            follow = entries.take(seen.table & ~seen.refused)
            yield from interleaved(own, self._level(at - 1, self._below(at, block, follow)))

    def _entries(self, at: int, block: Tables) -> Entries:
        """Read the entries of some tables."""
        level, geometry = self._readers[at].level, self.target.geometry
        count = level.entries * level.words
        rows = self.image.tables(block.places, count, geometry.width, geometry.byteorder)
        words = rows.ravel()[:: level.words]
        va = (
            block.va[:, None] + (np.arange(level.entries, dtype=np.uint64) << level.shift)
        ).ravel()
        if at == len(self._readers) - 1:
            va = self._space.addresses(va)
        found = Entries(np.arange(len(words)), va, words)
        kept = (words != level.empty) & self._wanted(va, np.uint64(level.size - 1))
        return found if kept.all() else found.take(kept)

    def _wanted(self, va: Addresses, beyond: np.uint64) -> Truths | np.bool_:
        """Say which entries map any address of the range; ``va`` ascends."""
        first, last = np.uint64(self._range.first), np.uint64(self._range.last)
        if va[0] >= first and va[-1] + beyond <= last:
            return np.True_
        return (va <= last) & (va + beyond >= first)

    def _below(self, at: int, block: Tables, entries: Entries) -> Tables:
        """Return the tables that entries point to, and report those that cannot be followed."""
        level = self._readers[at].level
        address = self.hooks.pxd_page_paddr(level.name, entries.words).astype(np.uint64)
        path = block.path[entries.at // level.entries]
        loop = (path == address[:, None]).any(axis=1)
        places = self.image.find(address, self._size(at - 1))
        good = ~loop & (places >= 0)
        if not good.all():
            faults = np.where(loop, Fault.LOOP, Fault.OUTSIDE)[~good]
            self._tell(at, block, entries.take(~good), faults.tolist(), address[~good].tolist())
        path = np.column_stack((path[good], address[good]))
        return Tables(entries.va[good], places[good], path)

    def _tell(
        self,
        at: int,
        block: Tables,
        entries: Entries,
        faults: Iterable[str] = repeat(Fault.RESERVED),
        pointed: Iterable[int] = repeat(0),
    ) -> None:
        """Report broken entries: what is wrong with each, and which table it points to."""
        level = self._readers[at].level
        table, index = np.divmod(entries.at, level.entries)
        places = block.path[table, -1] + (index * level.stride).astype(np.uint64)
        columns = (entries.va.tolist(), places.tolist(), entries.words.tolist())
        for va, place, word, fault, address in zip(*columns, faults, pointed, strict=False):
            self.report(Problem(Fault(fault), va, level.name, place, word, address))


def _some(batch: Batch) -> Iterator[Batch]:
    """Yield the batch unless it is empty."""
    if len(batch):
        yield batch


def _extents(image: PhysicalImage) -> str:
    shown = ", ".join(f"{one.base:#x}-{one.end:#x}" for one in image.extents[:4])
    return f"memory at {shown}{', ...' if len(image.extents) > 4 else ''}" if shown else "no memory"  # noqa: PLR2004 - as many as a line holds
