"""Page tables as arrays: the kernel half of a root, canonical addresses, a second root."""

from __future__ import annotations

import numpy as np
import pytest

from archcore.image.batch import STATES
from archcore.image.maps import Area, Vmas
from archcore.image.memory import Extent, PhysicalImage
from archcore.image.space import Range
from archcore.image.walk import Walk
from archcore.vmflags import VM_NONE, VM_READ
from archcore_x86.targets import TARGETS

PAGE, WORD, ENTRIES = 4096, 8, 512
ROOT, USER_ROOT = 0x10000, 0x11000  # page-table isolation keeps the two in one pair of pages
TABLE, KERNEL, LARGE, USER = 0x067, 0x8000000000000163, 0x80000000000001E3, 0x8000000000000067
GUARD = 0x8000000000000062  # set_memory_np() takes PRESENT away
EVERYTHING = Range(0, (1 << 64) - 1)
ERAS = [one for one in TARGETS if one.era in ("v6.1", "v6.12")]
every_target = pytest.mark.parametrize("target", ERAS, ids=lambda target: target.id)


class Memory:
    """Pages of tables from 0 on."""

    def __init__(self, target):
        self.data = np.zeros((64, ENTRIES), np.uint64)
        self.levels = target.geometry.levels
        self.next = 0x12

    def map(self, root, address, word, level="pte"):
        """Store a leaf for an address, and the tables above it."""
        table = root // PAGE
        for one in reversed(self.levels):
            index = one.index(address)
            if one.name == level:
                self.data[table, index] = word
                return
            if not self.data[table, index]:
                self.data[table, index] = self.next * PAGE | TABLE
                self.next += 1
            table = int(self.data[table, index]) // PAGE

    def image(self):
        """Return the memory as an image."""
        data = self.data.view(np.uint8).ravel()
        return PhysicalImage("made", data, (Extent(0, len(data), 0),))


def leaves(target, memory, root, **given):
    """Return (address, level, state, frame) of each leaf."""
    walk = Walk(target, memory.image(), root, **given)
    return [
        (va, target.geometry.levels[at].name, STATES[state], pfn)
        for batch in walk
        for va, at, state, _, pfn, _ in zip(
            *(column.tolist() for column in batch.columns()), strict=True
        )
    ]


@pytest.fixture
def places(request):
    """Addresses of the kernel: direct map, text, the last page there is."""
    bits = request.getfixturevalue("target").geometry.va_bits
    begin = (1 << 64) - (1 << bits - 1)
    return begin + (5 << 30), 0xFFFFFFFF81000000, (1 << 64) - PAGE


@pytest.fixture
def memory(target, places):
    """Pages of a process and of its kernel, of every size, under the kernel's root."""
    made = Memory(target)
    made.map(ROOT, 0x400000, 0x5000 | USER)
    made.map(ROOT, places[0], 0x140000000 | LARGE, "pud")
    made.map(ROOT, places[1], 0x1000000 | LARGE, "pmd")
    made.map(ROOT, places[2], 0x7000 | KERNEL)
    made.map(ROOT, places[2] - PAGE, 0x8000 | GUARD)
    made.map(USER_ROOT, 0x400000, 0x5000 | USER)
    return made


@every_target
def test_the_kernel_half_is_left_out_unless_asked_for(target, memory):
    """The root belongs to both; a walk is of the process."""
    assert leaves(target, memory, ROOT) == [(0x400000, "pte", "mapped", 5)]


@every_target
def test_kernel_pages_are_mapped_under_canonical_addresses(target, memory, places):
    """Pages of 4K, 2M and 1G without USER are no genuine nones, with VMAs or without."""
    expected = [
        (0x400000, "pte", "mapped", 5),
        (places[0], "pud", "mapped", 0x140000),
        (places[1], "pmd", "mapped", 0x1000),
        (places[2], "pte", "mapped", 7),
    ]
    areas = Vmas([Area(0x400000, 0x401000, VM_READ), Area(0x500000, 0x501000, VM_NONE)])
    for vmas in (None, areas):
        found = leaves(target, memory, ROOT, wanted=EVERYTHING, vmas=vmas)
        assert [one for one in found if one[0] != places[2] - PAGE] == expected


@every_target
def test_what_the_kernel_closed_is_not_mapped(target, memory, places):
    """A page without PRESENT is in no list of translations."""
    found = leaves(target, memory, ROOT, wanted=EVERYTHING)
    (guard,) = (one for one in found if one[0] == places[2] - PAGE)
    assert guard[2] != "mapped"


@every_target
def test_a_range_of_the_kernel_half_leaves_the_process_out(target, memory, places):
    """Ranges are in canonical addresses too."""
    upper = Range(places[1], (1 << 64) - 1)
    found = leaves(target, memory, ROOT, wanted=upper)
    assert [va for va, *_ in found] == [places[1], places[2] - PAGE, places[2]]


@every_target
def test_either_root_of_isolation_shows_the_process(target, memory):
    """CR3 in user mode is the second page of the pair, with a context number in its low bits."""
    user = leaves(target, memory, ROOT)
    assert leaves(target, memory, USER_ROOT) == user
    assert leaves(target, memory, USER_ROOT | 0x801 | 1 << 63) == user
    assert Walk(target, memory.image(), USER_ROOT | 0x801).root == USER_ROOT
