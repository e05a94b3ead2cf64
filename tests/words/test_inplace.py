from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from programs import Program, programs

from archcore.errors import PortabilityError
from archcore.words import Mask, both, clear, has_all, has_none, negate, put, with_bits, xor
from archcore.words import bits as bits_of
from archcore.words.inplace import InPlace
from archcore.words.stretches import TABLE

WIDTHS = (32, 64)
PRESENT = {width: Mask(0b1, width) for width in WIDTHS}
HIGH = {width: Mask(1 << width - 1, width) for width in WIDTHS}
FRAME = {width: Mask(0xFFFFF << 12, width) for width in WIDTHS}


def close(word):
    """Clear the lowest bit, set the next, invert the frame: a rewrite of one case."""
    return xor(put(clear(word, PRESENT[64]), Mask(0b10)), FRAME[64])


def as_expected(helper, conditions, words, chosen=None):
    """Return the words after the helper ran on those it is for, and how many these are."""
    fits = {w: all(condition(w) for condition in conditions) for w in set(words.tolist())}
    becomes = {w: helper(w) for w in fits}
    wanted = [True] * len(words) if chosen is None else chosen.tolist()
    taken = [fits[w] and also for w, also in zip(words.tolist(), wanted, strict=True)]
    new = [becomes[w] if yes else w for w, yes in zip(words.tolist(), taken, strict=True)]
    return new, sum(taken)


def check(bulk, helper, conditions, words, chosen=None):
    """Assert that the array path leaves the words and the count of the scalar path."""
    expected, count = as_expected(helper, conditions, words, chosen)
    assert bulk(words, chosen) == count
    assert words.tolist() == expected


@st.composite
def arrays(draw, width=64):
    """Draw words in stretches: tables of one word, of a few in turn, of random ones."""
    some = st.lists(st.integers(0, (1 << width) - 1), min_size=1, max_size=4)
    flags = st.lists(st.sampled_from([0, 1, 2, 3, 1 << width - 1]), min_size=1, max_size=4)
    lengths = st.sampled_from([1, 7, TABLE - 1, TABLE, 9 * TABLE])
    runs = draw(st.lists(st.tuples(some | flags, lengths), max_size=4))
    parts = [np.resize(np.array(few, f"uint{width}"), length) for few, length in runs]
    return np.concatenate([np.empty(0, f"uint{width}"), *parts])


@st.composite
def choices(draw, words):
    """Draw a choice among words: none given, all, none of them, a stretch, or any."""
    count, kind = len(words), draw(st.sampled_from(["absent", "all", "none", "stretch", "any"]))
    if kind == "absent":
        return None
    if kind == "any":
        return np.random.default_rng(draw(st.integers(0, 9))).random(count) < 0.5
    last = {"all": count, "none": 0}.get(kind, draw(st.integers(0, count)))
    return np.arange(count) < last


@given(programs(), programs(), st.data())
def test_arrays_are_rewritten_as_single_words_are(helper, condition, data):
    """Whatever helper and condition, whichever words are chosen, each word comes out the same."""
    bulk = InPlace(64, helper.word, condition.truth)
    words = data.draw(arrays())
    chosen = data.draw(choices(words))
    check(bulk, helper.word, [condition.truth], words, chosen)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("masks", [PRESENT, HIGH], ids=["lowest", "highest"])
@given(data=st.data())
def test_both_widths_and_any_bit_to_ask_for(width, masks, data):
    """The lowest bit has a way of its own through the passes; the result is the same."""
    mask, frame = masks[width], FRAME[width]
    conditions = [lambda w: has_all(w, mask)]
    helper = lambda w: xor(clear(w, mask), frame)  # noqa: E731 - read as one line
    words = data.draw(arrays(width))
    bulk = InPlace(width, helper, *conditions)
    assert len(bulk.rewrites) == 1
    check(bulk, helper, conditions, words, data.draw(choices(words)))


def test_a_helper_that_no_masks_describe_runs_itself():
    """A field moved to another place is right too, only slower."""
    low, high = Mask(0xFFF), Mask(0xFFF << 40)
    helper = lambda w: with_bits(w, high, bits_of(w, low))  # noqa: E731 - read as one line
    conditions = [lambda w: has_all(w, PRESENT[64]), lambda w: has_none(w, HIGH[64])]
    bulk = InPlace(64, helper, *conditions)
    assert bulk.rewrites is None
    words = np.random.default_rng(3).integers(0, 1 << 64, 40_000, np.uint64)
    check(bulk, helper, conditions, words.copy())
    check(bulk, helper, conditions, words, np.arange(len(words)) % 3 == 0)


def test_a_long_array_is_cut_without_a_seam():
    """More words than any block, with edges in the middle of tables and a ragged end."""
    state = np.random.default_rng(7)
    runs = state.integers(0, 4, 1200), state.integers(1, 2000, 1200)
    words = np.repeat(*runs).astype(np.uint64)
    words[:40_000] = state.integers(0, 4, 40_000)
    words[40_000:200_000] = 1
    words[[60_001, 150_002]] = 0  # strays that no glance sees
    conditions = [lambda w: has_all(w, PRESENT[64]), lambda w: negate(has_all(w, Mask(0b10)))]
    assert len(words) > 1 << 20
    check(InPlace(64, close, *conditions), close, conditions, words)


def test_a_condition_no_word_fulfils_changes_nothing():
    """An impossible condition is known to be impossible."""
    words = np.arange(5000, dtype=np.uint64)
    bulk = InPlace(64, close, lambda w: both(has_all(w, Mask(1)), has_none(w, Mask(1))))
    assert bulk.rewrites == ()
    assert bulk(words) == 0
    assert words.tolist() == list(range(5000))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (np.zeros(4, np.int64), "int64"),
        (np.zeros(4, np.uint32), "uint32"),
        (np.zeros(4, ">u8"), ">u8"),
        (np.zeros((2, 2), np.uint64), r"\(2, 2\)"),
        (np.frombuffer(bytes(32), np.uint64), "read-only"),
    ],
)
def test_an_array_that_cannot_be_rewritten_is_refused(words, said):
    """The error names what was given and what is needed."""
    with pytest.raises(PortabilityError, match=said) as caught:
        InPlace(64, Program(64, ()).word)(words)
    assert "writable one-dimensional array of uint64" in str(caught.value)


@pytest.mark.parametrize("chosen", [np.ones(3, np.bool_), np.ones(4, np.uint8)])
def test_a_choice_that_does_not_fit_is_refused(chosen):
    """One truth a word is needed."""
    with pytest.raises(PortabilityError, match="chosen from by as many truths"):
        InPlace(64, Program(64, ()).word)(np.zeros(4, np.uint64), chosen)
