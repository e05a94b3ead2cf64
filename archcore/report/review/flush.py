"""M6: which maintenance a hint fault does, for what reason, and what breaks without it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.mm.reason import Reason
from archcore.needs import Call, Needs, needs, stories_of
from archcore.report.review.point import Fact, Question, Side
from archcore.report.review.watching import calls, scene

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archcore.needs import Story, Told
    from archcore.target import Target

FLUSHES = ("flush_cache_page", "flush_cache_range", "flush_tlb_page", "flush_tlb_range")
UPDATE = ("update_mmu_cache",)
ARMING = Call("flush_tlb_range", Reason.RIGHTS_REMOVED.name)
NOTIFIER = "mmu_notifier"
NOTHING = "nothing is lost"


def _m6(side: Side) -> Fact:
    shown = _shown(side, side.target)
    rows = _calls(side, shown)
    idle = _idle(rows)
    found: dict[str, object] = {
        "calls of a hint fault": rows,
        "without reason or need": idle,
        "without the flush of arming": _worst(shown.without.get(ARMING, {})),
    }
    for target in (side.target, *side.others):
        on = shown if target is side.target else _shown(side, target)
        found[f"on {target.id}"] = _by_hook(on)
    return Fact(not idle, found)


def _by_hook(shown: Needs) -> dict[str, object]:
    """Return what each call is needed against on a target, and which are not needed there."""
    against: dict[str, list[str]] = {}
    for call, stories in shown.without.items():
        if not call.hook.startswith(NOTIFIER):
            against.setdefault(call.hook, []).extend(t.ending.value for t in stories.values())
    ends: dict[str, object] = {hook: sorted(set(all_)) for hook, all_ in against.items() if all_}
    broken = [story.name for story, told in shown.whole.items() if not told.clean]
    idle = [hook for hook, all_ in against.items() if not all_]
    return ends | {"not needed": idle} | ({"not clean with all calls": broken} if broken else {})


def _shown(side: Side, target: Target) -> Needs:
    """Return which maintenance of base pages a target needs."""
    stories = [one for one in stories_of(target) if not one.huge and not one.device]
    return needs(target, side.engine, stories)


def _calls(side: Side, shown: Needs) -> dict[str, dict[str, object]]:
    """Return the maintenance of one hint fault: reason, calls, and what is lost without it."""
    of = scene(side, huge=False)
    of.arm()
    with calls(of, *FLUSHES, *UPDATE) as heard:
        of.load(of.t1)
    rows: dict[str, dict[str, object]] = {}
    for said in dict.fromkeys(heard):
        name, _, reason = said.partition(": ")
        lost = shown.without.get(Call(name, Reason(reason).name), {})
        rows[name] = {
            "reason": reason,
            "calls": heard.count(said),
            "needed": bool(lost),
            "without it": _worst(lost),
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


FLUSH = (
    Question(
        "M6",
        "Why is the cache of a page flushed that nobody could have touched?",
        "Each call of a hint fault has a reason, and something breaks without it.",
        _m6,
    ),
)
