"""Answers that many words share: each pattern is asked about once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from archcore.words.arrays import Words


class Patterns:
    """What ``ask`` says of a word, remembered by the word's pattern."""

    def __init__(self, ask: Callable[[int], int]) -> None:
        """Start knowing nothing; an answer is a number below 256."""
        self._ask = ask
        self._keys: NDArray[Any] = np.zeros(0, np.uint64)
        self._answers: NDArray[np.uint8] = np.zeros(0, np.uint8)

    def __call__(self, keys: Words, words: Words) -> NDArray[np.uint8]:
        """Return the answer for each word; words with the same key have the same answer."""
        at, known = self._find(keys)
        if not known.all():
            self._learn(keys[~known], words[~known])
            at, _ = self._find(keys)
        return self._answers[at]

    def _find(self, keys: Words) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
        if not len(self._keys):
            return np.zeros(len(keys), np.intp), np.zeros(len(keys), np.bool_)
        at = np.searchsorted(self._keys, keys)
        at[at == len(self._keys)] = 0
        return at, self._keys[at] == keys

    def _learn(self, keys: Words, words: Words) -> None:
        fresh, first = np.unique(keys, return_index=True)
        answers = [self._ask(int(words[at])) for at in first]
        found = np.concatenate((self._keys.astype(fresh.dtype), fresh))
        order = np.argsort(found)
        self._keys = found[order]
        self._answers = np.concatenate((self._answers, np.array(answers, np.uint8)))[order]
