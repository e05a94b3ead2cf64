"""A stage: actors in greenlets, one of whom runs until its next point when told to."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any, Protocol

from archcore.errors import MachineError, UsageError
from archcore.hw.seam import Place, Seam, Step
from archcore.races.events import At

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping

BEGIN = At(None, None)
REMEDY = "switching actors inside the engine needs greenlet; pip install 'archcore[races]'"


class Where(Enum):
    """What has become of an actor that was told to go on."""

    READY = "it stands before its next step"
    WAITING = "it waits for a lock"
    DONE = "it has come to its end"


class Cast(Protocol):
    """What a program puts on a stage."""

    @property
    def actors(self) -> Mapping[str, Callable[[], object]]:
        """The actors by name, in the order in which they are told of."""

    def result(self) -> Hashable:
        """Return what it came to, once all actors are at their end or for ever waiting."""


class Stage(Seam):
    """The seam of one execution.

    After ``resume``, ``uses`` has what the actor used; ``at``, ``where``, ``spun`` (it found
    nothing to do and starts again) and ``failed`` are by the actor's number.
    """

    def __init__(self) -> None:
        """Set the stage without actors; raises UsageError where greenlet is missing."""
        self._greenlet = _greenlet()
        self._main = self._greenlet.getcurrent()
        self._names: tuple[str, ...] = ()
        self._greenlets: list[Any] = []
        self._running: int | None = None
        self.heard: dict[Place, int] = {}
        self.at: list[At] = []
        self.where: list[Where] = []
        self.spun: list[bool] = []
        self.waits: list[Place | None] = []
        self.failed: list[MachineError | None] = []

    def enter(self, actors: Mapping[str, Callable[[], object]]) -> None:
        """Let the actors enter; each stands before its first step."""
        self._names = tuple(actors)
        for number, action in enumerate(actors.values()):
            self._greenlets.append(self._greenlet.greenlet(self._life(number, action)))
        count = len(self._names)
        self.at, self.where = [BEGIN] * count, [Where.READY] * count
        self.spun, self.waits = [False] * count, [None] * count
        self.failed = [None] * count

    def resume(self, number: int) -> dict[Place, int]:
        """Let an actor go on until its next point, and return what it used."""
        self.heard = {}
        self._running = number
        self._greenlets[number].switch()
        self._running = None
        return self.heard

    def close(self) -> None:
        """Send everybody home."""
        for number, each in enumerate(self._greenlets):
            if each and not each.dead:
                self._running = number
                each.throw()
        self._running = None

    def actor(self) -> Hashable:
        """Return the name of whoever runs."""
        return "nobody" if self._running is None else self._names[self._running]

    def point(self, step: Step, place: Place) -> None:
        """Stop here."""
        if self._running is not None:
            self._stop(Where.READY, At(step, place))

    def blocked(self, place: Place) -> None:
        """Stop here until the lock may be free."""
        if self._running is None:
            super().blocked(place)
            return
        self.waits[self._running] = place
        self._stop(Where.WAITING, self.at[self._running])

    def spin(self, place: Place) -> None:  # noqa: ARG002 - what was read is known better
        """Take down that the actor found nothing to do."""
        if self._running is not None:
            self.spun[self._running] = True

    def uses(self, place: Place, use: int) -> None:
        """Take down what an actor uses."""
        if self._running is None:
            return
        heard = self.heard
        heard[place] = heard.get(place, 0) | use

    def _stop(self, where: Where, at: At) -> None:
        number = self._running
        if number is None:
            return
        self.where[number], self.at[number] = where, at
        if where is Where.READY:
            self.waits[number] = None
        self._main.switch()

    def _life(self, number: int, action: Callable[[], object]) -> Callable[[], None]:
        def live() -> None:
            try:
                action()
            except MachineError as error:
                self.failed[number] = error
            self.where[number], self.waits[number] = Where.DONE, None

        return live


def _greenlet() -> Any:  # noqa: ANN401 - the module, which has no annotations
    try:
        import greenlet
    except ImportError as error:
        raise UsageError(REMEDY) from error
    return greenlet
