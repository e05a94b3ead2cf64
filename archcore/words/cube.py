"""Cubes: the words that have certain bits set and certain others clear, whatever the rest is.

A condition of an entry helper holds on a handful of disjoint cubes, often on a single one; then
it is data, and can be compared, printed, and tested on a million words at once.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from attrs import frozen

from archcore.errors import PortabilityError
from archcore.words import lineage
from archcore.words.mask import Mask
from archcore.words.vocabulary import clear, same

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from archcore.words.types import Truth, Word

LIMIT = 64


@frozen
class Cube:
    """The words with every bit of ``ones`` set and every bit of ``zeros`` clear.

    Raises PortabilityError when a bit is asked to be both, or the widths differ.
    """

    ones: Mask
    zeros: Mask

    def __attrs_post_init__(self) -> None:
        """Refuse what no word can fulfil."""
        if self.ones & self.zeros:
            raise PortabilityError(f"no word has {self.ones & self.zeros} both set and clear")

    @property
    def mask(self) -> Mask:
        """The bits that are asked for at all."""
        return self.ones | self.zeros

    @property
    def free(self) -> int:
        """The number of bits that may be either."""
        return self.ones.width - self.mask.value.bit_count()

    def holds(self, word: Word) -> Truth:
        """Say whether a word lies in the cube, in any number system."""
        return same(clear(word, ~self.mask), self.ones)

    def halves(self, at: int) -> tuple[Cube, Cube]:
        """Return the words with bit ``at`` set and those with it clear."""
        bit = Mask(1 << at, self.ones.width)
        return Cube(self.ones | bit, self.zeros), Cube(self.ones, self.zeros | bit)


def every(width: int) -> Cube:
    """Return the cube of all words."""
    return Cube(Mask(0, width), Mask(0, width))


def split(
    given: Iterable[Cube], undecided: Callable[[Cube], Iterable[int]]
) -> tuple[Cube, ...] | None:
    """Halve cubes on the lowest undecided bit until none is; None for more than LIMIT of them."""
    todo, done = list(given), list[Cube]()
    while todo and len(todo) + len(done) <= LIMIT:
        cube = todo.pop()
        at = min(undecided(cube), default=None)
        if at is None:
            done.append(cube)
        else:
            todo += cube.halves(at)
    return None if todo else tuple(done)


def cover(width: int, *conditions: Callable[[Word], Truth]) -> tuple[Cube, ...] | None:
    """Return the disjoint cubes on which all conditions hold; None for more than LIMIT of them.

    One cube, if one is enough. Each condition is looked at only where those before it hold, so put
    the narrow ones first. Raises PortabilityError when a condition leaves the vocabulary.
    """
    cubes: tuple[Cube, ...] = (every(width),)
    for condition in conditions:
        parts = split(cubes, partial(_undecided, condition))
        if parts is None:
            return None
        cubes = tuple(part for part in parts if _origin(condition, part).constant)
    whole = joined(cubes)
    return cubes if whole is None else (whole,)


def _undecided(condition: Callable[[Word], Truth], cube: Cube) -> frozenset[int]:
    return _origin(condition, cube).sources


def _origin(condition: Callable[[Word], Truth], cube: Cube) -> lineage.Origin:
    truth = condition(lineage.traced(cube.ones.width, cube.ones, cube.zeros))
    decided: lineage.TracedTruth = lineage.both(truth, truth)  # lifts a plain bool
    return decided.origin


def joined(cubes: Sequence[Cube]) -> Cube | None:
    """Return the one cube that disjoint cubes fill; None when their union is no cube."""
    if not cubes:
        return None
    ones, zeros = cubes[0].ones, cubes[0].zeros
    for cube in cubes:
        ones, zeros = ones & cube.ones, zeros & cube.zeros
    around = Cube(ones, zeros)
    return around if sum(1 << cube.free for cube in cubes) == 1 << around.free else None
