from __future__ import annotations

import numpy as np
import pytest

from archcore.words import Mask
from archcore.words.cube import Cube
from archcore.words.masked import Masked
from archcore.words.passes import Case
from archcore.words.rewrite import Rewrite

LOW, HIGH = Mask(0b1), Mask(0b10)
EVERY_BIT = ~Mask(0)
SWAPS = (
    Case(Rewrite(Cube(LOW, HIGH), EVERY_BIT, LOW | HIGH)),
    Case(Rewrite(Cube(HIGH, LOW), EVERY_BIT, LOW | HIGH)),
)
WORDS = [0b00, 0b01, 0b10, 0b11, 0b101, 0b110]


def masked(cases):
    """Return what rewrites blocks of up to eight words."""
    return Masked(cases, np.dtype(np.uint64), 8)


def test_a_word_that_became_another_case_is_not_rewritten_again():
    """Which words a case is for is asked of the words as they were."""
    block = np.array(WORDS, np.uint64)
    assert masked(SWAPS)(block, None) == 4
    assert block.tolist() == [0b00, 0b10, 0b01, 0b11, 0b110, 0b101]


def test_two_conditions_of_one_rewrite_count_each_word_once():
    """Cases that rewrite alike are one pass."""
    cases = tuple(Case(Rewrite(swap.rewrite.condition, ~LOW, HIGH)) for swap in SWAPS)
    block = np.array(WORDS, np.uint64)
    assert masked(cases)(block, None) == 4
    assert block.tolist() == [0b00, 0b10, 0b00, 0b11, 0b110, 0b100]


@pytest.mark.parametrize("condition", [Cube(LOW, Mask(0)), Cube(HIGH, Mask(0)), Cube(LOW, HIGH)])
@pytest.mark.parametrize("taken", [[1] * 6, [0] * 6, [1, 0, 1, 1, 0, 1]])
def test_only_chosen_words_are_rewritten(condition, taken):
    """A choice narrows the condition, whichever way the condition is tested."""
    rewrite = Rewrite(condition, ~condition.mask, Mask(1 << 40))
    hits = [condition.holds(word) and bool(yes) for word, yes in zip(WORDS, taken, strict=True)]
    block = np.array(WORDS, np.uint64)
    assert masked((Case(rewrite),))(block, np.array(taken, np.bool_)) == sum(hits)
    assert block.tolist() == [
        rewrite(word) if hit else word for word, hit in zip(WORDS, hits, strict=True)
    ]
