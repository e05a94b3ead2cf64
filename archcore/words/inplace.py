"""A helper applied in place to every word of an array for which its conditions hold.

Words come in stretches that are alike. A guess says where; one more pass proves it for a block,
and then two passes rewrite the block, or none. Only where words really are mixed, the masked
passes are paid for, and only where masks cannot say it, the helper itself runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from archcore.errors import PortabilityError
from archcore.words.arrays import DTYPES
from archcore.words.blocks import BLOCK
from archcore.words.cube import cover
from archcore.words.masked import Masked
from archcore.words.passes import Case, possible
from archcore.words.rewrite import cases
from archcore.words.stretches import MIXED, UNTOUCHED, by_tables, stretches
from archcore.words.vocabulary import both, where

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from archcore.words.arrays import Truths, Words
    from archcore.words.types import Truth, Word

STEP = 1 << 20
"""Words that share one guess: enough that guessing costs nothing, few enough to stay near."""


class InPlace:
    """``helper`` as a function on arrays, for the words on which all ``conditions`` hold.

    ``rewrites`` says what it does case by case; None where no masks can say it. Holds scratch
    memory, so that one thread at a time may call it. Raises PortabilityError when the helper or a
    condition leaves the vocabulary.
    """

    def __init__(
        self,
        width: int,
        helper: Callable[[Word], Word],
        *conditions: Callable[[Word], Truth],
    ) -> None:
        """Derive the cases, once for all arrays."""
        self.dtype = DTYPES[width]
        self.helper, self.conditions = helper, conditions
        cubes = cover(width, *conditions)
        self.rewrites = None if cubes is None else cases(helper, cubes)
        self._cases = tuple(map(Case, self.rewrites or ()))
        self._masked = Masked(self._cases, self.dtype, BLOCK)

    def __call__(self, words: Words, chosen: Truths | None = None) -> int:
        """Rewrite words in place and return how many; with ``chosen``, only among those.

        ``words`` is a one-dimensional array of the helper's width in this machine's byte order,
        ``chosen`` a bool array of the same length. Raises PortabilityError for anything else.
        """
        self._check(words, chosen)
        return sum(self._step(*step) for step in _cuts(words, chosen, STEP))

    def _check(self, words: Words, chosen: Truths | None) -> None:
        if words.dtype != self.dtype or words.ndim != 1 or not words.flags.writeable:
            access = "writable" if words.flags.writeable else "read-only"
            raise PortabilityError(
                f"words to rewrite are a writable one-dimensional array of {self.dtype}, not a "
                f"{access} one of {words.dtype} and shape {words.shape}; convert or copy first"
            )
        if chosen is not None and (chosen.dtype != np.bool_ or chosen.shape != words.shape):
            raise PortabilityError(
                f"{len(words)} words are chosen from by as many truths, not by an array of "
                f"{chosen.dtype} and shape {chosen.shape}"
            )

    def _step(self, words: Words, chosen: Truths | None) -> int:
        if self.rewrites is None:
            return sum(self._through_helper(*block) for block in _cuts(words, chosen, BLOCK))
        count = 0
        for start, stop, guess in stretches(self._cases, words, chosen):
            for block, wanted in _cuts(words[start:stop], _cut(chosen, start, stop), BLOCK):
                done = self._alike(block, wanted, guess)
                count += self._by_tables(block, wanted) if done is None else done
        return count

    def _by_tables(self, words: Words, chosen: Truths | None) -> int:
        count = 0
        for start, stop, guess in by_tables(self._cases, words, chosen):
            block, wanted = words[start:stop], _cut(chosen, start, stop)
            done = self._alike(block, wanted, guess)
            count += self._masked(block, wanted) if done is None else done
        return count

    def _alike(self, block: Words, chosen: Truths | None, guess: int) -> int | None:
        """Rewrite a block of one kind and return how many words, None if it is not of that kind."""
        if guess == MIXED:
            return self._masked(block, chosen)
        if guess == UNTOUCHED:
            untouched = chosen is not None and not chosen.any()
            return 0 if untouched or not possible(self._cases, block) else None
        if (chosen is not None and not chosen.all()) or not self._cases[guess].fills(block):
            return None
        self._cases[guess].apply(block)
        return len(block)

    def _through_helper(self, block: Words, chosen: Truths | None) -> int:
        picked = np.ones(len(block), np.bool_) if chosen is None else chosen
        for condition in self.conditions:
            picked = both(picked, condition(block))
        count = int(np.count_nonzero(picked))
        if count:
            block[:] = where(picked, self.helper(block), block)
        return count


def _cut(chosen: Truths | None, start: int, stop: int) -> Truths | None:
    return None if chosen is None else chosen[start:stop]


def _cuts(words: Words, chosen: Truths | None, size: int) -> Iterator[tuple[Words, Truths | None]]:
    for at in range(0, len(words), size):
        yield words[at : at + size], _cut(chosen, at, at + size)
