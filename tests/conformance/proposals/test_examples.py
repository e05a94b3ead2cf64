from __future__ import annotations

import toy

from archcore.conformance.declare import law
from archcore.conformance.proposals.examples import Examples, rows
from archcore.conformance.subject import subject
from archcore.words import Mask, has_none, same

ON = subject(toy.module().TARGET, "pte")
TOP = Mask(1 << 31, 32)


def test_a_law_that_some_word_breaks_is_refuted_by_that_word():
    """The words that come back break it on plain numbers, too, and are the simplest that do."""

    @law("top-is-clear")
    def promise(on, entry):
        """The highest bit is clear."""
        return has_none(entry, TOP)

    words = Examples(ON).against(promise)
    assert words == {"entry": TOP.value}
    assert not promise.holds(ON, **words)


def test_a_law_that_holds_is_not_refuted():
    """Nothing is found against it."""

    @law("same-is-same")
    def promise(on, entry):
        """A word is itself."""
        return same(entry, entry)

    assert Examples(ON).against(promise) is None


def test_a_helper_that_raises_is_left_to_the_proof():
    """No example is taken from a failure."""

    @law("broken")
    def promise(on, entry):
        """Nothing is promised."""
        raise ZeroDivisionError

    assert Examples(ON).against(promise) is None


def test_the_words_are_the_same_every_time_and_as_wide_as_an_entry():
    """A search has the same outcome in each process."""
    again = rows.__wrapped__(32)
    assert all((again[name] == words).all() for name, words in rows(32).items())
    assert {words.dtype.itemsize for words in rows(32).values()} == {4}
