from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from archcore.conformance.shrink import shrunk


@given(st.integers(0, 0xFFFF), st.integers(0, 0xFFFF))
def test_what_is_left_fails_and_loses_no_bit_more(word, needed):
    """Every bit that stays is one that the failure needs."""
    found = shrunk({"a": word | needed}, 16, lambda words: words["a"] & needed == needed)
    assert found == {"a": needed}


def test_words_shrink_together():
    """A bit of one word may go once one of another is gone."""
    fails = lambda words: words["a"] >= words["b"]  # noqa: E731 - a condition, said once
    assert shrunk({"a": 0b1010, "b": 0b0110}, 4, fails) == {"a": 0, "b": 0}
