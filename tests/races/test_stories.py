from __future__ import annotations

import hugetoy
import pytest
from attrs import evolve
from huge_machine import LOSES_WRITE

from archcore.errors import UnknownNameError, UsageError
from archcore.mm.profile import PROFILES
from archcore.races import SCENARIOS, Trouble, explore, retell, scenario
from archcore.races.result import Outcome

FLAT = tuple(evolve(level, leaf=level.name == "pte") for level in hugetoy.GEOMETRY.levels)
WRITTEN = Trouble.SPLIT_WRITTEN
SEEDS = ("seed", "seed+recheck", "seed+reread", "seed+both")
QUICK = [name for name in SCENARIOS if name not in {"S4", "S7b"}]


def searched(name, engine, target=LOSES_WRITE, **bounds):
    """Return the result of a story on the huge toy."""
    return explore(SCENARIOS[name], target, engine, **bounds)


def facts(result):
    """Return faults and lock round trips of each ending."""
    return {(one.ending.faults, one.ending.lock_round_trips) for one in result.outcomes}


@pytest.mark.parametrize(
    ("engine", "cost"),
    [("seed", (2, 3)), ("seed+recheck", (2, 3)), ("seed+reread", (1, 2)), ("seed+both", (1, 2))],
)
def test_reading_the_entry_again_saves_a_fault(engine, cost):
    """S0, M11: faults and lock round trips of a store that nobody disturbs."""
    assert facts(searched("S0", engine)) == {cost}


def test_the_two_suggestions_of_the_review_are_no_alternatives():
    """S1: to read again without looking again writes to a page being split."""
    troubles = {name: searched("S1", name).troubles for name in SEEDS}

    assert {name for name, found in troubles.items() if WRITTEN in found} == {"seed+reread"}


def test_the_interleaving_that_is_found_can_be_told_again():
    """Step by step, with the same ending, by its id and by its number."""
    result = searched("S1", "seed+reread")
    bad = next(
        one for one in result.outcomes if (WRITTEN, "pmdp_set_access_flags") in one.ending.findings
    )

    told = retell(SCENARIOS["S1"], LOSES_WRITE, "seed+reread", bad.example)

    assert told.ending == bad.ending
    assert any("splitting" in step.entry for step in told.steps)
    first = retell(SCENARIOS["S1"], LOSES_WRITE, "seed+reread", 1)
    assert first.ending in {one.ending for one in result.outcomes}


def test_a_huge_page_of_zeros_wastes_a_huge_page_under_the_patch():
    """S6b, M10: it is allocated and cleared before anyone compares."""
    wasted = {
        name: dict(searched("S6b", name).outcomes[0].ending.discarded)["huge_pages"]
        for name in ("seed", "seed+both", "v3.8", "v6.1")
    }

    assert wasted == {"seed": 1, "seed+both": 0, "v3.8": 0, "v6.1": 0}


def test_what_is_armed_by_emptying_its_slot_survives_madvise():
    """S5: the zap passes over a slot that is empty for a moment, unless it never is."""
    left = {name: Trouble.LEFT_MAPPED in searched("S5", name).troubles for name in PROFILES}

    assert left == {name: name not in {"v6.1", "v7.0"} for name in PROFILES}


def test_the_write_path_makes_a_hint_of_a_hint_that_nobody_knows():
    """S6: armed again in between, the entry compares equal, and the task faults for ever."""
    assert Trouble.BROKEN in searched("S6", "seed+reread").troubles
    assert Trouble.BROKEN not in searched("S6", "v6.1").troubles


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "engine"),
    [(name, engine) for name in QUICK for engine in SCENARIOS[name].profiles],
)
def test_nothing_goes_wrong_that_is_not_known(name, engine):
    """Every story under every profile, whether or not a hint keeps the right to write."""
    for target in (hugetoy.TARGET, LOSES_WRITE):
        result = searched(name, engine, target, limit=80)

        assert result.unexpected == frozenset()


def test_counts_do_not_change_from_run_to_run():
    """Nor does anything else of a result."""
    assert searched("S1", "v3.8") == searched("S1", "v3.8")


def test_endings_add_up_to_all_interleavings():
    """And so do the orders of steps that they stand for."""
    result = searched("S2", "v3.8")

    assert result.exhaustive
    assert sum(one.count for one in result.outcomes) == result.interleavings
    assert sum(one.orders for one in result.outcomes) == result.orders > result.interleavings
    assert all(isinstance(one, Outcome) for one in result.outcomes)


def test_a_limit_or_a_bound_is_no_exhaustive_search():
    """And says so."""
    assert not searched("S1", "seed", limit=5).exhaustive
    assert not searched("S1", "seed", preemptions=0).exhaustive
    assert (
        searched("S1", "seed", preemptions=0).interleavings < searched("S1", "seed").interleavings
    )


def test_names_of_scenarios_are_checked():
    """With the ones there are."""
    with pytest.raises(UnknownNameError, match="S99"):
        scenario("S99")


def test_a_story_of_huge_pages_needs_some():
    """A target without leaves above the lowest level is refused, with the reason."""
    flat = evolve(hugetoy.TARGET, geometry=evolve(hugetoy.GEOMETRY, levels=FLAT))

    with pytest.raises(UsageError, match="no huge pages"):
        explore(SCENARIOS["S1"], flat, "v6.1")


def test_what_is_armed_behind_the_sweep_of_a_table_stays_hinted():
    """S12: it costs faults, and nothing is lost; other profiles settle one page at a fault."""
    result = searched("S12", "v3.8", hugetoy.TARGET)
    states = {one.ending.state for one in result.outcomes}

    assert result.troubles == frozenset()
    assert any(state.startswith("page on node 1") for state in states)
    assert any(state.startswith("hinted table: page hinted on node 1") for state in states)
    assert {one.ending.faults for one in result.outcomes} == {1, 2}
    assert not any("table" in one.ending.state for one in searched("S12", "v6.1").outcomes)


def test_one_fault_settles_both_pages_of_a_hinted_table():
    """S12, nobody in between: two pages count as hint faults, and there was one."""
    alone = searched("S12", "v3.8", hugetoy.TARGET, preemptions=0)

    settled = {
        (one.ending.faults, dict(one.ending.counters).get("numa_hint_faults"))
        for one in alone.outcomes
    }
    assert (1, 2) in settled
