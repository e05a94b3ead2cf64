"""A one-word number system that computes like ``int`` and forgives nothing; for tests."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from archcore.errors import PortabilityError
from archcore.words import ints
from archcore.words.guard import Guarded
from archcore.words.mask import common_width, constant_of

if TYPE_CHECKING:
    from archcore.words.mask import Mask
    from archcore.words.types import Operand, Truth, Word


class StrictWord(Guarded):
    """A word of ``width`` bits that only the vocabulary may touch; ``value`` ends the strictness.

    Raises PortabilityError when ``value`` is not an int that fits.
    """

    system = __name__
    __slots__ = ("value", "width")

    def __init__(self, value: int, width: int = 64) -> None:
        """Check the value against the width, once."""
        self.value, self.width = constant_of(value, width), width

    def __repr__(self) -> str:
        """Show the word in hexadecimal."""
        return f"StrictWord({self.value:#x}, {self.width})"


class StrictTruth(Guarded):
    """A truth that only the vocabulary may combine; ``value`` ends the strictness.

    Raises PortabilityError when ``value`` is not a bool.
    """

    system = __name__
    is_truth = True
    __slots__ = ("value",)

    def __init__(self, value: bool) -> None:
        """Keep the truth."""
        if type(value) is not bool:
            raise PortabilityError(f"{value!r} is not a bool")
        self.value = value

    def __repr__(self) -> str:
        """Show the truth."""
        return f"StrictTruth({self.value})"


def _lift(operand: Operand, width: int) -> int:
    if isinstance(operand, StrictWord):
        return operand.value
    return constant_of(operand, width)


def _truth(operand: Truth) -> bool:
    return operand.value if isinstance(operand, StrictTruth) else bool(operand)


def _on_two(name: str, a: Operand, b: Operand) -> Word | Truth:
    width = common_width(a, b)
    result = getattr(ints, name)(_lift(a, width), _lift(b, width))
    return StrictTruth(result) if isinstance(result, bool) else StrictWord(result, width)


def _with_mask(name: str, a: Operand, mask: Mask, *more: int) -> Word | Truth:
    width = common_width(a, mask)
    result = getattr(ints, name)(_lift(a, width), mask, *more)
    return StrictTruth(result) if isinstance(result, bool) else StrictWord(result, width)


put = partial(_on_two, "put")
xor = partial(_on_two, "xor")
same = partial(_on_two, "same")
clear = partial(_with_mask, "clear")
has_all = partial(_with_mask, "has_all")
has_any = partial(_with_mask, "has_any")
has_none = partial(_with_mask, "has_none")
bits = partial(_with_mask, "bits")
add_bits = partial(_with_mask, "add_bits")


def with_bits(a: Operand, mask: Mask, value: Operand) -> Word:
    """See archcore.words.with_bits."""
    width = common_width(a, mask, value)
    return _with_mask("with_bits", a, mask, _lift(value, width))


def where(condition: Truth, a: Operand, b: Operand) -> Word:
    """See archcore.words.where."""
    width = common_width(a, b)
    first, second = _lift(a, width), _lift(b, width)
    return StrictWord(first if _truth(condition) else second, width)


def both(a: Truth, b: Truth) -> Truth:
    """See archcore.words.both."""
    return StrictTruth(_truth(a) and _truth(b))


def either(a: Truth, b: Truth) -> Truth:
    """See archcore.words.either."""
    return StrictTruth(_truth(a) or _truth(b))


def negate(a: Truth) -> Truth:
    """See archcore.words.negate."""
    return StrictTruth(not _truth(a))
