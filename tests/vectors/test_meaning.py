from __future__ import annotations

import pytest
import toy
from swapping import target as swapping

from archcore.binding import bind
from archcore.vectors.meaning import Meaning, differing, meaning

TARGET = toy.module().TARGET
SWAPPING = swapping()
MAPPED = 0x502B


def means(letter, word, target=TARGET):
    """Return what a number means to a target."""
    return meaning(target, bind(target), letter, word)


def test_an_entry_is_decoded():
    """State, frame and flags, as explain tells them."""
    found = means("p", MAPPED)

    assert (found.state, found.pfn) == ("mapped", 5)
    assert {"write", "young", "V", "W"} <= set(found.flags)


def test_a_protection_has_flags_only():
    """It maps nothing."""
    assert means("g", 0x3) == Meaning(flags=("V", "W"))


@pytest.mark.parametrize(("letter", "word"), [("s", 0x506), ("S", 3 << 26 | 5)])
def test_a_swap_value_has_a_type_and_an_offset(letter, word):
    """In the architecture's packing and in the kernel's own."""
    assert means(letter, word, SWAPPING).swap == (3, 5)


def test_what_the_target_cannot_take_apart_means_nothing():
    """Plain numbers, levels it lacks, swap values without swap types."""
    assert means("n", 5) is None
    assert means("u", 5) is None
    assert means("S", 5) is None


def test_words_differ_in_named_fields_and_in_bits_without_a_name():
    """Fields of several bits count once."""
    assert differing(TARGET, "p", MAPPED, MAPPED ^ 0x7202) == ("W", "PFN", "bit 9")
    assert differing(TARGET, "n", 1, 2) == ()
