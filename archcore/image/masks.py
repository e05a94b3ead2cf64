"""Which bits of an entry hold a number, the frame or the swap offset, found by storing numbers.

What an entry is, and which flags it has, depends on neither; so entries that differ in them only
have one answer.
"""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

import numpy as np
from attrs import field, frozen

from archcore.entry import LevelHooks, hook_name
from archcore.image.truths import truths
from archcore.layout import Bit
from archcore.words.arrays import DTYPES

if TYPE_CHECKING:
    from archcore.binding import Hooks
    from archcore.layout import EntryLayout, Level
    from archcore.target import Target
    from archcore.words.arrays import Truths, Words


@frozen(eq=False)
class Masks:
    """The bits of the entries of a level that hold the ``frame``, and the swap ``offset``.

    ``offset`` speaks of pages in a swap area; other swap types may keep more in its place.
    """

    target: Target
    hooks: Hooks
    level: Level
    frame: int = field(init=False)
    offset: int = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Store the largest numbers there are; a bit with a name of its own is none of theirs."""
        frame = self._frame() if self.has("pfn_entry") else 0
        stores = self.has("to_swp_entry") and self.has("swp_entry_to_entry")
        offset = self._offset() if stores else 0
        object.__setattr__(self, "frame", frame & ~_single(self.level.layout))
        object.__setattr__(self, "offset", offset & ~_single(self.target.swap))

    def has(self, helper: str) -> bool:
        """Say whether the target has a helper at this level."""
        return self.hooks.has(hook_name(helper, self.level.name))

    def keys(self, words: Words) -> Words:
        """Return the words without what their flags do not depend on."""
        kind = DTYPES[self.target.geometry.width].type
        if not self.has("present"):
            return words ^ words  # there are no flags
        own = LevelHooks(self.hooks, self.level.name)
        present = truths(own.present(words), len(words))
        keys = np.where(present, words & ~kind(self.frame), words)
        if present.all() or not self.offset:
            return keys
        area = ~present & self._in_area(own, words)
        return np.where(area, words & ~kind(self.offset), keys)

    def _in_area(self, own: LevelHooks, words: Words) -> Truths:
        """Say which swap entries stand for a page in a swap area."""
        types = self.target.swap_types
        if types is None:
            return np.ones(len(words), np.bool_)
        area: Truths = self.hooks.arch_swp_type(own.to_swp_entry(words)) < types.max_swapfiles
        return area

    def _frame(self) -> int:
        own, geometry = LevelHooks(self.hooks, self.level.name), self.target.geometry
        largest = (1 << geometry.pa_bits - geometry.page_shift) - 1
        return int(own.pfn_entry(largest, 0) ^ own.pfn_entry(0, 0))

    def _offset(self) -> int:
        """Return the bits of the largest offset that comes back as it went in."""
        own, hooks = LevelHooks(self.hooks, self.level.name), self.hooks
        for bits in range(self.target.geometry.width, 0, -1):
            offset = (1 << bits) - 1
            value = hooks.arch_swp_entry(0, offset)
            if (hooks.arch_swp_type(value), hooks.arch_swp_offset(value)) == (0, offset):
                none = own.swp_entry_to_entry(hooks.arch_swp_entry(0, 0))
                return int(own.swp_entry_to_entry(value) ^ none)
        return 0


def _single(layout: EntryLayout) -> int:
    return reduce(or_, (one.value for one in layout.fields if isinstance(one, Bit)), 0)
