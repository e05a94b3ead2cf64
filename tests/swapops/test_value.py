from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archcore.entry import offers_of
from archcore.swapops.value import SwapValues, swp_layout
from archcore.swaptypes import SwapTypes

BEFORE_XARRAY, SINCE_XARRAY = 7, 6


def types(**changes):
    """Return the numbers of some kernel."""
    common = {
        "max_swapfiles": 29,
        "hwpoison": None,
        "migration_read": 30,
        "migration_read_exclusive": None,
        "migration_write": 31,
        "pte_marker": None,
        "swapin_error": None,
        "pfn_bits": 34,
        "migration_ad": False,
    }
    return SwapTypes(**(common | changes))


def swp_entry(type_bits, width=64):
    """Return the packing of a kernel."""
    layout = swp_layout(types(type_bits=type_bits), width)
    offers = {offer.hook: offer.function for offer in offers_of(SwapValues(layout))}
    return offers["swp_entry"]


@pytest.mark.parametrize(
    ("type_bits", "width", "packed"),
    [
        (SINCE_XARRAY, 64, 1 << 58),
        (BEFORE_XARRAY, 64, 1 << 57),
        (SINCE_XARRAY, 32, 1 << 26),
        (BEFORE_XARRAY, 32, 1 << 25),
    ],
)
def test_the_type_stands_where_the_kernel_shifts_it(type_bits, width, packed):
    """SWP_TYPE_SHIFT is 58 since Linux 4.20 and was 57; a word of 32 bits has it 32 lower."""
    assert swp_entry(type_bits, width)(1, 0) == packed


@given(st.integers(0, 63), st.integers(0, (1 << 58) - 1))
def test_type_and_offset_come_back(number, offset):
    """A swp_entry_t loses nothing that fits."""
    values = SwapValues(swp_layout(types()))
    packed = values.swp_entry(number, offset)

    assert (values.swp_type(packed), values.swp_offset(packed)) == (number, offset)


@given(st.lists(st.integers(0, (1 << 64) - 1), min_size=1, max_size=8))
def test_an_offset_that_does_not_fit_is_cut_off(offsets):
    """On one word and on many at once."""
    values = SwapValues(swp_layout(types()))
    one_by_one = [values.swp_entry(3, offset) for offset in offsets]

    assert values.swp_entry(3, np.array(offsets, np.uint64)).tolist() == one_by_one
    assert {word >> 58 for word in one_by_one} == {3}


def test_young_and_dirty_need_room_above_the_frame():
    """Where the frame takes the whole offset, the layout has no such bits."""
    assert "YOUNG" in swp_layout(types(pfn_bits=56)).masks
    assert "YOUNG" not in swp_layout(types(pfn_bits=57)).masks
