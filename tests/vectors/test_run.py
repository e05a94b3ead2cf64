from __future__ import annotations

import numpy as np
import pytest

from archcore.vectors.group import Gathering
from archcore.vectors.run import run
from archcore.vectors.signature import Signature


def group(signature, *rows):
    """Return records of some helper, whatever their results."""
    words = [word for row in rows for word in row]
    count = len(rows)
    made = Gathering("some", Signature.parse(signature), words, [0] * count, list(range(count)))
    return made.group()


@pytest.mark.parametrize("width", [32, 64])
def test_a_helper_runs_once_on_all_of_its_records(width):
    """In words of the target's width."""
    seen = []

    def helper(first, second):
        seen.append((first, second))
        return first | second

    results = run(helper, group("p:pp", (1, 2), (4, 8), (1, 2)), width)

    assert results.values.tolist() == [3, 12, 3]
    assert len(seen) == 1
    assert {array.dtype for array in seen[0]} == {np.dtype(f"uint{width}")}


def test_flags_are_truths():
    """An argument of letter f or b is a bool, not a word."""
    results = run(lambda word, flag: np.where(flag, word, 0), group("p:pf", (5, 1), (5, 0)), 64)

    assert results.values.tolist() == [5, 0]


def test_one_answer_stands_for_all():
    """A helper may not depend on its argument."""
    assert run(lambda _: True, group("b:p", (1,), (2,)), 64).values.tolist() == [1, 1]


def test_a_helper_of_single_words_is_asked_once_for_each():
    """A table that is looked up takes no arrays; the same flags are looked up once."""
    seen = []

    def lookup(flags):
        seen.append(flags)
        return (10, 20, 30)[flags]

    results = run(lookup, group("g:v", (1,), (2,), (1,), (0,)), 64)

    assert results.values.tolist() == [20, 30, 20, 10]
    assert sorted(flags for flags in seen if isinstance(flags, int)) == [0, 1, 2]


@pytest.mark.parametrize("answer", [-1, 1 << 64, None, "text", 1.0])
def test_what_is_no_word_is_told(answer):
    """By its place."""
    assert list(run(lambda _: answer, group("p:p", (1,)), 64).errors) == [0]
