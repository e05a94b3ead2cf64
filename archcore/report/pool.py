"""A comparison spread over processes: the same rows in the same order, only sooner."""

from __future__ import annotations

import os
from itertools import groupby
from multiprocessing import get_all_start_methods
from typing import TYPE_CHECKING, TypeAlias

from attrs import frozen

from archcore.conformance.workers import FORK, forked
from archcore.errors import PluginError
from archcore.replay.plan import shape
from archcore.report.compare import Row, Unusable, compare

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from archcore.replay.result import ReplayResult
    from archcore.replay.settings import Settings
    from archcore.report.properties import Properties
    from archcore.target import Target
    from archcore.trace.record import Trace

ENOUGH = 4  # below so many targets, starting processes costs more than it saves
PORTION = 8

Packed: TypeAlias = "tuple[Properties, ReplayResult | None, str] | str"


@frozen(eq=False)
class _Job:
    """What every worker needs and inherits by being forked."""

    targets: Sequence[Target]
    trace: Trace
    settings: Settings


_jobs: list[_Job] = []


def compare_all(
    targets: Sequence[Target],
    trace: Trace,
    settings: Settings,
    *,
    jobs: int | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> list[Row | Unusable]:
    """Return what ``compare`` has of each target, in the order given.

    ``progress`` is told how many were finished. ``jobs`` None takes a process for each CPU. Targets
    live in this process, so workers are forked from it; where that cannot be done, one process
    does all.
    """
    jobs = os.cpu_count() or 1 if jobs is None else jobs
    if jobs < 2 or len(targets) < ENOUGH or FORK not in get_all_start_methods():  # noqa: PLR2004
        return [_told(row, progress) for row in compare(targets, trace, settings)]
    groups = _groups(targets)
    _jobs.append(_Job(targets, trace, settings))
    rows: dict[int, Row | Unusable] = {}
    try:
        with forked(jobs) as pool:
            for done in pool.map(_work, groups):
                for at, found in done:
                    rows[at] = _unpacked(targets[at], found)
                progress(len(done))
    finally:
        _jobs.pop()
    return [rows[at] for at in range(len(targets))]


def _told(row: Row | Unusable, progress: Callable[[int], None]) -> Row | Unusable:
    progress(1)
    return row


def _groups(targets: Sequence[Target]) -> list[list[int]]:
    """Return the places of targets that share a plan, in portions that keep all workers busy."""

    def form(at: int) -> tuple[int, int, bool]:
        found = shape(targets[at])
        return (found.page_shift, found.tlb_sets, found.pairs)

    places = sorted(range(len(targets)), key=form)
    return [
        part[start : start + PORTION]
        for _, group in groupby(places, form)
        for part in [list(group)]
        for start in range(0, len(part), PORTION)
    ]


def _work(places: list[int]) -> list[tuple[int, Packed]]:
    job = _jobs[-1]
    rows = compare([job.targets[at] for at in places], job.trace, job.settings)
    return [(at, _packed(row)) for at, row in zip(places, rows, strict=True)]


def _packed(row: Row | Unusable) -> Packed:
    """Return what can leave a process: everything but the target, and of an error the words."""
    if isinstance(row, Unusable):
        return row.reason
    return row.properties, row.replay, row.refusal


def _unpacked(target: Target, packed: Packed) -> Row | Unusable:
    return (
        Unusable(target, PluginError(packed)) if isinstance(packed, str) else Row(target, *packed)
    )
