"""The points that only a search of interleavings can answer: M1, M8 to M13."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import evolve

from archcore.mm.costs import Payer
from archcore.races import SCENARIOS, Scenario, Trouble, explore
from archcore.report.review.point import Fact, Question, Side

if TYPE_CHECKING:
    from archcore.races import RaceResult, Scene

LOCKED = ("S0", "S1", "S5", "S6b")
WASTE = ("S0", "S1", "S5", "S6", "S6b")


def _wanted_by_t2(scene: Scene) -> None:
    scene.used_by(scene.t2)
    scene.arm()


READ = Scenario(
    id="read",
    sentence="a load from a hinted huge page",
    prepare=lambda scene: scene.arm(),
    threads={"T1": lambda scene: scene.load(scene.t1)},
)
MOVE = Scenario(
    id="move",
    sentence="a load from a hinted page that moves to the node of its user",
    prepare=_wanted_by_t2,
    threads={"T2": lambda scene: scene.load(scene.t2)},
    huge=False,
)


def _no_room(scene: Scene) -> None:
    """Map the huge page of zeros, hint it, and take every huge page there is."""
    scene.load(scene.t1)
    scene.scan(scene.t1)
    frames, huge = scene.engine.frames, scene.engine.huge
    while huge is not None and frames.allocate_huge(0, huge.order) is not None:
        pass


NO_ROOM = Scenario(
    id="no-room",
    sentence="a store to a huge page of zeros that the scanner has armed, and no huge page is free",
    prepare=_no_room,
    threads={"T1": lambda scene: scene.store(scene.t1, 2)},
    written=False,
)


def _searched(side: Side, story: Scenario | str) -> RaceResult:
    told = SCENARIOS[story] if isinstance(story, str) else story
    if told.id not in side.searches:
        side.searches[told.id] = explore(told, side.target, side.engine)
    return side.searches[told.id]


def _paid(side: Side) -> dict[str, dict[str, int]]:
    """Return who paid for what in a fault that moves a page."""
    paid: dict[str, dict[str, int]] = {}
    for payer, what, units in _searched(side, MOVE).outcomes[0].ending.paid:
        paid.setdefault(payer, {})[what] = units
    return paid


def _m1(side: Side) -> Fact:
    driven = _paid(side)
    other = _paid(_with(side, migration_payer=Payer.MIGRATOR))
    alone = set(driven) == {Payer.FAULT.value}
    return Fact(alone, {"as it is": driven, "with a background migrator": other})


def _with(side: Side, **knobs: Any) -> Side:  # noqa: ANN401 - knobs of any kind
    return Side(evolve(side.engine, **knobs), side.target)


def _m8(side: Side) -> Fact:
    result = _searched(side, "S1")
    bad = {Trouble.STUCK, Trouble.BROKEN, Trouble.LOST_STORE} & result.troubles
    faults = [one.ending.faults for one in result.outcomes]
    return Fact(
        result.exhaustive and not bad,
        {
            "interleavings": result.interleavings,
            "exhaustive": result.exhaustive,
            "faults at most": max(faults),
            "troubles": _names(bad),
        },
    )


def _m9(side: Side) -> Fact:
    result = _searched(side, "S1")
    wanted = {Trouble.STALE_SNAPSHOT, Trouble.SPLIT_WRITTEN, Trouble.HINT_RAISED}
    bad = wanted & result.troubles
    concerned = sum(
        one.count for one in result.outcomes if wanted & {each for each, _ in one.ending.findings}
    )
    found = {
        "interleavings": result.interleavings,
        "of them with a stale entry used, or a splitting one written": concerned,
        "troubles": _names(bad),
    }
    return Fact(not bad, found)


def _m10(side: Side) -> Fact:
    found: dict[str, object] = {}
    for name in WASTE:
        worst: dict[str, int] = {}
        for one in _searched(side, name).outcomes:
            for what, units in one.ending.discarded:
                worst[what] = max(units, worst.get(what, 0))
        found[f"thrown away in {name}"] = {what: units for what, units in worst.items() if units}
    alone = not found["thrown away in S0"] and not found["thrown away in S6b"]
    return Fact(alone, found)


def _m11(side: Side) -> Fact:
    ending = _searched(side, "S0").outcomes[0].ending
    found = {"faults for one store": ending.faults, "lock round trips": ending.lock_round_trips}
    return Fact(ending.faults == 1, found)


def _m12(side: Side) -> Fact:
    ending = _searched(side, READ).outcomes[0].ending
    found = {"faults for one load": ending.faults, "lock round trips": ending.lock_round_trips}
    return Fact((ending.faults, ending.lock_round_trips) == (1, 1), found)


def _m13(side: Side) -> Fact:
    alone = _searched(side, NO_ROOM)
    results = [*(_searched(side, name) for name in LOCKED), alone]
    bad = {one for each in results for one in each.troubles} & {Trouble.LOCKS, Trouble.STUCK}
    bad |= alone.troubles & {Trouble.BROKEN, Trouble.LOST_STORE}
    ending = alone.outcomes[0].ending
    found = {
        "interleavings looked at": sum(one.interleavings for one in results),
        "faults of a store for which no huge page is free": ending.faults,
        "it ends in": ending.state,
        "troubles": _names(bad),
    }
    return Fact(not bad, found)


def _names(troubles: set[Trouble]) -> list[str]:
    return sorted(one.name for one in troubles)


RACES = (
    Question(
        "M1",
        "Does the process itself pay for a page that a fault moves?",
        "All work of the move is charged to the faulting task, unless a profile names another.",
        _m1,
    ),
    Question(
        "M8",
        "What becomes of a fault that meets a huge page being split?",
        "It ends in every interleaving, and no store is lost.",
        _m8,
    ),
    Question(
        "M9",
        "Once the handler has let go of its lock, may the entry read before still be used?",
        "Only for comparing: whoever goes on reads again and looks whether the page is splitting.",
        _m9,
    ),
    Question(
        "M10",
        "How much work is done before the fault notices that the entry has changed?",
        "A fault with nobody else about throws no huge page away.",
        _m10,
    ),
    Question(
        "M11",
        "Would reading the entry again after the hint save the second fault?",
        "One fault is enough for a store to a hinted page that its process owns alone.",
        _m11,
    ),
    Question(
        "M12",
        "Does a load return once its hint is settled?",
        "One fault and one round trip of the lock; the write path is not entered.",
        _m12,
    ),
    Question(
        "M13",
        "Is every lock given back on every early return?",
        "No lock is kept, taken twice or out of order, nobody waits for ever, and who finds no "
        "huge page goes on with base pages.",
        _m13,
    ),
)
