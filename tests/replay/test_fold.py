"""Folding leaves out hits only: every figure of a replay is the same with and without it."""

from __future__ import annotations

import numpy as np
import pytest
import toy
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from archcore.hw.mmu import TlbGeometry
from archcore.replay.fold import needed
from archcore.replay.plan import plan, shape
from archcore.replay.scalar import replay
from archcore.replay.settings import Settings
from archcore.trace.record import Op, Trace
from archcore.trace.schedule import Schedule


def small(ways, *, pairs=False):
    """Return the toy with a TLB of two sets, of pairs if so, that overflow all the time."""
    target, sets = toy.module().TARGET, 4 if pairs else 2
    tlb = TlbGeometry(entries=sets * ways, ways=ways, pairs=pairs)
    return evolve(target, mmu=evolve(target.mmu, tlb=tlb))


@st.composite
def traces(draw):
    """Draw a short trace over few pages, by one or two threads."""
    rows = draw(
        st.lists(
            st.tuples(st.integers(0, 9), st.sampled_from(list(Op)), st.integers(0, 1)),
            min_size=2,
            max_size=120,
        )
    )
    page, op, tid = (np.array(column) for column in zip(*rows, strict=True))
    return Trace(
        vaddr=page.astype(np.uint64) << np.uint64(12),
        size=np.full(len(rows), 8, np.uint32),
        op=op.astype(np.uint8),
        tid=tid.astype(np.uint32),
        origin="drawn",
    )


@given(
    trace=traces(),
    ways=st.sampled_from([1, 2, 4]),
    pairs=st.booleans(),
    engine=st.sampled_from(["seed", "v3.8", "v6.1"]),
    split=st.integers(1, 99),
    period=st.integers(3, 50),
)
def test_a_folded_replay_equals_a_full_one(trace, ways, pairs, engine, split, period):
    """Counters, ledger, costs, outcomes and TLB figures are equal, whatever the trace."""
    schedule = Schedule.parse(f"0:{split}%,1:{100 - split}%")
    full, folded = (
        replay(
            small(ways, pairs=pairs),
            trace,
            Settings(engine=engine, schedule=schedule, scan_period=period, fold=fold),
        )
        for fold in (False, True)
    )

    assert folded == full


def test_a_loop_over_few_pages_folds_to_its_first_round():
    """Two pages of two sets, a thousand times: two references are left in each stretch."""
    pages = np.tile(np.array([0, 1], np.uint64), 1000)

    keep = needed(pages, np.zeros(2000, np.uint8), np.array([0, 1000, 2000]), sets=2)

    assert np.flatnonzero(keep).tolist() == [0, 1, 1000, 1001]


def test_pages_that_fight_for_a_set_are_all_carried_out():
    """In one set every change of page counts, because it changes the order."""
    pages = np.tile(np.array([0, 2], np.uint64), 5)

    assert needed(pages, np.zeros(10, np.uint8), np.array([0, 10]), sets=2).all()


@pytest.mark.parametrize("fold", [True, False])
def test_stretches_cover_every_reference(fold):
    """What is carried out and what is left out add up to the trace."""
    trace = Trace(
        vaddr=np.arange(1000, dtype=np.uint64) % np.uint64(7) << np.uint64(12),
        size=np.ones(1000, np.uint32),
        op=np.zeros(1000, np.uint8),
        tid=np.zeros(1000, np.uint32),
        origin="seven pages",
    )
    steps = plan(trace, shape(toy.module().TARGET), Settings(fold=fold))

    assert sum(stretch.length for stretch in steps.stretches) == 1000
    assert sum(stretch.folded for stretch in steps.stretches) == 1000 - len(steps.addresses)


def test_halves_of_a_pair_use_each_others_sets():
    """Page 3 may make page 2 go, which is its other half; without pairs they never meet."""
    pages, kinds, cuts = np.array([2, 3, 2], np.uint64), np.zeros(3, np.uint8), np.array([0, 3])
    assert needed(pages, kinds, cuts, sets=4, pairs=True).tolist() == [True, True, True]
    assert needed(pages, kinds, cuts, sets=4).tolist() == [True, True, False]
