"""Entries read as arrays are what decode says of each of them, on every installed target."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from archcore.binding import bind
from archcore.decode import State, decode
from archcore.entry import LevelHooks
from archcore.image.batch import STATES, Batch
from archcore.image.flags import Flags
from archcore.image.maps import Area, Vmas
from archcore.image.states import LeafReader
from archcore.registry import installed
from archcore.specimens import live_entries, none_entries, vma_view
from archcore.vmflags import VM_NONE, VM_READ, VM_WRITE

TARGETS = tuple(installed())
FRAME = 0x12345
RANDOM, KERNEL = 32, 48
SEED = 3
RIGHTS = (None, VM_NONE, VM_READ | VM_WRITE)
every_target = pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.id)


def made(target, hooks, level):
    """Yield entries that a kernel makes at a level: live ones, hints, nones, swap entries."""
    own, area = LevelHooks(hooks, level.name), vma_view(hooks, VM_READ | VM_WRITE)
    frame = FRAME * (level.size >> target.geometry.page_shift)
    yield from live_entries(hooks, vma_view(hooks, VM_READ), level.name, frame)
    live = list(live_entries(hooks, area, level.name, frame))
    yield from (*live, *(own.mknuma(area, one) for one in live))
    yield from none_entries(hooks, level.name, frame)
    for area_number in range(32):
        if hooks.has(f"arch_swp_entry_to_{level.name}"):
            yield own.swp_entry_to_entry(hooks.arch_swp_entry(area_number, 0x1234))


@cache
def words(target, level):
    """Return entries that kernels make, the like with bits flipped, and any words at all."""
    hooks, width = bind(target), target.geometry.width
    random = np.random.default_rng(SEED)
    any_words = [int(one) for one in random.integers(0, 1 << width, RANDOM, f"uint{width}")]
    flips = (1 << int(at) for at in random.integers(0, width, RANDOM))
    modelled = hooks.has(f"{level.name}_mknuma") and hooks.has(f"{level.name}_modify")
    kernel = sorted({*made(target, hooks, level)}) if modelled else []
    kernel = kernel[:: max(len(kernel) // KERNEL, 1)]
    some = random.choice(np.array(kernel, f"uint{width}"), RANDOM).tolist() if kernel else []
    return [*kernel, *any_words, *(a ^ b for a, b in zip(some, flips, strict=False))]


def read(target, hooks, level, entries, rights):
    """Return for each address what the arrays say of its entry; an entry a page."""
    at = target.geometry.levels.index(level)
    vmas = None if rights is None else Vmas([Area(0, 1 << 40, rights)])
    reader = LeafReader(target, hooks, level, at, vmas)
    array = np.array(entries, f"uint{target.geometry.width}")
    va = np.arange(len(array), dtype=np.uint64)
    seen = reader.look(array)
    rows = ~seen.table
    batch = reader.read(va[rows], array[rows], seen.take(rows))
    assert isinstance(batch, Batch)
    flags = Flags(target, hooks)
    sets = [flags.sets[number] for number in flags.of(batch)]
    columns = zip(*(column.tolist() for column in batch.columns()), sets, strict=True)
    return {
        place: (STATES[state], pfn if framed else None, names, word)
        for place, _, state, framed, pfn, word, names in columns
    }


@every_target
@pytest.mark.parametrize("rights", RIGHTS, ids=["no VMA", "none", "rw"])
def test_arrays_say_of_every_entry_what_decode_says(target, rights):
    """State, frame and flags agree at every level, for kernel-made entries and for any others."""
    hooks = bind(target)
    vma = None if rights is None else vma_view(hooks, rights)
    for level in target.geometry.levels:
        entries = words(target, level)[:: 1 if rights is None else 4]
        found = read(target, hooks, level, entries, rights)
        expected = {}
        for place, word in enumerate(entries):
            seen = decode(target, hooks, word, level.name, vma)
            if seen.state not in (State.NONE, State.TABLE):
                expected[place] = (seen.state, seen.pfn, seen.flags, word)
        assert found == expected


@every_target
def test_the_kernel_makes_entries_of_every_state_that_matters(target):
    """The comparison above is not empty: pages, hints and nones, and swap entries are in it."""
    hooks = bind(target)
    level = target.geometry.levels[0]
    found = read(target, hooks, level, words(target, level), None)
    states = {state for state, *_ in found.values()}
    assert {State.MAPPED, State.SWAP} < states
    assert states & {State.HINT, State.INACCESSIBLE}
