from __future__ import annotations

import numpy as np
import pytest
import toy
from attrs import evolve

from archcore.errors import UsageError
from archcore.image.space import Range, Space, range_of, space_of

GEOMETRY = toy.module().GEOMETRY  # 42 bits
SIGNED = evolve(GEOMETRY, sign_extended=True)
TOP = 1 << 64


def addresses(space, *offsets):
    """Return the canonical addresses of offsets."""
    return space.addresses(np.array(offsets, np.uint64)).tolist()


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("400000-500000", 0x400000, 0x4FFFFF),
        ("0x400000-0x500000", 0x400000, 0x4FFFFF),
        ("0-1_0000_0000", 0, 0xFFFFFFFF),
        ("ffff800000000000-10000000000000000", 0xFFFF800000000000, TOP - 1),
        ("0-FFFFFFFFFFFFFFFF", 0, TOP - 2),
    ],
)
def test_a_range_is_written_like_a_line_of_maps(written, first, last):
    """The second number is the first address behind it."""
    assert range_of(written) == Range(first, last)


@pytest.mark.parametrize(
    "written", ["", "1000", "2000-1000", "1000-1000", "0-10000000000000001", "a-g", "1-2-3", "_1-2"]
)
def test_any_other_range_is_refused(written):
    """The error shows how to write one."""
    with pytest.raises(UsageError, match="no range of addresses; write"):
        range_of(written)


def test_the_user_half_is_walked_unless_asked_otherwise():
    """All of a table that holds user addresses only, the lower half of one that holds both."""
    assert space_of(GEOMETRY, None)[1] == Range(0, (1 << 42) - 1)
    assert space_of(SIGNED, None)[1] == Range(0, (1 << 41) - 1)


def test_addresses_of_the_upper_half_are_sign_extended():
    """The highest translated bit is repeated above it."""
    space, _ = space_of(SIGNED, Range(0, TOP - 1))
    assert addresses(space, 0, 1 << 40, 1 << 41, (1 << 42) - 1) == [
        *(0, 1 << 40, TOP - (1 << 41), TOP - 1)
    ]


def test_a_range_says_what_lies_above_a_root_that_is_not_sign_extended():
    """A kernel has its own root there, for addresses that begin with other bits."""
    space, wanted = space_of(GEOMETRY, Range(TOP - (1 << 42), TOP - 1))
    assert addresses(space, 0x1000) == [TOP - (1 << 42) + 0x1000]
    assert wanted == Range(TOP - (1 << 42), TOP - 1)


def test_a_range_wider_than_the_table_begins_at_the_user_addresses():
    """With several prefixes in it, the lowest is meant."""
    space, _ = space_of(GEOMETRY, Range(0, TOP - 1))
    assert addresses(space, 5) == [5]


def test_a_table_of_all_addresses_needs_no_extension():
    """64 translated bits leave none to repeat."""
    assert addresses(Space(64, signed=True), TOP - 1) == [TOP - 1]
