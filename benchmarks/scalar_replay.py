"""The scalar engine on the packaged trace, on every installed target."""

from __future__ import annotations

from functools import partial
from statistics import median
from typing import TYPE_CHECKING

from measure import interleaved, speed_over
from table import Cell, Measured

from archcore.replay.scalar import replay
from archcore.replay.settings import Settings
from archcore.trace import packaged

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from archcore.target import Target

JOB = "scalar-replay"
REPEATS, QUICK_REPEATS = 3, 1
QUICK_REFERENCES = 50_000


def run(targets: Sequence[Target], *, quick: bool) -> Measured:
    """Measure each target without observers, and with the ledger that ``compare`` uses."""
    trace = packaged.load()
    trace = trace[:QUICK_REFERENCES] if quick else trace
    ways = {
        (target.id, ledger): partial(replay, target, trace, Settings(ledger=ledger))
        for target in targets
        for ledger in (False, True)
    }
    times = interleaved(ways, QUICK_REPEATS if quick else REPEATS)
    rows: Iterator[dict[str, Cell]] = (
        {
            "target": name,
            "references": len(trace),
            "seconds": median(times[name, False]),
            "references/s": round(len(trace) / median(times[name, False])),
            "with ledger, x": speed_over(times[name, True], times[name, False]),
        }
        for name in (target.id for target in targets)
    )
    return Measured(JOB, tuple(rows))
