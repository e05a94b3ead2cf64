from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

TYPES, OFFSETS = st.integers(0, 31), st.integers(0, 2**50 - 1)


@pytest.mark.parametrize(("era", "word"), [("v61", 0x01234508), ("v612", 0x12345040)])
def test_the_stored_word(request, era, word):
    """Area 1, offset 0x12345 is the word that each kernel's shifts give."""
    hooks = request.getfixturevalue(era)
    assert hooks.arch_swp_entry_to_pte(hooks.arch_swp_entry(1, 0x12345)) == word


def test_the_marks_of_a_stored_word(v61, v612):
    """Exclusive is bit 2 in both kernels, and userfaultfd's mark of Linux 6.12 is bit 3."""
    assert v61.pte_swp_mkexclusive(0x01234508) == 0x0123450C
    assert v612.pte_swp_mkexclusive(0x12345040) == 0x12345044
    assert v612.pte_swp_mkuffd_wp(0x12345040) == 0x12345048


@given(area=TYPES, offset=OFFSETS)
def test_area_and_offset_come_back(v61, v612, area, offset):
    """Every area and every offset of 50 bits survives being stored, at both levels."""
    for hooks in (v61, v612):
        for level in ("pte", "pmd"):
            stored = getattr(hooks, f"arch_swp_entry_to_{level}")(
                hooks.arch_swp_entry(area, offset)
            )
            found = getattr(hooks, f"arch_{level}_to_swp_entry")(stored)
            assert (hooks.arch_swp_type(found), hooks.arch_swp_offset(found)) == (area, offset)


@given(area=TYPES, offset=OFFSETS)
def test_no_swap_entry_is_taken_for_a_page(v61, v612, area, offset):
    """A swap entry is neither present nor protnone, whatever it and its marks say."""
    for hooks in (v61, v612):
        stored = hooks.pte_swp_mkuffd_wp(
            hooks.pte_swp_mkexclusive(hooks.arch_swp_entry(area, offset))
        )
        for level in ("pte", "pmd"):
            asked = [getattr(hooks, f"{level}_{name}")(stored) for name in ("present", "protnone")]
            assert asked == [False, False]


@given(area=TYPES, offset=OFFSETS)
def test_marks_leave_area_and_offset_alone(v61, v612, area, offset):
    """The exclusive mark, and that of userfaultfd in 6.12, can be set, read and cleared."""
    for hooks, marks in ((v61, ["exclusive"]), (v612, ["exclusive", "uffd_wp"])):
        plain = hooks.arch_swp_entry(area, offset)
        for mark in marks:
            set_mark = "mkexclusive" if mark == "exclusive" else f"mk{mark}"
            marked = getattr(hooks, f"pte_swp_{set_mark}")(plain)
            assert getattr(hooks, f"pte_swp_{mark}")(marked)
            assert not getattr(hooks, f"pte_swp_{mark}")(plain)
            assert (hooks.arch_swp_type(marked), hooks.arch_swp_offset(marked)) == (area, offset)
            assert getattr(hooks, f"pte_swp_clear_{mark}")(marked) == plain


def test_linux_61_has_no_userfaultfd_mark(v61):
    """Linux 6.1 has no write protection by userfaultfd, so setting its mark changes nothing."""
    plain = v61.arch_swp_entry(1, 0x12345)
    assert v61.pte_swp_mkuffd_wp(plain) == plain
    assert not v61.pte_swp_uffd_wp(plain)
