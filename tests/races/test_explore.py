from __future__ import annotations

from collections import Counter

from cells import every_schedule, play
from hypothesis import given, settings
from hypothesis import strategies as st

from archcore.races.explore import Search
from archcore.races.orders import orders


def searched(program, actors=2):
    """Return how many orders lead to each result, by the search."""
    found = Counter()
    for one in Search(program):
        found[one.result, one.stuck] += orders(one.events, actors)
    return found


def counted(program):
    """Return how many orders lead to each result, by trying all of them."""
    return Counter((result, stuck) for _, result, stuck in every_schedule(program))


def test_two_counters_lose_an_update_in_most_orders():
    """Two unlocked additions: of the orders of their steps, those that keep both are counted."""
    program = play(T1=lambda cells: cells.add(0), T2=lambda cells: cells.add(0))

    found = searched(program)

    values = Counter()
    for (result, _), count in found.items():
        values[result[0][0]] += count
    assert values == Counter({2: 2, 1: 4})
    assert found == counted(program)


def test_a_lock_leaves_one_result():
    """Locked additions come to two in every order, and there are two interleavings."""

    def locked(cells):
        cells.lock(1)
        cells.add(0)
        cells.unlock(1)

    program = play(T1=locked, T2=locked)

    assert {one.result[0][0] for one in Search(program)} == {2}
    assert len(list(Search(program))) == 2
    assert searched(program) == counted(program)


def test_a_deadlock_is_a_result():
    """Two locks taken in two orders: the search finds the one in which both wait."""

    def nested(first, second):
        def act(cells):
            cells.lock(first)
            cells.lock(second)
            cells.unlock(second)
            cells.unlock(first)

        return act

    program = play(T1=nested(1, 2), T2=nested(2, 1))

    assert {one.stuck for one in Search(program)} == {(), (0, 1)}
    assert searched(program) == counted(program)


def test_who_finds_nothing_to_do_looks_again_only_after_a_change():
    """A retry that waits for the second of two stores ends in every order."""

    def twice(cells):
        cells.store(0, 1)
        cells.store(0, 2)

    program = play(T1=lambda cells: cells.retry_until(0, 2), T2=twice)

    assert {one.stuck for one in Search(program)} == {()}
    assert searched(program) == counted(program)


def test_who_waits_for_nothing_is_stuck():
    """A retry that nobody satisfies ends nowhere, and the search says so instead of hanging."""
    program = play(T1=lambda cells: cells.retry_until(0, 3), T2=lambda cells: cells.store(0, 1))

    assert {one.stuck for one in Search(program)} == {(0,)}
    assert searched(program) == counted(program)


ACTIONS = {
    "load": lambda at: lambda cells: cells.load(at),
    "store": lambda at: lambda cells: cells.store(at, 1 + cells.load(1 - at)),
    "add": lambda at: lambda cells: cells.add(at),
    "locked": lambda at: lambda cells: _locked(cells, at),
    "tried": lambda at: lambda cells: _tried(cells, at),
    "taken": lambda at: lambda cells: (cells.lock(at), cells.unlock(at)),
    "waits": lambda at: lambda cells: (cells.load(at), cells.await_unlock(2)),
    "retry": lambda at: lambda cells: cells.retry_until(at, 1),
}


def _locked(cells, at):
    cells.lock(2)
    cells.add(at)
    cells.unlock(2)


def _tried(cells, at):
    if not cells.trylock(2):
        return "busy"
    cells.store(at, 5)
    cells.unlock(2)
    return "mine"


STEPS = st.lists(st.tuples(st.sampled_from(sorted(ACTIONS)), st.integers(0, 1)), max_size=2)


def _acts(steps):
    return lambda cells: repr([ACTIONS[name](at)(cells) for name, at in steps])


@settings(max_examples=20, deadline=None)
@given(STEPS, st.sampled_from(sorted(ACTIONS)), st.integers(0, 1))
def test_the_search_counts_every_order_once(steps, name, at):
    """Whatever two actors do: results, orders and those who wait for ever are as by brute force."""
    program = play(T1=_acts(steps), T2=_acts([(name, at)]))

    assert searched(program) == counted(program)


SMALL = st.tuples(st.sampled_from(("add", "load", "retry", "taken")), st.integers(0, 1))


@settings(max_examples=10, deadline=None)
@given(st.lists(SMALL, min_size=3, max_size=3))
def test_three_actors_are_searched_as_well(steps):
    """One action each for three actors."""
    program = play(**{f"T{at}": _acts([step]) for at, step in enumerate(steps)})

    assert searched(program, 3) == counted(program)
