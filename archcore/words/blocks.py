"""A helper over a long array, block by block, so that what it computes between stays in cache."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from archcore.errors import PortabilityError
from archcore.words.arrays import width_of
from archcore.words.mask import Mask, constant_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from archcore.words.types import Operand, Truth, Word

Array: TypeAlias = "NDArray[Any]"

BLOCK = 1 << 15
"""Words in a block: 256 KiB of them, so that a second-level cache holds a few temporaries."""


def apply(
    helper: Callable[..., Word | Truth],
    words: Array,
    *others: Operand | Truth,
    out: Array | None = None,
    block: int = BLOCK,
) -> Array:
    """Return ``helper(words, *others)`` for a one-dimensional array, computed block by block.

    ``others`` are arrays as long as ``words``, cut into the same blocks, or anything else, handed
    over as it is. The result is words or truths, as the helper gives; it is written to ``out`` if
    that is given, which may be one of the arrays itself. Raises PortabilityError for arrays that
    are no words, of another shape, or overlapping ``out`` in part.
    """
    _check_shapes(words, *others, *(() if out is None else (out,)))
    width = width_of(words)
    if block < 1:
        raise PortabilityError(f"a block has at least one word, not {block}")

    def result_of(part: slice) -> Array:
        return _lift(helper(words[part], *(_cut(other, part) for other in others)), width)

    first = result_of(slice(0, block))
    result = np.empty(len(words), first.dtype) if out is None else out
    _check_out(result, first.dtype, words, *others)
    result[:block] = first
    for start in range(block, len(words), block):
        part = slice(start, start + block)
        result[part] = result_of(part)
    return result


def _check_shapes(words: Array, *arrays: object) -> None:
    if not isinstance(words, np.ndarray) or words.ndim != 1:
        raise PortabilityError("blocks are cut from a one-dimensional array; use array.reshape(-1)")
    for array in arrays:
        if isinstance(array, np.ndarray) and array.shape != words.shape:
            raise PortabilityError(f"arrays of two shapes: {words.shape} and {array.shape}")


def _cut(other: Operand | Truth, part: slice) -> Operand | Truth:
    return other[part] if isinstance(other, np.ndarray) else other


def _lift(result: object, width: int) -> Array:
    """Return what a helper gave as an array; a constant becomes one of no dimension."""
    if isinstance(result, np.ndarray | bool):
        return np.asarray(result)
    if isinstance(result, int | Mask):
        return np.asarray(constant_of(result, width), f"uint{width}")
    raise PortabilityError(f"the helper returned {result!r} for an array; it gives words or truths")


def _check_out(out: Array, dtype: np.dtype[Any], *sources: object) -> None:
    if out.dtype != dtype:
        raise PortabilityError(f"out is an array of {out.dtype}, the helper gives {dtype}")
    for source in sources:
        if isinstance(source, np.ndarray) and _overlap_in_part(out, source):
            raise PortabilityError(
                "out overlaps an operand in part; pass the operand itself or an array of its own"
            )


def _overlap_in_part(out: Array, source: Array) -> bool:
    same = out.ctypes.data == source.ctypes.data and out.strides == source.strides
    return not same and np.may_share_memory(out, source)
