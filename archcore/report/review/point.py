"""A point of the review: what was asked, the property behind it, and what was found."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from attrs import field, frozen

from archcore.errors import MachineError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from archcore.mm.profile import EngineProfile
    from archcore.races import RaceResult
    from archcore.target import Target


@frozen
class Side:
    """One of the two that are compared: a profile on a target.

    ``others`` are targets of other architectures, for what depends on nothing else. ``searches``
    keeps what was searched for one point, since others ask for the same.
    """

    engine: EngineProfile
    target: Target
    others: tuple[Target, ...] = field(default=(), repr=False)
    searches: dict[str, RaceResult] = field(factory=dict, eq=False, repr=False)


@frozen
class Fact:
    """What was measured on one side, and whether the property holds there."""

    holds: bool
    found: Mapping[str, object]


Measure: TypeAlias = "Callable[[Side], Fact]"


@frozen
class Question:
    """A point as it stands before anything is measured; ``measure`` looks at one side."""

    id: str
    question: str
    property: str
    measure: Measure


@frozen
class Point:
    """A point with its evidence, a fact for each side."""

    asked: Question
    sides: tuple[Side, ...]
    facts: tuple[Fact, ...]

    @property
    def verdict(self) -> str:
        """Say where the property holds."""
        held = [fact.holds for fact in self.facts]
        names = [side.engine.name for side in self.sides]
        if all(held):
            return f"holds under {' and '.join(dict.fromkeys(names))}"
        if not any(held):
            return f"fails under {' and '.join(dict.fromkeys(names))}"
        good = [name for name, holds in zip(names, held, strict=True) if holds]
        bad = [name for name, holds in zip(names, held, strict=True) if not holds]
        return f"fails under {' and '.join(bad)}, holds under {' and '.join(good)}"


def answer(asked: Question, sides: tuple[Side, ...]) -> Point:
    """Return a point with its evidence; an engine that comes to a halt is evidence as well."""
    return Point(asked, sides, tuple(_measured(asked, side) for side in sides))


def _measured(asked: Question, side: Side) -> Fact:
    try:
        return asked.measure(side)
    except MachineError as error:
        return Fact(holds=False, found={"the engine stops": str(error)})
