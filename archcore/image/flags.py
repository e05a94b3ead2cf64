"""The flags of many leaves: those that decode names, asked once for each pattern of bits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from attrs import field, frozen

from archcore.decode import decode
from archcore.image.masks import Masks

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from archcore.binding import Hooks
    from archcore.image.batch import Batch
    from archcore.target import Target


@frozen(eq=False)
class Flags:
    """The flags of leaves, as numbers into ``sets``."""

    target: Target
    hooks: Hooks
    sets: list[tuple[str, ...]] = field(factory=list, init=False)
    _masks: tuple[Masks, ...] = field(init=False, repr=False)
    _known: dict[tuple[int, int], int] = field(factory=dict, init=False, repr=False)
    _numbers: dict[tuple[str, ...], int] = field(factory=dict, init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        """Prepare every level."""
        levels = self.target.geometry.levels
        masks = tuple(Masks(self.target, self.hooks, level) for level in levels)
        object.__setattr__(self, "_masks", masks)

    def of(self, batch: Batch) -> NDArray[np.intp]:
        """Return for each leaf the number of its set of flags."""
        numbers = np.empty(len(batch), np.intp)
        for at in set(batch.level.tolist()):
            rows = np.flatnonzero(batch.level == at)
            words = batch.raw[rows]
            keys, first, which = np.unique(
                self._masks[at].keys(words), return_index=True, return_inverse=True
            )
            found = [
                self._number(at, key, int(words[one]))
                for key, one in zip(keys.tolist(), first, strict=True)
            ]
            numbers[rows] = np.array(found, np.intp)[which]
        return numbers

    def _number(self, at: int, key: int, word: int) -> int:
        """Return the number of the flags that a word and all others of its key have."""
        number = self._known.get((at, key))
        if number is None:
            level = self.target.geometry.levels[at]
            names = decode(self.target, self.hooks, word, level.name).flags
            number = self._numbers.setdefault(names, len(self.sets))
            if number == len(self.sets):
                self.sets.append(names)
            self._known[at, key] = number
        return number
