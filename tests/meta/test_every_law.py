"""Every law catches something: the sound architecture, broken once for each."""

from __future__ import annotations

from collections import Counter

import pytest
from mutants import BY_NAME
from mutants_of_sound import MUTANTS
from mutants_table import EVERY_LAW, PAGE, noted, rows, section
from sound import SOUND

from archcore.conformance.judge import Judge
from archcore.conformance.law import Method
from archcore.conformance.laws import LAWS
from archcore.conformance.parameters import cases_of
from archcore.conformance.statement import holds
from archcore.conformance.subject import subject
from archcore.conformance.suite import hold
from archcore.conformance.verdict import Status
from archcore.registry import check

pytest.importorskip("z3")

TEXT = PAGE.read_text(encoding="utf-8")
NOTED = noted(TEXT)
each_mutant = pytest.mark.parametrize("mutant", MUTANTS, ids=lambda one: one.laws[0])


@pytest.fixture(scope="module")
def judge():
    """Return one judge for all: most theorems about a mutant are those about the whole."""
    return Judge()


@pytest.fixture(scope="module")
def whole(judge):
    """Return how the sound architecture stands with all laws."""
    return tuple(hold(SOUND, judge=judge))


def test_the_sound_architecture_would_be_accepted_as_a_plugin():
    """It passes the door that every target passes."""
    check(SOUND)


def test_the_sound_architecture_keeps_every_promise(whole):
    """Nothing refutes it, so that whatever refutes a mutant speaks of what is broken."""
    assert {one.status for one in whole} <= {Status.PROVED, Status.SAMPLED}


def test_every_law_is_asked_of_the_sound_architecture(whole):
    """A law that it lacks something for could not be shown to catch anything."""
    assert {one.law for one in whole} == {law.name for law in LAWS}


def test_every_law_has_a_mutant():
    """A promise that no mutant breaks is decoration; add one to tests/support/mutants_of_*."""
    assert Counter(one.laws[0] for one in MUTANTS) == Counter(law.name for law in LAWS)


@each_mutant
def test_a_mutant_is_refuted_by_its_law(mutant, whole, judge):
    """And by those laws that docs/mutants.md names beside it."""
    named = {*mutant.laws, *NOTED[mutant.laws[0]]}
    assert set(mutant.refuting(SOUND, judge, sorted(named))) == named


@each_mutant
def test_the_words_of_a_refutation_break_the_law_on_plain_numbers(mutant, judge):
    """Nobody has to believe the solver: in some case the promise is false for these integers."""
    (result,) = mutant.held(SOUND, judge, mutant.laws[:1])
    law, on = BY_NAME[result.law], subject(mutant.of(SOUND), mutant.level)
    if law.method is not Method.PROOF:
        pytest.skip("a law that is tried on numbers to begin with")
    words = result.counterexample.words
    assert any(holds(law, on, case, words) is False for case in cases_of(on, law.arguments))


def test_the_page_shows_these_mutants():
    """docs/mutants.md has a row for each, in the order of the laws."""
    print(*section(TEXT, EVERY_LAW), sep="\n")  # noqa: T201 - shown by -rA
    assert section(TEXT, EVERY_LAW) == rows(NOTED)


@pytest.mark.slow
@pytest.mark.parametrize("mutant", MUTANTS[::9], ids=lambda one: one.laws[0])
def test_the_page_names_every_law_that_refutes_a_mutant(mutant, whole, judge):
    """No law is missing from a row; tried for every ninth, and for all when the page is made."""
    named = {*mutant.laws, *NOTED[mutant.laws[0]]}
    assert set(mutant.refuting(SOUND, judge)) == named
