"""Walking full page tables in an image, against reading one word after another."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import numpy as np
from attrs import frozen
from measure import interleaved, speed_over
from table import Measured

from archcore.binding import bind
from archcore.decode import State
from archcore.hw.memory import DTYPES, WORDS
from archcore.hw.mmu import Access
from archcore.image.batch import STATES
from archcore.image.maps import Area, Vmas
from archcore.image.raw import open_raw
from archcore.image.walk import Walk
from archcore.specimens import vma_view
from archcore.vmflags import VM_READ, VM_WRITE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray
    from table import Cell

    from archcore.binding import Hooks
    from archcore.image.memory import PhysicalImage
    from archcore.target import Target
    from archcore.words.arrays import Words

JOB = "walk"
ENTRIES, REPEATS = 1 << 21, 5
QUICK_ENTRIES, QUICK_REPEATS = 1 << 18, 3
SINGLE, SEED = 1 << 12, 1
GOAL = 5e6
SHARES = {"mapped": 0.0, "one hint in eight": 1 / 8, "hints": 1.0}
RIGHTS = VM_READ | VM_WRITE
BEGIN = 1 << 24  # where the image begins: a table at 0 is none to some formats


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
    bytes_of = [tables * size for tables, size in zip(numbers, sizes, strict=True)]
    bases = np.cumsum([0, *bytes_of]).tolist()
    image = np.memmap(path, np.uint8, "w+", shape=(bases[-1],))
    for at, (level, tables) in enumerate(zip(levels, numbers, strict=True)):
        shape = (tables, sizes[at] // dtype.itemsize)
        place = image[bases[at] : bases[at + 1]].view(dtype).reshape(shape)[:, : level.entries]
        if at:
            below = BEGIN + bases[at - 1] + np.arange(numbers[at - 1]) * sizes[at - 1]
            words = [hooks.pxd_populate(level.name, int(one)) for one in below]
            place.flat[: len(words)] = words
        else:
            place[:] = entries(target, hooks, place.size, share).reshape(place.shape)
    image.flush()
    return Tables(open_raw(path, BEGIN), BEGIN + bases[-2], numbers[0] * levels[0].entries)


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
    return Measured(JOB, tuple(rows))


def _rows(target: Target, count: int, repeats: int) -> Iterator[dict[str, Cell]]:
    hooks = bind(target)
    vmas = Vmas([Area(0, 1 << target.geometry.va_bits, RIGHTS)])
    for name, share in SHARES.items():
        with tempfile.TemporaryDirectory() as folder:
            made = lay(target, hooks, Path(folder) / "image", count, share)
            walk = Walk(target, made.image, made.root, vmas)
            words = _check(target, hooks, walk, made)
            ways: dict[str, Callable[[], object]] = {
                "array": partial(_total, walk),
                "single": partial(plain, target, hooks, words.tobytes()),
            }
            times = interleaved(ways, repeats)
        scale = made.leaves / len(words)
        yield {
            "tables": name,
            "entries": made.leaves,
            "M entries/s": made.leaves / median(times["array"]) / 1e6,
            "goal M entries/s": GOAL / 1e6,
            "single M entries/s": len(words) / median(times["single"]) / 1e6,
            "x single": speed_over(times["array"], times["single"]) * scale,
        }


def plain(target: Target, hooks: Hooks, data: bytes) -> list[tuple[int, State, int]]:
    """Read a table as one writes it first: a word at a time, address, state and frame."""
    form, level = target.mmu.format, target.geometry.levels[0]
    vma, word = vma_view(hooks, RIGHTS), WORDS[target.geometry.width, target.geometry.byteorder]
    found = []
    for at, (entry,) in enumerate(word.iter_unpack(data)):
        if hooks.pte_none(entry) or not hooks.pte_present(entry):
            continue
        usable = form.valid(level, entry) and form.allows(level, entry, Access.READ)
        state = State.HINT if not usable and hooks.pte_numa(vma, entry) else State.MAPPED
        found.append((at << level.shift, state, hooks.pte_pfn(entry)))
    return found


def _total(walk: Walk) -> int:
    return sum(len(batch) for batch in walk)


def _check(target: Target, hooks: Hooks, walk: Walk, made: Tables) -> NDArray[Any]:
    """Refuse to time a wrong answer; return the words of the first leaves as they are stored."""
    if _total(walk) != made.leaves:
        raise SystemExit(f"{target.id}: the walk misses leaves; nothing was measured")
    first = next(iter(walk)).take(slice(0, SINGLE))
    words = first.raw.astype(DTYPES[target.geometry.width, target.geometry.byteorder])
    states = [STATES[state] for state in first.state.tolist()]
    rows = list(zip(first.va.tolist(), states, first.pfn.tolist(), strict=True))
    if rows != plain(target, hooks, words.tobytes()):
        raise SystemExit(f"{target.id}: the two walks differ; nothing was measured")
    return words
