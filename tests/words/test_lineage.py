from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from strategies import masks, runs

from archcore.errors import PortabilityError
from archcore.words import (
    Mask,
    add_bits,
    bits,
    both,
    clear,
    either,
    has_all,
    has_any,
    negate,
    put,
    same,
    where,
    with_bits,
    xor,
)
from archcore.words.lineage import traced

A, B, C = Mask(0b001), Mask(0b010), Mask(0b100)
NOTHING = Mask(0)


def bit(word, mask):
    """Return one bit as a truth."""
    return has_any(word, mask)


CONDITIONS = {
    "a": lambda w: bit(w, A),
    "not a": lambda w: negate(bit(w, A)),
    "b": lambda w: bit(w, B),
    "a and b": lambda w: has_all(w, A | B),
    "a or b": lambda w: has_any(w, A | B),
    "a is b": lambda w: same(bits(w, A), bits(w, B)),
    "never": lambda w: same(w, xor(w, A)),
    "always": lambda w: same(w, w),
}
JOINS = {
    "both": both,
    "either": either,
    "differ": lambda a, b: either(both(a, negate(b)), both(b, negate(a))),
    "xor": lambda a, b: bit(xor(where(a, A, NOTHING), where(b, A, NOTHING)), A),
    "choice": lambda a, b: bit(where(a, where(b, B, NOTHING), where(b, A, A | B)), B),
}


@pytest.mark.parametrize("join", list(JOINS))
@pytest.mark.parametrize(("first", "second"), list(product(CONDITIONS, CONDITIONS)))
def test_a_joined_condition_is_known_only_if_it_is(join, first, second):
    """What lineage calls constant, a copy or an inverse is so for each of the words there are."""

    def helper(word):
        return where(JOINS[join](CONDITIONS[first](word), CONDITIONS[second](word)), A, NOTHING)

    result = helper(traced())
    for word in range(8):
        answer = helper(word)
        assert answer & result.ones.value == result.ones.value
        assert answer & result.zeros.value == 0
        assert (answer ^ word) & result.copied.value == 0
        assert (answer ^ ~word) & result.inverted.value == 0


class TestKnown:
    """Lineage is not only true but tells what can be told."""

    @given(masks(), masks())
    def test_masks_are_followed_exactly(self, cleared, put_in):
        """Clearing and putting leave nothing computed."""
        result = put(clear(traced(), cleared), put_in)
        assert result.ones == put_in
        assert result.zeros == cleared - put_in
        assert result.copied == ~(cleared | put_in)
        assert not result.computed

    @given(masks())
    def test_flipping_inverts_and_flipping_twice_copies(self, mask):
        """A flip is undone by another, whatever the word."""
        assert xor(traced(), mask).inverted == mask
        assert xor(xor(traced(), mask), mask).copied == ~NOTHING

    def test_a_word_differs_from_itself_nowhere(self):
        """A bit beside itself or its opposite is a constant."""
        word = traced()
        assert xor(word, word).zeros == ~NOTHING
        assert xor(word, xor(word, A)).ones == A
        assert put(word, xor(word, A)).ones == A
        assert put(word, xor(word, A)).copied == ~A

    def test_what_is_assumed_decides_a_choice(self):
        """Under the assumption that a flag is set, the arm for a clear flag is not taken."""

        def helper(word):
            return where(bit(word, A), clear(word, B), put(word, C))

        assert helper(traced(ones=A)).zeros == B
        assert helper(traced(zeros=A)).ones == A & NOTHING | C
        assert helper(traced()).computed == B | C

    def test_a_field_moved_elsewhere_is_computed(self):
        """A bit at another place than its own is no copy, and names where it comes from."""
        result = with_bits(0, Mask(0xF0), bits(traced(), Mask(0x0F)))
        assert result.computed == Mask(0xF0)
        assert result.bits[4].sources == {0}
        assert not result.bits[4].mixed

    def test_bits_below_what_is_added_are_copied(self):
        """Adding four changes no bit below the third of a field, and inverts that one."""
        result = add_bits(traced(), Mask(0xFF0), 4)
        assert result.copied == ~Mask(0xFC0)
        assert result.inverted == Mask(0x040)
        assert result.computed == Mask(0xF80)

    @given(runs())
    def test_adding_to_a_known_field_is_known(self, mask):
        """A sum of constants is a constant."""
        result = add_bits(traced(zeros=mask), mask, -1)
        assert result.ones == mask
        assert result.copied == ~mask

    def test_a_choice_by_a_bit_between_it_and_its_opposite_is_known(self):
        """Where a flag is set, the flag; elsewhere, its opposite: that is always set."""
        word = traced()
        assert where(bit(word, A), word, xor(word, A)).ones == A
        assert where(bit(word, A), xor(word, A), word).zeros == A

    def test_a_choice_between_two_functions_depends_on_what_chooses(self):
        """Two results of the same bits may differ, so the deciding bit is a source as well."""
        word = traced()
        either_one = where(has_any(word, A | B), A, NOTHING)
        both_of_them = where(has_all(word, A | B), A, NOTHING)
        chosen = where(bit(word, C), either_one, both_of_them)
        assert chosen.bits[0].sources == {0, 1, 2}

    def test_where_both_arms_agree_the_condition_does_not_matter(self):
        """A bit that is the same either way is known, whatever decides."""
        word = traced()
        result = where(same(bits(word, A), bits(word, B)), put(word, C), put(clear(word, A), C))
        assert result.ones == C
        assert result.copied == ~(A | C)


@pytest.mark.parametrize(
    "call",
    [
        lambda: with_bits(traced(32), Mask(0xF, 32), traced()),
        lambda: with_bits(traced(), Mask(0xF, 32), 1),
        lambda: where(True, traced(32), traced()),
        lambda: add_bits(traced(32), Mask(0xF), 1),
    ],
)
def test_widths_do_not_meet(call):
    """Traced words of two widths, or a mask of another, are refused."""
    with pytest.raises(PortabilityError, match="two widths"):
        call()
