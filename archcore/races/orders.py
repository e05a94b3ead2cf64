"""How many orders of steps one interleaving stands for: those that only exchange what commutes."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archcore.races.events import Event


def orders(events: Sequence[Event], actors: int) -> int:
    """Return the number of orders that keep whatever had to come first first."""
    clocks: list[list[tuple[int, ...]]] = [[] for _ in range(actors)]
    for event in events:
        clocks[event.actor].append(event.clock)
    ways = Counter({(0,) * actors: 1})
    for _ in events:
        following: Counter[tuple[int, ...]] = Counter()
        for done, count in ways.items():
            for actor in range(actors):
                number = done[actor]
                if number < len(clocks[actor]) and _may(clocks[actor][number], done, actor):
                    after = (*done[:actor], number + 1, *done[actor + 1 :])
                    following[after] += count
        ways = following
    return sum(ways.values())


def _may(clock: tuple[int, ...], done: tuple[int, ...], actor: int) -> bool:
    return all(
        needed <= have or other == actor
        for other, (needed, have) in enumerate(zip(clock, done, strict=True))
    )
