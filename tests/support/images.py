"""Small images of physical memory in the toy format, and what is in them by a plain walk."""

from __future__ import annotations

import struct

import numpy as np
import toy
from attrs import field, frozen

from archcore.binding import bind
from archcore.decode import State, decode
from archcore.image.memory import Extent, PhysicalImage

TOY = toy.module()
TARGET, ENTRY, SWAP = TOY.TARGET, TOY.ENTRY, TOY.SWAP
HOOKS = bind(TARGET)
PAGE = TARGET.geometry.page_size
WORD = struct.Struct("<I")
BASE = 0x40000000
NOT_LEAVES = (State.NONE, State.TABLE)


@frozen
class Draft:
    """Frames of memory from BASE on, to be filled word by word; the first holds the root."""

    frames: int = 8
    data: bytearray = field(init=False)

    @data.default
    def _data(self):
        return bytearray(self.frames * PAGE)

    @property
    def root(self):
        """The address of the root."""
        return BASE

    def frame(self, number):
        """Return the address of a frame."""
        return BASE + number * PAGE

    def put(self, number, index, word):
        """Store an entry in the table that a frame holds."""
        WORD.pack_into(self.data, number * PAGE + index * WORD.size, word)

    def link(self, number, index, below):
        """Store an entry that points to the table in another frame."""
        self.put(number, index, HOOKS.pxd_populate(None, self.frame(below)))

    def image(self, size=None):
        """Return the memory as an image, cut off after ``size`` bytes if that is given."""
        data = np.frombuffer(bytes(self.data[:size]), np.uint8)
        return PhysicalImage("draft", data, (Extent(BASE, len(data), 0),))


def page(pfn, *names):
    """Return the entry of a page; the names say what else is set."""
    return ENTRY.mask("V", "LEAF", *names).value | pfn << 12


def plain_walk(draft, vma_at=lambda _: None):
    """Yield (address, level, state, frame, flags, word) of each leaf, one word after another."""
    levels = TARGET.geometry.levels

    def table(number, at, va, path):
        level = levels[at]
        for index in range(level.entries):
            (word,) = WORD.unpack_from(draft.data, number * PAGE + index * WORD.size)
            if not word:
                continue
            here = va + (index << level.shift)
            seen = decode(TARGET, HOOKS, word, level.name, vma_at(here))
            if seen.state not in NOT_LEAVES:
                # Where only hardware speaks, a large page begins at a multiple of its size.
                pfn = None if seen.pfn is None else seen.pfn >> 10 * at << 10 * at
                yield here, level.name, seen.state, pfn, seen.flags, word
            elif seen.state is State.TABLE:
                below, rest = divmod(seen.address - BASE, PAGE)
                good = 0 <= below < draft.frames and not rest and below not in path
                if good and not TARGET.mmu.format.reserved(level, word):
                    yield from table(below, at - 1, here, (*path, below))

    return table(0, len(levels) - 1, 0, (0,))
