"""The search: one execution for each way in which steps that do not commute can be ordered.

Partial-order reduction with source sets and sleep sets (Abdulla, Aronsson, Jonsson, Sagonas,
"Source Sets: A Foundation for Optimal Dynamic Partial Order Reduction", Journal of the ACM 64,
2017). What commutes is not declared but observed: every step tells what it used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import define, field, frozen

from archcore.hw.seam import Use
from archcore.races.events import commute
from archcore.races.execution import Execution

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from archcore.races.events import Event, Uses
    from archcore.races.execution import Program


@frozen(eq=False)
class Interleaving:
    """One order of the steps that matters: who took each step, the events, and the result.

    ``stuck`` names the actors that wait for ever.
    """

    schedule: tuple[int, ...]
    events: tuple[Event, ...]
    result: Hashable
    stuck: tuple[int, ...] = ()


@define(eq=False)
class _Node:
    """A state on the way: who took the step from here and what it used, and who is still to do so.

    ``sleep`` has those of whom everything is known from here on, by what their step would use.
    """

    sleep: dict[int, Uses]
    todo: set[int] = field(factory=set)
    blocked: set[int] = field(factory=set)
    chosen: int | None = None
    uses: Uses = field(factory=dict)


class Search:
    """All interleavings of a program, one for each class of those that cannot be told apart.

    ``executions`` counts those begun, among them the ones that turned out to be known.
    """

    bounded = False

    def __init__(self, program: Program) -> None:
        """Begin at the beginning."""
        self._program = program
        self._path: list[_Node] = []
        self.executions = 0

    def __iter__(self) -> Iterator[Interleaving]:
        """Yield interleavings, always in the same order."""
        prefix: list[int] | None = []
        while prefix is not None:
            found = self._run(prefix)
            if found is not None:
                yield found
            prefix = self._back()

    def _run(self, prefix: list[int]) -> Interleaving | None:
        """Execute the prefix, its last step for the first time, and go on to the end."""
        self.executions += 1
        run = Execution(self._program)
        try:
            run.replay(prefix[:-1])
            if prefix and not self._take(run, self._path[-1], prefix[-1]):
                self._path[-1].todo.update(run.candidates())
                return None
            while self._extend(run):
                pass
            self._note_waiting(run)
            return None if self._path[-1].sleep else ended(run)
        finally:
            run.close()

    def _extend(self, run: Execution) -> bool:
        """Take one more step with whoever may; the one who took the last step goes on if it can."""
        before = self._path[-1] if self._path else None
        node = _Node({} if before is None else _still_asleep(before))
        self._path.append(node)
        last = None if before is None else before.chosen
        able = [one for one in run.candidates() if one not in node.sleep]
        able.sort(key=lambda one: (one != last, one))
        return any(self._take(run, node, one) for one in able)

    def _take(self, run: Execution, node: _Node, chosen: int) -> bool:
        """Let an actor take the step from a node, and note what could go otherwise before it."""
        event = run.step(chosen)
        if event is None:
            node.blocked.add(chosen)
            node.chosen = None
            return False
        node.chosen, node.uses = chosen, event.uses
        self._note_races(run)
        return True

    def _note_waiting(self, run: Execution) -> None:
        """Note what could go otherwise for those who wait for ever: they might come first."""
        for number in run.unfinished():
            place = run.stage.waits[number]
            if place is not None:
                uses = {place: Use.ACQUIRE}
                run.history.add(number, run.stage.at[number], uses, place)
                self._note_races(run)
                run.history.undo()

    def _note_races(self, run: Execution) -> None:
        for index, firsts in run.history.races():
            earlier = self._path[index]
            known = {earlier.chosen, *earlier.todo, *earlier.sleep}
            if not firsts & known:
                earlier.todo.add(min(firsts))

    def _back(self) -> list[int] | None:
        """Go back to the last state from which somebody else is to go; None if there is none."""
        while self._path:
            node = self._path[-1]
            if node.chosen is not None:
                node.sleep[node.chosen] = node.uses
            left = sorted(node.todo - node.sleep.keys() - node.blocked)
            if left:
                node.chosen = left[0]
                return [each.chosen for each in self._path if each.chosen is not None]
            self._path.pop()
        return None


def _still_asleep(node: _Node) -> dict[int, Uses]:
    """Return who sleeps in the next state: those whose step commutes with the one just taken."""
    return {
        one: uses
        for one, uses in node.sleep.items()
        if one != node.chosen and commute(uses, node.uses)
    }


def ended(run: Execution) -> Interleaving:
    """Return what an execution that has come to its end was."""
    events = tuple(run.history.events)
    schedule = tuple(event.actor for event in events)
    return Interleaving(schedule, events, run.result(), run.unfinished())
