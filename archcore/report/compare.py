"""The comparison: one encoding a target, its properties and what a trace costs under it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import asdict, evolve, frozen

from archcore.errors import InputError, UsageError
from archcore.mm.profile import profile
from archcore.mm.reason import Reason
from archcore.replay.plan import plan, shape
from archcore.replay.scalar import replay
from archcore.report.document import hexword
from archcore.report.properties import Finding, Properties, properties
from archcore.report.usable import reason_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from archcore.replay.plan import Plan, Shape
    from archcore.replay.result import ReplayResult
    from archcore.replay.settings import Settings
    from archcore.target import Target
    from archcore.trace.record import Trace

NATIVE = "native"
UNSTATED = Reason.UNSTATED.value


@frozen
class Row:
    """One target of a comparison; ``refusal`` says why there is no replay where there is none."""

    target: Target
    properties: Properties
    replay: ReplayResult | None
    refusal: str = ""


@frozen
class Unusable:
    """A target that broke when it was compared."""

    target: Target
    error: Exception

    @property
    def reason(self) -> str:
        """What the error says, in one line."""
        return reason_of(self.error)


def compare(
    targets: Iterable[Target], trace: Trace, settings: Settings
) -> Iterator[Row | Unusable]:
    """Yield a row a target; the engine ``native`` gives each target the profile of its era.

    A target too small for what the trace touches gets a row without a replay. Raises
    UsageError for what was asked wrongly, such as an unknown engine profile.
    """
    if settings.engine != NATIVE:
        profile(settings.engine)
    plans: dict[Shape, Plan] = {}
    for target in targets:
        form = shape(target)
        steps = plans.get(form) or plan(trace, form, settings)
        plans[form] = steps
        try:
            yield _row(target, trace, settings, steps)
        except UsageError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a stranger's plugin does
            yield Unusable(target, error)


def _row(target: Target, trace: Trace, settings: Settings, steps: Plan) -> Row:
    found = properties(target)
    engine = target.engine if settings.engine == NATIVE else settings.engine
    try:
        replayed = replay(target, trace, evolve(settings, engine=engine), steps=steps)
    except InputError as error:
        return Row(target, found, None, str(error))
    return Row(target, found, replayed)


def document(row: Row) -> dict[str, object]:
    """Return a row as JSON values: words as hex strings, counts as numbers."""
    return {
        "id": row.target.id,
        "encoding": row.properties.encoding,
        "proposal": row.target.proposal,
        "properties": _properties(row),
        "replay": None if row.replay is None else replay_document(row.replay),
        "refusal": row.refusal or None,
    }


def _properties(row: Row) -> dict[str, object]:
    found, width = row.properties, row.target.geometry.width
    masks = ("set", "cleared", "inverted", "computed")
    plain = ("needs_vma", "gives_up_present", "hides_frame", "software_bits", "swap_offset_bits")
    return {
        **{f"bits_{name}": hexword(getattr(found.changes, name).value, width) for name in masks},
        **{name: getattr(found, name) for name in plain},
        **_findings(found.findings(), width),
        "huge": None if found.huge is None else _findings(found.huge, width),
    }


def _findings(found: dict[str, Finding], width: int) -> dict[str, object]:
    return {name: _finding(one, width) for name, one in found.items()}


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
        "moved": result.moved,
        "counters": result.counters,
        "ledger": [asdict(entry) for entry in result.ledger],
        "cache_flushes": {
            "with_reason": result.flushes("flush_cache", but=UNSTATED),
            "without_reason": result.flushes("flush_cache", reason=UNSTATED),
        },
        "tlb_flushes": result.flushes("flush_tlb"),
        "tlb": result.tlb,
        "walks": result.walks,
        "faults": result.outcomes,
        "spurious_faults": result.spurious_faults,
        "raced_faults": result.raced_faults,
        "paid_by": result.paid,
        "discarded": result.discarded,
        "autonuma_cost": result.autonuma_cost,
    }
