"""A helper as data: where it only keeps, clears, sets and inverts bits, two masks say it all.

``(word & keep) ^ flip`` is the form of arming on every architecture, at least case by case; what
has this form can be compared by structure and applied to a million entries in two passes.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from attrs import frozen

from archcore.words import lineage
from archcore.words.cube import Cube, split
from archcore.words.mask import Mask
from archcore.words.vocabulary import clear, xor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from archcore.words.types import Word


@frozen
class Rewrite:
    """For words of ``condition``, a helper returns ``(word & keep) ^ flip``.

    Each bit of the result is one of ``copied``, ``inverted``, ``cleared`` and ``put``.
    """

    condition: Cube
    keep: Mask
    flip: Mask

    @property
    def copied(self) -> Mask:
        """The bits that stay what they are."""
        return self.keep - self.flip

    @property
    def inverted(self) -> Mask:
        """The bits that become their opposite."""
        return self.keep & self.flip

    @property
    def cleared(self) -> Mask:
        """The bits that end up clear."""
        return ~(self.keep | self.flip)

    @property
    def put(self) -> Mask:
        """The bits that end up set."""
        return self.flip - self.keep

    def __call__(self, word: Word) -> Word:
        """Return the rewritten word, in any number system; the condition is not looked at."""
        return xor(clear(word, ~self.keep), self.flip)

    def then(self, after: Rewrite) -> Rewrite | None:
        """Return this rewrite followed by another, for the words both speak of; None without any.

        Arming followed by disarming shows what a hint gives back.
        """
        wanted = after.condition
        if (wanted.ones & self.cleared) or (wanted.zeros & self.put):
            return None
        ones = (wanted.ones & self.copied) | (wanted.zeros & self.inverted)
        zeros = (wanted.zeros & self.copied) | (wanted.ones & self.inverted)
        if (ones & self.condition.zeros) or (zeros & self.condition.ones):
            return None
        both = Cube(self.condition.ones | ones, self.condition.zeros | zeros)
        return Rewrite(both, self.keep & after.keep, xored(self.flip & after.keep, after.flip))


def xored(a: Mask, b: Mask) -> Mask:
    """Return the bits of exactly one of two masks."""
    return (a - b) | (b - a)


def rewrite_of(helper: Callable[[Word], Word], condition: Cube) -> Rewrite | None:
    """Return what a helper does to the words of a cube; None when it computes a bit of several.

    Raises PortabilityError when the helper leaves the vocabulary.
    """
    word = _traced(helper, condition)
    if word.computed:
        return None
    return Rewrite(condition, word.copied | word.inverted, word.inverted | word.ones)


def cases(helper: Callable[[Word], Word], cubes: Iterable[Cube]) -> tuple[Rewrite, ...] | None:
    """Return what a helper does to the words of disjoint cubes, case by case.

    A cube is halved for as long as a bit of the result is computed; cases that rewrite alike are
    neighbours in the answer. None when too many come of that, as for a helper that moves a number
    to another place. Raises PortabilityError when the helper leaves the vocabulary.
    """

    def undecided(cube: Cube) -> frozenset[int]:
        word = _traced(helper, cube)
        return frozenset().union(*(word.bits[at].sources for at in word.computed.positions))

    parts = split(cubes, undecided)
    if parts is None:
        return None
    rewrites = [rewrite_of(helper, part) for part in parts]
    return tuple(sorted(_fewest([r for r in rewrites if r is not None]), key=_masks))


def _masks(rewrite: Rewrite) -> tuple[int, int]:
    return rewrite.keep.value, rewrite.flip.value


def _fewest(rewrites: list[Rewrite]) -> list[Rewrite]:
    for a, b in combinations(rewrites, 2):
        whole = _merged(a, b)
        if whole is not None:
            return _fewest([*(one for one in rewrites if one not in (a, b)), whole])
    return rewrites


def _merged(a: Rewrite, b: Rewrite) -> Rewrite | None:
    """Return one rewrite for two that differ in one bit of their conditions and in its fate."""
    at = xored(a.condition.ones, b.condition.ones)
    if a.condition.mask != b.condition.mask or len(at.positions) != 1:
        return None
    if (xored(a.keep, b.keep) | xored(a.flip, b.flip)) - at:
        return None
    around = Cube(a.condition.ones - at, a.condition.zeros - at)
    if a.flip == b.flip:
        return Rewrite(around, a.keep, a.flip)
    clear_before = a if a.condition.zeros & at else b
    return Rewrite(around, a.keep | at, clear_before.flip)


def _traced(helper: Callable[[Word], Word], cube: Cube) -> lineage.Traced:
    word = lineage.traced(cube.ones.width, cube.ones, cube.zeros)
    result: lineage.Traced = lineage.put(helper(word), Mask(0, word.width))
    return result
