from __future__ import annotations

import pytest
import toy

from archcore.conformance.declare import law, premise
from archcore.conformance.solve import Answer, Truth, ask, ask_again
from archcore.conformance.statement import Pad
from archcore.conformance.subject import subject
from archcore.errors import SolverError
from archcore.words import Mask, add_bits, both, has_any, has_none, negate, same

pytest.importorskip("z3")
pytest.importorskip("bitwuzla")
TARGET = toy.module().TARGET


@law("words-wrap")
def words_wrap(on, entry):
    """Adding one and taking it away gives the word back."""
    every = Mask((1 << on.width) - 1, on.width)
    return same(add_bits(add_bits(entry, every, 1), every, -1), entry)


@law("no-word-is-five")
def no_word_is_five(on, entry):
    """No word is five, which is wrong for one word alone."""
    return negate(same(entry, 5))


@law("constant")
def constant(on):
    """Three is three."""
    return same(3, 3)


@premise("odd and even")
def nothing(on, entry):
    """A word is odd and even."""
    low = Mask(1, on.width)
    return both(has_any(entry, low), has_none(entry, low))


@pytest.fixture
def pad():
    """Return a pad about the toy."""
    return Pad(subject(TARGET, "pte"))


def test_both_solvers_prove_what_holds_for_every_word(pad):
    """z3 and bitwuzla read the same text."""
    statement = pad.state(words_wrap)
    assert ask(statement, 10.0) == Answer(Truth.HOLDS)
    assert ask_again(statement, 10.0) is Truth.HOLDS


def test_the_one_word_that_breaks_a_law_is_found(pad):
    """Among all words."""
    statement = pad.state(no_word_is_five)
    assert ask(statement, 10.0) == Answer(Truth.FAILS, {"entry": 5})
    assert ask_again(statement, 10.0) is Truth.FAILS


def test_what_no_word_decides_needs_no_solver(pad):
    """The answer is known when the formula is written."""
    statement = pad.state(constant)
    assert statement.known is True
    assert ask(statement, 0.001) == Answer(Truth.HOLDS)
    assert ask_again(statement, 0.001) is Truth.HOLDS


def test_a_premise_that_nothing_satisfies_is_told(pad):
    """Its denial holds for every word."""
    assert ask(pad.state_premise(nothing), 10.0).truth is Truth.HOLDS


def test_a_missing_solver_says_how_to_get_it(pad, monkeypatch):
    """By name, with the extra that has it."""
    monkeypatch.setitem(__import__("sys").modules, "z3", None)
    with pytest.raises(SolverError, match="z3 is not installed; pip install z3-solver"):
        ask(pad.state(words_wrap), 1.0)
