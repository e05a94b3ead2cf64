"""Helpers and conditions by chance: any straight run of the vocabulary over one word."""

from __future__ import annotations

from typing import NamedTuple

from attrs import frozen
from hypothesis import strategies as st

from archcore.words import (
    Mask,
    bits,
    both,
    clear,
    either,
    has_all,
    has_any,
    has_none,
    negate,
    put,
    same,
    where,
    with_bits,
    xor,
)

FLAGS = (0, 1, 2, 5, 8, 9)
RUN = 4


class Given(NamedTuple):
    """What a step may use: earlier words and truths, and a mask."""

    word: object
    other: object
    truth: object
    also: object
    mask: Mask


WORD_STEPS = {
    "clear": lambda at: clear(at.word, at.mask),
    "put": lambda at: put(at.word, at.mask),
    "flip": lambda at: xor(at.word, at.mask),
    "merge": lambda at: put(at.word, at.other),
    "differ": lambda at: xor(at.word, at.other),
    "choose": lambda at: where(at.truth, at.word, at.other),
    "move": lambda at: with_bits(at.word, _run(at.mask, 0), bits(at.other, _run(at.mask, 1))),
}
TRUTH_STEPS = {
    "all": lambda at: has_all(at.word, at.mask),
    "any": lambda at: has_any(at.word, at.mask),
    "none": lambda at: has_none(at.word, at.mask),
    "same": lambda at: same(clear(at.word, ~at.mask), at.mask),
    "both": lambda at: both(at.truth, at.also),
    "either": lambda at: either(at.truth, at.also),
    "not": lambda at: negate(at.truth),
}


def _run(mask, place):
    """Return one of two short runs of bits, chosen by a mask."""
    low = sum(mask.positions) % (mask.width - RUN - place) + place
    return Mask(((1 << RUN) - 1) << low, mask.width)


@frozen
class Program:
    """A few steps, each on earlier results; ``word`` is a helper, ``truth`` a condition."""

    width: int
    steps: tuple

    def run(self, word):
        """Return all words and truths the steps make."""
        words, truths = [word], [True]
        for name, first, second, third, flags in self.steps:
            mask = Mask(sum(1 << at for at in flags), self.width)
            w, v = words[first % len(words)], words[second % len(words)]
            t, u = truths[third % len(truths)], truths[second % len(truths)]
            at = Given(w, v, t, u, mask)
            if name in WORD_STEPS:
                words.append(WORD_STEPS[name](at))
            else:
                truths.append(TRUTH_STEPS[name](at))
        return words, truths

    def word(self, word):
        """Return the last word made."""
        return self.run(word)[0][-1]

    def truth(self, word):
        """Return the last truth made."""
        return self.run(word)[1][-1]


def programs(width=64):
    """Return a strategy for programs of up to six steps."""
    places = st.integers(0, 7)
    flags = st.frozensets(st.sampled_from((*FLAGS, width - 1)), max_size=3)
    names = st.sampled_from((*WORD_STEPS, *TRUTH_STEPS))
    steps = st.lists(st.tuples(names, places, places, places, flags), max_size=6)
    return st.builds(Program, st.just(width), steps.map(tuple))


def words(width=64):
    """Return a strategy for words in which the flags of programs vary most."""
    few = st.frozensets(st.sampled_from((*FLAGS, *range(10, 14), width - 1)))
    sparse = few.map(lambda places: sum(1 << at for at in places))
    return sparse | st.integers(0, (1 << width) - 1)
