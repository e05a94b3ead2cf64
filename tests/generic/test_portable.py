from __future__ import annotations

import inspect
from itertools import product

import numpy as np
import pytest
from swapping import bound

from archcore.words.strict import StrictTruth, StrictWord

HOOKS = bound()
NEEDS_HUGE_PAGES = "arch_make_huge_pte"
NAMES = sorted(HOOKS.helpers.keys() - {NEEDS_HUGE_PAGES})
WORDS = [(0, 0), (0x502B, 0x5021), (0x50AA, 0x502B), (0x3A00_0506, 3), (0x7400_0101, 0xFFFF_FFFF)]


def plain(answer):
    """Return an answer of any number system as a number."""
    return int(getattr(answer, "value", answer))


@pytest.mark.parametrize("name", NAMES)
def test_a_helper_is_the_same_in_every_number_system(name):
    """One word, a word that only the vocabulary may touch, and an array."""
    function = HOOKS.helpers[name]
    parameters = inspect.signature(function).parameters.values()
    required = [one for one in parameters if one.default is one.empty]
    for words, truth in product(WORDS, (False, True)):
        given = [
            truth if one.annotation == "Truth" else word
            for one, word in zip(required, (*words, 0), strict=False)
        ]
        strict = [StrictTruth(one) if one is truth else StrictWord(one, 32) for one in given]
        arrays = [np.array([one], bool if one is truth else np.uint32) for one in given]
        expected = plain(function(*given))

        assert plain(function(*strict)) == expected
        assert plain(np.ravel(function(*arrays))[0]) == expected
