from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import masks, runs, widths

from archcore.errors import LayoutError, PortabilityError
from archcore.words import Mask

pairs = widths.flatmap(lambda width: st.tuples(masks(width), masks(width)))
any_mask = widths.flatmap(masks)


def places(mask):
    """Return the positions of a mask, read off its binary digits."""
    return {at for at, digit in enumerate(reversed(f"{mask.value:b}")) if digit == "1"}


class TestShape:
    @given(any_mask)
    def test_positions_are_those_of_the_set_digits(self, mask):
        """A mask lists the positions of its set bits, lowest first."""
        assert mask.positions == tuple(sorted(places(mask)))

    @given(any_mask)
    def test_keep_is_every_other_bit_of_the_width(self, mask):
        """What a mask keeps and what it names make up the whole word."""
        assert mask.keep ^ mask.value == (1 << mask.width) - 1

    @given(any_mask.filter(bool))
    def test_shift_and_span_reach_from_the_lowest_to_the_highest_bit(self, mask):
        """The lowest position is the shift; the span ends at the highest."""
        assert mask.shift == min(places(mask))
        assert mask.shift + mask.span - 1 == max(places(mask))

    @given(widths.flatmap(runs))
    def test_bits_side_by_side_are_a_run(self, mask):
        """As many bits as the span has places leave no gap."""
        assert mask.is_run
        assert len(places(mask)) == mask.span

    @given(any_mask)
    def test_a_run_has_no_gap(self, mask):
        """A mask is a run exactly when it is not empty and its bits fill its span."""
        assert mask.is_run == (0 < len(places(mask)) == mask.span)


class TestOperators:
    @given(pairs)
    def test_operators_are_those_of_sets(self, pair):
        """Union, intersection, difference and complement are those of the positions."""
        a, b = pair
        everything = set(range(a.width))
        assert places(a | b) == places(a) | places(b)
        assert places(a & b) == places(a) & places(b)
        assert places(a - b) == places(a) - places(b)
        assert places(~a) == everything - places(a)

    @given(any_mask)
    def test_only_the_empty_mask_is_false(self, mask):
        """A mask is true when any bit is set."""
        assert bool(mask) == (mask.value != 0)

    @pytest.mark.parametrize("other", [Mask(1, 32), 1, True])
    def test_masks_of_two_widths_do_not_combine(self, other):
        """Neither a mask of another width nor a number joins a mask."""
        for operation in (Mask.__or__, Mask.__and__, Mask.__sub__):
            with pytest.raises(PortabilityError, match="combined with a mask of 64 bits"):
                operation(Mask(1), other)

    def test_an_operator_of_numpy_refuses_a_mask(self):
        """An array beside a mask makes no array of objects."""
        with pytest.raises(TypeError):
            np.ones(2, np.uint64) & Mask(1)


class TestRefused:
    @pytest.mark.parametrize("value", [-1, 1 << 64])
    def test_a_mask_fits_its_width(self, value):
        """A mask is neither negative nor wider than its word."""
        with pytest.raises(LayoutError, match="does not fit a word of 64 bits"):
            Mask(value)

    @pytest.mark.parametrize("value", [True, 1.0, "1", np.uint64(1)])
    def test_a_mask_is_made_of_an_int(self, value):
        """Anything that is not a plain int is refused before it can spread."""
        with pytest.raises(LayoutError, match=r"made of an int, not of .*; use int\(\)"):
            Mask(value)

    def test_words_have_32_or_64_bits(self):
        """There are two widths."""
        with pytest.raises(LayoutError, match="32 or 64 bits, not 16"):
            Mask(0, 16)
