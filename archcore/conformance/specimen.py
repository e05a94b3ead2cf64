"""Random and adversarial page tables, for a hardware model and a witness to walk alike."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from attrs import field, frozen

from archcore.binding import bind
from archcore.hw.memory import PhysicalMemory
from archcore.specimens import live_entries, none_entries, vma_kinds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcore.binding import Hooks
    from archcore.layout import Level
    from archcore.target import Target

PATHS = 6
PAGES = 8
FLIPS = 3


@frozen(eq=False)
class Specimen:
    """Tables in memory below ``size`` bytes; ``addresses`` lead to entries worth probing."""

    memory: PhysicalMemory
    root: int
    size: int
    addresses: list[int] = field(factory=list)


def specimen(target: Target, seed: int, *, frames: int = 256, top: int) -> Specimen:
    """Return tables whose entries are live, hinted, swapped, closed, broken and plain random.

    Tables lie in the lower half of ``frames``, mapped pages in the upper one; only the first
    ``top`` entries of the root are used, so that a witness has the others for itself. The same
    seed gives the same tables.
    """
    return _Builder(target, seed, frames, top).build()


class _Builder:
    def __init__(self, target: Target, seed: int, frames: int, top: int) -> None:
        self.target, self.hooks = target, bind(target)
        self.geometry = target.geometry
        self.random = random.Random(seed)  # noqa: S311 - reproducible, not secret
        self.frames, self.top = frames, top
        self.memory = PhysicalMemory(self.geometry.page_shift)
        self.next_table = 1
        root = self._table(self.geometry.levels[-1])
        self.made = Specimen(self.memory, root, frames << self.geometry.page_shift)

    def build(self) -> Specimen:
        for _ in range(PATHS):
            self._path()
        return self.made

    def _table(self, level: Level) -> int:
        pfn, self.next_table = self.next_table, self.next_table + 1
        self.memory.allocate_block(pfn, 1)
        table = pfn << self.geometry.page_shift
        for index in range(level.entries if level.empty else 0):
            self._store(table + index * level.stride, level.empty)
        return table

    def _path(self) -> None:
        """Make tables down to a level and fill neighbouring entries of the last one."""
        levels = list(reversed(self.geometry.levels))
        stop = len(levels) - 1 if self.random.random() < 2 / 3 else len(levels) - 2
        table, base = self.made.root, 0
        for depth, level in enumerate(levels):
            room = self.top if depth == 0 else level.entries
            index = self.random.randrange(room)
            if depth == stop:
                self._fill(level, table, base)
                return
            place = table + index * level.stride
            entry = self._load(place)
            if entry == level.empty or self._is_odd(level, entry):
                below = self._table(levels[depth + 1])
                self._store(place, self.hooks.pxd_populate(level.name, below))
            else:
                below = self.hooks.pxd_page_paddr(level.name, entry)
            table, base = below, base + (index << level.shift)

    def _is_odd(self, level: Level, entry: int) -> bool:
        hardware = self.target.mmu.format
        valid, leaf = hardware.valid(level, entry), hardware.leaf(level, entry)
        return not valid or leaf or hardware.address(level, entry) >= self.made.size

    def _fill(self, level: Level, table: int, base: int) -> None:
        first = self.random.randrange(level.entries - PAGES)
        for index, entry in enumerate(self._entries(level), first):
            self._store(table + index * level.stride, entry)
            self.made.addresses.append(base + (index << level.shift) + self._offset(level))

    def _offset(self, level: Level) -> int:
        """Return where in a leaf to look: where a large one covers no table."""
        pages = level.size // self.geometry.page_size
        first = self.frames // 2 if pages > self.frames else 0
        page = self.random.randrange(first, max(min(pages, self.frames), 1))
        return page << self.geometry.page_shift

    def _entries(self, level: Level) -> Iterator[int]:
        """Yield entries of every kind for one level."""
        pool = [entry for kind in range(PAGES) for entry in self._kind(level, kind)]
        for entry in self.random.sample(pool, min(PAGES, len(pool))):
            yield self._flipped(entry) if self.random.random() < 1 / 3 else entry

    def _kind(self, level: Level, kind: int) -> list[int]:
        hooks, name = self.hooks, level.name
        if not level.leaf or not hooks.has(f"{name}_mknuma"):
            return [self.random.getrandbits(self.geometry.width)]
        aligned = max(level.size // self.geometry.page_size, 1)
        pfn = self.random.randrange(self.frames // 2, self.frames) // aligned * aligned
        vmas = vma_kinds(hooks)
        live = list(live_entries(hooks, self.random.choice(vmas[1:4]), name, pfn))
        if kind == 0:
            return list(none_entries(hooks, name, pfn))
        if kind == 1:
            mknuma = getattr(hooks, f"{name}_mknuma")
            return [mknuma(vmas[3], entry) for entry in live]
        if kind == 2:  # noqa: PLR2004 - a kind, not a quantity
            anything = self.random.getrandbits(self.geometry.width)
            return [level.empty, anything, *self._swapped(hooks)]
        return live

    def _swapped(self, hooks: Hooks) -> list[int]:
        offset = self.random.getrandbits(20)
        return [hooks.arch_swp_entry_to_pte(hooks.arch_swp_entry(kind, offset)) for kind in (0, 31)]

    def _flipped(self, entry: int) -> int:
        for _ in range(self.random.randrange(1, FLIPS)):
            entry ^= 1 << self.random.randrange(self.geometry.width)
        return entry

    def _load(self, place: int) -> int:
        return self.memory.load(place, self.geometry.width, self.geometry.byteorder)

    def _store(self, place: int, entry: int) -> None:
        self.memory.store(place, entry, self.geometry.width, self.geometry.byteorder)
