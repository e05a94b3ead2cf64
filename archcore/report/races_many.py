"""Many searches: scenarios times profiles, spread over processes, always in the same order."""

from __future__ import annotations

import os
from multiprocessing import get_all_start_methods
from typing import TYPE_CHECKING

from attrs import field, frozen

from archcore.conformance.workers import FORK, forked
from archcore.mm.profile import profile
from archcore.races.result import LIMIT, explore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from archcore.races.result import RaceResult
    from archcore.races.scenario import Scenario
    from archcore.target import Target


@frozen
class Cell:
    """One search that is to be made."""

    scenario: Scenario = field(repr=False)
    target: Target = field(repr=False)
    engine: str


@frozen
class Refusal:
    """A search that cannot be made, and why."""

    scenario: str
    engine: str
    target: str
    reason: str


@frozen
class _Job:
    cells: Sequence[Cell]
    preemptions: int | None
    limit: int


_jobs: list[_Job] = []


def native(targets: Iterable[Target], engine: str) -> Target:
    """Return the target that a profile is most at home on: of its era, or of its engine.

    Of several the one with the smallest pages, of the latest era, that comes last by name; where
    there is none, the same of the latest era.
    """
    known = sorted(
        targets,
        key=lambda target: (-target.geometry.page_shift, _version(target.era), target.id),
    )
    version = engine.partition("+")[0]
    for fits in (
        [target for target in known if target.era == version],
        [target for target in known if target.engine == version],
    ):
        if fits:
            return fits[-1]
    latest = max(_version(target.era) for target in known)
    return [target for target in known if _version(target.era) == latest][-1]


def kinds_of(targets: Iterable[Target]) -> list[list[Target]]:
    """Return the targets by architecture and by how their caches are found, in order of both."""
    groups: dict[tuple[str, str], list[Target]] = {}
    for target in targets:
        groups.setdefault((target.arch, target.mmu.dcache.indexing), []).append(target)
    return [groups[one] for one in sorted(groups)]


def sorted_out(cells: Iterable[Cell]) -> tuple[list[Cell], list[Refusal]]:
    """Return the searches that can be made, and why the others cannot."""
    made, refused = [], []
    for cell in cells:
        reason = cell.scenario.misfit(cell.target, profile(cell.engine))
        if reason is None:
            made.append(cell)
        else:
            refused.append(Refusal(cell.scenario.id, cell.engine, cell.target.id, reason))
    return made, refused


def explore_all(
    cells: Sequence[Cell],
    *,
    preemptions: int | None = None,
    limit: int = LIMIT,
    jobs: int | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> list[RaceResult]:
    """Return a result a cell, in the order given; ``progress`` is told how many were finished."""
    jobs = min(len(cells), os.cpu_count() or 1 if jobs is None else jobs)
    _jobs.append(_Job(cells, preemptions, limit))
    try:
        if jobs < 2 or FORK not in get_all_start_methods():  # noqa: PLR2004 - one is no pool
            return [_told(_search(at), progress) for at in range(len(cells))]
        with forked(jobs) as pool:
            return [_told(one, progress) for one in pool.map(_search, range(len(cells)))]
    finally:
        _jobs.pop()


def _told(result: RaceResult, progress: Callable[[int], None]) -> RaceResult:
    progress(1)
    return result


def _search(at: int) -> RaceResult:
    job = _jobs[-1]
    cell = job.cells[at]
    return explore(
        cell.scenario,
        cell.target,
        cell.engine,
        preemptions=job.preemptions,
        limit=job.limit,
    )


def _version(era: str) -> tuple[int, ...]:
    """Return the kernel version that an era is named after; a date comes before all of them."""
    if not era.startswith("v"):
        return ()
    return tuple(int(part) for part in era[1:].split(".") if part.isdigit())
