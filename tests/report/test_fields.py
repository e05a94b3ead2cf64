from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archcore.layout import Bit, Bits, EntryLayout
from archcore.report.fields import bits_of, runs, spelled, unnamed

LAYOUT = EntryLayout(
    "small",
    (Bit("V", 0), Bits("ATTR", 2, 4), Bit("G", 8, when="valid"), Bit("N", 8, when="invalid")),
    width=32,
)


def test_positions_are_written_highest_first():
    """A single bit is one number."""
    assert [bits_of(one) for one in LAYOUT.fields[:2]] == ["0", "4..2"]


def test_a_wide_field_is_spelled_with_its_value():
    """A bit is there or not; a number has a value."""
    assert spelled(LAYOUT, 0b10101, valid=True) == ["V", "ATTR=0x5"]


@pytest.mark.parametrize(("valid", "name"), [(True, "G"), (False, "N")])
def test_a_shared_bit_is_spelled_as_it_holds(valid, name):
    """The name is that for such an entry."""
    assert spelled(LAYOUT, 1 << 8, valid=valid) == [name]


def test_bits_without_a_name_are_found():
    """All positions but those of the fields."""
    assert unnamed(LAYOUT) == [at for at in range(32) if at not in (0, 2, 3, 4, 8)]


@given(st.sets(st.integers(0, 63)))
def test_runs_tell_all_positions_and_no_other(positions):
    """What is folded into runs unfolds to the same positions."""
    told = set()
    for run in runs(list(positions)).split(", ") if positions else ():
        high, _, low = run.partition("..")
        told |= set(range(int(low or high), int(high) + 1))

    assert told == positions
