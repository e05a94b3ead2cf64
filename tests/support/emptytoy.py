"""The toy of the documentation with an empty word of its own at each level, and neither is 0.

So have s390x (an invalid bit) and mips (the address of a table that is not valid).
"""

from __future__ import annotations

from archcore_toy.targets import TARGET as PLAIN
from attrs import evolve, frozen

from archcore.entry import AtLevel, layer
from archcore.words import same

EMPTY = {"pte": PLAIN.geometry.level("pte").layout["SPECIAL"].value, "pmd": 1 << 10}


@frozen
class Nothing:
    """Entries that are none where they are this word."""

    word: int

    def none(self, entry):
        """Ask for the empty word."""
        return same(entry, self.word)


def target(**empty):
    """Return the toy whose kernel knows EMPTY; its levels call those words empty, or others."""
    levels = [evolve(level, empty=(EMPTY | empty)[level.name]) for level in PLAIN.geometry.levels]
    parts = [AtLevel(level, Nothing(word)) for level, word in EMPTY.items()]
    return evolve(
        PLAIN,
        id="toy-empty-v1",
        geometry=evolve(PLAIN.geometry, levels=levels),
        encoding=layer(PLAIN.encoding, *parts),
    )


TARGET = target()
