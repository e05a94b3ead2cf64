"""What kernels had wrong is caught again, each bug by the laws that are named beside it."""

from __future__ import annotations

import pytest
from attrs import evolve
from mutants import BY_NAME
from mutants_history import ARCHITECTURES, EVERY_BUG, HEAD, as_it_was, bugs
from mutants_table import PAGE, section

from archcore.conformance.judge import Judge
from archcore.conformance.law import Method
from archcore.conformance.parameters import cases_of
from archcore.conformance.statement import holds
from archcore.conformance.subject import subject
from archcore.conformance.verdict import Status
from archcore.registry import installed

pytest.importorskip("z3")

BUGS = tuple(bugs())
if not BUGS:
    pytest.skip("no architecture is installed", allow_module_level=True)


def each(several):
    """Return the mark that runs a test for each of some bugs."""
    names = [f"{one.number}-{one.target}" for one in several]
    return pytest.mark.parametrize("bug", several, ids=names)


each_bug, each_planted = each(BUGS), each([one for one in BUGS if one.planted])


@pytest.fixture(scope="module")
def judge():
    """Return one judge for all."""
    return Judge()


def stands(bug, judge):
    """Return how the laws stand with what has the bug, by name."""
    whole = installed().get(bug.target)
    return {one.law: one for one in bug.mutant.held(whole, judge, bug.laws)}


@each_bug
def test_a_bug_of_history_is_refuted(bug, judge):
    """By each law that the table names, with words that a person can look at."""
    assert {name: one.status for name, one in stands(bug, judge).items()} == dict.fromkeys(
        bug.laws, Status.REFUTED
    )


@each_bug
def test_the_words_of_a_refutation_break_the_law_on_plain_numbers(bug, judge):
    """Without a solver, in some case."""
    on = subject(bug.mutant.of(installed().get(bug.target)), bug.level)
    for name, one in stands(bug, judge).items():
        law, words = BY_NAME[name], one.counterexample.words
        assert law.method is Method.PROOF
        assert any(holds(law, on, case, words) is False for case in cases_of(on, law.arguments))


@each_planted
def test_a_planted_bug_is_what_is_refuted(bug, judge):
    """The target itself, without the bug, keeps those promises."""
    whole = installed().get(bug.target)
    held = evolve(bug, change=as_it_was).mutant.held(whole, judge, bug.laws)
    assert {one.status for one in held} == {Status.PROVED}


def test_the_page_shows_these_bugs():
    """docs/mutants.md lists them all, as far as their architectures are installed."""
    table = section(PAGE.read_text(encoding="utf-8"), EVERY_BUG)
    print(*table, sep="\n")  # noqa: T201 - shown by -rA
    rows = [*HEAD, *(one.row for one in BUGS)]
    assert set(rows) <= set(table)
    if len({one.target.partition("-")[0] for one in BUGS}) == len(ARCHITECTURES):
        assert rows == table
