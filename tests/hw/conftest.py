"""A small page-table format, so that the hardware is tested with no architecture installed."""

from __future__ import annotations

import pytest
from attrs import field, frozen

from archcore.hw.memory import PhysicalMemory
from archcore.hw.mmu import Access, CacheGeometry, Mmu, TlbGeometry
from archcore.layout import Bit, Bits, EntryLayout, Geometry, Level
from archcore.words import clear, has_all, put

WORDS = [(32, "little"), (32, "big"), (64, "little"), (64, "big")]
RIGHT = {Access.READ: "READ", Access.WRITE: "WRITE", Access.EXECUTE: "EXECUTE"}


@frozen
class ToyFormat:
    """Each level has the same format; LEAF tells pages from tables, but for the lowest level."""

    layout: EntryLayout

    def valid(self, _level, entry):
        """Ask for VALID."""
        return has_all(entry, self.layout["VALID"])

    def leaf(self, _level, entry):
        """Ask for LEAF."""
        return has_all(entry, self.layout["LEAF"])

    def reserved(self, _level, entry):
        """Ask for RESERVED."""
        return has_all(entry, self.layout["RESERVED"])

    def allows(self, _level, entry, access):
        """Ask for the flag named like the access."""
        return has_all(entry, self.layout[RIGHT[access]])

    def address(self, _level, entry):
        """Drop the flags."""
        return clear(entry, ~self.layout["ADDRESS"])

    def accessed(self, entry):
        """Read ACCESSED."""
        return has_all(entry, self.layout["ACCESSED"])

    def dirty(self, entry):
        """Read DIRTY."""
        return has_all(entry, self.layout["DIRTY"])

    def mkaccessed(self, entry):
        """Set ACCESSED."""
        return put(entry, self.layout["ACCESSED"])

    def mkdirty(self, entry):
        """Set ACCESSED and DIRTY."""
        return put(entry, self.layout.mask("ACCESSED", "DIRTY"))


@frozen
class Toy:
    """Pages of 256 bytes, three levels of eight entries (low, mid, top), 20 physical bits.

    ``path`` stores tables at ``tables`` (top, mid, low) that lead to one entry.
    """

    geometry: Geometry
    mmu: Mmu
    layout: EntryLayout
    tables: tuple[int, int, int] = field(default=(0x1000, 0x1100, 0x1200))

    @property
    def root(self):
        """The address of the top table."""
        return self.tables[0]

    def entry(self, address, *names):
        """Return a valid entry; the names say what else is set."""
        return address | self.layout.mask("VALID", *names).value

    def table(self, address, *names):
        """Return an entry that points to a table, with all rights unless some are named."""
        return self.entry(address, *(names or ("READ", "WRITE", "EXECUTE")))

    def place(self, table, level, address):
        """Return where the entry of an address stands in a table of a level."""
        return table + self.geometry.level(level).index(address) * self.geometry.width // 8

    def store(self, memory, place, entry):
        """Store an entry as the tables hold it."""
        memory.store(place, entry, self.geometry.width, self.geometry.byteorder)

    def load(self, memory, place):
        """Return a stored entry."""
        return memory.load(place, self.geometry.width, self.geometry.byteorder)

    def path(self, memory, address, entry, level="low", *, through=()):
        """Store an entry for an address and the tables above it; return where the entry stands."""
        for at, (name, table) in enumerate(zip(("top", "mid", "low"), self.tables, strict=True)):
            place = self.place(table, name, address)
            if name == level:
                self.store(memory, place, entry)
                break
            self.store(memory, place, self.table(self.tables[at + 1], *through))
        return place


def make(width, byteorder):
    """Return the format with entries of one width in one byte order."""
    layout = EntryLayout(
        "toy",
        (
            Bit("VALID", 0),
            Bit("READ", 1),
            Bit("WRITE", 2),
            Bit("EXECUTE", 3),
            Bit("ACCESSED", 4),
            Bit("DIRTY", 5),
            Bit("LEAF", 6),
            Bit("RESERVED", 7),
            Bits("ADDRESS", 8, width - 1),
        ),
        width=width,
    )
    levels = (Level("low", 8, 3, layout), Level("mid", 11, 3, layout), Level("top", 14, 3, layout))
    mmu = Mmu(
        ToyFormat(layout),
        tlb=TlbGeometry(entries=8, ways=2),
        dcache=CacheGeometry(size=256, ways=2, line=16),
    )
    return Toy(Geometry(levels, pa_bits=20, byteorder=byteorder), mmu, layout)


@pytest.fixture(scope="session", params=WORDS, ids=lambda word: f"{word[0]}-{word[1]}")
def toy(request):
    """The format with each width and byte order."""
    return make(*request.param)


@pytest.fixture
def memory():
    """Empty memory in frames of the toy's pages."""
    return PhysicalMemory(8)
