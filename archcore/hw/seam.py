"""The seam: the places where another actor may run; nothing happens there unless someone watches.

An actor is whatever makes progress by itself: a task in the kernel, a CPU that carries references
out, a background migrator. Between two points an actor is alone, so a scheduler that switches at
points alone meets every order in which shared state can be seen to change.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from archcore.errors import MachineError

if TYPE_CHECKING:
    from collections.abc import Hashable


class Step(Enum):
    """What the actor does next."""

    LOCK = "takes a lock"
    UNLOCK = "has released a lock"
    LOAD = "reads a slot"
    STORE = "changes a slot"
    WALK = "hardware reads an entry"
    UPDATE = "hardware sets accessed or dirty"
    REFERENCE = "a CPU makes a reference"
    GRAB = "takes a reference to a page without a lock"
    COPY = "reads or writes whole frames"
    FLUSH = "makes the TLBs forget"
    NOTIFY = "tells the secondary MMUs"


class Place(NamedTuple):
    """What a step is about: steps about different places commute.

    ``kind`` is ``slot`` with a physical address, ``frame`` with a frame number, ``cpu`` with a
    number, ``mm`` with the address of the root table (it stands for all slots and translations of
    an address space), or the rank of a lock with a number of its own.
    """

    kind: str
    number: int

    def __str__(self) -> str:
        """Show the number as addresses are shown."""
        return f"{self.kind} {self.number:#x}"


class Seam:
    """What a watched machine calls; this one lets its only actor go on.

    A scheduler overrides all four methods and switches actors inside the last three.
    """

    def actor(self) -> Hashable:
        """Return who runs."""
        return "alone"

    def point(self, step: Step, place: Place) -> None:
        """Let others run before the step is made."""

    def blocked(self, place: Place) -> None:
        """Let others run until the lock may be free; the caller looks again.

        Raises MachineError where there are no others.
        """
        raise MachineError(f"deadlock: {self.actor()} waits for the {place} and nobody else runs")

    def spin(self, place: Place) -> None:
        """Let others run: the actor has found nothing to do and tries again from the start."""
