"""Where an array of entries is alike: all of one kind, by runs of tables, or mixed everywhere.

Few words are looked at, so that what comes out is a guess, to be proved or paid for. Page tables
are filled in runs, which makes it a good one.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from archcore.words.arrays import Truths, Words
    from archcore.words.passes import Case

TABLE = 512
UNTOUCHED, MIXED = -1, -2
WORTHWHILE = 8  # tables; where stretches are shorter, many small passes cost more than they save
LOOKS = 16


class Stretch(NamedTuple):
    """The words from ``start`` to ``stop``, and the number of the case that seems to fill them.

    Instead of a case, UNTOUCHED means that none seems to touch them, MIXED that some do.
    """

    start: int
    stop: int
    guess: int


def stretches(
    cases: tuple[Case, ...], words: Words, chosen: Truths | None = None
) -> Iterator[Stretch]:
    """Yield stretches that follow each other and cover ``words``; a glance first, tables if not.

    Only ``chosen`` words count as touched, where a choice is given.
    """
    whole = Stretch(0, len(words), MIXED)
    seen = _glance(cases, words, chosen, max(len(words) // LOOKS, 1))
    if len(seen) == 1:
        return iter([whole._replace(guess=seen.pop())])
    middle = slice(len(words) // 2, len(words) // 2 + TABLE)
    table = None if chosen is None else chosen[middle]
    if len(_glance(cases, words[middle], table, TABLE // LOOKS)) > 1:
        return iter([whole])
    return by_tables(cases, words, chosen)


def _glance(cases: tuple[Case, ...], words: Words, chosen: Truths | None, step: int) -> set[int]:
    """Return the cases of a few words, evenly spread."""
    seen = {_case_of(cases, word) for word in words[::step].tolist()}
    if chosen is None or chosen[::step].all():
        return seen
    return seen | {UNTOUCHED} if chosen[::step].any() else {UNTOUCHED}


def _case_of(cases: tuple[Case, ...], word: int) -> int:
    for number, case in enumerate(cases):
        if not case.ones & ~word and not case.zeros & word:
            return number
    return UNTOUCHED


def by_tables(
    cases: tuple[Case, ...], words: Words, chosen: Truths | None = None
) -> Iterator[Stretch]:
    """Yield stretches of whole tables, found by the two ends of each table."""
    tables = len(words) // TABLE
    heads = _cases_of(cases, words[: tables * TABLE : TABLE])
    tails = _cases_of(cases, words[TABLE - 1 :: TABLE])
    if chosen is not None:
        heads[~chosen[: tables * TABLE : TABLE]] = UNTOUCHED
        tails[~chosen[TABLE - 1 :: TABLE]] = UNTOUCHED
    guesses = np.where(heads == tails, heads, MIXED)
    edges = np.flatnonzero(guesses[1:] != guesses[:-1]) + 1
    if len(edges) * WORTHWHILE > tables:
        yield Stretch(0, len(words), MIXED)
        return
    for first, last in pairwise([0, *edges.tolist(), tables] if tables else []):
        yield Stretch(first * TABLE, last * TABLE, int(guesses[first]))
    if tables * TABLE < len(words):
        yield Stretch(tables * TABLE, len(words), MIXED)


def _cases_of(cases: tuple[Case, ...], words: Words) -> NDArray[np.int8]:
    """Return the number of the case of each word."""
    numbers = np.full(len(words), UNTOUCHED, np.int8)
    for number, case in enumerate(cases):
        numbers[(words & case.mask) == case.value] = number
    return numbers
