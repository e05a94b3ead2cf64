from __future__ import annotations

import hugetoy
import pytest
from race_mutants import MUTANTS

from archcore.mm import huge_protect
from archcore.mm.change import Changed
from archcore.races import SCENARIOS, Trouble, explore


@pytest.mark.slow
@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda one: one.bug)
def test_a_bug_is_caught_and_only_the_bug(mutant):
    """By the scenario and as the trouble that the table names; the profile without it is clean."""
    assert mutant.trouble in mutant.caught(planted=True)
    assert mutant.trouble not in mutant.caught(planted=False)


def test_a_huge_page_that_counts_as_one_is_caught(monkeypatch):
    """B14: numa_pte_updates counts base pages."""
    monkeypatch.setattr(huge_protect, "_changed", lambda *_: Changed(1, huge=1))

    assert explore(SCENARIOS["S10"], hugetoy.TARGET, "v6.1").troubles == {Trouble.UNITS}


def test_a_lock_that_is_kept_is_caught(monkeypatch):
    """M13: a handler that takes the lock once more than it gives it back."""
    from archcore.mm import huge_numa

    arrived = huge_numa.still

    def still(engine, slot, orig):
        lock = next(iter(engine.locks.held()[-1:]))
        engine.locks._held[engine.seam.actor()].append(lock)
        return arrived(engine, slot, orig)

    monkeypatch.setattr(huge_numa, "still", still)

    assert Trouble.LOCKS in explore(SCENARIOS["S0"], hugetoy.TARGET, "v6.1").troubles
