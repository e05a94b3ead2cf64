"""The bounded search: interleavings in which only so many actors are interrupted.

An actor is interrupted when another one goes on although it could have gone on itself. States that
were met before with no fewer interruptions left are not searched again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from archcore.races.execution import Execution
from archcore.races.explore import ended

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcore.races.execution import Program
    from archcore.races.explore import Interleaving
    from archcore.races.history import History


@frozen
class _Branch:
    """A schedule to be begun with, and how many interruptions are left after it."""

    schedule: tuple[int, ...]
    left: int


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
        try:
            run.replay(branch.schedule[:-1])
            if branch.schedule and run.step(branch.schedule[-1]) is None:
                return None
            while self._is_news(run, left):
                going = self._go_on(run, left, todo)
                if going is None:
                    return self._end(run)
            return None
        finally:
            run.close()

    def _go_on(self, run: Execution, left: int, todo: list[_Branch]) -> int | None:
        """Take one more step, and put down what else could be done here; None at the end."""
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
            return one
        return None

    def _is_news(self, run: Execution, left: int) -> bool:
        events = run.history.events
        key = (self._state(run.history), events[-1].actor if events else None)
        if self._met.get(key, -1) >= left:
            return False
        self._met[key] = left
        return True

    def _end(self, run: Execution) -> Interleaving | None:
        state = self._state(run.history)
        if state in self._ended:
            return None
        self._ended.add(state)
        return ended(run)

    def _state(self, history: History) -> tuple[object, ...]:
        """Return what tells a state from others: the last events of all, with what led there."""
        names: list[int] = []
        for event in history.events:
            before = tuple(
                names[index]
                for index, other in enumerate(history.events[: len(names)])
                if event.after(other)
            )
            key = (event.actor, event.number, before)
            names.append(self._names.setdefault(key, len(self._names)))
        last = {event.actor: name for event, name in zip(history.events, names, strict=True)}
        return tuple(sorted(last.items()))
