"""The points that only a search of interleavings can answer: M8 to M13."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import evolve

from archcore.races import SCENARIOS, Scenario, Trouble, explore
from archcore.report.review.point import Fact, Question
from archcore.report.review.watching import scene

if TYPE_CHECKING:
    from archcore.races import RaceResult, Scene
    from archcore.report.review.point import Side

LOCKED = ("S0", "S1", "S5", "S6b")
BOUNDED = ("S2", "S4")  # with one preemption, which is enough to lose a race
WASTE = ("S0", "S1", "S5", "S6", "S6b")


READ = Scenario(
    id="read",
    sentence="a load from a hinted huge page",
    prepare=lambda scene: scene.arm(),
    threads={"T1": lambda scene: scene.load(scene.t1)},
)
READ_SMALL = evolve(READ, id="read-small", sentence="a load from a hinted page", huge=False)
STORE_SMALL = Scenario(
    id="store-small",
    sentence="a store to a hinted page",
    prepare=lambda scene: scene.arm(),
    threads={"T1": lambda scene: scene.store(scene.t1, 2)},
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
        bound = 1 if told.id in BOUNDED else None
        side.searches[told.id] = explore(told, side.target, side.engine, preemptions=bound)
    return side.searches[told.id]


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
    unseen = {name: left for name in ("S0", "S6b") if (left := _left_over(side, name))}
    found["taken and not mapped, by the frames themselves"] = unseen
    return Fact(alone and not unseen, found)


def _left_over(side: Side, name: str) -> int:
    """Return how many huge pages one who acts alone takes that nobody maps afterwards."""
    told, taken = SCENARIOS[name], list[int]()
    of = scene(side, written=told.written)
    told.prepare(of)
    frames = of.engine.frames
    take = frames.allocate_huge

    def taking(nid: int, order: int, *, strict: bool = False) -> int | None:
        head = take(nid, order, strict=strict)
        taken.extend([] if head is None else [head])
        return head

    vars(frames)["allocate_huge"] = taking
    for act in told.threads.values():
        act(of)
    return sum(not frames.total_mapcount(head) for head in taken)


def _m11(side: Side) -> Fact:
    faults, trips = _alone(side, "S0")
    small, small_trips = _alone(side, STORE_SMALL)
    found = {
        "faults for one store": faults,
        "lock round trips": trips,
        "base page": {"faults for one store": small, "lock round trips": small_trips},
    }
    return Fact(faults == 1, found)


def _alone(side: Side, story: Scenario | str) -> tuple[int, int]:
    """Return the faults and lock round trips of a story with one actor."""
    ending = _searched(side, story).outcomes[0].ending
    return ending.faults, ending.lock_round_trips


def _m12(side: Side) -> Fact:
    (faults, trips), small = _alone(side, READ), _alone(side, READ_SMALL)
    found = {
        "faults for one load": faults,
        "lock round trips": trips,
        "base page": {"faults for one load": small[0], "lock round trips": small[1]},
    }
    return Fact((faults, trips) == small == (1, 1), found)


def _m13(side: Side) -> Fact:
    alone = _searched(side, NO_ROOM)
    results = [*(_searched(side, name) for name in LOCKED + BOUNDED), alone]
    bad = {one for each in results for one in each.troubles} & {Trouble.LOCKS, Trouble.STUCK}
    bad |= alone.troubles & {Trouble.BROKEN, Trouble.LOST_STORE}
    ending = alone.outcomes[0].ending
    found: dict[str, object] = {
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
        "One fault is enough for a store to a hinted huge page that its process owns alone.",
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
