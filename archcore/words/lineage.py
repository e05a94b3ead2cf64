"""Where each bit of a result comes from: constant, copied, inverted, or computed.

Running a helper on a traced word, with some bits of the input taken as known, tells what an
encoding does to a word without trying any: the report prints it, and the bulk engine turns it
into two masks.
"""

from __future__ import annotations

from itertools import starmap
from typing import TYPE_CHECKING

from attrs import frozen

from archcore.words.guard import Guarded
from archcore.words.mask import Mask, common_width, constant_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from archcore.words.types import Operand, Truth, Word


@frozen
class Origin:
    """The origin of one bit: the input bits it is made from, and how if there is one only.

    ``constant`` is 0 or 1 for a known bit; with one source, ``inverted`` says that the bit is its
    opposite; with ``mixed`` the bit is some function of ``sources``.
    """

    sources: frozenset[int] = frozenset()
    constant: int | None = None
    inverted: bool = False
    mixed: bool = False


ZERO, ONE = Origin(constant=0), Origin(constant=1)


def _not(a: Origin) -> Origin:
    if a.constant is not None:
        return ZERO if a.constant else ONE
    return a if a.mixed else Origin(a.sources, inverted=not a.inverted)


def _mixed(*origins: Origin) -> Origin:
    return Origin(frozenset().union(*(origin.sources for origin in origins)), mixed=True)


def _and(a: Origin, b: Origin) -> Origin:
    if ZERO in (a, b):
        return ZERO
    if ONE in (a, b):
        return b if a == ONE else a
    if a.mixed or b.mixed or a.sources != b.sources:
        return _mixed(a, b)
    return a if a == b else ZERO


def _or(a: Origin, b: Origin) -> Origin:
    return _not(_and(_not(a), _not(b)))


def _xor(a: Origin, b: Origin) -> Origin:
    if b.constant is not None:
        a, b = b, a
    if a.constant is not None:
        return _not(b) if a.constant else b
    if a.mixed or b.mixed or a.sources != b.sources:
        return _mixed(a, b)
    return ZERO if a == b else ONE


def _choose(condition: Origin, a: Origin, b: Origin) -> Origin:
    if condition.constant is not None:
        return a if condition.constant else b
    if a == b and not a.mixed:
        return a
    if a.constant is not None or b.constant is not None or condition in (a, b):
        return _or(_and(condition, a), _and(_not(condition), b))
    return _mixed(condition, a, b)


class Traced(Guarded):
    """A word of traced bits, lowest first."""

    system = __name__
    __slots__ = ("bits", "width")

    def __init__(self, bits: tuple[Origin, ...]) -> None:
        """Keep the bits."""
        self.bits, self.width = bits, len(bits)

    def select(self, chosen: Callable[[Origin], bool]) -> Mask:
        """Return the positions whose origin is of the chosen kind."""
        return Mask(sum(1 << at for at, o in enumerate(self.bits) if chosen(o)), self.width)

    @property
    def zeros(self) -> Mask:
        """The bits known to be clear."""
        return self.select(lambda o: o.constant == 0)

    @property
    def ones(self) -> Mask:
        """The bits known to be set."""
        return self.select(lambda o: o.constant == 1)

    @property
    def copied(self) -> Mask:
        """The bits equal to the input's at the same place."""
        return self._from_own(inverted=False)

    @property
    def inverted(self) -> Mask:
        """The bits opposite to the input's at the same place."""
        return self._from_own(inverted=True)

    @property
    def computed(self) -> Mask:
        """Every other bit: moved from elsewhere or made from several."""
        return ~(self.zeros | self.ones | self.copied | self.inverted)

    def _from_own(self, *, inverted: bool) -> Mask:
        found = (
            at
            for at, o in enumerate(self.bits)
            if not o.mixed and o.sources == {at} and o.inverted is inverted
        )
        return Mask(sum(1 << at for at in found), self.width)


class TracedTruth(Guarded):
    """A truth with the origin of a bit."""

    system = __name__
    is_truth = True
    __slots__ = ("origin",)

    def __init__(self, origin: Origin) -> None:
        """Keep the origin."""
        self.origin = origin

    def __repr__(self) -> str:
        """Show the origin."""
        return f"TracedTruth({self.origin})"


def traced(width: int = 64, ones: Mask | None = None, zeros: Mask | None = None) -> Traced:
    """Return an input word with the bits of ``ones`` and ``zeros`` known."""
    known = dict.fromkeys(ones.positions if ones else (), ONE)
    known |= dict.fromkeys(zeros.positions if zeros else (), ZERO)
    return Traced(tuple(known.get(at, Origin(frozenset({at}))) for at in range(width)))


def _word(operand: Operand, width: int) -> tuple[Origin, ...]:
    if isinstance(operand, Traced):
        return operand.bits
    value = constant_of(operand, width)
    return tuple(ONE if value >> at & 1 else ZERO for at in range(width))


def _truth(operand: Truth) -> Origin:
    if isinstance(operand, TracedTruth):
        return operand.origin
    return ONE if operand else ZERO


def _bitwise(rule: Callable[[Origin, Origin], Origin], a: Operand, b: Operand) -> Traced:
    width = common_width(a, b)
    return Traced(tuple(starmap(rule, zip(_word(a, width), _word(b, width), strict=True))))


def _all(origins: list[Origin]) -> Origin:
    result = ONE
    for origin in origins:
        result = _and(result, origin)
    return result


def _picked(a: Operand, mask: Mask) -> list[Origin]:
    word = _word(a, common_width(a, mask))
    return [word[at] for at in mask.positions]


def clear(a: Operand, mask: Mask) -> Word:
    """See archcore.words.clear."""
    return _bitwise(_and, a, ~mask)


def put(a: Operand, these: Operand) -> Word:
    """See archcore.words.put."""
    return _bitwise(_or, a, these)


def xor(a: Operand, these: Operand) -> Word:
    """See archcore.words.xor."""
    return _bitwise(_xor, a, these)


def has_all(a: Operand, mask: Mask) -> Truth:
    """See archcore.words.has_all."""
    return TracedTruth(_all(_picked(a, mask)))


def has_none(a: Operand, mask: Mask) -> Truth:
    """See archcore.words.has_none."""
    return TracedTruth(_all([_not(origin) for origin in _picked(a, mask)]))


def has_any(a: Operand, mask: Mask) -> Truth:
    """See archcore.words.has_any."""
    return negate(has_none(a, mask))


def same(a: Operand, b: Operand) -> Truth:
    """See archcore.words.same."""
    return TracedTruth(_all([_not(origin) for origin in _bitwise(_xor, a, b).bits]))


def where(condition: Truth, a: Operand, b: Operand) -> Word:
    """See archcore.words.where."""
    width, truth = common_width(a, b), _truth(condition)
    pairs = zip(_word(a, width), _word(b, width), strict=True)
    return Traced(tuple(_choose(truth, x, y) for x, y in pairs))


def bits(a: Operand, mask: Mask) -> Word:
    """See archcore.words.bits."""
    picked = _picked(a, mask)
    return Traced(tuple(picked) + (ZERO,) * (mask.width - len(picked)))


def with_bits(a: Operand, mask: Mask, value: Operand) -> Word:
    """See archcore.words.with_bits."""
    width = common_width(a, mask, value)
    word, low = list(_word(a, width)), _word(value, width)
    word[mask.shift : mask.shift + mask.span] = low[: mask.span]
    return Traced(tuple(word))


def add_bits(a: Operand, mask: Mask, amount: int) -> Word:
    """See archcore.words.add_bits; the carry is followed from bit to bit."""
    word, carry = list(_word(a, common_width(a, mask))), ZERO
    for place, at in enumerate(mask.positions):
        own, step = word[at], ONE if amount >> place & 1 else ZERO
        word[at] = _xor(_xor(own, step), carry)
        carry = _or(own, carry) if step == ONE else _and(own, carry)
    return Traced(tuple(word))


def both(a: Truth, b: Truth) -> Truth:
    """See archcore.words.both."""
    return TracedTruth(_and(_truth(a), _truth(b)))


def either(a: Truth, b: Truth) -> Truth:
    """See archcore.words.either."""
    return TracedTruth(_or(_truth(a), _truth(b)))


def negate(a: Truth) -> Truth:
    """See archcore.words.negate."""
    return TracedTruth(_not(_truth(a)))
