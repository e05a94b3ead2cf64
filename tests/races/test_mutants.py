from __future__ import annotations

from contextlib import nullcontext

import hugetoy
import pytest
from attrs import evolve
from race_mutants import MUTANTS

from archcore.mm import (
    change_pte,
    fault,
    huge_fault,
    huge_protect,
    migrate,
    swapin,
    table_hint,
)
from archcore.mm.change import NOTHING, Changed
from archcore.mm.profile import PROFILES
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


def test_an_arrival_that_does_not_ask_the_vma_is_caught(monkeypatch):
    """B24: where mprotect has passed a migration entry over, only the VMA says what it took."""
    monkeypatch.setattr(change_pte, "_change_swap", lambda *_: NOTHING)
    careless = evolve(PROFILES["v6.1"], arrival_asks_vma=False)

    assert explore(SCENARIOS["S3"], hugetoy.TARGET, "v6.1").troubles == frozenset()
    assert explore(SCENARIOS["S3"], hugetoy.TARGET, careless).troubles == {Trouble.RIGHTS_EXCEEDED}


class Blind:
    """Hooks of which one answers always the same."""

    def __init__(self, hooks, **answers):
        self._hooks, self._answers = hooks, answers

    def __getattr__(self, name):
        if name in self._answers:
            return lambda *_: self._answers[name]
        return getattr(self._hooks, name)


def blind(monkeypatch, module, function, **answers):
    """Let a function of the engine not look again: the hooks it asks answer as given."""
    real = getattr(module, function)

    def looks_once(engine, *given, **more):
        return real(evolve(engine, hooks=Blind(engine.hooks, **answers)), *given, **more)

    monkeypatch.setattr(module, function, looks_once)


@pytest.mark.parametrize(
    ("module", "function", "answers", "story"),
    [
        (fault, "_wp_page_copy", {"pte_same": True}, "S9b"),
        (swapin, "_swap_in", {"pte_same": True}, "S4c"),
        (huge_fault, "_small", {"pmd_none": True, "pmd_present": True}, "S0b"),
    ],
)
def test_a_lost_second_look_is_caught(monkeypatch, module, function, answers, story):
    """Whoever made a page or a table without a lock has to look again with it."""
    blind(monkeypatch, module, function, **answers)

    found = explore(SCENARIOS[story], hugetoy.TARGET, "v6.1", limit=200)

    assert found.unexpected & {Trouble.LOST_STORE, Trouble.BROKEN, Trouble.REFERENCES}


@pytest.mark.slow
def test_an_arrival_in_the_place_of_another_page_is_caught(monkeypatch):
    """S5b: a migration entry may be that of the page that came after."""
    waits_for = migrate.waits_for

    class Any(int):
        __hash__ = int.__hash__

        def __eq__(self, other):
            return True

    def careless(hooks, swp):
        pfn = waits_for(hooks, swp)
        return None if pfn is None else Any(pfn)

    monkeypatch.setattr(migrate, "waits_for", careless)

    assert Trouble.LOST_STORE in explore(SCENARIOS["S5b"], hugetoy.TARGET, "v6.1").troubles


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


class TakenOnce:
    """Locks of which that of a table is taken only once."""

    def __init__(self, locks):
        self._locks, self._left = locks, 1

    def __getattr__(self, name):
        return getattr(self._locks, name)

    def pte(self, *given):
        """Return the lock, or none if it was taken before."""
        self._left -= 1
        return nullcontext() if self._left < 0 else self._locks.pte(*given)


def test_a_sweep_that_does_not_take_its_lock_again_is_caught(monkeypatch):
    """S12: after a page has moved, MADV_DONTNEED comes between the next look and its store."""
    settle, move = table_hint.do_pmd_numa_page, table_hint._move

    def careless(engine, *given):
        monkeypatch.setattr(table_hint, "_move", lambda _, *more: move(engine, *more))
        return settle(evolve(engine, locks=TakenOnce(engine.locks)), *given)

    monkeypatch.setattr(fault, "do_pmd_numa_page", careless)

    assert explore(SCENARIOS["S12"], hugetoy.TARGET, "v3.8").troubles == {Trouble.LEFT_MAPPED}


def test_a_sweep_that_moves_pages_no_tlb_was_told_of_is_caught(monkeypatch):
    """S12b: a page is disarmed before it moves, so that moving flushes what hardware could use."""
    blind(monkeypatch, fault, "do_pmd_numa_page", pte_accessible=False)

    found = explore(SCENARIOS["S12b"], hugetoy.TARGET, "v3.8")

    assert found.troubles == {Trouble.LOST_STORE}
    monkeypatch.undo()
    assert explore(SCENARIOS["S12b"], hugetoy.TARGET, "v3.8").troubles == frozenset()


def test_a_table_that_stays_a_hint_is_caught(monkeypatch):
    """S12: the task that faults on it would do so for ever."""
    settle = fault.do_pmd_numa_page

    def idle(engine, task, vma, address):
        slot = task.mm.tables.pmd(address)
        hint = slot.load()
        outcome = settle(engine, task, vma, address)
        slot.store(hint)
        return outcome

    monkeypatch.setattr(fault, "do_pmd_numa_page", idle)

    assert Trouble.BROKEN in explore(SCENARIOS["S12"], hugetoy.TARGET, "v3.8", limit=20).troubles
