from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archcore.errors import InputError
from archcore.image.memory import Extent, PhysicalImage

DATA = np.arange(256, dtype=np.uint8)


def image(*extents, data=DATA):
    """Return an image of those extents."""
    return PhysicalImage("some", data, tuple(Extent(*one) for one in extents))


def places(found, addresses, size):
    """Look addresses up."""
    return found.find(np.array(addresses, np.uint64), size).tolist()


def test_only_what_lies_in_one_extent_as_a_whole_is_found():
    """A byte before, behind or across the end of memory is not."""
    found = image((0x100, 16, 0), (0x200, 16, 100))
    assert places(found, [0x100, 0x108, 0x109, 0xFF, 0x110, 0x200, 0x210], 8) == [
        *(0, 8, -1, -1, -1, 100, -1)
    ]


def test_no_memory_holds_nothing():
    """An image without extents is legal and empty."""
    assert places(image(), [0, 1 << 63], 1) == [-1, -1]


def test_the_last_byte_of_the_address_space_is_memory_like_any():
    """Nothing wraps around at 2**64."""
    found = image(((1 << 64) - 16, 16, 0))
    assert places(found, [(1 << 64) - 16, (1 << 64) - 8, 0], 8) == [0, 8, -1]
    assert places(found, [(1 << 64) - 7], 8) == [-1]


def test_neighbours_become_one():
    """A table may lie across two segments that follow each other in memory and in the file."""
    found = image((0x110, 16, 16), (0x100, 16, 0))
    assert found.extents == (Extent(0x100, 32, 0),)
    assert places(found, [0x10C], 8) == [12]


def test_memory_given_twice_counts_once():
    """Of an overlap the part with the lower address is taken."""
    found = image((0x100, 32, 0), (0x110, 32, 100), (0x104, 4, 200))
    assert found.extents == (Extent(0x100, 32, 0), Extent(0x120, 16, 116))
    assert found.size == 48


@pytest.mark.parametrize("extent", [(0, 257, 0), (0, 16, 241), ((1 << 64) - 8, 16, 0)])
def test_an_extent_outside_data_or_addresses_is_refused(extent):
    """The error names the image and the extent."""
    with pytest.raises(InputError, match=r"some: .* do not fit"):
        image(extent)


@pytest.mark.parametrize(("width", "order"), [(32, "little"), (32, "big"), (64, "big")])
@given(st.lists(st.integers(0, 256 - 32), max_size=8))
def test_tables_are_read_wherever_they_begin(width, order, begins):
    """Each row is a table, in this machine's byte order; nothing need be aligned in the file."""
    entries = 32 * 8 // width
    rows = image((0, 256, 0)).tables(np.array(begins, np.int64), entries, width, order)
    size = width // 8
    for row, begin in zip(rows.tolist(), begins, strict=True):
        data = DATA[begin : begin + 32].tobytes()
        words = [int.from_bytes(data[at : at + size], order) for at in range(0, 32, size)]
        assert row == words


def test_data_is_not_copied():
    """The image stands for the very bytes it was given."""
    assert image((0, 256, 0)).data is DATA
