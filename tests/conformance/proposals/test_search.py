from __future__ import annotations

import pytest
import toy
from attrs import evolve, frozen

from archcore.conformance.proposals.candidate import Candidate, encoded
from archcore.conformance.proposals.explain import explain
from archcore.conformance.proposals.form import Family, Form, Telling
from archcore.conformance.proposals.search import prepare, propose
from archcore.conformance.proposals.verdict import Standing
from archcore.entry import layer
from archcore.errors import UnknownNameError, UsageError
from archcore.words import clear, same, where

TARGET = toy.module().TARGET
ENTRY = TARGET.geometry.levels[0].layout
HINT = toy.module().HINT


@pytest.fixture(scope="module")
def found():
    """Return the search over every encoding that the toy allows."""
    return propose(TARGET, jobs=1)


def killers(proposal):
    """Return the law that says most about each dead candidate."""
    return {one.form.name: one.killer.law for one in proposal.of(Standing.DEAD)}


@pytest.mark.slow
def test_the_bit_that_a_target_ships_is_found_again(found):
    """It is proved to arm and disarm every page as the target does."""
    assert [one.form.name for one in found.verdicts if one.shipped] == ["bit-7"]


@pytest.mark.slow
def test_bits_that_nothing_uses_are_legal_and_ranked_behind_what_needs_no_lesson(found):
    """Bit 6 is free in entries and in swap entries, but pte_present must learn of it."""
    legal = found.of(Standing.LEGAL)
    assert [one.form.name for one in legal] == ["bit-7", "bit-6"]
    assert legal[1].form.learn == {"pte": ("present",)}
    assert legal[1].form.telling is Telling.ITSELF
    assert [one.costs.rank for one in legal] == sorted(one.costs.rank for one in legal)


@pytest.mark.slow
def test_each_dead_bit_dies_of_what_it_means(found):
    """Valid, used, written, special, the frame."""
    said = killers(found)
    expected = {
        "bit-0": "hint-is-shut",
        "bit-1": "hint-keeps-write",
        "bit-3": "hint-keeps-old",
        "bit-4": "hint-keeps-dirty",
        "bit-8": "hint-keeps-special",
        **{f"bit-{at}": "hint-keeps-frame" for at in range(12, 32)},
        "permission-relative": "hint-keeps-write",
    }
    assert {name: said[name] for name in expected} == expected


@pytest.mark.slow
def test_a_bit_that_only_swap_needs_would_live_if_swap_gave_it_up(found):
    """Bit 9 holds an offset and nothing else; bit 8 is lost for another reason."""
    mended = {one.form.name for one in found.verdicts if one.mended is not None}
    assert "bit-9" in mended
    assert "bit-8" not in mended
    (nine,) = [one for one in found.verdicts if one.form.name == "bit-9"]
    assert nine.mended.form.room
    assert nine.mended.costs.swap_bits == 1


def test_processes_come_to_the_same_verdicts(monkeypatch):
    """In the same order, from forked workers or from this process."""
    from archcore.conformance.proposals import search

    few = ("permission-lost", "permission-relative", "bit-0", "bit-8", "bit-7")
    every = search.catalogue
    monkeypatch.setattr(search, "catalogue", lambda forge: {one: every(forge)[one] for one in few})
    alone, together = (propose(TARGET, jobs=jobs).verdicts for jobs in (1, 2))
    assert alone == together
    assert [one.form.name for one in alone] == ["bit-7", *few[:-1]]


# -- planted candidates ---------------------------------------------------------------------------


@frozen
class Forgetful:
    """The toy's own encoding, which forgets what ``forgets`` says when it disarms."""

    forgets: object

    def mknuma(self, entry):
        """Arm as the toy does."""
        return HINT.mknuma(entry)

    def mknonnuma(self, entry):
        """Disarm as the toy does, and forget."""
        return self.forgets(HINT.mknonnuma(entry))

    def numa(self, entry):
        """Ask as the toy does."""
        return HINT.numa(entry)


def planted(forgets):
    """Return how an encoding that forgets something stands."""
    search = prepare(TARGET)
    target = encoded(TARGET, "planted", {"pte": (Forgetful(forgets),)})
    return search.examiner.verdict(Candidate(Form("planted", Family.BIT), target))


def test_an_encoding_that_loses_dirtiness_dies_of_that():
    """Whatever else it breaks, this is what is told."""
    found = planted(lambda entry: clear(entry, ENTRY["D"]))
    assert found.standing is Standing.DEAD
    assert found.killer.law == "hint-keeps-dirty"


def test_an_encoding_that_fails_for_one_frame_only_is_found_by_proof():
    """No example of the few hundred has that frame; the words that come back do."""
    rare = 0xABCDE << 12
    found = planted(
        lambda entry: where(
            same(clear(entry, ~ENTRY["PFN"]), rare), clear(entry, ENTRY["D"]), entry
        )
    )
    assert found.killer.law == "hint-keeps-dirty"
    assert found.killer.words["frame"] & 0xFFFFF == rare >> 12


def test_the_toys_own_encoding_is_legal():
    """Planted unharmed it lives, so that it is the harm that kills."""
    assert planted(lambda entry: entry).standing is Standing.LEGAL


# -- what is asked --------------------------------------------------------------------------------


def test_a_target_that_hints_nothing_can_be_searched():
    """A new architecture asks before it has chosen."""
    bare = evolve(TARGET, encoding=layer())
    found = prepare(bare).verdict("bit-6")
    assert found.standing is Standing.LEGAL
    assert not found.shipped


def test_a_level_without_pages_is_refused():
    """The message says which levels have any."""
    with pytest.raises(UsageError, match="levels that do: pte"):
        prepare(TARGET, ("pmd",))


def test_a_candidate_is_known_by_its_number():
    """``9`` is short for ``bit-9``; what is in no catalogue gets the nearest names."""
    search = prepare(TARGET)
    assert search.candidate("9").form.name == "bit-9"
    with pytest.raises(UnknownNameError, match="did you mean permission-lost"):
        search.candidate("permission-lots")


def test_an_explanation_proves_every_law_and_retells_those_that_break():
    """Also laws that no hint is named in, such as that swap entries are not present.

    What was proved comes with its calls, what was tried with what happened.
    """
    found = explain(prepare(TARGET), "9")
    broken = {one.law for one in found.refuted}
    assert {"swap-is-no-hint", "swap-is-not-present"} <= broken
    assert found.refuted[0].law == "swap-is-no-hint"
    assert all(
        one.counterexample.steps if one.counterexample else one.reason for one in found.refuted
    )
    assert found.verdict.mended is not None
