"""The history of one execution: its events, which of them had to come first, and its races."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from archcore.hw.seam import Step, Use
from archcore.races.events import LOCKS, READS, At, Event, clashing

if TYPE_CHECKING:
    from archcore.hw.seam import Place
    from archcore.races.events import Uses

WRITES = Use.WRITE | Use.WRITE_PART
BACK = Use.RELEASE | Use.UNSHARE


class History:
    """Events in the order in which they happened, for a number of actors."""

    def __init__(self, actors: int) -> None:
        """Begin with nothing."""
        self.actors = actors
        self.events: list[Event] = []
        self._of: list[list[int]] = [[] for _ in range(actors)]
        self._uses: defaultdict[Place, list[tuple[int, int]]] = defaultdict(list)
        self._held: list[dict[Place, int]] = [{} for _ in range(actors)]

    def add(
        self, actor: int, at: At, uses: Uses, waits: Place | None, gate: tuple[int, ...] = ()
    ) -> Event:
        """Append an event and return it."""
        own, before = self._of[actor], self._own_clock(actor)
        clock = list(before)
        for index in self._deps(actor, uses):
            for other, count in enumerate(self.events[index].clock):
                clock[other] = max(clock[other], count)
        clock[actor] = len(own) + 1
        held = dict(self._held[actor])
        event = Event(actor, len(own), at, uses, waits, held, gate, tuple(clock))
        index = len(self.events)
        self.events.append(event)
        own.append(index)
        for place, use in uses.items():
            self._uses[place].append((index, use))
        self._take_locks(actor, uses)
        return event

    def gate(self, actor: int) -> tuple[dict[Place, int], tuple[int, ...]]:
        """Return what an actor that found nothing to do had looked at, and who changed it since.

        It had begun with its last reference to memory; words are what it looked at.
        """
        seen: dict[Place, int] = {}
        for index in reversed(self._of[actor]):
            event = self.events[index]
            for place, use in event.uses.items():
                if use & READS and place.kind == "slot":
                    seen[place] = index
            if event.at.step is Step.REFERENCE:
                break
        changed = {
            index
            for place, first in seen.items()
            for index, use in self._uses[place]
            if index > first and use & WRITES and self.events[index].actor != actor
        }
        return dict.fromkeys(seen, Use.READ), tuple(sorted(changed))

    def races(self) -> list[tuple[int, frozenset[int]]]:
        """Return the races of the last event, each with the actors that may go first instead.

        A race is an earlier event of someone else that could have come after it. What holds the
        lock that the last event waited for could not.
        """
        last = len(self.events) - 1
        event = self.events[last]
        before = self._own_clock(event.actor, len(self._of[event.actor]) - 1)
        found = [
            index
            for index in self._deps(event.actor, event.uses, last)
            if self.events[index].number >= before[self.events[index].actor]
            and self._could_follow(self.events[index], event)
        ]
        maximal = [
            one
            for one in found
            if not any(self.events[two].after(self.events[one]) for two in found if two != one)
        ]
        return [(index, self._firsts(index, last, before)) for index in maximal]

    def undo(self) -> None:
        """Take the last event back, which must have taken no lock but the one it waited for."""
        event = self.events.pop()
        self._of[event.actor].pop()
        for place in event.uses:
            self._uses[place].pop()
        if event.waits is not None:
            self._held[event.actor].pop(event.waits, None)

    def _firsts(self, index: int, last: int, before: tuple[int, ...]) -> frozenset[int]:
        """Return who can begin the run in which the last event does without an earlier one."""
        first, final = self.events[index], self.events[last]
        kept = [at for at in range(index + 1, last) if not self.events[at].after(first)]
        members = set(kept)
        clock = list(before)
        for at in self._deps(final.actor, final.uses, last):
            if at < index or at in members:
                clock = [max(pair) for pair in zip(clock, self.events[at].clock, strict=True)]
        found, seen = set(), set()
        for at in (*kept, last):
            event = self.events[at]
            if event.actor in seen:
                continue
            seen.add(event.actor)
            past = clock if at == last else event.clock
            if not any(
                past[self.events[other].actor] > self.events[other].number
                for other in kept
                if other < at
            ):
                found.add(event.actor)
        return frozenset(found)

    def _could_follow(self, earlier: Event, later: Event) -> bool:
        """Say whether the later event could have happened without the earlier one."""
        if later.waits is not None:
            held = earlier.held.get(later.waits, 0)
            wants = later.uses.get(later.waits, 0) & LOCKS
            if held and not (held == wants == Use.SHARE):
                return False
        return not later.gate or any(
            not (self.events[one] is earlier or self.events[one].after(earlier))
            for one in later.gate
        )

    def _deps(self, actor: int, uses: Uses, until: int | None = None) -> set[int]:
        """Return the earlier events of others that do not commute with such uses."""
        found = set()
        for place, use in uses.items():
            mask = clashing(use)
            for index, other in self._uses[place]:
                if until is not None and index >= until:
                    break
                if other & mask and self.events[index].actor != actor:
                    found.add(index)
        return found

    def _own_clock(self, actor: int, count: int | None = None) -> tuple[int, ...]:
        own = self._of[actor]
        count = len(own) if count is None else count
        return self.events[own[count - 1]].clock if count else (0,) * self.actors

    def _take_locks(self, actor: int, uses: Uses) -> None:
        held = self._held[actor]
        for place, use in uses.items():
            if use & BACK:
                held.pop(place, None)
            elif use & LOCKS:
                held[place] = use & LOCKS
