"""Events: what an actor does between two points of a seam, and which of them commute."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from attrs import frozen

from archcore.hw.seam import CLASHES, Use

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archcore.hw.seam import Place, Step

Uses: TypeAlias = "Mapping[Place, int]"

READS = Use.READ | Use.READ_PART
LOCKS = Use.ACQUIRE | Use.SHARE
_CLASHING: dict[int, int] = {}


class At(NamedTuple):
    """Where an actor stands: before which step, None before its first one."""

    step: Step | None
    place: Place | None


@frozen(eq=False)
class Event:
    """One step of one actor, up to its next point.

    ``number`` counts the actor's events, ``uses`` says what it used and how. ``waits`` is the lock
    it could not have gone without, ``held`` what its actor held when it began. ``gate`` has the
    events that made a retry worth while. ``clock`` counts, for each actor, its events up to the
    last one that had to come first.
    """

    actor: int
    number: int
    at: At
    uses: Uses
    waits: Place | None
    held: Uses
    gate: tuple[int, ...]
    clock: tuple[int, ...]

    def after(self, other: Event) -> bool:
        """Say whether the other event had to come first."""
        return self.clock[other.actor] > other.number


def clashing(use: int) -> int:
    """Return the uses of a place that do not commute with this one, or with one of these."""
    found = _CLASHING.get(use)
    if found is None:
        found = 0
        for bit, others in CLASHES.items():
            found |= others if use & bit else 0
        _CLASHING[use] = found
    return found


def commute(one: Uses, other: Uses) -> bool:
    """Say whether two steps can change places."""
    if len(one) > len(other):
        one, other = other, one
    return not any(place in other and clashing(use) & other[place] for place, use in one.items())
