"""One case of a rewrite as passes over a numpy array, all in place or into given memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from attrs import field, frozen

from archcore.words.arrays import DTYPES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from archcore.words.arrays import Truths, Words
    from archcore.words.rewrite import Rewrite

LOWEST = 1


@frozen(eq=False)
class Case:
    """A Rewrite with its masks as numpy scalars, which numpy takes much faster than integers."""

    rewrite: Rewrite
    ones: int = field(init=False, repr=False)
    zeros: int = field(init=False, repr=False)
    mask: np.unsignedinteger = field(init=False, repr=False)
    value: np.unsignedinteger = field(init=False, repr=False)
    keep: np.unsignedinteger = field(init=False, repr=False)
    drop: np.unsignedinteger = field(init=False, repr=False)
    flip: np.unsignedinteger = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        """Convert the masks once."""
        condition, keep, flip = self.rewrite.condition, self.rewrite.keep, self.rewrite.flip
        object.__setattr__(self, "ones", condition.ones.value)
        object.__setattr__(self, "zeros", condition.zeros.value)
        scalar = DTYPES[keep.width].type
        names = ("mask", "value", "keep", "drop", "flip")
        for name, mask in zip(
            names, (condition.mask, condition.ones, keep, ~keep, flip), strict=True
        ):
            object.__setattr__(self, name, scalar(mask.value))

    @property
    def asks_lowest(self) -> bool:
        """True when the lowest bit alone decides, by being set."""
        return self.ones == LOWEST and not self.zeros

    def holds(self, words: Words, scratch: Words) -> Truths:
        """Say for each word whether it falls under this case."""
        return np.equal(np.bitwise_and(words, self.mask, out=scratch), self.value)

    def fills(self, block: Words) -> bool:
        """Say whether every word falls under this case."""
        if self.ones & ~int(np.bitwise_and.reduce(block)):
            return False
        return not self.zeros or not self.zeros & int(np.bitwise_or.reduce(block))

    def apply(self, block: Words) -> None:
        """Rewrite every word."""
        np.bitwise_and(block, self.keep, out=block)
        np.bitwise_xor(block, self.flip, out=block)

    def apply_where(self, select: Words, block: Words, scratch: Words) -> None:
        """Rewrite the words for which ``select`` is all ones; where it is zero, nothing changes."""
        np.bitwise_and(block, self.drop, out=scratch)
        np.bitwise_xor(scratch, self.flip, out=scratch)
        np.bitwise_and(scratch, select, out=scratch)
        np.bitwise_xor(block, scratch, out=block)


def possible(cases: Iterable[Case], block: Words) -> list[Case]:
    """Return the cases that some word may fall under, by what all words have in common."""
    anywhere = int(np.bitwise_or.reduce(block))
    left = [case for case in cases if not case.ones & ~anywhere]
    if not [case for case in left if case.zeros]:
        return left
    everywhere = int(np.bitwise_and.reduce(block))
    return [case for case in left if not case.zeros & everywhere]


def spread(truths: Truths, out: Words) -> int:
    """Make truths into words in ``out``, all ones for true and zero for false; return how many.

    Spoils ``truths``: negating the bytes before they are widened is the cheaper way round.
    """
    count = int(np.count_nonzero(truths))
    signed = truths.view(np.int8)
    np.negative(signed, out=signed)
    np.copyto(out.view(f"i{out.itemsize}"), signed)
    return count


def spread_lowest(words: Words, out: Words) -> int:
    """Make the lowest bits into words as ``spread`` does, without truths between."""
    np.bitwise_and(words, words.dtype.type(LOWEST), out=out)
    count = int(np.add.reduce(out))
    np.negative(out, out=out)
    return count
