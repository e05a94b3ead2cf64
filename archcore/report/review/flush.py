"""M6: which maintenance a hint fault does, for what reason, and what breaks without it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.mm.reason import Reason
from archcore.needs import WITHIN_STORES, Call, Needs, needs, stories_of
from archcore.report.needs import cost_of
from archcore.report.review.point import Fact, Question, Side
from archcore.report.review.watching import BASE, HUGE, calls, kinds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archcore.needs import Story, Told
    from archcore.races.scene import Scene
    from archcore.target import Target

FLUSHES = ("flush_cache_page", "flush_cache_range", "flush_tlb_page", "flush_tlb_range")
UPDATE = ("update_mmu_cache", "update_mmu_cache_pmd")
ARMING = Call("flush_tlb_range", Reason.RIGHTS_REMOVED.name)
NOTIFIER = "mmu_notifier"
NOTHING = "nothing is lost"


def _m6(side: Side) -> Fact:
    shown = _shown(side, side.target)
    rows = {kind: _calls(of, shown[kind]) for kind, of in kinds(side).items()}
    small = rows.pop(BASE)
    idle = [*_idle(small), *(name for one in rows.values() for name in _idle(one))]
    found: dict[str, object] = {
        "calls of a hint fault": small,
        **{f"calls of a hint fault on a {kind}": one for kind, one in rows.items()},
        "without reason or need": list(dict.fromkeys(idle)),
        "without the flush of arming": _worst(_unflushed(shown[BASE])),
    }
    for target in (side.target, *side.others):
        on = shown if target is side.target else _shown(side, target, huge=False)
        found[f"on {target.id}"] = _by_hook(on[BASE])
    huge = shown.get(HUGE)
    if huge is not None and not huge.enough:
        found["not clean with all calls, of a huge page"] = _broken(huge)
    return Fact(not idle and shown[BASE].enough, found)


def _unflushed(shown: Needs) -> Mapping[Story, Told]:
    """Return what goes wrong without the flush of arming, or if stores flush, without that."""
    lost = shown.without.get(ARMING)
    return lost or shown.without.get(Call(WITHIN_STORES), {})


def _broken(shown: Needs) -> list[str]:
    """Return the stories that do not end well although every call is made."""
    return [story.name for story, told in shown.whole.items() if not told.clean]


def _by_hook(shown: Needs) -> dict[str, object]:
    """Return what each call is needed against on a target, and which are not needed there."""
    against: dict[str, list[str]] = {}
    for call, stories in shown.without.items():
        if not call.hook.startswith(NOTIFIER):
            against.setdefault(call.hook, []).extend(t.ending.value for t in stories.values())
    ends: dict[str, object] = {hook: sorted(set(all_)) for hook, all_ in against.items() if all_}
    costs = {call.hook: cost for call in shown.without if (cost := cost_of(shown, call))}
    broken = _broken(shown)
    idle = [hook for hook, all_ in against.items() if not all_]
    ends |= {"not needed": idle}
    if costs:
        ends["not needed, but saves"] = costs
    return ends | ({"not clean with all calls": broken} if broken else {})


def _shown(side: Side, target: Target, *, huge: bool = True) -> dict[str, Needs]:
    """Return which maintenance a target needs, by the kind of page it is about."""
    told = [one for one in stories_of(target) if not one.device]
    sizes = {BASE: False} | ({HUGE: True} if huge else {})
    return {
        kind: needs(target, side.engine, [one for one in told if one.huge is size])
        for kind, size in sizes.items()
    }


def _calls(of: Scene, shown: Needs) -> dict[str, dict[str, object]]:
    """Return the maintenance of one hint fault: reason, calls, and what is lost without it."""
    of.arm()
    with calls(of, *FLUSHES, *UPDATE) as heard:
        of.load(of.t1)
    rows: dict[str, dict[str, object]] = {}
    for said in dict.fromkeys(heard):
        name, _, reason = said.partition(": ")
        call = Call(name, Reason(reason).name)
        lost = shown.without.get(call, {})
        rows[name] = {
            "reason": reason,
            "calls": heard.count(said),
            "needed": bool(lost),
            "without it": _worst(lost) if lost else _cheapest(shown, call),
        }
    return rows


def _idle(rows: dict[str, dict[str, object]]) -> list[str]:
    """Return the flushes that have no reason, or that nothing needs."""
    return [
        name
        for name, row in rows.items()
        if name not in UPDATE and (not row["needed"] or row["reason"] == Reason.UNSTATED.value)
    ]


def _worst(ends: Mapping[Story, Told]) -> str:
    """Return how the first story ends that a call is needed for, and how many more there are."""
    for story, told in ends.items():
        more = f" (and in {len(ends) - 1} more stories)" if len(ends) > 1 else ""
        return f"{told.ending.value}, as {story.sentence}{more}"
    return NOTHING


def _cheapest(shown: Needs, call: Call) -> str:
    """Return what a call saves that nothing is lost without, in words."""
    cost = cost_of(shown, call)
    return f"{NOTHING}; {cost}" if cost else NOTHING


FLUSH = (
    Question(
        "M6",
        "Why is the cache of a page flushed that nobody could have touched?",
        "Each call of a hint fault has a reason, and something breaks without it.",
        _m6,
    ),
)
