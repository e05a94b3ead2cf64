"""A helper applied in place to every word of an array for which its conditions hold.

Words come in stretches that are alike. A guess says where; one more pass proves it for a block,
and then two passes rewrite the block, or none. Only where words really are mixed, the masked
passes are paid for, and only where masks cannot say it, the helper itself runs.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from archcore.errors import PortabilityError
from archcore.words.arrays import DTYPES
from archcore.words.cube import cover
from archcore.words.passes import Case, possible, spread, spread_lowest
from archcore.words.rewrite import cases
from archcore.words.stretches import MIXED, UNTOUCHED, Stretch, stretches
from archcore.words.vocabulary import both

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from archcore.words.arrays import Truths, Words
    from archcore.words.types import Truth, Word

BLOCK = 1 << 15  # 256 KiB of words; three such buffers stay in a second-level cache
STEP = 1 << 18


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
        self._select = np.empty(BLOCK, self.dtype)
        self._scratch = np.empty(BLOCK, self.dtype)

    def __call__(self, words: Words, chosen: Truths | None = None) -> int:
        """Rewrite words in place and return how many; with ``chosen``, only among those.

        ``words`` is a one-dimensional array of the helper's width in this machine's byte order,
        ``chosen`` a bool array of the same length. Raises PortabilityError for anything else.
        """
        self._check(words, chosen)
        count = 0
        for at in range(0, len(words), STEP):
            step = slice(at, at + STEP)
            count += self._step(words[step], None if chosen is None else chosen[step])
        return count

    def _check(self, words: Words, chosen: Truths | None) -> None:
        if words.dtype != self.dtype or words.ndim != 1 or not words.flags.writeable:
            access = "writable" if words.flags.writeable else "read-only"
            msg = (
                f"words to rewrite are a writable one-dimensional array of {self.dtype}, not a "
                f"{access} one of {words.dtype} and shape {words.shape}; convert or copy first"
            )
            raise PortabilityError(msg)
        if chosen is not None and (chosen.dtype != np.bool_ or chosen.shape != words.shape):
            msg = (
                f"{len(words)} words are chosen from by a bool array of shape {words.shape}, not "
                f"by one of {chosen.dtype} and shape {chosen.shape}"
            )
            raise PortabilityError(msg)

    def _step(self, words: Words, chosen: Truths | None) -> int:
        alike = iter([Stretch(0, len(words), MIXED)])
        if self.rewrites is not None:
            alike = stretches(self._cases, words, chosen)
        count = 0
        for start, stop, guess in alike:
            for at in range(start, stop, BLOCK):
                block = slice(at, min(at + BLOCK, stop))
                count += self._block(words[block], None if chosen is None else chosen[block], guess)
        return count

    def _block(self, block: Words, chosen: Truths | None, guess: int) -> int:
        if chosen is not None:
            if not chosen.any():
                return 0
            chosen = None if chosen.all() else chosen
        if guess == UNTOUCHED and not possible(self._cases, block):
            return 0
        if guess >= 0 and chosen is None and self._cases[guess].fills(block):
            self._cases[guess].apply(block)
            return len(block)
        if self.rewrites is None:
            return self._through_helper(block, chosen)
        return self._masked(block, chosen)

    def _masked(self, block: Words, chosen: Truths | None) -> int:
        """Rewrite a block in which some words fall under one case, some under another or none."""
        select, scratch = self._select[: len(block)], self._scratch[: len(block)]
        if len(self._cases) == 1 and chosen is None and self._cases[0].asks_lowest:
            count = spread_lowest(block, select)
            self._cases[0].apply_where(select, block, scratch)
            return count
        likely = self._cases if len(self._cases) == 1 else possible(self._cases, block)
        count = 0
        for case, truths in list(self._picked(likely, block, scratch)):
            if chosen is not None:
                np.logical_and(truths, chosen, out=truths)
            count += spread(truths, select)
            case.apply_where(select, block, scratch)
        return count

    def _picked(
        self, likely: tuple[Case, ...], block: Words, scratch: Words
    ) -> Iterator[tuple[Case, Truths]]:
        """Yield which words each rewrite is for; cases that rewrite alike count as one."""
        for _, alike in groupby(likely, key=_form):
            case, *others = alike
            truths = case.holds(block, scratch)
            for other in others:
                np.logical_or(truths, other.holds(block, scratch), out=truths)
            yield case, truths

    def _through_helper(self, block: Words, chosen: Truths | None) -> int:
        picked = np.ones(len(block), np.bool_) if chosen is None else chosen
        for condition in self.conditions:
            picked = both(picked, condition(block))
        count = int(np.count_nonzero(picked))
        if count:
            np.copyto(block, self.helper(block), where=picked)
        return count


def _form(case: Case) -> tuple[int, int]:
    return case.rewrite.keep.value, case.rewrite.flip.value
