from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import masks, runs, words

from archcore.words import (
    Mask,
    add_bits,
    bits,
    both,
    clear,
    either,
    has_all,
    has_any,
    has_none,
    implies,
    negate,
    put,
    same,
    where,
    with_bits,
    xor,
)

NIBBLE = Mask(0xF0)
truths = st.booleans()


def places(word):
    """Return the positions of the set bits, read off the binary digits."""
    return {at for at, digit in enumerate(reversed(f"{word:b}")) if digit == "1"}


def digits(word, mask):
    """Return the digits of a run of bits, highest first."""
    return f"{word:064b}"[64 - mask.shift - mask.span : 64 - mask.shift]


class TestSets:
    """On ints, a word is the set of its positions."""

    @given(words(), masks())
    def test_clearing_takes_positions_away(self, word, mask):
        """What is left are the positions outside the mask."""
        assert places(clear(word, mask)) == places(word) - places(mask.value)

    @given(words(), masks())
    def test_putting_adds_positions(self, word, mask):
        """A mask and the word of its bits put the same positions."""
        assert places(put(word, mask)) == places(word) | places(mask.value)
        assert put(word, mask) == put(word, mask.value)

    @given(words(), masks())
    def test_flipping_takes_what_is_there_and_adds_what_is_not(self, word, mask):
        """A mask and the word of its bits flip the same positions."""
        assert places(xor(word, mask)) == places(word) ^ places(mask.value)
        assert xor(word, mask) == xor(word, mask.value)

    @given(words(), masks())
    def test_questions_are_those_of_sets(self, word, mask):
        """All, any and none are superset, overlap and disjointness."""
        assert has_all(word, mask) is (places(mask.value) <= places(word))
        assert has_any(word, mask) is bool(places(mask.value) & places(word))
        assert has_none(word, mask) is places(mask.value).isdisjoint(places(word))

    @given(words(), words())
    def test_words_are_the_same_when_their_positions_are(self, a, b):
        """Two words are compared bit for bit."""
        assert same(a, b) is (places(a) == places(b))
        assert same(a, Mask(a)) is True


class TestNumbers:
    """A run of bits holds a number, written in its digits."""

    @given(words(), runs())
    def test_a_field_is_read_as_written(self, word, mask):
        """The digits of the run, moved to the lowest place, are the number."""
        assert bits(word, mask) == int(digits(word, mask), 2)

    @given(words(), runs(), words())
    def test_a_field_is_replaced_and_nothing_else(self, word, mask, value):
        """The run holds what fits of the number; the other positions stay."""
        result = with_bits(word, mask, value)
        assert bits(result, mask) == value % (1 << mask.span)
        assert clear(result, mask) == clear(word, mask)

    @given(words(), runs(), st.integers())
    def test_a_field_counts_round(self, word, mask, amount):
        """A sum wraps inside the run and carries nothing out of it."""
        result = add_bits(word, mask, amount)
        assert bits(result, mask) == (bits(word, mask) + amount) % (1 << mask.span)
        assert clear(result, mask) == clear(word, mask)

    @pytest.mark.parametrize(
        ("word", "amount", "expected"),
        [(0x1F2, 1, 0x102), (0x102, -1, 0x1F2), (0x1F2, 17, 0x102), (0x152, 0, 0x152)],
    )
    def test_a_carry_stays_inside(self, word, amount, expected):
        """The place above a full run does not change."""
        assert add_bits(word, NIBBLE, amount) == expected


class TestTruths:
    @given(truths, truths)
    def test_logic_is_the_usual_one(self, a, b):
        """And, or, not and if-then have their truth tables."""
        assert both(a, b) is all((a, b))
        assert either(a, b) is any((a, b))
        assert negate(a) is {True: False, False: True}[a]
        assert implies(a, b) is {(True, False): False}.get((a, b), True)

    @given(truths, words(), masks())
    def test_a_choice_gives_one_of_the_two(self, condition, word, mask):
        """Words and masks are chosen between; the answer is a word."""
        assert where(condition, word, mask) == [mask.value, word][condition]
        assert where(condition, mask, word) == [word, mask.value][condition]
