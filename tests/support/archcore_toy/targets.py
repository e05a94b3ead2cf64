"""The toy targets: a format, a geometry and an encoding of the hint under one id."""

from __future__ import annotations

from archcore.entry import AtLevel, at_levels, layer
from archcore.hw.mmu import Mmu
from archcore.swapformat import Swap, SwapEntry, swap_marks
from archcore.target import Target
from archcore_toy.entry import Entry, HugeEntry
from archcore_toy.hardware import MANUAL, Hardware, Tables
from archcore_toy.hint import Hint
from archcore_toy.layout import ENTRY, GEOMETRY, LEAVES, SOURCE, SWAP
from archcore_toy.protection import Protections

TARGET = Target(
    id="toy-32bit-v1",
    arch="toy",
    era="v1",
    summary="toy: 2 levels of 32-bit entries, a hint of its own",
    geometry=GEOMETRY,
    architecture=layer(
        AtLevel("pte", Entry(ENTRY)),
        AtLevel("pte", SwapEntry()),
        *(AtLevel("pte", mark) for mark in swap_marks(SWAP)),
        at_levels(HugeEntry(ENTRY), *(name for name in LEAVES if name != "pte")),
        Protections(ENTRY),
        Swap(SWAP),
        Tables(),
    ),
    encoding=at_levels(Hint(ENTRY), *LEAVES),
    mmu=Mmu(Hardware(), source=MANUAL),
    swap=SWAP,
    sources=(SOURCE, MANUAL),
)
TARGETS = (TARGET,)
