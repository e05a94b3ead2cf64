"""The scalar replay: the reference engine on whole traces."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pluggy
import pytest
import toy
from hypothesis import given
from hypothesis import strategies as st

from archcore.errors import InputError, UsageError
from archcore.replay.plan import Shape, fitted, plan
from archcore.replay.scalar import replay
from archcore.replay.settings import Settings
from archcore.trace.record import Op, Trace
from archcore.trace.schedule import Schedule

SCAN = 500
SHAPE = Shape(page_shift=12, tlb_sets=128)


def trace(addresses, op=Op.WRITE, size=8):
    """Return a trace of one thread."""
    count = len(addresses)
    return Trace(
        vaddr=np.asarray(addresses, np.uint64),
        size=np.full(count, size, np.uint32),
        op=np.full(count, op, np.uint8),
        tid=np.zeros(count, np.uint32),
        origin="made for a test",
    )


@pytest.fixture
def target():
    """Return the toy target."""
    return toy.module().TARGET


ROUNDS = trace(np.tile(np.arange(32, dtype=np.uint64) << np.uint64(12), 200))


def test_scalar_and_array_arming_give_the_same_replay(target):
    """Every counter, ledger line, cost and TLB figure is the same either way."""
    results = [
        replay(target, ROUNDS, Settings(scan_period=SCAN, arrays=arrays))
        for arrays in (False, True)
    ]

    assert results[0] == results[1]
    assert results[0].counters["numa_hint_faults"] > 0


@pytest.mark.parametrize("engine", ["seed", "v3.8", "v6.1"])
def test_a_replay_without_observers_makes_no_pluggy_call(monkeypatch, target, engine):
    """Hooks are bound to functions; pluggy is not on the path of a fault."""
    calls = []
    original = pluggy.HookCaller.__call__

    def counted(self, **given):
        calls.append(self.name)
        return original(self, **given)

    monkeypatch.setattr(pluggy.HookCaller, "__call__", counted)

    result = replay(target, ROUNDS, Settings(engine=engine, scan_period=SCAN, ledger=False))
    silent = list(calls)
    replay(target, ROUNDS, Settings(engine=engine, scan_period=SCAN, ledger=True))

    assert result.counters["pgfault"] > 0
    assert silent == []
    assert "update_mmu_cache" in calls


def test_the_ledger_changes_nothing_but_the_ledger(target):
    """Observing maintenance calls leaves every counter as it was."""
    with_ledger, without = (
        replay(target, ROUNDS, Settings(scan_period=SCAN, ledger=ledger))
        for ledger in (True, False)
    )

    assert with_ledger.counters == without.counters
    assert with_ledger.paid == without.paid
    assert with_ledger.ledger
    assert not without.ledger


def test_memory_follows_its_user_to_the_other_node(target):
    """After the move every page is hinted, faults once and lies on the new node."""
    schedule = Schedule.parse("0:30%,1:70%")

    result = replay(target, ROUNDS, Settings(scan_period=SCAN, schedule=schedule))

    assert result.counters["numa_pages_migrated"] == 32
    assert result.counters["pgmigrate_success"] == 32


def test_a_task_that_stays_has_nothing_to_migrate(target):
    """On one node, 6.1 hints no page of a single thread."""
    result = replay(target, ROUNDS, Settings(scan_period=SCAN, schedule=Schedule.parse("0:100%")))

    assert result.counters["numa_pages_migrated"] == 0
    assert result.counters["numa_pte_updates"] == 0


def test_hint_faults_local_never_exceed_hint_faults(target):
    """A local fault is a hint fault, and a migrated page was migrated successfully."""
    for engine in ("seed", "v3.8", "v6.1"):
        counters = replay(target, ROUNDS, Settings(engine=engine, scan_period=SCAN)).counters

        assert counters["numa_hint_faults_local"] <= counters["numa_hint_faults"]
        assert counters["numa_pages_migrated"] <= counters["pgmigrate_success"]


def test_a_reference_across_a_page_boundary_touches_both_pages(target):
    """Eight bytes that begin four before a boundary fault on two pages."""
    result = replay(target, trace([0x1FFC]), Settings(schedule=Schedule.parse("0:100%")))

    assert result.references == 1
    assert result.counters["pgfault"] == 2


def test_a_modify_is_a_load_and_then_a_store():
    """Lackey's M line is carried out as two steps on one page."""
    steps = plan(trace([0x1000], Op.MODIFY), SHAPE, Settings())

    assert [access.value for access in steps.accesses] == ["read", "write"]


FAR = [(1 << 46) + at * (1 << 32) + at * 0x10000 for at in (0, 1, 5)]


def test_a_trace_that_reaches_beyond_the_tables_is_moved_together(target):
    """Its counters are those of the same trace at home, and the result says so."""
    near, far = trace([0x10000, 0x10000, 0x20000, 0x60000]), trace([FAR[0], *FAR])
    unhinted = Settings(scan_period=100)
    moved, plain = replay(target, far, unhinted), replay(target, near, unhinted)

    assert (moved.moved, plain.moved) == (True, False)
    assert moved.counters["pgfault"] == plain.counters["pgfault"] == 3


@given(st.lists(st.integers(0, (1 << 54) - 1), min_size=1, max_size=12))
def test_moving_changes_distances_and_nothing_else(addresses):
    """Order, sets and rights stay, and no stretch touches another."""
    steps = plan(trace([at & -8 for at in addresses]), SHAPE, Settings(fold=False))
    moved = fitted(steps, 32)
    assert len(moved.areas) == len(steps.areas)
    for old, new in zip(steps.areas, moved.areas, strict=True):
        assert (new.start - old.start) % (1 << 24) == 0
        assert new.end - new.start == old.end - old.start
        assert new.flags == old.flags
    for one, next_ in pairwise(moved.areas):
        assert one.end < next_.start
    for old, new in zip(steps.addresses, moved.addresses, strict=True):
        assert old % (1 << 24) == new % (1 << 24)
        assert any(area.start <= new < area.end for area in moved.areas)


def test_a_trace_too_large_for_the_tables_is_an_input_error(target):
    """What a target cannot hold is refused with the number and a way out."""
    with pytest.raises(InputError, match="does not fit the 12 address bits of this target"):
        fitted(plan(trace([FAR[0]]), SHAPE, Settings()), 12)


def test_a_schedule_needs_its_nodes():
    """Naming a node that the machine lacks is a usage error."""
    with pytest.raises(UsageError, match="names a node beyond"):
        plan(ROUNDS, SHAPE, Settings(nodes=1))


def test_progress_ends_at_the_last_step(target):
    """Whoever draws a bar is told of every step, in order, to the end."""
    seen = []

    replay(target, ROUNDS, Settings(scan_period=SCAN), progress=seen.append)

    assert seen == sorted(seen)
    assert seen[-1] == len(ROUNDS)


def test_an_empty_trace_is_a_replay_of_nothing(target):
    """No reference, no fault, no error."""
    nothing = replay(target, ROUNDS[:0])

    assert nothing.references == 0
    assert set(nothing.counters.values()) == {0}
