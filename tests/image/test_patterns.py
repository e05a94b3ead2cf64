from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from archcore.image.patterns import Patterns


@given(st.lists(st.lists(st.integers(0, 60), max_size=30), max_size=5))
def test_each_pattern_is_asked_once(lists):
    """Every word gets the answer of its pattern, and no pattern is asked twice."""
    asked = []

    def ask(word):
        asked.append(word & 15)
        return (word & 15) * 3

    patterns = Patterns(ask)
    for numbers in lists:
        words = np.array(numbers, np.uint32)
        assert patterns(words & 15, words).tolist() == [(one & 15) * 3 for one in numbers]
    assert sorted(asked) == sorted({one & 15 for numbers in lists for one in numbers})
