from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import runs, words

from archcore.errors import PortabilityError
from archcore.words import (
    Mask,
    add_bits,
    bits,
    both,
    clear,
    has_any,
    negate,
    put,
    same,
    where,
    with_bits,
    xor,
)

FLAG = Mask(0b1000)
TOP = 1 << 63


@pytest.mark.parametrize(("width", "dtype"), [(32, np.uint32), (64, np.uint64)])
def test_words_stay_words_of_their_width(width, dtype):
    """Every function that gives words gives them in the dtype of the operands."""
    some, flag = np.arange(4, dtype=dtype), Mask(0b10, width)
    results = (
        clear(some, flag),
        put(some, 1),
        put(1, some),
        xor(flag, some),
        bits(some, flag),
        with_bits(some, flag, 1),
        with_bits(1, flag, some),
        add_bits(some, flag, -1),
        where(has_any(some, flag), flag, 0),
        where(True, some, flag),
    )
    assert {result.dtype for result in results} == {np.dtype(dtype)}
    assert {result.shape for result in results} == {some.shape}


def test_truths_are_arrays_of_bool():
    """Questions about an array give one truth an element, beside a bool too."""
    some = np.arange(4, dtype=np.uint64)
    for truth in (has_any(some, FLAG), same(1, some), both(True, same(some, 1))):
        assert truth.dtype == np.bool_
        assert truth.shape == some.shape


def test_operands_are_left_alone():
    """No function writes into what it is given."""
    some, others = np.arange(4, dtype=np.uint64), np.arange(4, dtype=np.uint64)[::-1].copy()
    chosen = same(some, others)
    for result in (clear(some, FLAG), where(chosen, some, others), where(True, some, 0)):
        result[:] = 7
    negate(chosen)
    assert some.tolist() == [0, 1, 2, 3]
    assert others.tolist() == [3, 2, 1, 0]


def test_the_top_bit_is_a_bit_like_any_other():
    """Numbers are unsigned: the highest bit moves down without copies of itself."""
    some = np.array([TOP, TOP | 1], np.uint64)
    assert bits(some, Mask(TOP | TOP >> 1)).tolist() == [2, 2]
    assert add_bits(some, Mask(TOP), 1).tolist() == [0, 1]


@given(st.lists(words(), min_size=1, max_size=8), runs(), st.integers(-3, 3))
def test_fields_count_round_in_each_element(drawn, mask, amount):
    """A sum in an array wraps inside the run, as it does in an int."""
    result = add_bits(np.array(drawn, np.uint64), mask, amount)
    assert result.tolist() == [add_bits(word, mask, amount) for word in drawn]


def test_widths_do_not_meet():
    """Arrays of two widths are refused, as words, as arms and as values of a field."""
    narrow, wide = np.ones(2, np.uint32), np.ones(2, np.uint64)
    for call in (
        lambda: put(narrow, wide),
        lambda: same(narrow, wide),
        lambda: where(np.array([True, False]), narrow, wide),
        lambda: where(np.array([True, False]), narrow, FLAG),
        lambda: with_bits(wide, FLAG, narrow),
    ):
        with pytest.raises(PortabilityError, match="two widths"):
            call()


def test_a_constant_beside_narrow_words_fits_them():
    """What does not fit 32 bits is refused and not cut off."""
    with pytest.raises(PortabilityError, match="0x100000000 is not a word of 32 bits"):
        put(np.ones(2, np.uint32), 1 << 32)
