"""Words, masks, layouts and helpers by chance, for any width."""

from __future__ import annotations

from functools import cache, partial
from itertools import pairwise

from attrs import frozen
from hypothesis import strategies as st

import archcore.words
from archcore.layout import Bit, Bits, EntryLayout
from archcore.words import Mask

WIDTHS = (32, 64)
widths = st.sampled_from(WIDTHS)


@cache
def places(width=64):
    """Return a strategy for bit positions; the ends are likely, so that words often meet."""
    return st.sampled_from((0, 1, 2, 3, width - 2, width - 1)) | st.integers(0, width - 1)


@cache
def words(width=64):
    """Return a strategy for words: sparse, dense, with long runs of equal bits, or any."""
    top = (1 << width) - 1
    place = places(width)
    sparse = st.frozensets(place, max_size=4).map(lambda drawn: sum(1 << at for at in drawn))
    runs = st.tuples(place, place).map(lambda ends: (1 << max(ends)) - (1 << min(ends)))
    return sparse | sparse.map(lambda word: top ^ word) | runs | st.integers(0, top)


@cache
def masks(width=64):
    """Return a strategy for masks, empty and full ones included."""
    return words(width).map(lambda word: Mask(word, width))


@cache
def runs(width=64):
    """Return a strategy for masks of bits side by side."""
    return st.tuples(places(width), places(width)).map(
        lambda ends: Mask((2 << max(ends)) - (1 << min(ends)), width)
    )


@frozen
class Input:
    """The word with that number among those a tree is run on."""

    index: int

    def __call__(self, *given):
        """Return the word."""
        return given[self.index]


@frozen
class Tree:
    """A helper: one function of the vocabulary over trees, inputs and constants."""

    name: str
    args: tuple

    def __call__(self, *given):
        """Return what the helper makes of words of any number system."""
        operands = (arg(*given) if isinstance(arg, Input | Tree) else arg for arg in self.args)
        return getattr(archcore.words, self.name)(*operands)


def _arguments(width, word, truth):
    """Return a strategy for the arguments of each function, given those for words and truths."""
    operand, mask, run = word | masks(width) | words(width), masks(width), runs(width)
    either_truth = st.tuples(truth, truth | st.booleans()) | st.tuples(st.booleans(), truth)
    amounts = st.integers(-4, 4) | st.integers(-(1 << width), 1 << width)
    chosen = st.tuples(word, operand) | st.tuples(operand, word)
    return {
        "clear": st.tuples(word, mask),
        "put": st.tuples(word, operand),
        "xor": st.tuples(word, operand),
        "where": st.tuples(truth | st.booleans(), chosen).map(lambda pair: (pair[0], *pair[1])),
        "bits": st.tuples(word, run),
        "with_bits": st.tuples(word, run, operand) | st.tuples(operand, run, word),
        "add_bits": st.tuples(word, run, amounts),
        "has_all": st.tuples(word, mask),
        "has_any": st.tuples(word, mask),
        "has_none": st.tuples(word, mask),
        "same": chosen,
        "both": either_truth,
        "either": either_truth,
        "implies": either_truth,
        "negate": st.tuples(truth),
    }


FUNCTIONS = tuple(_arguments(64, st.nothing(), st.nothing()))
GIVES_WORD = FUNCTIONS[: FUNCTIONS.index("has_all")]
GIVES_TRUTH = FUNCTIONS[FUNCTIONS.index("has_all") :]
ASKS_WORDS = GIVES_TRUTH[: GIVES_TRUTH.index("both")]


@cache
def _trees(names, width, inputs, depth):
    below = max(depth - 1, 0)
    known = _arguments(width, helpers(width, inputs, below), conditions(width, inputs, below))
    return st.one_of(*(known[name].map(partial(Tree, name)) for name in names))


def call(name, width=64, inputs=1):
    """Return a strategy for one function over inputs, constants and simple conditions."""
    return _trees((name,), width, inputs, 0)


@st.composite
def helpers(draw, width=64, inputs=1, depth=4):
    """Draw a tree that gives a word; every function of the vocabulary that does may occur."""
    if not depth or not draw(st.integers(0, depth)):
        return Input(draw(st.integers(0, inputs - 1)))
    return draw(_trees(GIVES_WORD, width, inputs, depth))


@st.composite
def conditions(draw, width=64, inputs=1, depth=4):
    """Draw a tree that gives a truth; every function of the vocabulary that does may occur."""
    return draw(_trees(GIVES_TRUTH if depth > 1 else ASKS_WORDS, width, inputs, depth))


@st.composite
def fields(draw, width=64):
    """Draw fields side by side, with gaps, in the order of their names."""
    cuts = sorted(draw(st.sets(st.integers(0, width), min_size=2, max_size=12)))
    spans = [span for span in pairwise(cuts) if draw(st.booleans())]
    return tuple(
        Bit(f"F{low}", low) if high == low + 1 else Bits(f"F{low}", low, high - 1)
        for low, high in spans
    )


@st.composite
def layouts(draw, width=64):
    """Draw a layout without overlaps."""
    return EntryLayout("drawn", draw(fields(width)), width=width)
