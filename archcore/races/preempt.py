"""The bounded search: interleavings in which only so many actors are interrupted.

An actor is interrupted when another one goes on although it could have gone on itself. States that
were met before with no fewer interruptions left are not searched again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import field, frozen

from archcore.races.execution import Execution
from archcore.races.explore import ended

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcore.races.execution import Program
    from archcore.races.explore import Interleaving


@frozen
class _Branch:
    """A schedule to be begun with, and how many interruptions are left after it."""

    schedule: tuple[int, ...]
    left: int


@frozen
class _Run:
    """An execution, and the names of its events by actor and number, in their order."""

    execution: Execution
    names: dict[tuple[int, int], int] = field(factory=dict)


class BoundedSearch:
    """The interleavings of a program with at most so many interruptions.

    ``bounded`` is whether any had to be left out, once the search is over.
    """

    def __init__(self, program: Program, preemptions: int) -> None:
        """Begin at the beginning."""
        self._program, self._allowed = program, preemptions
        self._names: dict[tuple[object, ...], int] = {}
        self._met: dict[tuple[object, ...], int] = {}
        self._ended: set[tuple[object, ...]] = set()
        self.bounded = False

    def __iter__(self) -> Iterator[Interleaving]:
        """Yield interleavings, always in the same order."""
        todo = [_Branch((), self._allowed)]
        while todo:
            found = self._run(todo.pop(), todo)
            if found is not None:
                yield found

    def _run(self, branch: _Branch, todo: list[_Branch]) -> Interleaving | None:
        run, left = Execution(self._program), branch.left
        known = _Run(run)
        try:
            run.replay(branch.schedule[:-1])
            if branch.schedule and run.step(branch.schedule[-1]) is None:
                return None
            while self._is_news(known, left):
                if not self._go_on(run, left, todo):
                    return self._end(known)
            return None
        finally:
            run.close()

    def _go_on(self, run: Execution, left: int, todo: list[_Branch]) -> bool:
        """Take one more step, and put down what else could be done here; False at the end."""
        done = tuple(event.actor for event in run.history.events)
        last = done[-1] if done else None
        able = sorted(run.candidates(), key=lambda one: (one != last, one))
        for at, one in enumerate(able):
            if run.step(one) is None:
                continue
            cost = int(one == last)
            others = able[at + 1 :]
            if others and left < cost:
                self.bounded = True
            elif others:
                todo.extend(_Branch((*done, other), left - cost) for other in reversed(others))
            return True
        return False

    def _is_news(self, run: _Run, left: int) -> bool:
        events = run.execution.history.events
        key = (self._state(run), events[-1].actor if events else None)
        if self._met.get(key, -1) >= left:
            return False
        self._met[key] = left
        return True

    def _end(self, run: _Run) -> Interleaving | None:
        state = self._state(run)
        if state in self._ended:
            return None
        self._ended.add(state)
        return ended(run.execution)

    def _state(self, run: _Run) -> tuple[object, ...]:
        """Return what tells a state from others: the last event of each, with what led to it."""
        names = run.names
        for event in run.execution.history.events[len(names) :]:
            past = tuple(
                names.get((actor, count - 1 - (actor == event.actor)))
                for actor, count in enumerate(event.clock)
            )
            key = (event.actor, event.number, past)
            names[event.actor, event.number] = self._names.setdefault(key, len(self._names))
        last = {actor: name for (actor, _), name in names.items()}
        return tuple(sorted(last.items()))
