"""A rewrite of a block in which some words fall under one case, some under another or none."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np

from archcore.words.passes import Case, possible, spread, spread_lowest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from archcore.words.arrays import Truths, Words


class Masked:
    """The cases of a helper as masked passes, with scratch memory for blocks of ``size`` words.

    Passes over every word beat numpy's own ``where=`` by far, the more so where words alternate.
    """

    def __init__(self, cases: tuple[Case, ...], dtype: np.dtype[Any], size: int) -> None:
        """Take the memory once."""
        self._cases = cases
        self._select, self._scratch = np.empty(size, dtype), np.empty(size, dtype)

    def __call__(self, block: Words, chosen: Truths | None) -> int:
        """Rewrite the words of a block, only ``chosen`` ones if given, and return how many."""
        if chosen is not None and chosen.all():
            chosen = None
        select, scratch = self._select[: len(block)], self._scratch[: len(block)]
        if len(self._cases) == 1 and chosen is None and self._cases[0].asks_lowest:
            count = spread_lowest(block, select)
            self._cases[0].apply_where(select, block, scratch)
            return count
        likely = self._cases if len(self._cases) == 1 else possible(self._cases, block)
        picked = list(_picked(likely, block, scratch))  # asked before any word changes
        count = 0
        for case, truths in picked:
            if chosen is not None:
                np.logical_and(truths, chosen, out=truths)
            if truths.any():
                count += spread(truths, select)
                case.apply_where(select, block, scratch)
        return count


def _picked(likely: Iterable[Case], block: Words, scratch: Words) -> Iterator[tuple[Case, Truths]]:
    """Yield which words each rewrite is for; neighbouring cases that rewrite alike count as one."""
    for _, alike in groupby(likely, key=_masks):
        case, *others = alike
        truths = case.holds(block, scratch)
        for other in others:
            np.logical_or(truths, other.holds(block, scratch), out=truths)
        yield case, truths


def _masks(case: Case) -> tuple[int, int]:
    return case.rewrite.keep.value, case.rewrite.flip.value
