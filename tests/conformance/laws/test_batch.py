"""A helper that treats many words otherwise than one is found."""

from __future__ import annotations

import numpy as np
import pytest
from changed_toy import ENTRY, TARGET, instead, result

from archcore.conformance.verdict import Status
from archcore.words import clear, has_all, has_none, put, where

LAW = "array-equals-single-words"
YOUNG = ENTRY["A"]


def _other_on_arrays(pte):
    return has_none(pte, YOUNG) if isinstance(pte, np.ndarray) else has_all(pte, YOUNG)


def _first_for_all(pte):
    return bool(pte[0] & YOUNG.value) if isinstance(pte, np.ndarray) else has_all(pte, YOUNG)


def _branches(pte):
    if isinstance(pte, int | np.ndarray):
        return where(has_all(pte, ENTRY["D"]), put(pte, YOUNG), pte)
    return put(pte, YOUNG)


def test_the_toy_answers_arrays_word_by_word():
    """Each helper was asked for a few dozen words at once."""
    found = result(TARGET, LAW)
    assert (found.status, found.reason) == (Status.SAMPLED, "")
    assert found.tried > 24 * 20


@pytest.mark.parametrize(
    ("functions", "reason"),
    [
        ({"pte_young": _other_on_arrays}, "of an array 0x"),
        ({"pte_young": _first_for_all}, "of an array 0x"),
        ({"pte_mkyoung": _branches}, "of a recording 0x"),
        ({"pte_mkold": lambda pte: clear(pte[0], YOUNG)}, "pte_mkold: TypeError"),
    ],
    ids=["other", "first-for-all", "branches", "no-int"],
)
def test_many_words_that_differ_from_one_are_refuted(functions, reason):
    """The reason names the helper, the word and both answers."""
    found = result(instead(**functions), LAW)
    assert found.status is Status.REFUTED
    assert reason in found.reason
    assert next(iter(functions)) in found.reason
