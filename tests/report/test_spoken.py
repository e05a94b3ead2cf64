from __future__ import annotations

import toy
from attrs import evolve

from archcore.hookspecs import hookimpl
from archcore.report.spoken import spoken
from archcore.words import has_all

TARGET = toy.module().TARGET
ENTRY = toy.module().ENTRY
MAPPED = ENTRY.mask("V", "W", "LEAF", "A").value


class Blind:
    """An encoding that takes every page with a stored-to flag for a hint."""

    def __init__(self):
        """Take the toy's own answers for the rest."""
        self.own = TARGET.encoding.entry

    @hookimpl
    def pte_mknuma(self, pte):
        """Arm as the toy does."""
        return self.own.mknuma(pte)

    @hookimpl
    def pte_mknonnuma(self, pte):
        """Disarm as the toy does."""
        return self.own.mknonnuma(pte)

    @hookimpl
    def pte_numa(self, pte):
        """Ask for the wrong flag."""
        return has_all(pte, ENTRY["A"])


def test_a_sound_word_keeps_every_law_that_speaks_of_it():
    """And says how many there are."""
    told = spoken(TARGET, "pte", MAPPED)
    assert told.broken == ()
    assert "open-is-present" in told.held
    assert str(told) == f"{len(told.held)} speak of the word, all hold"


def test_a_law_whose_premise_fails_does_not_speak():
    """An empty word is open to nobody."""
    assert "open-is-present" not in spoken(TARGET, "pte", 0).held


def test_a_broken_law_is_named():
    """For the very word that breaks it, and only where it does."""
    blind = evolve(TARGET, id="toy-blind-v1", encoding=Blind())
    told = spoken(blind, "pte", MAPPED)
    assert told.broken == ("open-is-no-hint",)
    assert str(told).endswith("; broken: open-is-no-hint")
    assert spoken(blind, "pte", MAPPED & ~ENTRY["A"].value).broken == ()


def test_a_level_without_helpers_has_no_law():
    """Its entries point to tables only."""
    assert spoken(TARGET, "pgd", 0) is None
