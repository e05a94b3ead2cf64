from __future__ import annotations

import pytest

from archcore.errors import PortabilityError
from archcore.words import (
    Mask,
    add_bits,
    bits,
    clear,
    either,
    has_any,
    has_none,
    negate,
    put,
    same,
    with_bits,
    xor,
)

z3 = pytest.importorskip("z3")

from archcore.words.symbols import SymbolicTruth, constant, symbol  # noqa: E402 - needs z3

TOP, FIELD = Mask(1 << 31, 32), Mask(0xFFFF_F000, 32)


def holds(truth):
    """Say whether the solver finds no word for which it fails."""
    solver = z3.Solver()
    solver.add(z3.Not(truth.term))
    return solver.check() == z3.unsat


def test_what_is_proved_holds_for_every_word():
    """Round trips through a field and through a flip are proved, for all words of 32 bits."""
    word, number = symbol("word", 32), symbol("number", 32)
    assert holds(same(xor(xor(word, FIELD), FIELD), word))
    assert holds(same(with_bits(word, FIELD, bits(word, FIELD)), word))
    assert holds(
        same(bits(with_bits(word, FIELD, number), FIELD), bits(with_bits(0, FIELD, number), FIELD))
    )
    assert holds(same(add_bits(add_bits(word, FIELD, 5), FIELD, -5), word))
    assert holds(either(has_any(word, TOP), has_none(word, TOP)))


def test_what_fails_for_one_word_is_not_proved():
    """A statement that is false of a single word is no theorem."""
    word = symbol("word", 32)
    assert not holds(negate(same(word, 0x1234_5678)))
    assert not holds(same(put(word, TOP), word))


def test_a_field_at_the_top_is_unsigned():
    """Moving the highest bit down copies no sign."""
    word = symbol("word", 32)
    assert holds(has_none(bits(word, TOP), ~Mask(1, 32)))


def test_widths_do_not_meet():
    """A symbol of 32 bits meets neither a symbol nor a mask of 64."""
    for other in (symbol("other"), Mask(1)):
        with pytest.raises(PortabilityError, match="two widths"):
            put(symbol("word", 32), other)


@pytest.mark.parametrize("value", [-1, 1 << 32, True])
def test_a_constant_is_a_word(value):
    """A constant fits its width and is no truth."""
    with pytest.raises(PortabilityError, match="is not a word of 32 bits"):
        constant(value, 32)


def test_a_word_is_no_formula():
    """The solver's terms keep their kinds apart."""
    word = symbol("word")
    with pytest.raises(PortabilityError, match="is not a truth"):
        negate(word)
    with pytest.raises(PortabilityError, match="stands where a word belongs"):
        clear(same(word, 0), Mask(1))
    assert isinstance(same(word, 0), SymbolicTruth)


def test_a_bare_term_of_the_solver_is_refused():
    """What is not wrapped would compute with signs."""
    with pytest.raises(PortabilityError, match="BitVecRef is of no number system"):
        clear(z3.BitVec("word", 64), Mask(1))
