"""The vocabulary on numpy arrays of unsigned words: one operation, every element."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from archcore.errors import PortabilityError
from archcore.words.mask import Mask, check_widths, constant_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

Words: TypeAlias = "NDArray[np.uint64] | NDArray[np.uint32]"
Truths: TypeAlias = "NDArray[np.bool_]"
DTYPES: dict[int, np.dtype[Any]] = {32: np.dtype(np.uint32), 64: np.dtype(np.uint64)}


def width_of(words: Words) -> int:
    """Return the width of an array's words; raises PortabilityError if they are no words."""
    found = words.dtype
    for width, dtype in DTYPES.items():
        if found is dtype or found == dtype:
            return width
    raise PortabilityError(
        "words are uint64 or uint32 arrays in this machine's byte order, not "
        f"{words.dtype}; convert them once with .astype(numpy.uint64)"
    )


def _width(*operands: Words | Mask | int) -> int:
    widths = [
        operand.width if type(operand) is Mask else width_of(operand)  # type: ignore[arg-type]
        for operand in operands
        if type(operand) is not int
    ]
    check_widths(*widths)
    return widths[0] if widths else 64


def _lift(operand: Words | Mask | int, width: int) -> Any:  # noqa: ANN401 - numpy's scalar or array
    """Return an array as it is, and a constant as a numpy scalar of that width."""
    if isinstance(operand, np.ndarray):
        return operand
    return DTYPES[width].type(constant_of(operand, width))


def _masked(a: Words, mask: Mask) -> Any:  # noqa: ANN401 - numpy's operators widen the type
    check_widths(mask.width, width_of(a))
    return a & mask.value


def clear(a: Words, mask: Mask) -> Words:
    """See archcore.words.clear."""
    check_widths(mask.width, width_of(a))
    return a & mask.keep  # type: ignore[return-value,unused-ignore]


def put(a: Words | Mask | int, these: Words | Mask | int) -> Words:
    """See archcore.words.put."""
    width = _width(a, these)
    return _lift(a, width) | _lift(these, width)  # type: ignore[no-any-return]


def xor(a: Words | Mask | int, these: Words | Mask | int) -> Words:
    """See archcore.words.xor."""
    width = _width(a, these)
    return _lift(a, width) ^ _lift(these, width)  # type: ignore[no-any-return]


def has_all(a: Words, mask: Mask) -> Truths:
    """See archcore.words.has_all."""
    return _masked(a, mask) == mask.value  # type: ignore[no-any-return]


def has_any(a: Words, mask: Mask) -> Truths:
    """See archcore.words.has_any."""
    return _masked(a, mask) != 0  # type: ignore[no-any-return]


def has_none(a: Words, mask: Mask) -> Truths:
    """See archcore.words.has_none."""
    return _masked(a, mask) == 0  # type: ignore[no-any-return]


def same(a: Words | Mask | int, b: Words | Mask | int) -> Truths:
    """See archcore.words.same."""
    width = _width(a, b)
    return _lift(a, width) == _lift(b, width)  # type: ignore[no-any-return]


def where(condition: Truths | bool, a: Words | Mask | int, b: Words | Mask | int) -> Words:
    """See archcore.words.where; two constants give words of the masks' width, else of 64 bits."""
    width = _width(a, b)
    return np.where(condition, _lift(a, width), _lift(b, width))  # type: ignore[no-any-return]


def bits(a: Words, mask: Mask) -> Words:
    """See archcore.words.bits."""
    return _masked(a, mask) >> mask.shift  # type: ignore[no-any-return]


def with_bits(a: Words | Mask | int, mask: Mask, value: Words | Mask | int) -> Words:
    """See archcore.words.with_bits."""
    width = _width(a, mask, value)
    moved = (_lift(value, width) << mask.shift) & mask.value
    return (_lift(a, width) & mask.keep) | moved  # type: ignore[no-any-return]


def add_bits(a: Words, mask: Mask, amount: int) -> Words:
    """See archcore.words.add_bits."""
    step = a.dtype.type((amount << mask.shift) & mask.value)
    moved = (_masked(a, mask) + step) & mask.value
    return (a & mask.keep) | moved  # type: ignore[no-any-return]


def both(a: Truths | bool, b: Truths | bool) -> Truths:
    """See archcore.words.both."""
    return np.logical_and(a, b)


def either(a: Truths | bool, b: Truths | bool) -> Truths:
    """See archcore.words.either."""
    return np.logical_or(a, b)


def negate(a: Truths) -> Truths:
    """See archcore.words.negate."""
    return np.logical_not(a)
