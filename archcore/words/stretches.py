"""Where an array of entries is alike: runs of tables that are full, empty, or mixed.

Only the two ends of each table are looked at, so that what comes out is a guess. Page tables are
filled in runs, which makes it a good one.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from archcore.words.passes import possible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from archcore.words.arrays import Truths, Words
    from archcore.words.passes import Case

TABLE = 512
UNTOUCHED, MIXED = -1, -2
WORTHWHILE = 8  # tables; where stretches are shorter, many small passes cost more than they save


class Stretch(NamedTuple):
    """The words from ``start`` to ``stop``, and the number of the case that seems to fill them.

    Instead of a case, UNTOUCHED means that none seems to touch them, MIXED that some do.
    """

    start: int
    stop: int
    guess: int


def stretches(cases: tuple[Case, ...], words: Words, chosen: Truths | None) -> Iterator[Stretch]:
    """Yield stretches of whole tables that follow each other and cover ``words``."""
    guesses = _guesses(cases, words, chosen)
    edges = np.flatnonzero(guesses[1:] != guesses[:-1]) + 1
    if len(edges) * WORTHWHILE > len(guesses):
        yield Stretch(0, len(words), MIXED)
        return
    for first, last in pairwise([0, *edges.tolist(), len(guesses)]):
        yield Stretch(first * TABLE, min(last * TABLE, len(words)), int(guesses[first]))


def _guesses(cases: tuple[Case, ...], words: Words, chosen: Truths | None) -> NDArray[np.int8]:
    """Return the guess for each table."""
    first = np.arange(0, len(words), TABLE)
    places = np.stack([first, np.minimum(first + (TABLE - 1), len(words) - 1)])
    ends = words[places]
    scratch = np.empty_like(ends)
    guesses = np.full(len(first), UNTOUCHED, np.int8)
    likely = possible(cases, ends.ravel())
    for number, case in enumerate(cases):
        if case in likely:
            hits = case.holds(ends, scratch)
            if chosen is not None:
                hits &= chosen[places]
            guesses[hits.any(axis=0)] = MIXED
            guesses[hits.all(axis=0)] = number
    return guesses
