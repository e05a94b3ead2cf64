"""A candidate: an encoding of the hint put in the place of the target's own."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from archcore.conformance.subject import subject
from archcore.entry import AtLevel, layer
from archcore.layout import Bit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from archcore.conformance.proposals.flip import Flip
    from archcore.conformance.proposals.form import Form
    from archcore.conformance.proposals.plan import Plan
    from archcore.conformance.subject import Subject
    from archcore.layout import Level
    from archcore.target import Target


@frozen(eq=False)
class Candidate:
    """A target whose encoding is the one that is tried; ``plan`` is that of a hint in one bit."""

    form: Form
    target: Target
    plan: Plan | None = None

    def at(self, level: str) -> Subject:
        """Return the candidate at a level."""
        return subject(self.target, level)


@cache
def unhinted(target: Target) -> Target:
    """Return the target without any encoding of the hint."""
    return evolve(target, encoding=layer())


def encoded(target: Target, name: str, parts: Mapping[str, Sequence[object]]) -> Target:
    """Return the target under another name, with these parts as its encoding, by level."""
    published = (AtLevel(level, part) for level, several in parts.items() for part in several)
    return evolve(target, id=f"{target.id}-{name}", encoding=layer(*published))


def named(target: Target, levels: Sequence[str], mark: Flip) -> Target:
    """Return the target with a name for the bit of a hint wherever its layout has none."""
    geometry = target.geometry
    stack = (_named(one, mark) if one.name in levels else one for one in geometry.levels)
    return evolve(target, geometry=evolve(geometry, levels=tuple(stack)))


def _named(level: Level, mark: Flip) -> Level:
    taken = (one.value for one in level.layout.fields if one.when != "valid")
    if any(value & mark.mask.value for value in taken):
        return level
    name = Bit(f"HINT{mark.position}", mark.position, "the entry is a hint", when="invalid")
    return evolve(level, layout=evolve(level.layout, fields=(*level.layout.fields, name)))
