from __future__ import annotations

import pytest

from archcore.errors import PortabilityError
from archcore.words import Mask, clear, has_any, put, same, where, with_bits, xor

ONE, TWO, NARROW = Mask(1), Mask(2), Mask(1, 32)


def test_a_mask_may_stand_for_its_word():
    """Where every operand is a constant, the answer is a plain int."""
    answers = (put(ONE, TWO), xor(ONE, TWO), clear(ONE, TWO), with_bits(ONE, Mask(0xF0), TWO))
    assert answers == (3, 3, 1, 0x21)
    assert all(type(answer) is int for answer in answers)
    assert has_any(ONE, ONE) is True
    assert same(ONE, TWO) is False


@pytest.mark.parametrize("condition", [True, False])
def test_a_mask_of_another_width_is_refused(condition):
    """Two constants of two widths do not meet, whichever is chosen."""
    for call in (
        lambda: put(ONE, NARROW),
        lambda: clear(ONE, NARROW),
        lambda: same(ONE, NARROW),
        lambda: with_bits(ONE, NARROW, 1),
    ):
        with pytest.raises(PortabilityError, match="two widths"):
            call()


@pytest.mark.parametrize("condition", [True, False])
def test_the_arm_that_is_not_chosen_is_checked_too(condition):
    """Both arms of a choice are computed, so both must be words."""
    with pytest.raises(PortabilityError, match="-5 is no word"):
        where(condition, *((1, -5) if condition else (-5, 1)))
