from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from programs import programs, words

from archcore.errors import PortabilityError
from archcore.words import Mask, bits, has_any, has_none, negate, same
from archcore.words.cube import Cube, cover, every, joined
from archcore.words.strict import StrictWord

LOW, HIGH = Mask(0b1), Mask(0b10)


@given(programs(), words())
def test_the_cubes_of_a_condition_hold_exactly_where_it_does(program, word):
    """A word satisfies the condition just when it lies in one of the cubes, and in one only."""
    cubes = cover(64, program.truth)
    assert cubes is not None
    assert sum(cube.holds(word) for cube in cubes) == program.truth(word)


@given(programs(), programs(), words())
def test_later_conditions_narrow_earlier_ones(first, second, word):
    """Several conditions hold together where each of them holds."""
    cubes = cover(64, first.truth, second.truth)
    assert any(cube.holds(word) for cube in cubes) == (first.truth(word) and second.truth(word))


def test_a_condition_that_asks_all_bits_is_cheap_where_another_decides_it():
    """That a word with a set bit is not zero takes no look at its other bits."""
    assert cover(64, lambda w: has_any(w, LOW), lambda w: negate(same(w, 0))) == (
        Cube(LOW, Mask(0)),
    )


def test_comparing_two_long_fields_is_no_handful_of_cubes():
    """Where a condition would take millions of cubes, there is no cover."""
    low, high = Mask((1 << 20) - 1), Mask(((1 << 20) - 1) << 20)
    assert cover(64, lambda w: same(bits(w, low), bits(w, high))) is None


def test_a_condition_no_word_fulfils_has_no_cubes():
    """An empty cover is an answer, unlike a missing one."""
    assert cover(64, lambda w: has_any(w, LOW), lambda w: has_none(w, LOW)) == ()


@given(st.frozensets(st.integers(0, 63), max_size=4))
def test_halves_of_a_cube_join_to_the_cube(places):
    """Splitting loses nothing, at any bit that is still free."""
    cube = every(64)
    for at in places:
        halves = cube.halves(at)
        assert joined(halves) == cube
        cube = halves[0]
    assert cube.free == 64 - len(places)


def test_words_with_either_of_two_bits_fill_no_cube():
    """Three of four corners do not join."""
    cubes = cover(64, lambda w: has_any(w, LOW | HIGH))
    assert joined(cubes) is None
    assert joined(()) is None


def test_a_cube_is_tested_in_every_number_system():
    """Membership is written in the vocabulary."""
    cube = Cube(LOW, HIGH)
    assert cube.holds(StrictWord(0b101)).value is True
    assert cube.holds(StrictWord(0b111)).value is False


def test_no_cube_has_a_bit_both_set_and_clear():
    """A contradiction is refused when it is made."""
    with pytest.raises(PortabilityError, match="both set and clear"):
        Cube(LOW, LOW | HIGH)
