"""The vocabulary on symbolic words: z3 terms that stand for every word at once.

Terms are wrapped, because z3's own operators are signed where ours are not and compare by
structure where a reader expects a formula.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import z3

from archcore.words.guard import Guarded
from archcore.words.mask import common_width, constant_of

if TYPE_CHECKING:
    from archcore.words.mask import Mask
    from archcore.words.types import Operand, Truth, Word


class SymbolicWord(Guarded):
    """A bit-vector term of ``width`` bits; ``term`` is z3's own."""

    system = __name__
    __slots__ = ("term", "width")

    def __init__(self, term: Any) -> None:  # noqa: ANN401 - z3 carries no types
        """Wrap a z3 bit-vector."""
        self.term, self.width = term, term.size()

    def __repr__(self) -> str:
        """Show the term as z3 prints it."""
        return f"SymbolicWord({self.term})"


class SymbolicTruth(Guarded):
    """A formula; ``term`` is z3's own."""

    system = __name__
    is_truth = True
    __slots__ = ("term",)

    def __init__(self, term: Any) -> None:  # noqa: ANN401 - z3 carries no types
        """Wrap a z3 formula."""
        self.term = term

    def __repr__(self) -> str:
        """Show the formula as z3 prints it."""
        return f"SymbolicTruth({self.term})"


def symbol(name: str, width: int = 64) -> SymbolicWord:
    """Return a free word of that name."""
    return SymbolicWord(z3.BitVec(name, width))


def constant(value: int, width: int = 64) -> SymbolicWord:
    """Return a known word; raises PortabilityError when it does not fit."""
    return SymbolicWord(z3.BitVecVal(constant_of(value, width), width))


def _term(operand: Operand, width: int) -> Any:  # noqa: ANN401 - z3 carries no types
    if isinstance(operand, SymbolicWord):
        return operand.term
    return z3.BitVecVal(constant_of(operand, width), width)


def _formula(operand: Truth) -> Any:  # noqa: ANN401 - z3 carries no types
    return operand.term if isinstance(operand, SymbolicTruth) else z3.BoolVal(operand)


def clear(a: Operand, mask: Mask) -> Word:
    """See archcore.words.clear."""
    width = common_width(a, mask)
    return SymbolicWord(_term(a, width) & mask.keep)


def put(a: Operand, these: Operand) -> Word:
    """See archcore.words.put."""
    width = common_width(a, these)
    return SymbolicWord(_term(a, width) | _term(these, width))


def xor(a: Operand, these: Operand) -> Word:
    """See archcore.words.xor."""
    width = common_width(a, these)
    return SymbolicWord(_term(a, width) ^ _term(these, width))


def has_all(a: Operand, mask: Mask) -> Truth:
    """See archcore.words.has_all."""
    return SymbolicTruth(_term(a, common_width(a, mask)) & mask.value == mask.value)


def has_any(a: Operand, mask: Mask) -> Truth:
    """See archcore.words.has_any."""
    return SymbolicTruth(_term(a, common_width(a, mask)) & mask.value != 0)


def has_none(a: Operand, mask: Mask) -> Truth:
    """See archcore.words.has_none."""
    return SymbolicTruth(_term(a, common_width(a, mask)) & mask.value == 0)


def same(a: Operand, b: Operand) -> Truth:
    """See archcore.words.same."""
    width = common_width(a, b)
    return SymbolicTruth(_term(a, width) == _term(b, width))


def where(condition: Truth, a: Operand, b: Operand) -> Word:
    """See archcore.words.where."""
    width = common_width(a, b)
    return SymbolicWord(z3.If(_formula(condition), _term(a, width), _term(b, width)))


def bits(a: Operand, mask: Mask) -> Word:
    """See archcore.words.bits."""
    return SymbolicWord(z3.LShR(_term(a, common_width(a, mask)) & mask.value, mask.shift))


def with_bits(a: Operand, mask: Mask, value: Operand) -> Word:
    """See archcore.words.with_bits."""
    width = common_width(a, mask, value)
    moved = (_term(value, width) << mask.shift) & mask.value
    return SymbolicWord((_term(a, width) & mask.keep) | moved)


def add_bits(a: Operand, mask: Mask, amount: int) -> Word:
    """See archcore.words.add_bits."""
    word = _term(a, common_width(a, mask))
    step = (amount << mask.shift) & mask.value
    return SymbolicWord((word & mask.keep) | (((word & mask.value) + step) & mask.value))


def both(a: Truth, b: Truth) -> Truth:
    """See archcore.words.both."""
    return SymbolicTruth(z3.And(_formula(a), _formula(b)))


def either(a: Truth, b: Truth) -> Truth:
    """See archcore.words.either."""
    return SymbolicTruth(z3.Or(_formula(a), _formula(b)))


def negate(a: Truth) -> Truth:
    """See archcore.words.negate."""
    return SymbolicTruth(z3.Not(_formula(a)))
