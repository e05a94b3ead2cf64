"""Truths of many words, also where a helper says the same of all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from archcore.words.arrays import Truths
    from archcore.words.types import Truth


def truths(value: Truth, count: int) -> Truths:
    """Return one truth for each of ``count`` words."""
    if isinstance(value, np.ndarray):
        return value
    return np.full(count, value, np.bool_)
