"""The page that tells how to write an architecture is true of the toy that it makes.

``tests/support/archcore_toy`` is what comes out for a reader who follows it; that it does is tested
where the template is. Here are the toy's answers, right and with one bit wrong.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
import variants
from archcore_toy.targets import TARGET
from following import blocks, holds

from archcore import registry
from archcore.conformance.suite import hold, select
from archcore.conformance.verdict import Status
from archcore.errors import LayoutError
from archcore.replay.scalar import replay
from archcore.replay.settings import Settings
from archcore.trace.record import Trace

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "new-architecture.md").read_text(encoding="utf-8")
PACKAGE = ROOT / "tests" / "support" / "archcore_toy"
SOURCES = {path.name: path.read_text(encoding="utf-8") for path in PACKAGE.glob("*.py")}
FREE = 10  # a bit that no name of the toy's entries has

BITS = [
    pytest.param(file, found, id=f"{file[:-3]}-{at}-{found['name']}")
    for file in ("layout.py", "hardware.py")
    for at, found in enumerate(re.finditer(r'Bit\("(?P<name>\w+)", (?P<at>\d+),', SOURCES[file]))
]


@pytest.fixture
def broken(tmp_path):
    """Return a function that holds the toy with other texts to laws, some or all."""

    def held(texts, *laws):
        variants.copy(PACKAGE, tmp_path, "archcore_toy_broken", texts)
        with variants.loaded(tmp_path, "archcore_toy_broken") as module:
            yield from hold(module.TARGET, select(laws))

    return held


def edited(file, *passages):
    """Return the text of a file in which each passage is replaced by another, by file."""
    text = SOURCES[file]
    for old, new in passages:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return {file: text}


def test_every_passage_shown_is_in_the_toy():
    """What the page prints of a file stands there."""
    shown = [block.text for block in blocks(PAGE) if block.kind == "python"]

    assert shown
    for passage in shown:
        assert any(holds(text, passage) for text in SOURCES.values()), passage


def test_every_law_holds_for_the_toy():
    """As many as the page says, at both levels, proved where that can be, and nothing claimed."""
    results = list(hold(TARGET))
    proved = [one for one in results if one.status is Status.PROVED]
    tried = [one for one in results if one.status is Status.SAMPLED]

    assert len(results) == len(proved) + len(tried)
    assert {one.level for one in results} == {"pte", "pmd"}
    assert f"{len(proved)} proved, {len(tried)} sampled, 0 failed\n" in PAGE


def test_the_exchanged_flags_are_refuted_by_the_word_of_the_page(broken):
    """Bits 0 and 3, which a person can check against the manual on the page."""
    texts = edited("layout.py", ('"ACCESSED", 3', '"ACCESSED", 4'), ('"DIRTY", 4', '"DIRTY", 3'))

    refuted = [one for one in broken(texts) if one.status is Status.REFUTED]
    (used,) = (one for one in refuted if (one.law, one.level) == ("used-is-young", "pte"))

    assert dict(used.counterexample.words) == {"entry": 0x9}
    assert f" {len(refuted)} refuted, {len(refuted)} failed\n" in PAGE


def test_the_unlisted_bits_are_refuted_by_the_swap_entry_of_the_page(broken):
    """Offset 1 from bit 7 on is the bit of a hint."""
    listed = "        NONE,\n        HINT,\n        SPECIAL,\n        Bits"
    texts = edited("layout.py", (listed, "        Bits"), ('"OFFSET", 9', '"OFFSET", 7'))

    (result,) = broken(texts, "swap-is-no-hint")

    assert dict(result.counterexample.words) == {"type": 0, "offset": 1}
    assert "arch_swp_entry_to_pte(0x00000080)" in PAGE


@pytest.mark.slow
@pytest.mark.parametrize(("file", "found"), BITS)
def test_no_bit_can_be_moved_unnoticed(broken, file, found):
    """Of either page; a law breaks, or a swap entry's field is found in the way at load."""
    before, after = SOURCES[file][: found.start("at")], SOURCES[file][found.end("at") :]
    try:
        noticed = any(one.failed for one in broken({file: f"{before}{FREE}{after}"}))
    except LayoutError as error:
        noticed = "overlap" in str(error)

    assert noticed


def test_a_field_in_the_place_of_another_is_refused_by_name(broken):
    """The layout says which two and where, as the page shows."""
    with pytest.raises(LayoutError, match="fields 'HINT' and 'OFFSET' overlap at bit 7") as caught:
        list(broken(edited("layout.py", ('"OFFSET", 9', '"OFFSET", 7'))))

    assert f"{caught.value}; mend it, or leave it out" in PAGE


def test_the_toy_registers_in_a_process(monkeypatch):
    """As the page does in a notebook."""
    monkeypatch.setattr(registry, "_installed", [registry.Registry()])

    registry.register(TARGET)

    assert registry.installed().get("toy-32bit-v1") is TARGET


def test_the_toy_replays_a_trace():
    """A target written outside archcore carries hint faults and migrations of a replay."""
    pages = np.tile(np.arange(64, dtype=np.uint64), 2000)
    trace = Trace(
        vaddr=pages << np.uint64(12),
        size=np.full(len(pages), 8, np.uint32),
        op=np.ones(len(pages), np.uint8),
        tid=np.zeros(len(pages), np.uint32),
        origin="64 pages, round and round",
    )

    result = replay(TARGET, trace, Settings())

    assert result.counters["numa_hint_faults"] > 0
    assert result.counters["numa_pages_migrated"] == 64
