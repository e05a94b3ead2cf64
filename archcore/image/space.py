"""Which virtual addresses a table translates, and which of them are asked for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
from attrs import frozen

from archcore.errors import UsageError

if TYPE_CHECKING:
    from archcore.image.memory import Addresses
    from archcore.layout import Geometry

BITS = 64
TOP = 1 << BITS
DIGITS = r"(?:0[xX])?([0-9a-fA-F]+(?:_[0-9a-fA-F]+)*)"
RANGE = re.compile(f"{DIGITS}-{DIGITS}")


@frozen
class Range:
    """The addresses from ``first`` to ``last``, both included."""

    first: int
    last: int


def range_of(written: str) -> Range:
    """Return a range written A-B, hexadecimal as in /proc/PID/maps; B is not part of it.

    Raises UsageError for anything else, and for a range without an address.
    """
    found = RANGE.fullmatch(written)
    first, end = (int(one, 16) for one in found.groups()) if found else (0, 0)
    if not first < end <= TOP:
        msg = (
            f"{written!r} is no range of addresses; write two hexadecimal numbers with the lower "
            "one first, as in 400000-7fffffffffff or 0-10000000000000000"
        )
        raise UsageError(msg)
    return Range(first, end - 1)


@frozen
class Space:
    """What the root of a walk stands for.

    ``signed``: the highest translated bit of an address is repeated above it, so that one table
    holds user and kernel addresses. Otherwise all that lies above has the one value ``prefix``.
    """

    bits: int
    signed: bool
    prefix: int = 0

    @property
    def user(self) -> Range:
        """The addresses of user mode: the half in which all bits above are clear."""
        return Range(0, (1 << (self.bits - self.signed)) - 1)

    def addresses(self, offsets: Addresses) -> Addresses:
        """Return the canonical addresses of places counted from the beginning of the table."""
        if self.bits >= BITS:
            return offsets
        above = np.uint64(self.prefix << self.bits)
        if self.signed:
            high = np.uint64(TOP - (1 << self.bits))
            return offsets | np.where(offsets >> np.uint64(self.bits - 1), high, above)
        return offsets | above


def space_of(geometry: Geometry, wanted: Range | None) -> tuple[Space, Range]:
    """Return the space of a root, and the range of it to walk: the user's if none is wanted.

    Where addresses are not sign-extended, a range tells what lies above the translated bits: a
    kernel has its own root there. Raises UsageError for a range that the table cannot translate.
    """
    bits = geometry.va_bits
    space = Space(bits, geometry.sign_extended)
    if wanted is None:
        return space, space.user
    if space.signed:
        return space, wanted
    above = {wanted.first >> bits, wanted.last >> bits}
    if len(above) == 1:
        return Space(bits, signed=False, prefix=above.pop()), wanted
    return space, wanted
