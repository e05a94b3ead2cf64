from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from archcore.words import Mask
from archcore.words.cube import Cube
from archcore.words.passes import Case
from archcore.words.rewrite import Rewrite
from archcore.words.stretches import MIXED, TABLE, UNTOUCHED, Stretch, by_tables, stretches

PRESENT, WRITE = Mask(0b1), Mask(0b10)
KEEP = ~PRESENT
READABLE = Case(Rewrite(Cube(PRESENT, WRITE), KEEP, Mask(0)))
WRITABLE = Case(Rewrite(Cube(PRESENT | WRITE, Mask(0)), KEEP, WRITE))
CASES = (READABLE, WRITABLE)
EMPTY, READ, WRITTEN = 0, 1, 3


def tables(*contents):
    """Return the words of tables that hold one word each, or two alternating ones."""
    return np.array([np.resize(content, TABLE) for content in contents], np.uint64).reshape(-1)


@given(
    runs=st.lists(st.tuples(st.integers(0, 3), st.integers(1, 3 * TABLE)), min_size=1, max_size=9),
    find=st.sampled_from([stretches, by_tables]),
    choose=st.booleans(),
)
def test_stretches_cover_every_word_once(runs, find, choose):
    """Whatever the words are, each stretch begins where the last one ended."""
    words = np.repeat([word for word, _ in runs], [length for _, length in runs]).astype(np.uint64)
    chosen = np.arange(len(words)) % 700 < 350 if choose else None
    found = list(find(CASES, words, chosen))
    assert [s.start for s in found] == [0, *(s.stop for s in found[:-1])]
    assert found[-1].stop == len(words)


def test_full_empty_and_mixed_tables_are_told_apart():
    """Long runs of tables alike are found, with the case that fills them."""
    words = tables(*[READ] * 16, *[EMPTY] * 16, *[WRITTEN] * 16, [READ, EMPTY], *[READ] * 15)
    at = [edge * TABLE for edge in (0, 16, 32, 48, 49, 64)]
    assert list(stretches(CASES, words)) == [
        Stretch(at[0], at[1], 0),
        Stretch(at[1], at[2], UNTOUCHED),
        Stretch(at[2], at[3], 1),
        Stretch(at[3], at[4], MIXED),
        Stretch(at[4], at[5], 0),
    ]


def test_words_of_one_kind_are_one_stretch():
    """A few looks are enough where all words are alike."""
    for word, guess in ((READ, 0), (WRITTEN, 1), (EMPTY, UNTOUCHED)):
        words = tables(*[word] * 16)
        assert list(stretches(CASES, words)) == [Stretch(0, len(words), guess)]


def test_words_mixed_within_tables_are_one_mixed_stretch():
    """Where a table is mixed, tables are no help."""
    words = np.random.default_rng(1).integers(0, 4, 64 * TABLE).astype(np.uint64)
    assert list(stretches(CASES, words)) == [Stretch(0, len(words), MIXED)]


def test_tables_that_alternate_are_one_mixed_stretch():
    """Where every table differs from the next, none of them is worth a pass of its own."""
    words = tables(*[READ, WRITTEN] * 16)
    assert list(by_tables(CASES, words)) == [Stretch(0, len(words), MIXED)]


def test_words_that_are_not_chosen_are_untouched():
    """A choice of no word of a table leaves the table alone."""
    words = tables(*[READ] * 32)
    chosen = np.arange(len(words)) < 16 * TABLE
    assert [s.guess for s in stretches(CASES, words, chosen)] == [0, UNTOUCHED]
    assert [s.guess for s in stretches(CASES, words, chosen & False)] == [UNTOUCHED]
