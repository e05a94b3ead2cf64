from __future__ import annotations

import pytest
import toy
from attrs import evolve

from archcore.conformance import judge as judging
from archcore.conformance.declare import law, premise, trials
from archcore.conformance.judge import Judge, Rules
from archcore.conformance.law import Trial
from archcore.conformance.solve import Answer, Truth
from archcore.conformance.subject import subject
from archcore.conformance.verdict import Status
from archcore.errors import SolverError
from archcore.words import has_none, implies, negate, same, where

pytest.importorskip("z3")
TARGET = toy.module().TARGET
LAYOUT = toy.module().ENTRY


@law("dirty-is-young")
def dirty_is_young(on, entry):
    """A dirty page is young, which no kernel promises."""
    return implies(on.own.dirty(entry), on.own.young(entry))


@law("same-either-way")
def same_either_way(on, entry, other):
    """Where two words are the same, it does not matter which one is taken."""
    return same(where(same(entry, other), other, entry), entry)


@premise("both")
def both_at_once(on, entry):
    """A page is dirty and is not."""
    return negate(implies(on.own.dirty(entry), on.own.dirty(entry)))


@law("vacuous", given=both_at_once)
def vacuous(on, entry):
    """Whatever is asked of no word holds."""
    return has_none(entry, LAYOUT["V"])


@law("broken")
def broken(on, entry):
    """A helper that is not there is asked."""
    return on.own.mkinvalid(entry)


@trials("three-hold")
def three_hold(on):
    """What is tried holds each time."""
    yield from (Trial(held=True) for _ in range(3))


@trials("third-fails")
def third_fails(on):
    """What is tried fails at the third attempt."""
    yield from (Trial(held=at < 3, done=f"attempt {at}") for at in (1, 2, 3, 4))


@trials("nothing-tried")
def nothing_tried(on):
    """There is nothing to try."""
    yield from ()


@pytest.fixture
def hold():
    """Return a function that holds the toy to a law."""

    def judged(one, **rules):
        return Judge(Rules(**rules)).court(subject(TARGET, "pte")).hold(one)

    return judged


def test_a_law_of_every_word_is_proved(hold):
    """And the result names the solver."""
    result = hold(same_either_way)
    assert (result.status, result.method, result.counterexample) == (Status.PROVED, "z3", None)


def test_a_refutation_has_the_fewest_bits_that_do(hold):
    """One bit is dirty, and no other is needed to be dirty without being young."""
    result = hold(dirty_is_young)
    assert result.status is Status.REFUTED
    assert result.counterexample.words == {"entry": LAYOUT["D"].value}
    assert result.counterexample.word == LAYOUT["D"].value


def test_a_refutation_tells_the_calls_and_how_to_make_them_again(hold):
    """Each helper with what it was given and gave."""
    found = hold(dirty_is_young).counterexample
    assert [(step.call, step.result) for step in found.steps[1:]] == [
        ("pte_dirty(0x00000010)", "True"),
        ("pte_young(0x00000010)", "False"),
    ]
    assert "try_law('dirty-is-young', 'toy-32bit-v1', 'pte', entry=0x10)" in found.reproduce


def test_a_law_under_a_premise_that_nothing_satisfies_is_not_proved(hold):
    """The premise is named."""
    result = hold(vacuous)
    assert result.status is Status.REFUTED
    assert "no word satisfies the premise 'both'" in result.reason


def test_what_a_helper_raises_is_a_refutation(hold):
    """Its kind and its words are the reason."""
    result = hold(broken)
    assert result.status is Status.REFUTED
    assert result.reason.startswith("MissingHookError: target 'toy-32bit-v1' does not implement")


@pytest.mark.parametrize(
    ("tried", "status", "count", "reason"),
    [
        (three_hold, Status.SAMPLED, 3, ""),
        (third_fails, Status.REFUTED, 3, "attempt 3"),
        (nothing_tried, Status.REFUTED, None, "nothing could be tried"),
    ],
)
def test_a_law_that_is_tried_says_how_often(hold, tried, status, count, reason):
    """The attempt that fails says what was done."""
    result = hold(tried)
    assert (result.status, result.tried, result.reason) == (status, count, reason)


def test_time_that_runs_out_leaves_a_law_undecided(hold, monkeypatch):
    """And says whose time it was."""
    monkeypatch.setattr(judging, "ask", lambda *_: Answer(Truth.UNKNOWN))
    result = hold(dirty_is_young, timeout=2.5)
    assert result.status is Status.UNDECIDED
    assert result.reason == "z3 was not done after 2.5 seconds"


def test_solvers_that_differ_leave_a_law_undecided(hold, monkeypatch):
    """A disagreement is nobody's proof."""
    pytest.importorskip("bitwuzla")
    monkeypatch.setattr(judging, "ask_again", lambda *_: Truth.HOLDS)
    result = hold(dirty_is_young, second_opinion=True)
    assert result.status is Status.UNDECIDED
    assert result.reason == "z3 says it fails, bitwuzla says it holds"


def test_a_second_opinion_is_named(hold):
    """Both solvers stand in the result."""
    pytest.importorskip("bitwuzla")
    assert hold(dirty_is_young, second_opinion=True).method == "z3, bitwuzla"


def test_a_missing_solver_is_no_verdict(hold, monkeypatch):
    """It is the installation's matter, not the target's."""
    monkeypatch.setitem(__import__("sys").modules, "z3", None)
    with pytest.raises(SolverError):
        hold(dirty_is_young)


def test_a_theorem_met_again_needs_no_solver(monkeypatch):
    """The same formula of another target is the same theorem."""
    judge = Judge()
    judge.court(subject(TARGET, "pte")).hold(dirty_is_young)
    monkeypatch.setattr(judging, "ask", None)
    twin = evolve(TARGET, id="toy-twin-v1")
    assert judge.court(subject(twin, "pte")).hold(dirty_is_young).status is Status.REFUTED


def test_laws_prepared_together_have_the_verdicts_of_each_alone(hold):
    """Reading many formulas at once changes no answer."""
    judge, laws = Judge(), (dirty_is_young, same_either_way, vacuous, broken, three_hold)
    court = judge.court(subject(TARGET, "pte"))
    court.prepare(laws)
    assert [court.hold(one).status for one in laws] == [hold(one).status for one in laws]
