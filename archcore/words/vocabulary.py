"""The closed vocabulary: fifteen functions, chosen by the type of the word.

The path for plain integers stands first in each function, because the scalar engine lives on it.
A plain ``int`` next to any other kind of word is a constant and is lifted into that kind.
Everything else, refusals included, is left to the number systems. Each function raises
PortabilityError for operands of two systems or two widths, for a truth in the place of a word or
the reverse, and for constants that are negative or do not fit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.errors import PortabilityError
from archcore.words.mask import Mask, mask_of, run_of
from archcore.words.systems import system_of_choice, system_of_truths, system_of_words

if TYPE_CHECKING:
    from archcore.words.types import Operand, Truth, Word


def clear(word: Word, mask: Mask) -> Word:
    """Return ``word`` without the bits of ``mask``."""
    if type(word) is int and type(mask) is Mask:
        return word & mask.keep
    return system_of_words(word).clear(word, mask_of(mask))


def put(word: Word, these: Operand) -> Word:
    """Return ``word`` with the bits of a mask, or of another word, set."""
    if type(word) is int:
        if type(these) is Mask:
            return word | these.value
        if type(these) is int and these >= 0:
            return word | these
    return system_of_words(word, these).put(word, these)


def xor(word: Word, these: Operand) -> Word:
    """Return ``word`` with the bits of a mask, or of another word, flipped."""
    if type(word) is int:
        if type(these) is Mask:
            return word ^ these.value
        if type(these) is int and these >= 0:
            return word ^ these
    return system_of_words(word, these).xor(word, these)


def has_all(word: Word, mask: Mask) -> Truth:
    """Say whether every bit of ``mask`` is set."""
    if type(word) is int and type(mask) is Mask:
        return word & mask.value == mask.value
    return system_of_words(word).has_all(word, mask_of(mask))


def has_any(word: Word, mask: Mask) -> Truth:
    """Say whether at least one bit of ``mask`` is set."""
    if type(word) is int and type(mask) is Mask:
        return word & mask.value != 0
    return system_of_words(word).has_any(word, mask_of(mask))


def has_none(word: Word, mask: Mask) -> Truth:
    """Say whether no bit of ``mask`` is set."""
    if type(word) is int and type(mask) is Mask:
        return word & mask.value == 0
    return system_of_words(word).has_none(word, mask_of(mask))


def same(a: Operand, b: Operand) -> Truth:
    """Say whether two words are equal bit for bit."""
    if type(a) is int:
        if type(b) is int and b >= 0:
            return a == b
        if type(b) is Mask:
            return a == b.value
    return system_of_words(a, b).same(a, b)


def where(condition: Truth, a: Operand, b: Operand) -> Word:
    """Return ``a`` where the condition holds and ``b`` elsewhere; both are always computed."""
    if condition is True or condition is False:
        first = a.value if type(a) is Mask else a
        second = b.value if type(b) is Mask else b
        if type(first) is int and type(second) is int and first >= 0 <= second:
            return first if condition else second
    return system_of_choice(condition, a, b).where(condition, a, b)


def bits(word: Word, mask: Mask) -> Word:
    """Return the number held in a run of bits, moved down to bit 0."""
    if type(word) is int and type(mask) is Mask and mask.is_run:
        return (word & mask.value) >> mask.shift
    return system_of_words(word).bits(word, run_of(mask))


def with_bits(word: Word, mask: Mask, value: Operand) -> Word:
    """Return ``word`` with a run of bits holding ``value``; what does not fit is cut off."""
    plain = type(word) is int and type(value) is int and type(mask) is Mask
    if plain and mask.is_run and value >= 0:
        return (word & mask.keep) | ((value << mask.shift) & mask.value)
    return system_of_words(word, value).with_bits(word, run_of(mask), value)


def add_bits(word: Word, mask: Mask, amount: int) -> Word:
    """Return ``word`` with ``amount`` added to a run of bits, wrapping inside the run.

    ``amount`` is a plain ``int`` in every number system, and may be negative.
    """
    if type(amount) is not int:
        raise PortabilityError(f"add_bits adds a plain int, not {amount!r}")
    if type(word) is int and type(mask) is Mask and mask.is_run:
        moved = (word & mask.value) + (amount << mask.shift)
        return (word & mask.keep) | (moved & mask.value)
    return system_of_words(word).add_bits(word, run_of(mask), amount)


def both(a: Truth, b: Truth) -> Truth:
    """Say whether both hold."""
    if (a is True or a is False) and (b is True or b is False):
        return a and b
    return system_of_truths(a, b).both(a, b)


def either(a: Truth, b: Truth) -> Truth:
    """Say whether at least one holds."""
    if (a is True or a is False) and (b is True or b is False):
        return a or b
    return system_of_truths(a, b).either(a, b)


def negate(a: Truth) -> Truth:
    """Say whether it does not hold."""
    if a is True or a is False:
        return not a
    return system_of_truths(a).negate(a)


def implies(a: Truth, b: Truth) -> Truth:
    """Say whether the second holds whenever the first does."""
    return either(negate(a), b)
