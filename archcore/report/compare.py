"""The comparison: one encoding a target, its properties and what a trace costs under it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import asdict, evolve, frozen

from archcore.mm.reason import Reason
from archcore.replay.scalar import Settings, replay
from archcore.report.document import hexword
from archcore.report.properties import Finding, Properties, properties

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from archcore.replay.result import ReplayResult
    from archcore.target import Target
    from archcore.trace.record import Trace

NATIVE = "native"
UNSTATED = Reason.UNSTATED.value


@frozen
class Row:
    """One target of a comparison."""

    target: Target
    properties: Properties
    replay: ReplayResult


def compare(
    targets: Iterable[Target],
    trace: Trace,
    settings: Settings,
    progress: Callable[[str, int], None] | None = None,
) -> Iterator[Row]:
    """Yield a row a target; the engine ``native`` gives each target the profile of its era.

    ``progress`` is called with the target's id and the references done.
    """
    for target in targets:
        engine = target.engine if settings.engine == NATIVE else settings.engine
        told = None if progress is None else (lambda n, t=target.id: progress(t, n))
        result = replay(target, trace, evolve(settings, engine=engine), progress=told)
        yield Row(target, properties(target), result)


def document(row: Row) -> dict[str, object]:
    """Return a row as JSON values: words as hex strings, counts as numbers."""
    return {
        "id": row.target.id,
        "encoding": row.properties.encoding,
        "proposal": row.target.proposal,
        "properties": _properties(row),
        "replay": replay_document(row.replay),
    }


def _properties(row: Row) -> dict[str, object]:
    found, width = row.properties, row.target.geometry.width
    masks = ("set", "cleared", "inverted", "computed")
    plain = ("needs_vma", "gives_up_present", "hides_frame", "software_bits", "swap_offset_bits")
    return {
        **{f"bits_{name}": hexword(getattr(found.changes, name).value, width) for name in masks},
        **{name: getattr(found, name) for name in plain},
        **{name: _finding(one, width) for name, one in found.findings().items()},
    }


def _finding(found: Finding, width: int) -> dict[str, object]:
    word = found.counterexample
    return {
        "holds": found.holds,
        "method": f"tried on {found.tried} entries",
        "counterexample": None if word is None else hexword(word, width),
    }


def replay_document(result: ReplayResult) -> dict[str, object]:
    """Return a replay as JSON values."""
    return {
        "target": result.target,
        "engine": result.engine,
        "references": result.references,
        "counters": result.counters,
        "ledger": [asdict(entry) for entry in result.ledger],
        "cache_flushes": {
            "with_reason": result.flushes("flush_cache", but=UNSTATED),
            "without_reason": result.flushes("flush_cache", reason=UNSTATED),
        },
        "tlb_flushes": result.flushes("flush_tlb"),
        "tlb": result.tlb,
        "faults": result.outcomes,
        "paid_by": result.paid,
        "autonuma_cost": result.autonuma_cost,
    }
