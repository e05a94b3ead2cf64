"""Multi-level page tables: real words in simulated memory, reached only through hooks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from archcore.errors import MachineError
from archcore.mm.slot import Slot

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcore.binding import Hooks
    from archcore.hw.memory import PhysicalMemory
    from archcore.layout import Geometry, Level
    from archcore.mm.frames import Frames


@frozen
class Table:
    """One lowest-level table: the first address it maps, and the slot of its first entry."""

    address: int
    first: Slot


class PageTables:
    """The tables of one address space; ``root`` is the physical address of the top one."""

    def __init__(
        self, memory: PhysicalMemory, geometry: Geometry, hooks: Hooks, frames: Frames
    ) -> None:
        """Allocate the top table."""
        self._memory, self.geometry, self._hooks, self._frames = memory, geometry, hooks, frames
        self._room: dict[int, list[int]] = {}
        self.root = self._new_table(geometry.levels[-1])

    def slot(self, address: int, *, allocate: bool = False) -> Slot | None:
        """Return the lowest-level slot of an address, making tables on the way if asked."""
        table = self.root
        levels = self.geometry.levels
        for level in reversed(levels[1:]):
            slot = self._slot(level, table, address)
            entry = slot.load()
            if entry == 0:
                if not allocate:
                    return None
                entry = self._hooks.pxd_populate(level.name, self._new_table(self._below(level)))
                slot.store(entry)
            table = self._hooks.pxd_page_paddr(level.name, entry)
        return self._slot(levels[0], table, address)

    def tables(self, start: int, end: int) -> Iterator[Table]:
        """Yield the lowest-level tables that exist between two addresses, in address order."""
        yield from self._tables(len(self.geometry.levels) - 1, self.root, 0, start, end)

    def _tables(self, depth: int, table: int, base: int, start: int, end: int) -> Iterator[Table]:
        level = self.geometry.levels[depth]
        if depth == 0:
            yield Table(base, Slot(self._memory, self.geometry, table))
            return
        first = max(start - base, 0) >> level.shift
        last = min((end - 1 - base) >> level.shift, level.entries - 1)
        slot = Slot(self._memory, self.geometry, table)
        for index in range(first, last + 1):
            entry = slot.at(index).load()
            if entry:
                below = self._hooks.pxd_page_paddr(level.name, entry)
                address = base + (index << level.shift)
                yield from self._tables(depth - 1, below, address, start, end)

    def _slot(self, level: Level, table: int, address: int) -> Slot:
        offset = level.index(address) * self.geometry.width // 8
        return Slot(self._memory, self.geometry, table + offset)

    def _below(self, level: Level) -> Level:
        return self.geometry.levels[self.geometry.levels.index(level) - 1]

    def _new_table(self, level: Level) -> int:
        """Return the address of an empty table; small ones share a frame, large ones a block."""
        size, page = level.table_bytes, self.geometry.page_size
        room = self._room.setdefault(size, [])
        if not room:
            room.extend(self._new_room(size, page))
        return room.pop()

    def _new_room(self, size: int, page: int) -> list[int]:
        count = -(-size // page)
        pfn = self._frames.allocate(0) if count == 1 else self._frames.block(0, count)
        if pfn is None:
            msg = "no free frame for a page table; give the machine more memory"
            raise MachineError(msg)
        self._memory.allocate_block(pfn, count)
        start = pfn * page
        return [start + at * size for at in reversed(range(max(page // size, 1)))]
