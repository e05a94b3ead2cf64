"""Races as documents: what every interleaving of scenarios comes to."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archcore.races.result import Outcome, RaceResult
    from archcore.races.retell import Retold
    from archcore.races.trouble import Trouble
    from archcore.report.races_many import Refusal


def races_document(
    results: Sequence[RaceResult], refused: Sequence[Refusal] = ()
) -> dict[str, object]:
    """Return one result at the top, or several as a list, and why others are not told."""
    if len(results) == 1 and not refused:
        return _result(results[0])
    return {
        "results": [_result(one) for one in results],
        "refused": [
            {
                "scenario": one.scenario,
                "engine": one.engine,
                "target": one.target,
                "reason": one.reason,
            }
            for one in refused
        ],
    }


def trace_document(told: Retold, of: dict[str, object]) -> dict[str, object]:
    """Return one interleaving, with what it is one of."""
    return {
        **of,
        "id": told.id,
        "steps": [
            {"thread": step.actor, "step": step.step, "entry": step.entry} for step in told.steps
        ],
        "state": told.ending.state,
        "findings": [says(*one) for one in told.ending.findings],
    }


def says(trouble: Trouble, place: str) -> str:
    """Return a finding in one line: what kind it is, where, and what that means."""
    return f"{trouble.name}: {place}: {trouble.value}"


def _result(result: RaceResult) -> dict[str, object]:
    return {
        "scenario": result.scenario,
        "sentence": result.sentence,
        "engine": result.engine,
        "target": result.target,
        "exhaustive": result.exhaustive,
        "preemptions": result.preemptions,
        "interleavings": result.interleavings,
        "orders": result.orders,
        "unexpected": sorted(one.name for one in result.unexpected),
        "outcomes": [_outcome(one) for one in result.outcomes],
    }


def _outcome(outcome: Outcome) -> dict[str, object]:
    ending = outcome.ending
    paid: dict[str, dict[str, int]] = {}
    for payer, what, units in ending.paid:
        paid.setdefault(what, {})[payer] = units
    return {
        "count": outcome.count,
        "orders": outcome.orders,
        "example": outcome.example,
        "state": ending.state,
        "faults": ending.faults,
        "lock_round_trips": ending.lock_round_trips,
        "discarded": dict(ending.discarded),
        "counters": dict(ending.counters),
        "paid": paid,
        "lost_stores": ending.lost_stores,
        "findings": [says(*one) for one in ending.findings],
    }
