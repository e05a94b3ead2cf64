from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from programs import programs
from strategies import words

from archcore.errors import PortabilityError
from archcore.words import Mask, add_bits, has_any, put, same
from archcore.words.record import record
from archcore.words.smtlib import smtlib

z3 = pytest.importorskip("z3")
LOW = Mask(0x0F)


def satisfied(script):
    """Say whether z3 finds words for a script."""
    solver = z3.Solver()
    solver.from_string(script)
    return solver.check() == z3.sat


@settings(max_examples=40)
@given(st.data())
def test_a_script_is_satisfied_by_exactly_the_words_for_which_the_truth_is_false(data):
    """A solver reads in the text what the recording does to a word."""
    width = data.draw(st.sampled_from([32, 64]))
    program, word = data.draw(programs(width)), data.draw(words(width))
    recording = record(program.truth)
    known = f"(assert (= v0 (_ bv{word} {width})))\n"
    assert satisfied(smtlib(recording, width) + known) is not bool(recording.run(word))


def test_a_step_may_wrap():
    """Adding less than nothing is written as adding what wraps to the same."""
    back = record(lambda word: same(add_bits(add_bits(word, LOW, -1), LOW, 1), word))
    assert not satisfied(smtlib(back, 64))


def test_inputs_have_the_names_they_are_given():
    """A model of the script speaks of the words by these names."""
    script = smtlib(record(same, 2), 32, ("entry", "other"))
    assert "(declare-const entry (_ BitVec 32))" in script
    assert "(assert (not v2))" in script


def test_only_a_truth_is_asked():
    """A recording that ends in a word states nothing."""
    with pytest.raises(PortabilityError, match="states no truth"):
        smtlib(record(lambda word: put(word, LOW)), 64)
    assert "(assert (not" in smtlib(record(lambda word: has_any(word, LOW)), 64)
