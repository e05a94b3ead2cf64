"""Timing on a machine that others use too: interleaved repeats, medians, ratios."""

from __future__ import annotations

from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping, Sequence

Way = TypeVar("Way", bound="Hashable")


def _nothing() -> None:
    """Need no preparation."""


def interleaved(
    ways: Mapping[Way, Callable[[], object]],
    repeats: int,
    prepare: Callable[[], object] = _nothing,
) -> dict[Way, list[float]]:
    """Return the seconds of each way, repeat by repeat.

    A repeat runs all ways in turn, each after ``prepare``, which is not timed; so whatever else
    the machine does slows all of them. One more repeat comes first and does not count.
    """
    times: dict[Way, list[float]] = {name: [] for name in ways}
    for _ in range(repeats + 1):
        for name, run in ways.items():
            prepare()
            begin = perf_counter()
            run()
            times[name].append(perf_counter() - begin)
    return {name: seconds[1:] for name, seconds in times.items()}


def speed_over(way: Sequence[float], other: Sequence[float]) -> float:
    """Return how many times as fast as another a way is: the median over the repeats."""
    return median(theirs / own for own, theirs in zip(way, other, strict=True))
