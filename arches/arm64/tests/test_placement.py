from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archcore_arm64.placement import Placement, Run, output_address, span

RUNS = (Run(span(0, 31), span(16, 47)), Run(span(32, 35), span(12, 15)))
WIDE = Placement(reads=RUNS, writes=RUNS)
"""Frames of 64K pages with 52-bit addresses: address bits 51:48 lie in entry bits 15:12."""


@pytest.mark.parametrize(
    ("entry", "frame"),
    [
        (0x0460000123450F82, 0x12345),
        (0x0460FFFFFFFFFF82, 0xFFFFFFFFF),
        (0x651441113D1B111C, 0x141113D1B),
        (0x5EAA94EBAF133667, 0x394EBAF13),
    ],
)
def test_two_runs_hold_one_number(entry, frame):
    """A frame in two runs is the one that pte_pfn of Linux 6.1.192 gave with 64K pages."""
    assert WIDE.read(entry) == frame


@given(frame=st.integers(0, 2**36 - 1), entry=st.integers(0, 2**64 - 1))
def test_a_number_comes_back_and_touches_nothing_else(frame, entry):
    """What is placed is read again, and replacing it leaves the other bits alone."""
    assert WIDE.read(WIDE.place(frame)) == frame
    replaced = WIDE.replace(entry, frame)
    assert WIDE.read(replaced) == frame
    assert WIDE.replace(replaced, WIDE.read(entry)) == entry


@given(entry=st.integers(0, 2**64 - 1))
def test_an_output_address_is_read_in_place(entry):
    """An address of 48 bits is the entry without its attributes."""
    assert output_address(12, 47).read(entry) == entry & 0x0000FFFFFFFFF000
