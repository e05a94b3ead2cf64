from __future__ import annotations

from itertools import pairwise

import pytest
from cells import play

from archcore.races.explore import Search
from archcore.races.preempt import BoundedSearch


def _twice(cells):
    cells.add(0)
    cells.add(0)


PROGRAM = play(T1=_twice, T2=_twice)


def interruptions(schedule):
    """Count the changes from an actor that has steps left."""
    return sum(
        one != other and one in schedule[at + 1 :]
        for at, (one, other) in enumerate(pairwise(schedule))
    )


@pytest.mark.parametrize("allowed", [0, 1, 2])
def test_no_more_actors_are_interrupted_than_allowed(allowed):
    """And the search says that it has left some out."""
    search = BoundedSearch(PROGRAM, allowed)

    found = list(search)

    assert max(interruptions(one.schedule) for one in found) == allowed
    assert search.bounded


def test_without_interruptions_one_follows_the_other():
    """Two orders, and no update is lost in either."""
    found = list(BoundedSearch(PROGRAM, 0))

    assert sorted(one.schedule for one in found) == [(0,) * 4 + (1,) * 4, (1,) * 4 + (0,) * 4]
    assert {one.result[0][0] for one in found} == {4}


def test_a_generous_bound_finds_what_the_full_search_finds():
    """As many interleavings with the same results, and it says that none is missing."""
    search = BoundedSearch(PROGRAM, 20)

    found = sorted(str(one.result) for one in search)

    assert found == sorted(str(one.result) for one in Search(PROGRAM))
    assert not search.bounded
