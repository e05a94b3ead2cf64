"""Whole processes that print the help or the version, against one that does nothing."""

from __future__ import annotations

import subprocess
import sys
from functools import partial
from statistics import median
from typing import TYPE_CHECKING

from measure import interleaved, speed_over
from table import Cell, Measured

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from archcore.target import Target

JOB = "startup"
REPEATS, QUICK_REPEATS = 21, 5
BARE = "bare interpreter"
PROCESSES = {
    BARE: ("-c", "pass"),
    "archcore --version": ("-m", "archcore", "--version"),
    "archcore --help": ("-m", "archcore", "--help"),
}
GOAL = 4


def run(_: Sequence[Target], *, quick: bool) -> Measured:
    """Measure each process; which targets there are makes no difference."""
    ways = {
        name: partial(subprocess.run, (sys.executable, *given), check=True, capture_output=True)
        for name, given in PROCESSES.items()
    }
    times = interleaved(ways, QUICK_REPEATS if quick else REPEATS)
    rows: Iterator[dict[str, Cell]] = (
        {
            "process": name,
            "ms": median(times[name]) * 1e3,
            "x bare": speed_over(times[BARE], times[name]),
            "goal, at most": None if name == BARE else GOAL,
        }
        for name in PROCESSES
    )
    return Measured(JOB, tuple(rows))
