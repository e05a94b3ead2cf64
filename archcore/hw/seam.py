"""The seam: the places where another actor may run; nothing happens there unless someone watches.

An actor is whatever makes progress by itself: a task in the kernel, a CPU that carries references
out, a background migrator. Between two points an actor is alone, so a scheduler that switches at
points alone meets every order in which shared state can be seen to change.
"""

from __future__ import annotations

from enum import Enum, IntEnum
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


class Use(IntEnum):
    """How a step uses a place; ``CLASHES`` says which uses do not commute.

    A ``PART`` of a frame is one word of it, and words are places of their own. Locks are taken and
    given back for one (``ACQUIRE``, ``RELEASE``) or for many (``SHARE``, ``UNSHARE``); to ``TRY``
    is to look whether a lock is free, in the same two ways.
    """

    READ = 1
    WRITE = 2
    READ_PART = 4
    WRITE_PART = 8
    ACQUIRE = 16
    SHARE = 32
    RELEASE = 64
    UNSHARE = 128
    TRY = 256
    TRY_SHARE = 512


CLASHES = {
    Use.READ: Use.WRITE | Use.WRITE_PART,
    Use.WRITE: Use.READ | Use.WRITE | Use.READ_PART | Use.WRITE_PART,
    Use.READ_PART: Use.WRITE,
    Use.WRITE_PART: Use.READ | Use.WRITE,
    Use.ACQUIRE: Use.ACQUIRE | Use.SHARE | Use.RELEASE | Use.UNSHARE | Use.TRY | Use.TRY_SHARE,
    Use.SHARE: Use.ACQUIRE | Use.RELEASE | Use.TRY,
    Use.RELEASE: Use.ACQUIRE | Use.SHARE | Use.TRY | Use.TRY_SHARE,
    Use.UNSHARE: Use.ACQUIRE | Use.TRY,
    Use.TRY: Use.ACQUIRE | Use.SHARE | Use.RELEASE | Use.UNSHARE,
    Use.TRY_SHARE: Use.ACQUIRE | Use.RELEASE,
}


class Place(NamedTuple):
    """What a step is about, or uses.

    ``kind`` is ``slot`` with a physical address, ``frame`` with a frame number, ``cpu`` with a
    number, ``mm`` with the address of the root table (it stands for all slots and translations of
    an address space), or the rank of a lock with a number of its own. Uses are also told of
    ``tlb`` with the number of a CPU, ``page`` (what the kernel knows of a frame), ``node`` (its
    free frames) and ``state`` (the counters and flags of an mm).
    """

    kind: str
    number: int

    def __str__(self) -> str:
        """Show the number as addresses are shown."""
        return f"{self.kind} {self.number:#x}"


class Seam:
    """What a watched machine calls; this one lets its only actor go on.

    A scheduler overrides the methods and switches actors inside ``point``, ``blocked`` and
    ``spin``. What the step under way uses is told by ``uses`` as it happens, so that it can be
    known afterwards which steps commute.
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

    def uses(self, place: Place, use: int) -> None:
        """Hear what the step under way uses; nobody else may run here."""
