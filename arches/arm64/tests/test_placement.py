"""Words and addresses of 64K pages are those that Linux 6.1.192 gave with 52-bit addresses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archcore_arm64.placement import placement, span

LPA = placement(span(16, 47), span(12, 15))
LPA2 = placement(span(12, 49), span(8, 9))
PLAIN = placement(span(12, 47))


@pytest.mark.parametrize(
    ("entry", "frame"),
    [
        (0x0460000123450F82, 0x12345),
        (0x0460FFFFFFFFFF82, 0xFFFFFFFFF),
        (0x651441113D1B111C, 0x141113D1B),
        (0x5EAA94EBAF133667, 0x394EBAF13),
    ],
)
def test_two_runs_hold_one_address(entry, frame):
    """With 64K pages address bits 51:48 are read from entry bits 15:12."""
    assert LPA.read(entry) == frame << 16


@pytest.mark.parametrize(
    ("address", "entry"),
    [
        (0x0004000012345000, 0x0000000012345100),
        (0x0008000012345000, 0x0000000012345200),
        (0x000F000000001000, 0x0003000000001300),
    ],
)
def test_lpa2_puts_the_top_where_shareability_was(address, entry):
    """With 4K pages address bits 51:50 lie in entry bits 9:8, the others in their place."""
    assert LPA2.place(address) == entry
    assert LPA2.read(entry) == address


@given(frame=st.integers(0, 2**36 - 1))
def test_an_address_comes_back(frame):
    """What is placed is read again, whatever the form."""
    assert LPA.read(LPA.place(frame << 16)) == frame << 16
    assert LPA2.read(LPA2.place(frame << 16)) == frame << 16
    assert PLAIN.read(PLAIN.place(frame << 12)) == frame << 12


@given(entry=st.integers(0, 2**64 - 1))
def test_an_address_of_48_bits_is_read_in_place(entry):
    """It is the entry without its attributes."""
    assert PLAIN.read(entry) == entry & 0x0000FFFFFFFFF000


@given(address=st.integers(0, 2**64 - 1))
def test_what_is_too_high_is_cut_off_with_52_bits_alone(address):
    """__phys_to_pte_val masks where addresses have 52 bits, and is the identity elsewhere."""
    assert PLAIN.place(address) == address
    assert LPA.place(address) == (address | address >> 36) & 0x0000FFFFFFFFF000
    assert LPA2.place(address) == (address | address >> 42) & 0x0003FFFFFFFFFF00
