"""One execution of a program: who can go on, and the events of those who did."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from archcore.errors import UsageError
from archcore.hw.seam import Step, Use
from archcore.races.history import History
from archcore.races.stage import BEGIN, Stage, Where

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    from archcore.hw.seam import Place
    from archcore.races.events import At, Event, Uses
    from archcore.races.stage import Cast

Program: TypeAlias = "Callable[[Stage], Cast]"
TRIES = Use.TRY | Use.TRY_SHARE
GIVEN_BACK = Use.RELEASE | Use.UNSHARE


class Execution:
    """A program on a stage of its own; ``history`` is what has happened."""

    def __init__(self, program: Program) -> None:
        """Set the stage; nobody has taken a step."""
        self.stage = Stage()
        self.cast = program(self.stage)
        self.stage.enter(self.cast.actors)
        self.history = History(len(self.cast.actors))
        self._stuck: set[int] = set()

    def replay(self, schedule: Sequence[int]) -> None:
        """Let actors take steps in a given order."""
        for number in schedule:
            if number not in self.candidates() or self.step(number) is None:
                step = len(self.history.events) + 1
                msg = f"actor {number} cannot take step {step}: no such interleaving"
                raise UsageError(msg)

    def candidates(self) -> list[int]:
        """Return who may be able to go on; a step may still find a lock taken."""
        return [
            number
            for number, where in enumerate(self.stage.where)
            if where is not Where.DONE and number not in self._stuck and self._open(number)
        ]

    def unfinished(self) -> tuple[int, ...]:
        """Return who has not come to the end."""
        where = self.stage.where
        return tuple(number for number in range(len(where)) if where[number] is not Where.DONE)

    def step(self, number: int) -> Event | None:
        """Let an actor take a step; None if it has to wait, which changes nothing."""
        stage, history = self.stage, self.history
        if stage.at[number] is BEGIN and stage.where[number] is Where.READY:
            uses = stage.resume(number)
            if uses or stage.where[number] is not Where.READY:
                return self._happened(number, BEGIN, uses)
        at, waited, spun = stage.at[number], stage.waits[number], stage.spun[number]
        stage.spun[number] = False
        uses = stage.resume(number)
        waiting = stage.where[number] is Where.WAITING
        if waiting:
            self._stuck.add(number)
            if not uses:
                return None
        changed: tuple[int, ...] = ()
        if spun:
            seen, changed = history.gate(number)
            for place, use in seen.items():
                uses[place] = uses.get(place, 0) | use
        if waited is None and at.step is Step.LOCK and at.place is not None:
            waited = None if uses.get(at.place, 0) & TRIES else at.place
        return self._happened(number, at, uses, waited, changed)

    def _happened(
        self,
        number: int,
        at: At,
        uses: Uses,
        waits: Place | None = None,
        changed: tuple[int, ...] = (),
    ) -> Event:
        event = self.history.add(number, at, uses, waits, changed)
        self._wake(uses)
        return event

    def result(self) -> Hashable:
        """Return what it came to."""
        return self.cast.result()

    def close(self) -> None:
        """End it."""
        self.stage.close()

    def _open(self, number: int) -> bool:
        """Say whether an actor that found nothing to do has a reason to look again."""
        return not self.stage.spun[number] or bool(self.history.gate(number)[1])

    def _wake(self, uses: Uses) -> None:
        for number in list(self._stuck):
            place = self.stage.waits[number]
            if place is not None and uses.get(place, 0) & GIVEN_BACK:
                self._stuck.discard(number)
