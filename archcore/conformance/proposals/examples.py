"""Refuting a law by example: a few hundred words at once, the simplest first.

What is refuted so is refuted; what is not needs a proof.
"""

from __future__ import annotations

import random
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from attrs import field, frozen

from archcore.conformance.law import Method
from archcore.conformance.parameters import WORDS, cases_of, values, words_of
from archcore.conformance.statement import holds
from archcore.words.mask import full

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from archcore.conformance.law import Law
    from archcore.conformance.subject import Subject
    from archcore.words.types import Truth, Word

ROWS = 256
BYTE = 8


@cache
def rows(width: int) -> dict[str, NDArray[Any]]:
    """Return words for each name a law may ask for: none, one and all bits set, then mixtures."""
    chance = random.Random(width)  # noqa: S311 - the same words every time
    simple = [0, *(1 << at for at in range(width)), full(width)]
    mixed = range(ROWS - len(simple))
    return {
        name: np.array([*simple, *(chance.getrandbits(width) for _ in mixed)], f"u{width // BYTE}")
        for name in WORDS
    }


@frozen(eq=False)
class Examples:
    """Words to try on one target at one level; what was made of them is kept."""

    on: Subject
    known: dict[object, Word] = field(factory=dict)

    def against(self, law: Law) -> Mapping[str, int] | None:
        """Return words for which a law fails, None where none is at hand.

        A helper that raises, or that no array can pass, is left to whoever proves, and so is a law
        that is tried in another way.
        """
        if law.method is not Method.PROOF:
            return None
        names = words_of(law.arguments)
        words = {name: rows(self.on.width)[name] for name in names}
        try:
            for case in cases_of(self.on, law.arguments):
                at = first_failure(holds(law, self.on, case, words, self.known))
                if at is not None:
                    return {name: int(words[name][at]) for name in names}
        except Exception:  # noqa: BLE001 - whatever a stranger's helper does
            return None
        return None

    def made(self, vma: object) -> Word:
        """Return entries of a VMA, as laws get them."""
        (found,) = values(self.on, ("made",), {"vma": vma}, rows(self.on.width), self.known)
        return found


def some(held: Truth) -> bool:
    """Say whether a truth holds in any row."""
    return bool(np.any(held))


def holds_everywhere(held: Truth) -> bool:
    """Say whether a truth holds in every row."""
    return first_failure(held) is None


def first_failure(held: Truth) -> int | None:
    """Return the first row in which a truth does not hold."""
    failed = np.flatnonzero(~np.broadcast_to(np.asarray(held, np.bool_), (ROWS,)))
    return int(failed[0]) if failed.size else None
