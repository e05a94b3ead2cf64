"""Page tables that running kernels wrote, entry by entry, against what those kernels said."""

from __future__ import annotations

import csv
import gzip
from functools import cache
from pathlib import Path

import pytest

from archcore.hw.mmu import Access
from archcore.image.batch import STATES
from archcore.image.open import open_image
from archcore.image.walk import Walk
from archcore.registry import installed

CAPTURES = Path(__file__).parents[1] / "data" / "captures"
TARGETS = {
    "arm64-4k-48-6.1": "arm64-4k-v6.1",
    "arm64-4k-48-6.12": "arm64-4k-v6.12",
    "ppc64le-hash-64k-6.1": "powerpc-hash-64k-v6.1",
    "ppc64le-radix-64k-6.1": "powerpc-radix-64k-v6.1",
    "ppc64le-radix-64k-6.12": "powerpc-radix-64k-v6.12",
    "x86_64-4level-6.1": "x86-v6.1",
    "x86_64-4level-6.12": "x86-v6.12",
}
STATE_OF = {
    "mapped": "mapped",
    "not_in_pagemap": "mapped",
    "numa_hint": "hint",
    "prot_none": "genuine-none",
    "swap": "swap",
}
UNDECIDED = ("hint", "genuine-none")
every_capture = pytest.mark.parametrize("name", TARGETS)
LISTED = [name for name in TARGETS if (CAPTURES / name / "info_tlb_user.txt.gz").exists()]


def target_of(name):
    """Return the target of the kernel that wrote a capture, or skip where it is not installed."""
    registry = installed()
    if TARGETS[name] not in registry.targets:
        pytest.skip(f"target {TARGETS[name]} is not registered")
    return registry.get(TARGETS[name])


@cache
def told(name):
    """Return what the kernel said: (level, size, word, state, frame or None) by address."""
    with gzip.open(CAPTURES / name / "entries.csv.gz", "rt", newline="") as lines:
        return {
            int(row["va"], 16): (
                row["level"],
                int(row["size"]),
                int(row["raw"], 16),
                STATE_OF[row["truth"]],
                int(row["pfn"], 16) if row["pfn"] else None,
            )
            for row in csv.DictReader(lines)
        }


def found(name, *, with_vmas=True):
    """Return the leaves of a walk in the same form, and the problems."""
    target, capture = target_of(name), open_image(str(CAPTURES / name)).capture
    capture.fits(target)
    problems = []
    vmas = capture.vmas if with_vmas else None
    walk = Walk(target, capture.image, capture.root, vmas, report=problems.append)
    leaves = {}
    for batch in walk:
        for va, at, state, framed, pfn, word in zip(
            *(column.tolist() for column in batch.columns()), strict=True
        ):
            level = target.geometry.levels[at]
            frame = pfn if framed else None
            leaves[va] = (level.name, level.size, word, STATES[state].value, frame)
    return leaves, problems


@every_capture
def test_every_entry_is_what_the_kernel_said_of_it(name):
    """Level, size, word and state of each; and its frame wherever pagemap gave one."""
    leaves, problems = found(name)
    assert problems == []
    expected = told(name)
    assert list(leaves) == sorted(expected)
    for va, (*said, frame) in expected.items():
        *seen, pfn = leaves[va]
        assert seen == said, hex(va)
        assert frame in (None, pfn), hex(va)


@every_capture
def test_without_vmas_nothing_is_claimed_that_is_not_so(name):
    """A state is the true one, or says that the VMA would decide.

    A none that hardware may walk (contiguous huge pages of arm64) looks like a kernel page.
    """
    target = target_of(name)
    leaves, _ = found(name, with_vmas=False)
    for va, (level, _, word, truth, _) in told(name).items():
        place = target.geometry.level(level)
        allowed = {truth, "inaccessible"} if truth in UNDECIDED else {truth}
        if target.mmu.format.valid(place, word):
            rights = [target.mmu.format.allows(place, word, access) for access in Access]
            allowed |= set() if any(rights) else {"mapped"}
        assert leaves[va][3] in allowed, hex(va)


@pytest.mark.parametrize("name", LISTED)
def test_what_is_mapped_is_what_the_emulator_translates(name):
    """The emulated MMU's own list of translations has the same addresses and frames."""
    with gzip.open(CAPTURES / name / "info_tlb_user.txt.gz", "rt") as lines:
        pairs = [line.replace(":", " ").split()[:2] for line in lines]
    listed = {int(va, 16): int(pa, 16) for va, pa in pairs}
    shift = target_of(name).geometry.page_shift
    leaves, _ = found(name)
    mapped = {va: pfn << shift for va, (_, _, _, state, pfn) in leaves.items() if state == "mapped"}
    assert mapped == listed
