"""The flags of many leaves: those that decode names, found once for each set of flags."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from attrs import field, frozen

from archcore.decode import PREDICATES, SWAP_PREDICATES, decode
from archcore.entry import LevelHooks, hook_name
from archcore.image.states import truths
from archcore.layout import Bit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from archcore.binding import Hooks
    from archcore.image.batch import Batch
    from archcore.layout import EntryLayout, Level
    from archcore.target import Target
    from archcore.words.arrays import Words
    from archcore.words.types import Truth

POSITIONS = 64


@frozen(eq=False)
class Flags:
    """The flags of leaves, as numbers into ``sets``."""

    target: Target
    hooks: Hooks
    sets: list[tuple[str, ...]] = field(factory=list, init=False)
    _known: dict[tuple[int, int], int] = field(factory=dict, init=False, repr=False)
    _numbers: dict[tuple[str, ...], int] = field(factory=dict, init=False, repr=False)

    def of(self, batch: Batch) -> NDArray[np.intp]:
        """Return for each leaf the number of its set of flags."""
        numbers = np.empty(len(batch), np.intp)
        for at in set(batch.level.tolist()):
            rows = np.flatnonzero(batch.level == at)
            words = batch.raw[rows]
            keys, first, inverse = np.unique(
                self._keys(self.target.geometry.levels[at], words),
                return_index=True,
                return_inverse=True,
            )
            found = (
                self._number(at, key, int(words[one]))
                for key, one in zip(keys.tolist(), first, strict=True)
            )
            numbers[rows] = np.fromiter(found, np.intp, len(keys))[inverse]
        return numbers

    def _number(self, at: int, key: int, word: int) -> int:
        """Return the number of the flags that a word and all others of its key have."""
        number = self._known.get((at, key))
        if number is None:
            names = decode(self.target, self.hooks, word, self.target.geometry.levels[at].name).flags
            number = self._numbers.setdefault(names, len(self.sets))
            if number == len(self.sets):
                self.sets.append(names)
            self._known[at, key] = number
        return number

    def _keys(self, level: Level, words: Words) -> NDArray[np.uint64]:
        """Return what the flags depend on: single bits where they stand, answers in free places."""
        single = _single(level.layout) | _single(self.target.swap)
        free = [place for place in range(POSITIONS) if not single >> place & 1]
        answers = tuple(self._answers(level, words))
        keys = words.astype(np.uint64)
        if len(answers) > len(free):
            return keys  # the word itself tells everything
        keys &= np.uint64(single)
        for place, answer in zip(free, answers, strict=False):
            keys |= truths(answer, len(words)).astype(np.uint64) << np.uint64(place)
        return keys

    def _answers(self, level: Level, words: Words) -> Iterator[Truth]:
        yield self.target.mmu.format.valid(level, words)
        own = LevelHooks(self.hooks, level.name)
        for name in ("present", *PREDICATES, *SWAP_PREDICATES):
            if self.hooks.has(hook_name(name, level.name)):
                yield getattr(own, name)(words)


def _single(layout: EntryLayout) -> int:
    return sum({one.value for one in layout.fields if isinstance(one, Bit)})
