"""A tape that leaves out what is plain: choices between equals, truths that are known.

What is left is the same function; it is only shorter to write down and to solve.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from archcore.words.mask import Mask
from archcore.words.record import Tape

if TYPE_CHECKING:
    from archcore.words.record import Argument


@frozen(eq=False)
class FoldingTape(Tape):
    """Operations as they are made, but for those whose result is known or stands there already."""

    def emit(self, name: str, args: tuple[Argument, ...]) -> Argument:
        """Return the number of the result, or the result itself where it is plain."""
        plain = self._plain(name, args)
        return super().emit(name, args) if plain is None else plain

    def _plain(self, name: str, args: tuple[Argument, ...]) -> Argument | None:
        first = args[0]
        if name in ("both", "either"):
            return _joined(first, args[1], absorbing=name == "either")
        if name == "negate" and isinstance(first, bool):
            return not first
        if name == "where":
            return _chosen(*args)
        if name == "same" and first == args[1]:
            return True
        if name in ("clear", "put", "xor") and args[1] in (Mask(0, 32), Mask(0, 64), 0):
            return first
        return None


def _joined(a: Argument, b: Argument, *, absorbing: bool) -> Argument | None:
    """Return a conjunction or disjunction in which one side decides or both are one."""
    for one, other in ((a, b), (b, a)):
        if isinstance(one, bool):
            return one if one is absorbing else other
    return a if a == b else None


def _chosen(condition: Argument, a: Argument, b: Argument) -> Argument | None:
    if isinstance(condition, bool):
        return a if condition else b
    return a if a == b else None
