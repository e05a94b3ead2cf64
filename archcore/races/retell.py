"""One interleaving told step by step: who did what, and what stood in the page's slot then."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, cast

from attrs import frozen

from archcore.errors import UsageError
from archcore.races.execution import Execution
from archcore.races.explore import Search
from archcore.races.scenario import Staged, program
from archcore.races.schedule import schedule_id, schedule_of

if TYPE_CHECKING:
    from archcore.mm.profile import EngineProfile
    from archcore.races.events import At
    from archcore.races.scenario import Ending, Scenario
    from archcore.target import Target


@frozen
class Told:
    """One step: the actor, what it did, and the page's entry after it."""

    actor: str
    step: str
    entry: str


@frozen(kw_only=True)
class Retold:
    """An interleaving by its id, its steps, and what it came to."""

    id: str
    actors: tuple[str, ...]
    steps: tuple[Told, ...]
    ending: Ending


def retell(
    scenario: Scenario, target: Target, engine: str | EngineProfile, which: str | int
) -> Retold:
    """Tell one interleaving: by its id, or by its place in the order of the search, from 1 on.

    Raises UsageError where there is no such interleaving.
    """
    what = program(scenario, target, engine)
    actors = tuple(scenario.threads)
    schedule = (
        _found(Search(what), which) if isinstance(which, int) else schedule_of(which, len(actors))
    )
    run = Execution(what)
    try:
        cast_ = cast("Staged", run.cast)
        steps = []
        for number in schedule:
            run.replay((number,))
            did = _did(run.history.events[-1].at)
            steps.append(Told(actors[number], did, cast_.scene.entry()))
        return Retold(
            id=schedule_id(schedule),
            actors=actors,
            steps=tuple(steps),
            ending=cast("Ending", run.result()),
        )
    finally:
        run.close()


def _found(search: Search, place: int) -> tuple[int, ...]:
    for one in islice(search, place - 1, place):
        return one.schedule
    raise UsageError(f"there is no interleaving {place}; count from 1, or give an id")


def _did(at: At) -> str:
    return "begins" if at.step is None else f"{at.step.value}: {at.place}"
