from __future__ import annotations

import pytest
from hypothesis import given
from strategies import words

from archcore.errors import PortabilityError
from archcore.words import Mask, put
from archcore.words.strict import StrictTruth, StrictWord


@given(words(32))
def test_a_strict_word_gives_its_value_back(word):
    """The value ends the strictness and is the int that came in."""
    assert StrictWord(word, 32).value == word


@pytest.mark.parametrize("value", [-1, 1 << 32, True, 1.0, None])
def test_a_strict_word_is_an_int_that_fits(value):
    """What is no word of that width never becomes one."""
    with pytest.raises(PortabilityError, match="is not a word of 32 bits"):
        StrictWord(value, 32)


@pytest.mark.parametrize("value", [0, 1, None])
def test_a_strict_truth_is_a_bool(value):
    """0 and 1 are words and make no truth."""
    with pytest.raises(PortabilityError, match="is not a bool"):
        StrictTruth(value)


def test_two_widths_are_refused():
    """Strict words of 32 and 64 bits do not meet."""
    with pytest.raises(PortabilityError, match="two widths in one operation: 32 and 64"):
        put(StrictWord(1, 32), StrictWord(1))


def test_a_strict_word_shows_itself_in_hexadecimal():
    """A failing example can be read and typed in again."""
    assert repr(put(StrictWord(0x10, 32), Mask(1, 32))) == "StrictWord(0x11, 32)"
    assert repr(StrictTruth(True)) == "StrictTruth(True)"
