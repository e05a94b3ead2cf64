"""What a running kernel wrote into page tables (data/README.md)."""

from __future__ import annotations

import csv
import gzip
from functools import cache
from pathlib import Path

from attrs import frozen

from archcore.binding import bind
from archcore.image.batch import STATES
from archcore.image.open import open_image
from archcore.image.walk import Walk
from archcore_riscv.targets import TARGETS

CAPTURE = Path(__file__).parent / "data" / "sv48-v6.12"
TARGET = next(one for one in TARGETS if one.id == "riscv-sv48-v6.12")
STATE = {
    "mapped": "mapped",
    "not_in_pagemap": "mapped",
    "numa_hint": "hint",
    "prot_none": "genuine-none",
    "swap": "swap",
}
PRESENT, FRAME = 1 << 63, (1 << 55) - 1


@frozen
class Leaf:
    """An entry that a walk met; ``pfn`` is None where it names no frame."""

    level: str
    raw: int
    state: str
    pfn: int | None


@cache
def walked() -> dict[int, Leaf]:
    """Return every leaf of the capture, by address."""
    capture = open_image(str(CAPTURE)).capture
    assert capture is not None
    capture.fits(TARGET)
    problems: list[object] = []
    walk = Walk(TARGET, capture.image, capture.root, capture.vmas, report=problems.append)
    found = {}
    for batch in walk:
        for va, at, state, framed, pfn, raw in zip(
            *(column.tolist() for column in batch.columns()), strict=True
        ):
            name = TARGET.geometry.levels[at].name
            found[va] = Leaf(name, raw, STATES[state], pfn if framed else None)
    assert problems == []
    return found


@cache
def recorded() -> list[dict[str, str]]:
    """Return what the kernel said of every leaf."""
    with gzip.open(CAPTURE / "entries.csv.gz", "rt", encoding="ascii", newline="") as lines:
        return list(csv.DictReader(lines))


def test_every_entry_is_met_and_no_other() -> None:
    """The walk finds the entries that the kernel's own tables have, word for word."""
    assert {va: (one.level, one.raw) for va, one in walked().items()} == {
        int(row["va"], 16): (row["level"], int(row["raw"], 16)) for row in recorded()
    }


def test_every_entry_is_what_the_kernel_said() -> None:
    """Hints, PROT_NONE mappings, swapped and mapped pages are told apart."""
    states = {va: one.state for va, one in walked().items()}
    assert states == {int(row["va"], 16): STATE[row["truth"]] for row in recorded()}


def test_every_frame_is_the_one_of_pagemap() -> None:
    """Of pages that pagemap calls present, hints and PROT_NONE among them."""
    words = {int(row["va"], 16): int(row["pagemap"] or "0", 16) for row in recorded()}
    framed = {va: word & FRAME for va, word in words.items() if word & PRESENT}
    assert len(framed) > 1800
    assert {va: walked()[va].pfn for va in framed} == framed


def test_swap_entries_name_area_and_offset() -> None:
    """A swap entry decodes to the area and offset that pagemap gave."""
    hooks = bind(TARGET)
    swapped = [row for row in recorded() if row["truth"] == "swap"]
    assert len(swapped) == 32
    for row in swapped:
        word, swap = int(row["pagemap"], 16), hooks.arch_pte_to_swp_entry(int(row["raw"], 16))
        place = (hooks.arch_swp_type(swap), hooks.arch_swp_offset(swap))
        assert place == (word & 31, word >> 5 & (1 << 50) - 1)
