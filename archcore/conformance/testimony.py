"""Hearing a witness: every disagreement with the hardware model, one word each."""

from __future__ import annotations

from collections import Counter
from copy import deepcopy
from typing import TYPE_CHECKING

from attrs import field, frozen

from archcore.conformance.specimen import Specimen, specimen
from archcore.hw.mmu import Access
from archcore.hw.outcome import FaultKind, Translation
from archcore.hw.walker import Walker

if TYPE_CHECKING:
    from collections.abc import Callable

    from archcore.conformance.witness import Verdict, Witness
    from archcore.hw.outcome import Fault
    from archcore.target import Target

UNTOLD = {FaultKind.OUTSIDE_MEMORY: "a frame outside the emulated memory"}


@frozen
class Disagreement:
    """One reference on which the model and the witness differ, and a seed to make it again."""

    seed: int
    address: int
    access: Access
    entry: int | None
    model: str
    witness: str


@frozen(eq=False)
class Testimony:
    """What a witness said of one target: how many references agreed, differed, were not told."""

    target: str
    witness: str
    agreed: int
    disagreements: list[Disagreement]
    skipped: Counter[str] = field(factory=Counter)


def hear(
    target: Target,
    heard: Witness,
    seeds: range,
    progress: Callable[[int], None] | None = None,
) -> Testimony:
    """Walk the tables of each seed with the model and the witness: read, write and execute."""
    agreed, differing = 0, []
    skipped: Counter[str] = Counter()
    walker = Walker(target.geometry, heard.mmu(target))
    for seed in seeds:
        tables = specimen(target, seed, top=heard.top(target))
        for address in tables.addresses:
            for access in Access:
                outcome, leaf = _model(walker, tables, address, access)
                verdict = heard.probe(target, tables, address, access)
                reason = verdict.skipped or _untold(outcome, tables)
                if reason:
                    skipped[reason] += 1
                elif _alike(outcome, leaf, verdict):
                    agreed += 1
                else:
                    differing.append(_disagreement(seed, address, access, outcome, verdict))
        if progress:
            progress(1)
    return Testimony(target.id, heard.name, agreed, differing, skipped)


def _model(
    walker: Walker, tables: Specimen, address: int, access: Access
) -> tuple[Translation | Fault, int | None]:
    """Walk a copy, so that every reference begins with the same tables."""
    outcome = walker.walk(deepcopy(tables.memory), tables.root, address, access)
    return outcome, outcome.entry


def _untold(outcome: Translation | Fault, tables: Specimen) -> str | None:
    if isinstance(outcome, Translation):
        return None if outcome.physical < tables.size else UNTOLD[FaultKind.OUTSIDE_MEMORY]
    return UNTOLD.get(outcome.kind)


def _alike(outcome: Translation | Fault, leaf: int | None, verdict: Verdict) -> bool:
    if not isinstance(outcome, Translation) or not verdict.allowed:
        return isinstance(outcome, Translation) is verdict.allowed
    same_place = verdict.physical in (None, outcome.physical)
    return same_place and verdict.leaf in (None, leaf)


def _disagreement(
    seed: int, address: int, access: Access, outcome: Translation | Fault, verdict: Verdict
) -> Disagreement:
    if isinstance(outcome, Translation):
        model = f"translates to {outcome.physical:#x}, leaf {outcome.entry:#x}"
    else:
        model = f"faults: {outcome.kind.value} at {outcome.level}"
    said = "faults"
    if verdict.allowed:
        place = "" if verdict.physical is None else f" to {verdict.physical:#x}"
        leaf = "" if verdict.leaf is None else f", leaf {verdict.leaf:#x}"
        said = f"translates{place}{leaf}"
    return Disagreement(seed, address, access, outcome.entry, model, said)
