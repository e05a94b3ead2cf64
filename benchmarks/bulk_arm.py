"""Arming long arrays of entries, against a C loop and plain numpy, on every installed target."""

from __future__ import annotations

from functools import partial
from statistics import median
from typing import TYPE_CHECKING, Any

import cloop
import numpy as np
from attrs import frozen
from measure import interleaved, speed_over
from table import Cell, Measured

from archcore.machine import Machine
from archcore.mm.bulk import bulk_arm
from archcore.vmflags import VM_READ, VM_WRITE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from archcore.target import Target
    from archcore.words.arrays import Truths, Words
    from archcore.words.inplace import InPlace
    from archcore.words.rewrite import Rewrite

JOB = "bulk-arm"
ENTRIES, REPEATS = 1 << 24, 3
QUICK_ENTRIES, QUICK_REPEATS = 1 << 21, 3
FRAMES, RUN, PRESENT, SEED = 1 << 15, 1 << 12, 0.75, 1
KINDS = "kinds of pages"
GOALS = {"all present": 0.5, "runs of 4096": 0.3, "random mix": 0.2, KINDS: None}
GOAL_OVER_WHERE = 8
NO_COMPILER = "no C compiler (cc) found: the ratio to the C loop is left out"


@frozen(eq=False)
class Setting:
    """What one target arms: ``written`` pages, and pages of all ``kinds``, with their hints."""

    arm: InPlace
    written: Words
    kinds: Words
    written_hints: Words
    kinds_hints: Words

    def shapes(self, count: int) -> Iterator[tuple[str, Words, Words]]:
        """Yield for each shape its name, its entries and what arming must make of them."""
        random = np.random.default_rng(SEED)
        runs = np.repeat(random.random(-(-count // RUN)) < PRESENT, RUN)[:count]
        mixes = (np.ones(count, np.bool_), runs, random.random(count) < PRESENT)
        everywhere = mixes[0]
        for name, present in zip(GOALS, mixes, strict=False):
            yield name, _filled(self.written, present), _filled(self.written_hints, present)
        yield KINDS, _filled(self.kinds, everywhere), _filled(self.kinds_hints, everywhere)

    def rewrite(self) -> Rewrite:
        """Return what arming does to a written page."""
        word = int(self.written[0])
        return next(one for one in self.arm.rewrites or () if one.condition.holds(word))


def _filled(entries: NDArray[Any], present: Truths) -> NDArray[Any]:
    words: NDArray[Any] = np.resize(entries, len(present))
    words *= present
    return words


def setting(target: Target) -> Setting:
    """Make the entries of a target with its own hooks."""
    machine = Machine(target)
    hooks = machine.engine.hooks
    area = machine.mm().mmap(0, target.geometry.page_size, VM_READ | VM_WRITE)
    random = np.random.default_rng(SEED)
    bits = target.geometry.pa_bits - target.geometry.page_shift
    frames = random.integers(1, 1 << bits, FRAMES).astype(f"uint{target.geometry.width}")
    read = hooks.pte_mkold(hooks.pfn_pte(frames, area.vm_page_prot))
    clean = hooks.pte_mkwrite(hooks.pte_mkyoung(read), area)
    written = hooks.pte_mkdirty(clean)
    kinds = np.choose(random.integers(0, 3, FRAMES), [read, clean, written])
    return Setting(
        bulk_arm(hooks, area, target.geometry.width),
        written,
        kinds,
        hooks.pte_mknuma(area, written),
        hooks.pte_mknuma(area, kinds),
    )


def run(targets: Sequence[Target], *, quick: bool) -> Measured:
    """Measure each target on every shape."""
    count, repeats = (QUICK_ENTRIES, QUICK_REPEATS) if quick else (ENTRIES, REPEATS)
    rows = [
        {"target": target.id, "entries": count, **row}
        for target in targets
        for row in _rows(setting(target), count, repeats)
    ]
    return Measured(JOB, tuple(rows), () if cloop.compiled() else (NO_COMPILER,))


def _rows(made: Setting, count: int, repeats: int) -> Iterator[dict[str, Cell]]:
    for shape, source, hints in made.shapes(count):
        words = source.copy()
        _check(made.arm, words, hints)
        ways: dict[str, Callable[[], object]] = {
            "array": partial(made.arm, words),
            "where": partial(_where, made.rewrite(), words),
        }
        c_loop = cloop.loop(made.rewrite(), words)
        if c_loop is not None:
            ways["c"] = c_loop
        times = interleaved(ways, repeats, partial(np.copyto, words, source))
        yield {
            "shape": shape,
            "ns/PTE": median(times["array"]) / count * 1e9,
            "C ns/PTE": median(times["c"]) / count * 1e9 if c_loop else None,
            "x C": speed_over(times["array"], times["c"]) if c_loop else None,
            "goal x C": GOALS[shape],
            "x np.where": speed_over(times["array"], times["where"]),
            "goal x np.where": GOAL_OVER_WHERE if GOALS[shape] else None,
        }


def _check(arm: InPlace, words: Words, hints: Words) -> None:
    """Refuse to time a wrong answer."""
    armed = int(np.count_nonzero(words != hints))
    if arm(words) != armed or not np.array_equal(words, hints):
        raise SystemExit("arming the array differs from the hooks; nothing was measured")


def _where(rewrite: Rewrite, words: NDArray[Any]) -> None:
    """Arm as one writes it first in numpy."""
    holds = (words & rewrite.condition.mask.value) == rewrite.condition.ones.value
    words[:] = np.where(holds, (words & rewrite.keep.value) ^ rewrite.flip.value, words)
