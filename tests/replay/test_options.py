"""Replays with huge pages and with another policy, and what they say of wasted work."""

from __future__ import annotations

from types import SimpleNamespace

import hugetoy
import numpy as np
import pytest
from attrs import evolve

from archcore.errors import PluginError, UnknownNameError
from archcore.hookspecs import hookimpl
from archcore.mm import policies
from archcore.mm.policies import POLICIES, policy_of
from archcore.mm.profile import PROFILES
from archcore.replay.scalar import replay
from archcore.replay.settings import Settings
from archcore.report.compare import replay_document
from archcore.trace.record import Op, Trace
from archcore.trace.schedule import Schedule

PAGE = hugetoy.PAGE


def sweeps(pages=64, times=6):
    """Return a trace that stores to each of some pages, again and again."""
    addresses = np.tile(np.arange(pages, dtype=np.uint64) * PAGE + (1 << 20), times)
    count = len(addresses)
    return Trace(
        vaddr=addresses,
        size=np.full(count, 8, np.uint32),
        op=np.full(count, Op.WRITE, np.uint8),
        tid=np.zeros(count, np.uint32),
        origin="made for a test",
    )


def settings(**options):
    """Return settings that move the task to node 1 after a third."""
    return Settings(schedule=Schedule.parse("0:30%,1:70%"), **options)


@pytest.mark.parametrize("engine", sorted(PROFILES))
def test_huge_pages_take_fewer_faults(engine):
    """One fault maps sixteen pages; everything else is counted in base pages as before."""
    plain = replay(hugetoy.TARGET, sweeps(), settings(engine=engine))
    huge = replay(hugetoy.TARGET, sweeps(), settings(engine=engine, thp=True))

    assert huge.outcomes["anonymous"] * hugetoy.NR == plain.outcomes["anonymous"]
    assert huge.counters["thp_fault_alloc"] == 4
    assert plain.counters["thp_fault_alloc"] == 0


def test_folding_changes_nothing_with_huge_pages():
    """Folding is for small pages' TLB sets, so with huge pages every reference is carried out."""
    found = [
        replay(hugetoy.TARGET, sweeps(), settings(thp=True, fold=fold)) for fold in (True, False)
    ]

    assert found[0] == found[1]


def wanders(count=4000, pages=160, seed=7):
    """Return a trace of loads and stores all over a range, by two threads."""
    by = np.random.default_rng(seed)
    return Trace(
        vaddr=(1 << 20) + by.integers(0, pages * PAGE // 8, count).astype(np.uint64) * 8,
        size=np.full(count, 8, np.uint32),
        op=by.choice(np.array([Op.READ, Op.WRITE], np.uint8), count),
        tid=by.integers(0, 2, count).astype(np.uint32),
        origin="made for a test",
    )


@pytest.mark.parametrize("engine", sorted(PROFILES))
@pytest.mark.parametrize("pages", [64, 160, 169])
def test_arming_as_arrays_changes_nothing_with_huge_pages(engine, pages):
    """Every counter, cost and ledger entry is that of arming entry by entry."""
    by_entry, by_array = (
        replay(
            hugetoy.TARGET,
            wanders(pages=pages),
            settings(engine=engine, thp=True, arrays=arrays, scan_period=150),
        )
        for arrays in (False, True)
    )

    assert by_array == by_entry
    assert by_array.counters["numa_pte_updates"] > 0
    assert by_array.counters["thp_fault_alloc"] > 0


def test_a_policy_that_moves_nothing():
    """Hint faults are taken and no page moves."""
    moved = replay(hugetoy.TARGET, sweeps(), settings(scan_period=20))
    stayed = replay(hugetoy.TARGET, sweeps(), settings(scan_period=20, policy="stay"))

    assert moved.counters["numa_pages_migrated"] > 0
    assert stayed.counters["numa_pages_migrated"] == 0
    assert stayed.counters["numa_hint_faults"] >= moved.counters["numa_hint_faults"]


def test_wasted_work_is_told():
    """A full node throws migrations away; documents say what was wasted."""
    result = replay(
        hugetoy.TARGET, sweeps(), settings(scan_period=20, frames_per_node=300, nodes=2)
    )
    found = replay_document(result)

    assert set(found["discarded"]) == {"huge_pages", "pages", "bytes_copied", "bytes_cleared"}
    assert found["spurious_faults"] == result.outcomes.get("spurious", 0)
    assert found["raced_faults"] == 0


def test_each_policy_has_a_name_and_an_unknown_one_is_refused():
    """The message lists them."""
    assert policy_of("default") is None
    assert [policy_of(name) is not None for name in POLICIES] == [False, True]
    with pytest.raises(UnknownNameError, match="sideways"):
        replay(hugetoy.TARGET, sweeps(), evolve(settings(), policy="sideways"))


class Home:
    """A policy: every page belongs to node 0."""

    @hookimpl
    def mpol_misplaced(self, engine, pfn):
        """Send it home."""
        return None if engine.frames.nid(pfn) == 0 else 0


def brought(monkeypatch, value):
    """Let a distribution bring a policy called home."""
    point = SimpleNamespace(name="home", load=lambda: value)
    monkeypatch.setattr(policies, "entry_points", lambda **_: [point])


@pytest.mark.parametrize("value", [Home, Home()], ids=["class", "object"])
def test_a_distribution_brings_a_policy_by_name(monkeypatch, value):
    """It places the pages of a replay; those of node 0 stay there."""
    brought(monkeypatch, value)

    default, home = (
        replay(hugetoy.TARGET, sweeps(), settings(policy=name)) for name in ("default", "home")
    )

    assert default.counters["numa_pages_migrated"] > 0
    assert home.counters["numa_hint_faults"] > 0
    assert home.counters["numa_pages_migrated"] == 0


@pytest.mark.parametrize(
    ("value", "said"), [(object(), "no placement hook"), (lambda: 1 // 0, "ZeroDivisionError")]
)
def test_a_broken_policy_is_refused(monkeypatch, value, said):
    """With its name and what is wrong with it."""
    brought(monkeypatch, value)

    with pytest.raises(PluginError, match=said):
        policy_of("home")
