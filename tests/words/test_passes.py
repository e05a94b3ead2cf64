from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from programs import words

from archcore.words import Mask
from archcore.words.cube import Cube
from archcore.words.mask import full
from archcore.words.passes import Case, possible, spread, spread_lowest
from archcore.words.rewrite import Rewrite

masks = words().map(Mask)
cubes = st.builds(lambda ones, zeros: Cube(ones, zeros - ones), masks, masks)
rewrites = st.builds(Rewrite, cubes, masks, masks)
blocks = st.lists(words(), min_size=1, max_size=20).map(lambda some: np.array(some, np.uint64))


@given(st.lists(rewrites, max_size=4), blocks)
def test_a_case_some_word_falls_under_counts_as_possible(some, block):
    """What all words have in common never rules out a case that holds somewhere."""
    cases = tuple(map(Case, some))
    holding = {case for case in cases if any(map(case.rewrite.condition.holds, block.tolist()))}
    assert holding <= set(possible(cases, block))


@given(rewrites, blocks)
def test_a_case_fills_a_block_if_every_word_falls_under_it(rewrite, block):
    """Two reductions answer for all words."""
    assert Case(rewrite).fills(block) == all(map(rewrite.condition.holds, block.tolist()))


@given(rewrites, blocks)
def test_words_are_rewritten_where_selected_and_nowhere_else(rewrite, block):
    """The masked passes equal the rewrite on the words its condition takes."""
    case, select, scratch = Case(rewrite), np.empty_like(block), np.empty_like(block)
    taken = [rewrite.condition.holds(word) for word in block.tolist()]
    expected = [rewrite(w) if yes else w for w, yes in zip(block.tolist(), taken, strict=True)]
    assert spread(case.holds(block, scratch), select) == sum(taken)
    case.apply_where(select, block, scratch)
    assert block.tolist() == expected


@pytest.mark.parametrize("width", [32, 64])
def test_truths_and_lowest_bits_spread_alike(width):
    """Both ways to make a selection give all ones or zero, and count."""
    words = np.array([1, 0, 6, 7], f"uint{width}")
    out, other = np.empty_like(words), np.empty_like(words)
    assert spread_lowest(words, out) == spread(words % 2 == 1, other) == 2
    assert out.tolist() == other.tolist() == [full(width), 0, 0, full(width)]


def test_only_a_set_lowest_bit_is_a_lowest_bit():
    """The shorter way is taken for just the condition that allows it."""
    bit, other = Mask(0b1), Mask(0b10)
    assert Case(Rewrite(Cube(bit, Mask(0)), bit, bit)).asks_lowest
    assert not Case(Rewrite(Cube(bit, other), bit, bit)).asks_lowest
    assert not Case(Rewrite(Cube(other, Mask(0)), bit, bit)).asks_lowest
