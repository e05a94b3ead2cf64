"""M6: which maintenance a hint fault does, for what reason, and what breaks without it."""

from __future__ import annotations

from archcore.mm.reason import Reason
from archcore.report.review.point import Fact, Question, Side
from archcore.report.review.watching import calls, scene

CACHE = ("flush_cache_page", "flush_cache_range")
TLB = ("flush_tlb_page", "flush_tlb_range")
UPDATE = ("update_mmu_cache",)
FIRST, SECOND = 17, 34


def _m6(side: Side) -> Fact:
    rows = _calls(side)
    idle = _idle(rows)
    found: dict[str, object] = {"calls of a hint fault": rows, "without reason or need": idle}
    found["without the flush of arming"] = _unarmed(side) or "nothing is lost"
    for target in side.others:
        idle += (there := _idle(_calls(other := Side(side.engine, target))))
        found[f"on {target.id}"] = {
            "without reason or need": there,
            "without the flush of arming": _unarmed(other) or "nothing is lost",
        }
    return Fact(not idle, found)


def _calls(side: Side) -> dict[str, dict[str, object]]:
    """Return the maintenance of one hint fault: reason, calls, and what is lost without it."""
    of = scene(side, huge=False)
    of.arm()
    with calls(of, *CACHE, *TLB, *UPDATE) as heard:
        of.load(of.t1)
    rows: dict[str, dict[str, object]] = {}
    for call in dict.fromkeys(heard):
        name, _, reason = call.partition(": ")
        lost = _without(side, name)
        rows[name] = {
            "reason": reason,
            "calls": heard.count(call),
            "needed": bool(lost),
            "without it": lost or "nothing is lost",
        }
    return rows


def _idle(rows: dict[str, dict[str, object]]) -> list[str]:
    """Return the flushes that have no reason, or that nothing needs."""
    return [
        name
        for name, row in rows.items()
        if name not in UPDATE and (not row["needed"] or row["reason"] == Reason.UNSTATED.value)
    ]


def _without(side: Side, name: str) -> str:
    """Store, take a hint fault without a call, load and store again; return what goes wrong."""
    of = scene(side, huge=False, cached_data=True)
    _drop(of.engine.hooks, name)
    of.store(of.t1, FIRST)
    of.arm()
    if of.load(of.t1) != FIRST:
        return "a load after the fault does not see the store before it"
    of.store(of.t1, SECOND)
    if of.load(of.t2) != SECOND:
        return "another CPU does not see a store after the fault"
    return "a store is lost" if of.machine.lost_stores(of.mm) else ""


def _unarmed(side: Side) -> str:
    """Arm without the flush; return what goes wrong."""
    of = scene(side, huge=False)
    for name in TLB:
        _drop(of.engine.hooks, name)
    of.store(of.t1, FIRST)
    of.scan(of.t2)
    stored = of.store_if_mapped(of.t1, SECOND)
    return "a store goes through a hint that was to stop it" if stored == "stored" else ""


def _drop(hooks: object, name: str) -> None:
    setattr(hooks, name, lambda *_: None)


FLUSH = (
    Question(
        "M6",
        "Why is the cache of a page flushed that nobody could have touched?",
        "Each call of a hint fault has a reason, and something breaks without it.",
        _m6,
    ),
)
