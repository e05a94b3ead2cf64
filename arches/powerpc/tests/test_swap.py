from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archcore.words import bits

AREAS = st.integers(0, 31)


@given(area=AREAS, share=st.floats(0, 1))
def test_area_and_offset_come_back(hooks_of, golden, area, share):
    """Every area and every offset that fits survives being stored, by codec and by layout."""
    for name, hooks in hooks_of.items():
        offset = int(golden[name]["words"]["largest_offset"] * share)
        offset = min(offset, golden[name]["words"]["largest_offset"])
        stored = hooks.arch_swp_entry_to_pte(hooks.arch_swp_entry(area, offset))
        found = hooks.arch_pte_to_swp_entry(stored)
        assert (hooks.arch_swp_type(found), hooks.arch_swp_offset(found)) == (area, offset)


def test_the_layout_of_a_stored_entry_is_the_codec_s(target, hooks, golden, name):
    """What the layout calls TYPE and OFFSET is what the codec stored."""
    offset = golden[name]["words"]["largest_offset"] - 1
    stored = hooks.arch_swp_entry_to_pte(hooks.arch_swp_entry(21, offset))
    assert [bits(stored, target.swap[field]) for field in ("TYPE", "OFFSET")] == [21, offset]


def test_an_offset_too_large_is_cut_off(hooks, golden, name):
    """The first offset that does not fit comes back as 0, which is how swapon finds the limit."""
    large = golden[name]["words"]["largest_offset"] + 1
    stored = hooks.arch_swp_entry_to_pte(hooks.arch_swp_entry(0, large))
    assert hooks.arch_swp_offset(hooks.arch_pte_to_swp_entry(stored)) == 0


@pytest.mark.parametrize("offset", [0, 1, 0x12345])
@pytest.mark.parametrize("area", [0, 1, 31])
def test_no_swap_entry_is_taken_for_a_page(hooks, private, area, offset):
    """A swap entry is neither present, nor hinted, nor protnone."""
    stored = hooks.arch_swp_entry_to_pte(hooks.arch_swp_entry(area, offset))
    assert (hooks.pte_present(stored), hooks.pte_protnone(stored)) == (False, False)
    assert not hooks.pte_numa(private, stored)


MARKS = {"v4.12": ("soft_dirty",), "v6.1": ("exclusive", "soft_dirty")}
MARKS["v6.12"] = MARKS["v6.1"]


def test_marks_leave_area_and_offset_alone(target, hooks):
    """The marks of the era can be set, read and cleared."""
    for mark in MARKS.get(target.era, ()):
        plain = hooks.arch_swp_entry_to_pte(hooks.arch_swp_entry(31, 0x12345))
        marked = getattr(hooks, f"pte_swp_mk{mark}")(plain)
        asked = [getattr(hooks, f"pte_swp_{mark}")(word) for word in (plain, marked)]
        assert asked == [False, True]
        found = hooks.arch_pte_to_swp_entry(marked)
        assert (hooks.arch_swp_type(found), hooks.arch_swp_offset(found)) == (31, 0x12345)
        assert getattr(hooks, f"pte_swp_clear_{mark}")(marked) == plain


def test_migration_entries_say_whether_the_page_was_writable(target, hooks):
    """A page under way is a swap entry of its own type, with its frame for an offset."""
    helpers = hooks.helpers
    for kind, frame in (("readable", 0x1234), ("writable", 0x4321)):
        entry = helpers[f"make_{kind}_migration_entry"](frame)
        stored = helpers["swp_entry_to_pte"](entry)
        back = helpers["pte_to_swp_entry"](stored)
        assert (back, helpers["swp_offset_pfn"](back)) == (entry, frame)
        assert helpers[f"is_{kind}_migration_entry"](back)
        assert helpers["swp_type"](back) >= target.swap_types.max_swapfiles
        assert not hooks.pte_present(stored)


def test_every_type_fits_and_none_means_two_things(target):
    """The types above the swap areas are below 32, and each means one thing."""
    types = target.swap_types
    names = ("hwpoison", "migration_read", "migration_read_exclusive", "migration_write")
    found = [getattr(types, name) for name in (*names, "pte_marker", "swapin_error")]
    found = [number for number in found if number is not None]
    assert sorted(found) == list(range(types.max_swapfiles, 32))
