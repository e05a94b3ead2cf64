"""The page that tells how to write an architecture is true: its toy works as it says."""

from __future__ import annotations

import numpy as np
import pytest
import toy

from archcore import registry
from archcore.errors import LayoutError
from archcore.replay.scalar import replay
from archcore.replay.settings import Settings
from archcore.trace.record import Trace


@pytest.fixture
def target():
    """Return the toy target."""
    return toy.module().TARGET


def test_the_last_block_registers_the_target(monkeypatch, target):
    """Running the page to its end puts the toy into the registry of the process."""
    monkeypatch.setattr(registry, "_installed", [registry.Registry()])
    last = toy.blocks(toy.PAGE.read_text(encoding="utf-8"))[-1]

    exec(last, toy.module().__dict__)  # noqa: S102 - the page is ours

    assert registry.installed().get("toy-32bit-v1") is target


def test_the_toy_replays_a_trace(target):
    """A target written outside archcore carries hint faults and migrations of a replay."""
    pages = np.tile(np.arange(64, dtype=np.uint64), 2000)
    trace = Trace(
        vaddr=pages << np.uint64(12),
        size=np.full(len(pages), 8, np.uint32),
        op=np.ones(len(pages), np.uint8),
        tid=np.zeros(len(pages), np.uint32),
        origin="64 pages, round and round",
    )

    result = replay(target, trace, Settings())

    assert result.counters["numa_hint_faults"] > 0
    assert result.counters["numa_pages_migrated"] == 64


def test_a_bit_named_twice_is_refused_by_name(target):
    """The page's promise that an overlap is refused when the module loads holds."""
    block = toy.blocks(toy.PAGE.read_text(encoding="utf-8"))[0]
    broken = block.replace('Bit("W", 1', 'Bit("W", 0')

    with pytest.raises(LayoutError, match="'V' and 'W' overlap at bit 0"):
        exec(broken, {})  # noqa: S102 - the page is ours
