from __future__ import annotations

import numpy as np
import pytest
from attrs import evolve
from images import ENTRY, HOOKS, SWAP, TARGET, page

from archcore.binding import bind
from archcore.entry import AtLevel, layer
from archcore.image.masks import Masks

PTE, PMD, _ = TARGET.geometry.levels


def test_the_frame_and_the_swap_offset_are_found_by_storing_numbers():
    """They are the fields that the layouts name so."""
    masks = Masks(TARGET, HOOKS, PTE)
    assert masks.frame == ENTRY["PFN"].value
    assert masks.offset == SWAP["OFFSET"].value


def test_keys_leave_out_what_no_flag_depends_on():
    """Of a page the frame, of a swap entry the offset; the rest stays."""
    words = np.array([page(5, "W"), page(7, "W"), page(7), HOOKS.arch_swp_entry(3, 9)], np.uint32)
    assert Masks(TARGET, HOOKS, PTE).keys(words).tolist() == [
        page(0, "W"),
        page(0, "W"),
        page(0),
        HOOKS.arch_swp_entry(3, 0),
    ]


def test_a_level_without_helpers_has_one_key():
    """Nothing is known of its flags."""
    masks = Masks(TARGET, HOOKS, PMD)
    assert masks.keys(np.array([1, 2, 3], np.uint32)).tolist() == [0, 0, 0]


def test_without_a_codec_the_whole_word_counts():
    """What is not present then is no swap entry that one could take apart."""

    class Level:
        def present(self, entry):
            return entry != entry  # noqa: PLR0124 - false for each of the words

    target = evolve(TARGET, encoding=layer(TARGET.encoding, AtLevel("pmd", Level())))
    masks = Masks(target, bind(target), PMD)
    assert masks.keys(np.array([1, 0x70000], np.uint32)).tolist() == [1, 0x70000]


@pytest.mark.parametrize("bits", [1, 7, 24])
def test_offsets_of_any_width_are_found(bits):
    """The largest offset that comes back as it went in shows where offsets stand."""

    class Narrow:
        def __getattr__(self, name):
            return getattr(HOOKS, name)

        def arch_swp_offset(self, swp):
            return HOOKS.arch_swp_offset(swp) & (1 << bits) - 1

    assert Masks(TARGET, Narrow(), PTE).offset == ((1 << bits) - 1) << 8
