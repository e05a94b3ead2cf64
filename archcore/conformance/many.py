"""Many targets held to many laws, spread over processes: the same results in the same order."""

from __future__ import annotations

import os
from multiprocessing import get_all_start_methods
from typing import TYPE_CHECKING

from attrs import frozen

from archcore.conformance.judge import Judge, Rules
from archcore.conformance.subject import subject, subjects
from archcore.conformance.workers import FORK, forked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from archcore.conformance.suite import Selection
    from archcore.conformance.verdict import Result
    from archcore.target import Target


@frozen(eq=False)
class _Job:
    """What every worker inherits by being forked, with the theorems that it has met."""

    targets: Sequence[Target]
    selection: Selection
    judge: Judge


_jobs: list[_Job] = []


def hold_all(
    targets: Sequence[Target],
    selection: Selection,
    rules: Rules,
    *,
    jobs: int | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> list[Result]:
    """Return how each target stands with each law that is asked of it, in the order given.

    ``progress`` is told how many laws were done. ``jobs`` None takes a process for each CPU;
    targets live in this process, so workers are forked from it, or one process does all.
    """
    parts = units(targets, selection)
    jobs = os.cpu_count() or 1 if jobs is None else jobs
    _jobs.append(_Job(targets, selection, Judge(rules)))
    try:
        if jobs < 2 or len(parts) < jobs or FORK not in get_all_start_methods():  # noqa: PLR2004
            return _gathered(map(_work, parts), progress)
        with forked(jobs) as pool:
            return _gathered(pool.map(_work, parts), progress)
    finally:
        _jobs.pop()


def units(targets: Sequence[Target], selection: Selection) -> list[tuple[int, str]]:
    """Return the target, by place, and level of each portion of work."""
    return [
        (at, on.name)
        for at, target in enumerate(targets)
        for on in subjects(target)
        if any(True for _ in selection.of(on))
    ]


def _gathered(portions: Iterable[list[Result]], progress: Callable[[int], None]) -> list[Result]:
    results: list[Result] = []
    for portion in portions:
        results += portion
        progress(len(portion))
    return results


def _work(part: tuple[int, str]) -> list[Result]:
    job, (at, level) = _jobs[-1], part
    on = subject(job.targets[at], level)
    court, laws = job.judge.court(on), tuple(job.selection.of(on))
    court.prepare(laws)
    return [court.hold(law) for law in laws]
