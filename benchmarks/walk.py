"""Walking full page tables in an image, against decoding one word after another."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import numpy as np
from attrs import frozen
from measure import interleaved
from table import Measured

from archcore.binding import bind
from archcore.decode import decode
from archcore.hw.memory import DTYPES
from archcore.image.batch import STATES
from archcore.image.maps import Area, Vmas
from archcore.image.raw import open_raw
from archcore.image.walk import Walk
from archcore.specimens import vma_view
from archcore.vmflags import VM_READ, VM_WRITE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray
    from table import Cell

    from archcore.binding import Hooks
    from archcore.image.memory import PhysicalImage
    from archcore.target import Target
    from archcore.words.arrays import Words

JOB = "walk"
ENTRIES, REPEATS = 1 << 22, 5
QUICK_ENTRIES, QUICK_REPEATS = 1 << 18, 3
SINGLE, SEED = 1 << 12, 1
GOAL = 5e6
SHARES = {"mapped": 0.0, "one hint in eight": 1 / 8, "hints": 1.0}
RIGHTS = VM_READ | VM_WRITE
NOTE = (
    "the tables are full and lie in a raw image; each leaf gets address, level, state, frame and "
    "word. A single walk reads the same words one at a time and decodes each."
)


@frozen(eq=False)
class Tables:
    """An image of full tables under one root; ``leaves`` is how many entries they hold."""

    image: PhysicalImage
    root: int
    leaves: int


def lay(target: Target, hooks: Hooks, path: Path, count: int, share: float) -> Tables:
    """Write an image with at least ``count`` leaf entries, of which a share is hinted."""
    geometry, levels = target.geometry, target.geometry.levels
    dtype = DTYPES[geometry.width, geometry.byteorder]
    numbers = [max(-(-count // levels[0].entries), 1)]
    for level in levels[1:]:
        numbers.append(-(-numbers[-1] // level.entries))
    sizes = [-(-level.table_bytes // geometry.page_size) * geometry.page_size for level in levels]
    bases = np.cumsum([0, *(n * size for n, size in zip(numbers, sizes, strict=True))]).tolist()
    image = np.memmap(path, np.uint8, "w+", shape=(bases[-1],))
    for at, (level, tables) in enumerate(zip(levels, numbers, strict=True)):
        shape = (tables, sizes[at] // dtype.itemsize)
        place = image[bases[at] : bases[at + 1]].view(dtype).reshape(shape)[:, : level.entries]
        if at:
            below = bases[at - 1] + np.arange(numbers[at - 1]) * sizes[at - 1]
            words = [hooks.pxd_populate(level.name, int(one)) for one in below]
            place.flat[: len(words)] = words
        else:
            place[:] = entries(target, hooks, place.size, share).reshape(place.shape)
    image.flush()
    return Tables(open_raw(path), bases[-2], numbers[0] * levels[0].entries)


def entries(target: Target, hooks: Hooks, count: int, share: float) -> Words:
    """Return pages of several kinds, some of them hinted, made with the target's own hooks."""
    area, random = vma_view(hooks, RIGHTS), np.random.default_rng(SEED)
    bits = target.geometry.pa_bits - target.geometry.page_shift
    frames = random.integers(1, 1 << bits, count).astype(f"uint{target.geometry.width}")
    read = hooks.pte_mkold(hooks.pfn_pte(frames, area.vm_page_prot))
    clean = hooks.pte_mkwrite(hooks.pte_mkyoung(read), area)
    kinds = [read, clean, hooks.pte_mkdirty(clean)]
    plain = np.choose(random.integers(0, len(kinds), count), kinds)
    return np.where(random.random(count) < share, hooks.pte_mknuma(area, plain), plain)


def run(targets: Sequence[Target], *, quick: bool) -> Measured:
    """Measure each target on every share of hints."""
    count, repeats = (QUICK_ENTRIES, QUICK_REPEATS) if quick else (ENTRIES, REPEATS)
    rows = [
        {"target": target.id, **row} for target in targets for row in _rows(target, count, repeats)
    ]
    return Measured(JOB, tuple(rows), (NOTE,))


def _rows(target: Target, count: int, repeats: int) -> Iterator[dict[str, Cell]]:
    hooks = bind(target)
    vmas = Vmas([Area(0, 1 << target.geometry.va_bits, RIGHTS)])
    for name, share in SHARES.items():
        with tempfile.TemporaryDirectory() as folder:
            made = lay(target, hooks, Path(folder) / "image", count, share)
            walk = Walk(target, made.image, made.root, vmas)
            words = _check(target, hooks, walk, made)
            ways = {
                "array": partial(_total, walk),
                "single": partial(_single, target, hooks, words[:SINGLE]),
            }
            times = interleaved(ways, repeats)
        array, single = made.leaves / median(times["array"]), SINGLE / median(times["single"])
        yield {
            "tables": name,
            "entries": made.leaves,
            "M entries/s": array / 1e6,
            "goal": GOAL / 1e6,
            "single M/s": single / 1e6,
            "x single": array / single,
        }


def _total(walk: Walk) -> int:
    return sum(len(batch) for batch in walk)


def _single(target: Target, hooks: Hooks, words: NDArray[np.uint8]) -> None:
    vma, size, order = (
        vma_view(hooks, RIGHTS),
        target.geometry.width // 8,
        target.geometry.byteorder,
    )
    data = words.tobytes()
    for at in range(0, len(data), size):
        decode(target, hooks, int.from_bytes(data[at : at + size], order), vma=vma)


def _check(target: Target, hooks: Hooks, walk: Walk, made: Tables) -> Words:
    """Refuse to time a wrong answer; return the words in stored order."""
    if _total(walk) != made.leaves:
        raise SystemExit(f"{target.id}: the walk misses leaves; nothing was measured")
    first = next(iter(walk))
    vma = vma_view(hooks, RIGHTS)
    for batch in (first.take(slice(0, 100)),):
        for word, state, pfn in zip(
            batch.raw.tolist(), batch.state, batch.pfn.tolist(), strict=True
        ):
            seen = decode(target, hooks, word, vma=vma)
            if (seen.state, seen.pfn) != (STATES[state], pfn):
                raise SystemExit(f"{target.id}: the walk differs from decode; nothing was measured")
    return first.raw.astype(DTYPES[target.geometry.width, target.geometry.byteorder])
