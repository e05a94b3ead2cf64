"""Scenarios: a named concurrent story, and every way it can end under a profile."""

from __future__ import annotations

from collections import Counter
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from archcore.errors import MachineError, UsageError
from archcore.mm.hugepages import LEVEL
from archcore.mm.profile import PROFILES
from archcore.mm.profile import profile as profile_of
from archcore.races.known import KNOWN
from archcore.races.scene import Scene
from archcore.races.trouble import Trouble

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from archcore.mm.profile import EngineProfile
    from archcore.races.execution import Program
    from archcore.races.stage import Stage
    from archcore.target import Target


def _nothing(_: Scene) -> None:
    """Prepare nothing more."""


def _no_trouble(_: Scene) -> tuple[()]:
    """Find nothing more."""
    return ()


def _frozen(mapping: Mapping[Any, Any]) -> Mapping[Any, Any]:
    return MappingProxyType(dict(mapping))


@frozen(kw_only=True)
class Scenario:
    """A story that can be told in many orders.

    ``prepare`` sets the scene, ``threads`` are who acts in it, by name, ``judge`` looks for
    troubles afterwards that only this story knows of. ``huge`` stories are about a huge page and
    need targets that have such; ``written`` is whether the page is there at the beginning, ``swap``
    whether there is room to swap to.
    ``preemptions`` bounds the search of a story that has too many orders, unless another bound is
    asked for. ``profiles`` are those it can be told under, and ``known`` the troubles that each of
    them has in it besides those of ``archcore.races.known``.
    """

    id: str
    sentence: str
    threads: Mapping[str, Callable[[Scene], object]] = field(converter=_frozen)
    prepare: Callable[[Scene], object] = _nothing
    judge: Callable[[Scene], Iterable[Trouble]] = _no_trouble
    huge: bool = True
    written: bool = True
    swap: bool = False
    preemptions: int | None = None
    profiles: tuple[str, ...] = tuple(PROFILES)
    known: Mapping[str, frozenset[Trouble]] = field(factory=dict, converter=_frozen)

    def misfit(self, target: Target, engine: EngineProfile) -> str | None:
        """Return why the story cannot be told on a target under a profile, None if it can."""
        if self.profiles != tuple(PROFILES) and engine.name not in self.profiles:
            return f"{self.id} is about {', '.join(self.profiles)}"
        leaves = any(level.name == LEVEL and level.leaf for level in target.geometry.levels)
        if self.huge and not leaves:
            return f"{target.id} has no huge pages"
        return None

    def expected(self, engine: EngineProfile) -> frozenset[Trouble]:
        """Return the troubles a profile is known to have, in this story or in any."""
        nothing = frozenset[Trouble]()
        return KNOWN.get(engine.name, nothing) | self.known.get(engine.name, nothing)


@frozen(kw_only=True)
class Ending:
    """What one interleaving came to; orders with the same ending are counted together.

    ``paid`` is who paid how many units of which work, ``discarded`` what was done in vain.
    """

    state: str
    faults: int
    lock_round_trips: int
    discarded: tuple[tuple[str, int], ...]
    counters: tuple[tuple[str, int], ...]
    paid: tuple[tuple[str, str, int], ...]
    lost_stores: int
    findings: tuple[tuple[Trouble, str], ...]


class Staged:
    """A scenario on a stage."""

    def __init__(
        self, scenario: Scenario, target: Target, engine: EngineProfile, stage: Stage
    ) -> None:
        """Set the scene."""
        self.scene = Scene(
            target,
            engine,
            stage,
            huge=scenario.huge,
            written=scenario.written,
            swap=scenario.swap,
        )
        self._scenario, self._stage = scenario, stage
        scenario.prepare(self.scene)
        self.actors = {name: self._acting(name) for name in scenario.threads}
        self._before = self._books()
        self.scene.lookout.on = True

    def _acting(self, name: str) -> Callable[[], None]:
        def act() -> None:
            self.scene.notes[name] = self._scenario.threads[name](self.scene)

        return act

    def result(self) -> Ending:
        """Return what it came to."""
        self.scene.lookout.end()
        now = self._books()
        now.subtract(self._before)
        self.scene.notes = dict(sorted(self.scene.notes.items()))
        state = self.scene.state()
        costs = self.scene.engine.costs
        stopped = tuple(self._stage_troubles())
        left = () if stopped else self.scene.left_over()
        troubles = dict.fromkeys([*self.scene.troubles(), *stopped, *left])
        troubles |= dict.fromkeys(self._judged())
        if not stopped:
            troubles |= dict.fromkeys(self.scene.miscounted(now))
        return Ending(
            state=state,
            faults=now["pgfault"],
            lock_round_trips=sum(n for (_, what), n in _costs(now) if what == "lock_round_trips"),
            discarded=tuple((what, now["discarded", what]) for what in costs.discarded()),
            counters=tuple(
                sorted((name, n) for name, n in now.items() if n and isinstance(name, str))
            ),
            paid=tuple(sorted((payer, what, n) for (payer, what), n in _costs(now) if n)),
            lost_stores=len(self.scene.machine.lost_stores(self.scene.mm)),
            findings=tuple(sorted(troubles, key=lambda one: (one[0].name, one[1]))),
        )

    def _judged(self) -> Iterator[tuple[Trouble, str]]:
        """Yield what only this story knows of; what its judge does may stop the machine."""
        try:
            for one in self._scenario.judge(self.scene):
                yield one, self._scenario.id
        except MachineError as error:
            yield Trouble.BROKEN, f"{self._scenario.id}: {error}"

    def _books(self) -> Counter[Any]:
        engine = self.scene.engine
        books: Counter[Any] = Counter(engine.vmstat.snapshot())
        for (payer, what), units in engine.costs.units.items():
            books["paid", payer.value, what] = units
        for what, units in engine.costs.discarded().items():
            books["discarded", what] = units
        return books

    def _stage_troubles(self) -> Iterable[tuple[Trouble, str]]:
        for number, name in enumerate(self.actors):
            error = self._stage.failed[number]
            if error is not None:
                yield Trouble.BROKEN, f"{name}: {error}"
            elif self._stage.where[number].name != "DONE":
                yield Trouble.STUCK, name


def _costs(books: Counter[Any]) -> list[tuple[tuple[str, str], int]]:
    return [
        ((name[1], name[2]), units)
        for name, units in books.items()
        if isinstance(name, tuple) and name[0] == "paid"
    ]


def program(scenario: Scenario, target: Target, engine: str | EngineProfile) -> Program:
    """Return a scenario as something to search; raises UsageError where it cannot be told."""
    profile = profile_of(engine) if isinstance(engine, str) else engine
    reason = scenario.misfit(target, profile)
    if reason is not None:
        raise UsageError(f"{reason}; choose another target, profile or scenario")
    return lambda stage: Staged(scenario, target, profile, stage)
