from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import words

from archcore.entry import AtLevel, offers_of
from archcore.layout import Bit, Bits, EntryLayout
from archcore.swapformat import MARKS, Swap, SwapEntry, TrustingSwap, swap_marks

MARKED = EntryLayout(
    "sample swap entry",
    (
        Bit("EXCLUSIVE", 2),
        Bit("SOFT_DIRTY", 3),
        Bit("UFFD_WP", 4),
        Bits("TYPE", 7, 11),
        Bits("OFFSET", 12, 57),
    ),
)
BARE = EntryLayout("sample without marks", (Bits("TYPE", 3, 7), Bits("OFFSET", 8, 63)))


def helpers(layout: EntryLayout) -> dict[str, object]:
    """Return the helpers of the marks of a layout, by hook."""
    parts = (AtLevel("pte", part) for part in swap_marks(layout))
    return {offer.hook: offer.function for part in parts for offer in offers_of(part)}


@given(area=st.integers(0, 31), offset=st.integers(0, (1 << 46) - 1))
def test_area_and_offset_come_back(area, offset):
    """What fits is read back from the stored entry as it was."""
    codec, stored = Swap(MARKED), SwapEntry()
    swp = stored.to_swp_entry(stored.swp_entry_to_entry(codec.arch_swp_entry(area, offset)))
    assert (codec.arch_swp_type(swp), codec.arch_swp_offset(swp)) == (area, offset)


@given(area=words(64), offset=words(64))
def test_what_does_not_fit_reaches_no_other_field(area, offset):
    """Neither an area nor an offset ever sets a mark, or a bit of the other."""
    swp = Swap(MARKED).arch_swp_entry(area, offset)
    assert swp & ~MARKED.mask("TYPE", "OFFSET").value == 0
    assert Swap(MARKED).arch_swp_type(swp) == area % 32
    assert Swap(MARKED).arch_swp_offset(swp) == offset % (1 << 46)


@given(area=st.integers(0, 31), offset=words(64))
def test_an_area_that_fits_needs_no_trust(area, offset):
    """For areas that there are, both codecs store the same."""
    assert TrustingSwap(MARKED).arch_swp_entry(area, offset) == Swap(MARKED).arch_swp_entry(
        area, offset
    )


def test_an_area_too_large_reaches_into_the_offset():
    """Nothing of it is cut off but what does not fit the word."""
    swp = TrustingSwap(MARKED).arch_swp_entry(32 + 3, 0b100)
    codec = Swap(MARKED)
    assert (codec.arch_swp_type(swp), codec.arch_swp_offset(swp)) == (3, 0b101)


@pytest.mark.parametrize("mark", MARKS)
@given(entry=words(64))
def test_a_mark_is_one_bit_and_only_that(mark, entry):
    """Setting and clearing a mark is seen by asking for it, and changes nothing else."""
    kind, bit = helpers(MARKED), MARKED[mark].value
    name = mark.lower()
    marked = kind[f"pte_swp_mk{name}"](entry)
    cleared = kind[f"pte_swp_clear_{name}"](entry)
    assert marked == entry | bit
    assert cleared == entry & ~bit
    assert kind[f"pte_swp_{name}"](marked)
    assert not kind[f"pte_swp_{name}"](cleared)


def test_marks_are_offered_where_the_layout_has_room():
    """A layout without a mark has no helper of it, so that the engine takes the default."""
    assert helpers(BARE) == {}
    assert {name.rpartition("_swp_")[2] for name in helpers(MARKED)} >= {
        "exclusive",
        "soft_dirty",
        "uffd_wp",
    }
