from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

LARGEST_OFFSET = {"v3.14": 2**26 - 1, "v6.1": 2**37 - 1}
AREAS = st.integers(0, 31)


@st.composite
def _stored(draw, hooks, era):
    """Draw an area and an offset that era can store, and the word it stores."""
    area, offset = draw(AREAS), draw(st.integers(0, LARGEST_OFFSET[era]))
    return area, offset, hooks.arch_swp_entry_to_pte(hooks.arch_swp_entry(area, offset))


def test_the_stored_word(hash_v314, radix_v61):
    """Area 1, offset 0x12345 is the word that each kernel's shifts give."""
    words = [
        hooks.arch_swp_entry_to_pte(hooks.arch_swp_entry(1, 0x12345))
        for hooks in (hash_v314, radix_v61)
    ]
    assert words == [0x0048D14080000000, 0x4000000123450001]


@given(data=st.data())
def test_area_and_offset_come_back(hash_v314, radix_v61, data):
    """Every area and every offset that fits survives being stored."""
    for hooks, era in ((hash_v314, "v3.14"), (radix_v61, "v6.1")):
        area, offset, stored = data.draw(_stored(hooks, era))
        found = hooks.arch_pte_to_swp_entry(stored)
        assert (hooks.arch_swp_type(found), hooks.arch_swp_offset(found)) == (area, offset)


@pytest.mark.parametrize("era", ["v3.14", "v6.1"])
def test_an_offset_too_large_is_cut_off(request, era):
    """The first offset that does not fit comes back as 0, which is how swapon finds the limit."""
    hooks = request.getfixturevalue({"v3.14": "hash_v314", "v6.1": "radix_v61"}[era])
    stored = hooks.arch_swp_entry_to_pte(hooks.arch_swp_entry(0, LARGEST_OFFSET[era] + 1))
    assert hooks.arch_swp_offset(hooks.arch_pte_to_swp_entry(stored)) == 0


@given(data=st.data())
def test_no_swap_entry_is_taken_for_a_page(hash_v314, radix_v61, private, data):
    """A swap entry is neither present, nor hinted, nor protnone."""
    for hooks, era in ((hash_v314, "v3.14"), (radix_v61, "v6.1")):
        _, _, stored = data.draw(_stored(hooks, era))
        asked = (hooks.pte_present(stored), hooks.pte_protnone(stored))
        assert asked == (False, False)
        assert not hooks.pte_numa(private, stored)


@given(data=st.data())
def test_marks_leave_area_and_offset_alone(radix_v61, data):
    """The exclusive and soft-dirty marks of Linux 6.1 can be set, read and cleared."""
    area, offset, plain = data.draw(_stored(radix_v61, "v6.1"))
    for mark in ("exclusive", "soft_dirty"):
        marked = getattr(radix_v61, f"pte_swp_mk{mark}")(plain)
        asked = [getattr(radix_v61, f"pte_swp_{mark}")(word) for word in (plain, marked)]
        assert asked == [False, True]
        found = radix_v61.arch_pte_to_swp_entry(marked)
        assert (radix_v61.arch_swp_type(found), radix_v61.arch_swp_offset(found)) == (area, offset)
        assert getattr(radix_v61, f"pte_swp_clear_{mark}")(marked) == plain
