from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import conditions, helpers, words

from archcore.errors import PortabilityError
from archcore.words import Mask, add_bits, clear, has_any, put, same, where, xor
from archcore.words.blocks import apply

LOW, HIGH = Mask(0x0F), Mask(0xF0)
DTYPES = {32: np.uint32, 64: np.uint64}


def flip(word):
    """Flip four bits."""
    return xor(word, HIGH)


class TestResult:
    @pytest.mark.parametrize("width", DTYPES)
    @settings(max_examples=50)
    @given(st.data())
    def test_blocks_give_what_the_whole_array_gives(self, width, data):
        """However an array is cut, the helper's answer is the same."""
        program = data.draw(helpers(width, 2) | conditions(width, 2))
        size = data.draw(st.integers(0, 9))
        a, b = (
            np.array(data.draw(st.lists(words(width), min_size=size, max_size=size)), DTYPES[width])
            for _ in range(2)
        )
        result = apply(program, a, b, block=data.draw(st.integers(1, 10)))
        expected = program(a, b)
        assert result.dtype == expected.dtype
        assert result.tolist() == expected.tolist()

    def test_a_constant_is_handed_over_to_each_block(self):
        """What is not an array is the same for all words."""
        some = np.arange(10, dtype=np.uint64)
        assert apply(put, some, LOW, block=3).tolist() == [word | 0x0F for word in range(10)]
        result = apply(add_bits, some, ~Mask(0), -1, block=3)
        assert result.tolist() == [word - 1 & (1 << 64) - 1 for word in range(10)]

    @pytest.mark.parametrize(
        ("answer", "dtype", "expected"),
        [(True, bool, 1), (5, np.uint32, 5), (Mask(6, 32), np.uint32, 6)],
    )
    def test_a_helper_that_ignores_the_word_fills_the_array(self, answer, dtype, expected):
        """A constant answer stands for every word, in the words' width."""
        result = apply(lambda _: answer, np.zeros(5, np.uint32), block=2)
        assert result.dtype == dtype
        assert result.tolist() == [expected] * 5

    def test_an_empty_array_has_an_empty_answer_of_the_right_kind(self):
        """Without a word there is still a dtype."""
        empty = np.zeros(0, np.uint64)
        assert apply(flip, empty).dtype == np.uint64
        assert apply(has_any, empty, LOW).dtype == np.bool_


class TestOut:
    def test_the_answer_is_written_where_it_is_asked_for(self):
        """The array given as out is filled and returned."""
        some, out = np.arange(10, dtype=np.uint64), np.zeros(10, np.uint64)
        assert apply(flip, some, out=out, block=4) is out
        assert out.tolist() == [word ^ 0xF0 for word in range(10)]
        assert some.tolist() == list(range(10))

    def test_words_may_be_replaced_in_place(self):
        """The words themselves, or another operand, may take the answer."""
        some = np.arange(10, dtype=np.uint64)
        other = some.copy()
        apply(flip, some, out=some, block=4)
        assert some.tolist() == [word ^ 0xF0 for word in range(10)]
        apply(xor, some, other, out=other, block=4)
        assert other.tolist() == [0xF0] * 10

    def test_a_helper_that_returns_its_word_may_work_in_place(self):
        """Nothing changes when nothing is to change."""
        some = np.arange(10, dtype=np.uint64)
        apply(lambda word: word, some, out=some, block=3)
        assert some.tolist() == list(range(10))

    def test_every_second_word_may_be_replaced(self):
        """Arrays with gaps work like any other."""
        some = np.arange(10, dtype=np.uint64)
        apply(flip, some[::2], out=some[::2], block=2)
        assert some.tolist() == [word ^ (0xF0 if word % 2 == 0 else 0) for word in range(10)]

    @pytest.mark.parametrize("shift", [slice(1, 9), slice(None, None, -1)])
    def test_an_overlap_in_part_is_refused(self, shift):
        """Written blocks would be read again as words."""
        some = np.arange(10, dtype=np.uint64)
        out = some[shift]
        with pytest.raises(PortabilityError, match="out overlaps an operand in part"):
            apply(flip, some[: len(out)], out=out)
        assert some.tolist() == list(range(10))

    def test_an_overlap_with_another_operand_is_refused_too(self):
        """Whatever is read block by block must not be written ahead of that."""
        some, other = np.zeros(8, np.uint64), np.arange(10, dtype=np.uint64)
        with pytest.raises(PortabilityError, match="out overlaps an operand in part"):
            apply(xor, some, other[:8], out=other[2:])
        assert other.tolist() == list(range(10))

    @pytest.mark.parametrize("dtype", [np.uint32, np.int64, bool])
    def test_out_holds_what_the_helper_gives(self, dtype):
        """No answer is cast on its way."""
        some = np.arange(10, dtype=np.uint64)
        with pytest.raises(PortabilityError, match="the helper gives uint64"):
            apply(flip, some, out=np.zeros(10, dtype))


class TestRefused:
    def test_operands_are_as_long_as_the_words(self):
        """An array of another length has no word for each word."""
        some = np.arange(10, dtype=np.uint64)
        for call in (
            lambda: apply(same, some, some[:9]),
            lambda: apply(flip, some, out=np.zeros(9, np.uint64)),
        ):
            with pytest.raises(PortabilityError, match=r"two shapes: \(10,\) and \(9,\)"):
                call()

    @pytest.mark.parametrize("words", [np.zeros((2, 2), np.uint64), np.uint64(1), 5, [1, 2]])
    def test_words_lie_in_one_row(self, words):
        """Only a one-dimensional array is cut into blocks."""
        with pytest.raises(PortabilityError, match=r"use array.reshape\(-1\)"):
            apply(flip, words)

    def test_words_are_words(self):
        """Signed numbers are no words, block by block either."""
        with pytest.raises(PortabilityError, match="not int64"):
            apply(flip, np.arange(3))

    @pytest.mark.parametrize("block", [0, -1])
    def test_a_block_has_a_word(self, block):
        """A block without a word would never end."""
        with pytest.raises(PortabilityError, match="at least one word"):
            apply(flip, np.zeros(3, np.uint64), block=block)

    @pytest.mark.parametrize("answer", [None, "text", 1.5])
    def test_a_helper_answers_with_words(self, answer):
        """Anything else is refused by name."""
        with pytest.raises(PortabilityError, match="gives words or truths"):
            apply(lambda _: answer, np.zeros(3, np.uint64))


def test_a_helper_with_a_condition_keeps_its_answer_a_block():
    """A choice inside the helper is made word by word, across the borders of blocks."""
    some = np.arange(64, dtype=np.uint64)
    result = apply(lambda w: where(has_any(w, LOW), clear(w, LOW), put(w, HIGH)), some, block=5)
    assert result.tolist() == [word & ~0x0F if word & 0x0F else word | 0xF0 for word in range(64)]
