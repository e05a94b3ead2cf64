from __future__ import annotations

import pytest
import toy
from hypothesis import given
from hypothesis import strategies as st

from archcore.conformance.proposals.candidate import unhinted
from archcore.conformance.proposals.room import room, smaller
from archcore.conformance.subject import subject
from archcore.words import Mask

TARGET = toy.module().TARGET
BARE = subject(unhinted(TARGET), "pte")
TYPES, OFFSETS = st.integers(0, 2**5 - 1), st.integers(0, 2**23 - 1)


@pytest.mark.parametrize("place", [1, 5, 8, 20, 30, 31])
@given(kind=TYPES, offset=OFFSETS)
def test_swap_entries_spare_a_bit_and_lose_nothing_else(place, kind, offset):
    """The bit is clear; every area and every offset but the upper half of them still fits."""
    spare = room(BARE, Mask(1 << place, 32))
    stored = spare.swp_entry_to_entry(BARE.hooks.arch_swp_entry(kind, offset))
    value = spare.to_swp_entry(stored)
    assert not stored >> place & 1
    assert (BARE.hooks.arch_swp_type(value), BARE.hooks.arch_swp_offset(value)) == (kind, offset)


def test_the_layout_of_such_entries_has_an_offset_one_bit_shorter():
    """And names the bit that another field moved into."""
    spare = room(BARE, Mask(1 << 8, 32))
    found = smaller(TARGET.swap, spare.taken)
    assert found["OFFSET"].span == TARGET.swap["OFFSET"].span - 1
    assert found["MOVED"] == spare.taken
    assert found.mask(*found.masks) == TARGET.swap.mask(*TARGET.swap.masks)
