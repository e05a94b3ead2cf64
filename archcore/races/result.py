"""What a search of a scenario comes to: the endings, and how many interleavings lead to each."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, cast

from attrs import evolve, frozen

from archcore.mm.profile import profile as profile_of
from archcore.races.explore import Search
from archcore.races.orders import orders
from archcore.races.preempt import BoundedSearch
from archcore.races.scenario import program
from archcore.races.schedule import schedule_id

if TYPE_CHECKING:
    from collections.abc import Iterable

    from archcore.mm.profile import EngineProfile
    from archcore.races.explore import Interleaving
    from archcore.races.scenario import Ending, Scenario
    from archcore.races.trouble import Trouble
    from archcore.target import Target

LIMIT = 20_000


@frozen(kw_only=True)
class Outcome:
    """One ending: ``count`` interleavings lead there, which stand for ``orders`` orders of steps.

    ``example`` is the id of the first of them.
    """

    ending: Ending
    count: int
    orders: int
    example: str


@frozen(kw_only=True)
class RaceResult:
    """All endings of a scenario under a profile on a target, the most frequent first.

    An interleaving is one way to order the steps that do not commute. The search is ``exhaustive``
    if it had no bound, or met none. ``known`` are the troubles that the scenario expects of the
    profile.
    """

    scenario: str
    sentence: str
    engine: str
    target: str
    known: frozenset[Trouble]
    exhaustive: bool
    preemptions: int | None
    interleavings: int
    orders: int
    outcomes: tuple[Outcome, ...]

    @property
    def troubles(self) -> frozenset[Trouble]:
        """What went wrong in any interleaving."""
        return frozenset(one for each in self.outcomes for one, _ in each.ending.findings)

    @property
    def unexpected(self) -> frozenset[Trouble]:
        """The troubles that the scenario does not know of this profile."""
        return self.troubles - self.known


def explore(
    scenario: Scenario,
    target: Target,
    engine: str | EngineProfile = "v6.1",
    *,
    preemptions: int | None = None,
    limit: int = LIMIT,
) -> RaceResult:
    """Return what every interleaving of a scenario comes to, always the same for the same input.

    With ``preemptions`` only interleavings in which no more actors are interrupted than that, and
    after ``limit`` of them no more; the scenario may have a bound of its own. Raises UsageError
    where the scenario cannot be told.
    """
    profile = profile_of(engine) if isinstance(engine, str) else engine
    what = program(scenario, target, profile)
    preemptions = scenario.preemptions if preemptions is None else preemptions
    search = Search(what) if preemptions is None else BoundedSearch(what, preemptions)
    found = list(islice(search, limit + 1))
    cut = len(found) > limit
    outcomes = _gathered(found[:limit], len(scenario.threads))
    return RaceResult(
        scenario=scenario.id,
        sentence=scenario.sentence,
        engine=profile.name,
        known=scenario.expected(profile),
        target=target.id,
        exhaustive=not cut and not search.bounded,
        preemptions=preemptions,
        interleavings=sum(one.count for one in outcomes),
        orders=sum(one.orders for one in outcomes),
        outcomes=outcomes,
    )


def _gathered(found: Iterable[Interleaving], actors: int) -> tuple[Outcome, ...]:
    endings: dict[Ending, Outcome] = {}
    for one in found:
        ending = cast("Ending", one.result)
        ways = orders(one.events, actors)
        known = endings.get(ending)
        if known is None:
            first = schedule_id(one.schedule)
            endings[ending] = Outcome(ending=ending, count=1, orders=ways, example=first)
        else:
            endings[ending] = evolve(known, count=known.count + 1, orders=known.orders + ways)
    return tuple(sorted(endings.values(), key=lambda one: -one.count))
