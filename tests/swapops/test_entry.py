from __future__ import annotations

import numpy as np
import toy
from hypothesis import given
from hypothesis import strategies as st
from swapping import bound

from archcore.binding import bind
from archcore.entry import AtLevel, helper
from archcore.hookspecs import hookimpl
from archcore.words import Mask, clear, has_all, has_any, put

TOY = toy.module()
MAPPED, HINTED = 0x502B, 0x50AA
EXCLUSIVE = Mask(1 << 6, 32)  # a bit that toy swap entries leave free


class Exclusive:
    """A software bit in swap entries."""

    def swp_exclusive(self, entry):
        """Read the bit."""
        return has_all(entry, EXCLUSIVE)

    def swp_mkexclusive(self, entry):
        """Set the bit."""
        return put(entry, EXCLUSIVE)

    def swp_clear_exclusive(self, entry):
        """Clear the bit."""
        return clear(entry, EXCLUSIVE)


EXCLUSIVELY = bound(AtLevel("pte", Exclusive()))
areas = st.integers(0, 31)
OFFSETS = (1 << 24) - 1
offsets = st.integers(1, OFFSETS)


@given(number=areas, offset=offsets)
def test_what_is_stored_is_read_back(number, offset):
    """Through the page table and back, every area and every offset that fits."""
    own = EXCLUSIVELY.helpers
    value = own["swp_entry"](number, offset)
    stored = own["swp_entry_to_pte"](value)

    assert own["is_swap_pte"](stored)
    assert own["pte_to_swp_entry"](stored) == value


@given(number=areas, offset=offsets)
def test_software_bits_are_no_part_of_the_value(number, offset):
    """A page marked exclusive is the same swapped page."""
    own = EXCLUSIVELY.helpers
    value = own["swp_entry"](number, offset)
    marked = EXCLUSIVELY.pte_swp_mkexclusive(own["swp_entry_to_pte"](value))

    assert own["pte_to_swp_entry"](marked) == value
    assert own["pte_swp_clear_flags"](marked) == own["swp_entry_to_pte"](value)


def test_only_what_is_neither_empty_nor_present_is_a_swap_entry():
    """A hint is present, so it is none."""
    words = np.array([0, MAPPED, HINTED, 0x100], np.uint32)

    assert EXCLUSIVELY.helpers["is_swap_pte"](words).tolist() == [False, False, False, True]


def test_a_marker_counts_as_empty_and_a_swapped_page_does_not():
    """pte_none_mostly overlooks what only remembers something about an empty entry."""
    own = EXCLUSIVELY.helpers
    marker = own["make_pte_marker"](1)
    swapped = own["swp_entry_to_pte"](own["swp_entry"](0, 1))
    words = np.array([0, marker, swapped, MAPPED], np.uint32)

    assert own["is_pte_marker"](words).tolist() == [False, True, False, False]
    assert own["pte_none_mostly"](words).tolist() == [True, True, False, False]


def test_a_configuration_without_markers_makes_none():
    """is_pte_marker is then never true, and nothing is called make_pte_marker."""
    own = bound(pte_marker=None).helpers

    assert "make_pte_marker" not in own
    assert not own["is_pte_marker"](own["swp_entry_to_pte"](own["swp_entry"](29, 1)))


def test_levels_without_swap_entries_get_no_operations():
    """The toy stores none above the lowest level, so nothing asks for them there."""
    assert "is_swap_pmd" not in bound().helpers


def test_targets_without_swap_types_get_no_operations():
    """What a number means is then unknown."""
    assert "swp_entry" not in bind(TOY.TARGET).helpers


def test_an_architecture_replaces_an_operation_everywhere():
    """Operations that lean on a replaced one lean on the replacement."""

    class Odd:
        @helper("is_pte_marker_entry")
        def is_marker(self, entry):
            """Call every entry with an offset a marker."""
            return has_any(entry, Mask(OFFSETS, 32))

    own = bound(Odd()).helpers

    assert own["is_pte_marker"](own["swp_entry_to_pte"](own["swp_entry"](0, 1)))


def test_huge_pages_keep_their_exclusive_bit_out_of_the_value():
    """Linux clears soft-dirty and uffd-wp from a swapped huge page, and no other bit."""

    class Upper:
        """Swap entries of an upper level, with a bit that stays in the value."""

        @hookimpl
        def arch_swp_entry_to_pmd(self, swp):
            """Store as it is."""
            return swp

        @hookimpl
        def arch_pmd_to_swp_entry(self, pmd):
            """Read as it is."""
            return pmd

        @hookimpl
        def pmd_none(self, pmd):
            """Ask for zero."""
            return TOY.pte_none(pmd)

        @hookimpl
        def pmd_present(self, pmd):
            """Ask as the lowest level does."""
            return TOY.pte_present(pmd)

        @hookimpl
        def pmd_swp_clear_soft_dirty(self, pmd):
            """Clear the lowest bit of the offset, to be seen."""
            return clear(pmd, Mask(1 << 8, 32))

    own = bound(Upper()).helpers
    value = own["swp_entry"](26, 3)
    stored = own["swp_entry_to_pmd"](value)

    assert own["is_pmd_migration_entry"](stored)
    assert own["pmd_to_swp_entry"](stored) == own["swp_entry"](26, 2)
