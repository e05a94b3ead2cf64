"""How a story of maintenance ends."""

from __future__ import annotations

from enum import Enum

from attrs import frozen


class Ending(Enum):
    """What a story comes to; all but the first are what a missing call does."""

    CLEAN = "every load sees the last store, and memory has it in the end"
    STALE_READ = "a load sees what is there no longer"
    LOST_STORE = "a store is not in the memory that is mapped in the end"
    STALE_RIGHT = "a reference goes through that should have faulted"
    ENDLESS_FAULT = "a reference faults again and again"
    SECOND_FAULT = "a reference faults again over what its first fault has settled"
    BROKEN = "the engine comes to a state that no kernel reaches"


@frozen
class Told:
    """The ending of a story, and the place where it went wrong if it did."""

    ending: Ending
    detail: str = ""

    @property
    def clean(self) -> bool:
        """Whether nothing went wrong."""
        return self.ending is Ending.CLEAN


class Departure(Exception):  # noqa: N818 - no error: how a story ends early
    """What a story raises once it went wrong."""

    def __init__(self, told: Told) -> None:
        """Carry the ending."""
        super().__init__(told.detail)
        self.told = told


def depart(ending: Ending, detail: str) -> Departure:
    """Return what to raise."""
    return Departure(Told(ending, detail))
