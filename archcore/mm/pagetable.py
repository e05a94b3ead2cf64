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
    """The tables of one address space; ``root`` is the physical address of the top one.

    ``leaves`` says that entries above the lowest level may be something else than tables.
    """

    def __init__(
        self, memory: PhysicalMemory, geometry: Geometry, hooks: Hooks, frames: Frames
    ) -> None:
        """Allocate the top table."""
        self._memory, self.geometry, self._hooks, self._frames = memory, geometry, hooks, frames
        self._room: dict[int, list[int]] = {}
        self.leaves = False
        self.root = self._new_table(geometry.levels[-1])

    def slot(self, address: int, *, allocate: bool = False) -> Slot | None:
        """Return the lowest-level slot of an address, making tables on the way if asked.

        None where there is no table, and where a huge page stands in its place.
        """
        table = self.root
        levels = self.geometry.levels
        for level in reversed(levels[1:]):
            slot = self._slot(level, table, address)
            entry = slot.load()
            if entry == level.empty:
                if not allocate:
                    return None
                entry = self._hooks.pxd_populate(level.name, self._new_table(self._below(level)))
                self._hooks.set_pxd(level.name, slot, entry)
            elif self.leaves and level is levels[1] and not self.is_table(entry):
                return None
            table = self._hooks.pxd_page_paddr(level.name, entry)
        return self._slot(levels[0], table, address)

    def pmd(self, address: int, *, allocate: bool = False) -> Slot | None:
        """Return the slot of the level above the lowest, making tables on the way if asked."""
        table = self.root
        levels = self.geometry.levels
        for level in reversed(levels[2:]):
            slot = self._slot(level, table, address)
            entry = slot.load()
            if entry == level.empty:
                if not allocate:
                    return None
                entry = self._hooks.pxd_populate(level.name, self._new_table(self._below(level)))
                self._hooks.set_pxd(level.name, slot, entry)
            table = self._hooks.pxd_page_paddr(level.name, entry)
        return self._slot(levels[1], table, address)

    def pte_alloc(self, address: int) -> Slot:
        """Return the lowest-level slot of an address, making tables on the way.

        Raises MachineError where a huge page stands in its place.
        """
        return _made(self.slot(address, allocate=True), address)

    def pmd_alloc(self, address: int) -> Slot:
        """Return the slot of the level above the lowest, making tables on the way."""
        return _made(self.pmd(address, allocate=True), address)

    def pte(self, pmd: int, address: int) -> Slot:
        """Return the lowest-level slot of an address in the table that an entry points to."""
        levels = self.geometry.levels
        return self._slot(levels[0], self._hooks.pxd_page_paddr(levels[1].name, pmd), address)

    def table_at(self, address: int, pmd: int) -> Table:
        """Return the lowest-level table of an address that an entry points to."""
        upper = self.geometry.levels[1]
        start = address & -upper.size
        return Table(start, self.pte(pmd, start))

    def new_table(self) -> int:
        """Return the physical address of an empty lowest-level table (pte_alloc_one)."""
        return self._new_table(self.geometry.levels[0])

    def first(self, table: int) -> Slot:
        """Return the first slot of a lowest-level table."""
        return Slot(self._memory, self.geometry, table, self.geometry.levels[0].empty)

    def free_table(self, table: int) -> None:
        """Take an empty lowest-level table back (pte_free)."""
        self._room[self.geometry.levels[0].table_bytes].append(table)

    def is_table(self, pmd: int) -> bool:
        """Say whether an entry above the lowest level that is not empty points to a table."""
        return bool(self._hooks.pmd_present(pmd)) and not self._hooks.pmd_trans_huge(pmd)

    def pmds(self, start: int, end: int) -> Iterator[tuple[int, Slot]]:
        """Yield the slots above the lowest level between two addresses, where they exist."""
        level = self.geometry.levels[1]
        address = start & -level.size
        while address < end:
            slot = self.pmd(address)
            if slot is not None:
                yield address, slot
            address += level.size

    def tables(self, start: int, end: int) -> Iterator[Table]:
        """Yield the lowest-level tables that exist between two addresses, in address order."""
        yield from self._tables(len(self.geometry.levels) - 1, self.root, 0, start, end)

    def _tables(self, depth: int, table: int, base: int, start: int, end: int) -> Iterator[Table]:
        level = self.geometry.levels[depth]
        if depth == 0:
            yield Table(base, self.first(table))
            return
        first = max(start - base, 0) >> level.shift
        last = min((end - 1 - base) >> level.shift, level.entries - 1)
        for index in range(first, last + 1):
            entry = self._at(level, table, index).load()
            if entry == level.empty:
                continue
            if not self.leaves or depth > 1 or self.is_table(entry):
                below = self._hooks.pxd_page_paddr(level.name, entry)
                address = base + (index << level.shift)
                yield from self._tables(depth - 1, below, address, start, end)

    def _slot(self, level: Level, table: int, address: int) -> Slot:
        return self._at(level, table, level.index(address))

    def _at(self, level: Level, table: int, index: int) -> Slot:
        return Slot(self._memory, self.geometry, table + index * level.stride, level.empty)

    def _below(self, level: Level) -> Level:
        return self.geometry.levels[self.geometry.levels.index(level) - 1]

    def _new_table(self, level: Level) -> int:
        """Return the address of an empty table; small ones share a frame, large ones a block."""
        size, page = level.table_bytes, self.geometry.page_size
        room = self._room.setdefault(size, [])
        if not room:
            room.extend(self._new_room(size, page))
        table = room.pop()
        if level.empty:
            first = Slot(self._memory, self.geometry, table)
            first.stored(level.entries * level.words)[:] = level.empty
        return table

    def _new_room(self, size: int, page: int) -> list[int]:
        count = -(-size // page)
        pfn = self._frames.allocate(0) if count == 1 else self._frames.block(0, count)
        if pfn is None:
            msg = "no free frame for a page table; give the machine more memory"
            raise MachineError(msg)
        self._memory.allocate_block(pfn, count)
        self._frames.tables.update(range(pfn, pfn + count))
        start = pfn * page
        return [start + at * size for at in reversed(range(max(page // size, 1)))]


def _made(slot: Slot | None, address: int) -> Slot:
    if slot is None:
        msg = f"no table could be made for {address:#x}"
        raise MachineError(msg)
    return slot
