"""A data cache that holds data: true LRU, found as its indexing says.

A write-back cache fills a line for each store and keeps what was stored; one that writes through
does neither.

PIPT picks set and tag by the physical address, so that a byte is in it once. VIPT picks the set by
the virtual and the tag by the physical address: two addresses of one byte that differ in colour
have a line each, and neither sees the other's stores. VIVT picks both by the virtual address.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import define

from archcore.errors import LayoutError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcore.hw.memory import PhysicalMemory
    from archcore.hw.mmu import CacheGeometry

# Where the kernel sees all of memory: in the upper half, at a multiple of any cache's size, so that
# the colour of an address there is that of the frame.
LINEAR_MAP = -(2**63)


@define(eq=False)
class Line:
    """The bytes of one line, the physical address of the first, and whether memory is behind."""

    data: bytearray
    address: int
    dirty: bool = False


class DataCache:
    """A data cache over memory with pages of ``2**page_shift`` bytes.

    Data are little-endian numbers of 1, 2, 4 or 8 bytes at multiples of their size, and ``va`` and
    ``pa`` are two addresses of the same byte. The methods that write back return how many dirty
    lines there were. Raises LayoutError when one set is larger than the cache.
    """

    def __init__(self, geometry: CacheGeometry, memory: PhysicalMemory, page_shift: int) -> None:
        """Make an empty cache."""
        if not geometry.sets:
            msg = (
                f"a cache of {geometry.size} bytes has no {geometry.ways} lines of {geometry.line}"
            )
            raise LayoutError(msg)
        self.geometry, self.memory, self.page_shift = geometry, memory, page_shift
        self._line_shift = geometry.line.bit_length() - 1
        self._virtual_index = geometry.indexing != "PIPT"
        self._virtual_tag = geometry.indexing == "VIVT"
        # By line number, the least recently used first.
        self._sets: list[dict[int, Line]] = [{} for _ in range(geometry.sets)]

    @property
    def colours(self) -> int:
        """The number of page colours: pages of one colour share their sets."""
        if not self._virtual_index:
            return 1
        return max(self.geometry.size // self.geometry.ways >> self.page_shift, 1)

    def load(self, va: int, pa: int, size: int = 8) -> int:
        """Return what the cache holds at an address, after a fill from memory if need be."""
        line = self._line(va, pa)
        at = pa & (self.geometry.line - 1)
        return int.from_bytes(line.data[at : at + size], "little")

    def store(self, va: int, pa: int, value: int, size: int = 8) -> None:
        """Store into the line of an address; memory learns of it when the line is written back."""
        if self.geometry.writes == "through":
            self._store_through(va, pa, value, size)
            return
        line = self._line(va, pa)
        at = pa & (self.geometry.line - 1)
        line.data[at : at + size] = value.to_bytes(size, "little")
        line.dirty = True

    def _store_through(self, va: int, pa: int, value: int, size: int) -> None:
        """Store into memory, and into the line of the address if there is one."""
        held, tag = self._place(va, pa)
        if tag in held:
            at = pa & (self.geometry.line - 1)
            held[tag].data[at : at + size] = value.to_bytes(size, "little")
        self.memory.write(pa, value.to_bytes(size, "little"))

    def copy_frame(self, src_pfn: int, dst_pfn: int) -> None:
        """Copy a frame as the kernel does, through the linear map and therefore this cache."""
        for at in range(0, 1 << self.page_shift, self.geometry.line):
            source, target = (pfn << self.page_shift | at for pfn in (src_pfn, dst_pfn))
            data = self._line(LINEAR_MAP + source, source).data[:]
            self._fill(target, data)

    def read_frame(self, pfn: int) -> bytes:
        """Return the contents of a frame as the kernel reads them; no line of its own is left."""
        start, size = pfn << self.page_shift, self.geometry.line
        places = range(start, start + (1 << self.page_shift), size)
        data = b"".join(bytes(self._line(LINEAR_MAP + at, at).data) for at in places)
        self.flush_frame(pfn)
        return data

    def write_frame(self, pfn: int, data: bytes) -> None:
        """Give a frame its contents as the kernel does, in lines of its own."""
        start, size = pfn << self.page_shift, self.geometry.line
        for at in range(0, 1 << self.page_shift, size):
            self._fill(start + at, bytearray(data[at : at + size]))

    def _fill(self, pa: int, data: bytearray) -> None:
        """Store a whole line through the linear map."""
        line = self._line(LINEAR_MAP + pa, pa)
        line.data, line.dirty = data, True
        if self.geometry.writes == "through":
            self._write_back(line)

    def flush_frame(self, pfn: int) -> int:
        """Write back and forget what the kernel's own use of a frame has left (flush_dcache_page).

        Of a virtually indexed cache that is only what stands where the linear map has it.
        """
        start = pfn << self.page_shift
        return self.flush_page(LINEAR_MAP + start, start)

    def drop_frame(self, pfn: int) -> None:
        """Forget what the kernel would overwrite if it cleared a frame; nothing is written back."""
        start = pfn << self.page_shift
        for held, tag in list(self._page(LINEAR_MAP + start, start)):
            del held[tag]

    def frames(self) -> set[int]:
        """Return the numbers of the frames of which there are lines."""
        return {line.address >> self.page_shift for held in self._sets for line in held.values()}

    def flush_page(self, va: int, pa: int) -> int:
        """Write back and forget the lines of a page, where this indexing puts them for ``va``."""
        written = 0
        for held, tag in self._page(va, pa):
            written += self._write_back(held.pop(tag))
        return written

    def write_back_page(self, va: int, pa: int) -> int:
        """Write back the lines of a page as flush_page does, and keep them."""
        return sum(self._write_back(held[tag]) for held, tag in self._page(va, pa))

    def flush_range(self, start: int, end: int) -> int:
        """Write back and forget what the addresses ``start`` to below ``end`` may have left.

        VIVT: the lines tagged so. VIPT: all lines of the sets they pick, since the tags are
        physical. PIPT: nothing, since no line depends on a virtual address.
        """
        if not self._virtual_index or start >= end:
            return 0
        first, last = start >> self._line_shift, (end - 1) >> self._line_shift
        picked = range(first, min(last + 1, first + len(self._sets)))
        written = 0
        for number in picked:
            held = self._sets[number & (len(self._sets) - 1)]
            for tag in [tag for tag in held if not self._virtual_tag or first <= tag <= last]:
                written += self._write_back(held.pop(tag))
        return written

    def flush_all(self) -> int:
        """Write back and forget everything."""
        written = sum(self._write_back(line) for held in self._sets for line in held.values())
        for held in self._sets:
            held.clear()
        return written

    def _place(self, va: int, pa: int) -> tuple[dict[int, Line], int]:
        """Return the set of an address and the tag under which its line would stand there."""
        index = (va if self._virtual_index else pa) >> self._line_shift
        tag = (va if self._virtual_tag else pa) >> self._line_shift
        return self._sets[index & (len(self._sets) - 1)], tag

    def _line(self, va: int, pa: int) -> Line:
        """Return the line of an address, now the latest used of its set, filled if need be."""
        held, tag = self._place(va, pa)
        line = held.pop(tag, None)
        if line is None:
            if len(held) >= self.geometry.ways:
                self._write_back(held.pop(next(iter(held))))
            start = pa >> self._line_shift << self._line_shift
            line = Line(bytearray(self.memory.read(start, self.geometry.line)), start)
        held[tag] = line
        return line

    def _page(self, va: int, pa: int) -> Iterator[tuple[dict[int, Line], int]]:
        """Yield set and tag of the cached lines of a page."""
        va, pa = (address >> self.page_shift << self.page_shift for address in (va, pa))
        for at in range(0, 1 << self.page_shift, self.geometry.line):
            held, tag = self._place(va + at, pa + at)
            if tag in held:
                yield held, tag

    def _write_back(self, line: Line) -> bool:
        """Bring memory up to date with a line; say whether it was behind."""
        dirty, line.dirty = line.dirty, False
        if dirty:
            self.memory.write(line.address, bytes(line.data))
        return dirty
