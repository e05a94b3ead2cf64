"""A trace laid out for a geometry: steps, stretches, address space; the same for many targets."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from attrs import evolve, frozen

from archcore.errors import UsageError
from archcore.hw.mmu import Access
from archcore.mm.scan import ScanSettings
from archcore.replay.fold import needed
from archcore.replay.space import Area, areas, moved_together
from archcore.trace.record import Op

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from archcore.replay.settings import Settings
    from archcore.target import Target
    from archcore.trace.record import Trace

ACCESS_OF = {Op.READ: Access.READ, Op.WRITE: Access.WRITE, Op.EXECUTE: Access.EXECUTE}
SCANS = 20


@frozen
class Stretch:
    """Neighbouring references of one thread on one node, undisturbed by the scanner.

    It begins at ``tick`` and covers ``length`` references; those from ``first`` up to ``last`` of
    the plan are carried out, the others are hits.
    """

    tid: int
    node: int
    tick: int
    length: int
    first: int
    last: int

    @property
    def folded(self) -> int:
        """The number of references left out."""
        return self.length - (self.last - self.first)


@frozen(eq=False)
class Plan:
    """One address and one access a step, the stretches they fall into, and the VMAs around them.

    ``moved`` says that the addresses are not the trace's.
    """

    addresses: list[int]
    accesses: list[Access]
    stretches: tuple[Stretch, ...]
    scan: ScanSettings
    areas: tuple[Area, ...]
    pages: int
    moved: bool = False


@frozen
class Shape:
    """What a plan depends on besides the trace and the settings; ``pairs`` as of a TlbGeometry."""

    page_shift: int
    tlb_sets: int
    pairs: bool = False


def shape(target: Target) -> Shape:
    """Return the shape of a target."""
    return Shape(target.geometry.page_shift, target.mmu.tlb.sets, target.mmu.tlb.pairs)


def plan(trace: Trace, form: Shape, settings: Settings) -> Plan:
    """Split references at pages and into loads and stores, and cut them into stretches.

    Raises UsageError when the schedule names a node the machine does not have.
    """
    if max(settings.schedule.nodes) >= settings.nodes:
        raise UsageError(
            f"schedule {settings.schedule} names a node beyond the {settings.nodes} there are"
        )
    split = trace.split_at_pages(form.page_shift)
    nodes = settings.schedule.nodes_for(trace)[split.row]
    place, ops = _steps(split.op)
    pages, tids, nodes = split.page[place], split.tid[place], nodes[place]
    period = max(len(place) // SCANS, 1) if settings.scan_period is None else settings.scan_period
    scan = ScanSettings(period=period, size=settings.scan_size)
    cuts = _cuts(tids, nodes, scan)
    keep = np.ones(len(pages), np.bool_)
    if settings.fold and not settings.thp:  # hits of large pages change the order of their own set
        keep = needed(pages, ops, cuts, form.tlb_sets, pairs=form.pairs)
    table = [ACCESS_OF.get(op, Access.READ) for op in Op]
    return Plan(
        (pages[keep] << np.uint64(form.page_shift)).tolist(),
        [table[op] for op in ops[keep].tolist()],
        tuple(_stretches(tids, nodes, cuts, keep)),
        scan,
        areas(trace, form.page_shift),
        len(np.unique(pages)),
    )


def fitted(steps: Plan, va_bits: int) -> Plan:
    """Return a plan for tables that translate so many address bits: moved together if need be.

    Raises InputError where that does not help.
    """
    if not steps.areas or steps.areas[-1].end <= 1 << va_bits:
        return steps
    places = moved_together(steps.areas, va_bits)
    starts, to = (
        np.array([area.start for area in one], np.uint64) for one in (steps.areas, places)
    )
    addresses = np.array(steps.addresses, np.uint64)
    owner = np.searchsorted(starts, addresses, side="right") - 1
    moved = (addresses - starts[owner] + to[owner]).tolist()
    return evolve(steps, addresses=moved, areas=places, moved=True)


def _steps(ops: NDArray[np.uint8]) -> tuple[NDArray[np.intp], NDArray[np.uint8]]:
    """Return for each step its reference and its operation: a MODIFY loads and then stores."""
    place = np.repeat(np.arange(len(ops)), np.where(ops == Op.MODIFY, 2, 1))
    second = np.diff(place, prepend=-1) == 0
    modified = np.where(second, Op.WRITE, Op.READ).astype(np.uint8)
    return place, np.where(ops[place] == Op.MODIFY, modified, ops[place])


def _cuts(
    tids: NDArray[np.uint32], nodes: NDArray[np.int32], scan: ScanSettings
) -> NDArray[np.intp]:
    """Return where stretches begin, and the end."""
    length = len(tids)
    changes = np.flatnonzero((np.diff(tids) != 0) | (np.diff(nodes) != 0)) + 1
    scans = np.arange(scan.delay, length, scan.period)
    return np.unique(np.concatenate([[0], changes, scans, [length]]))


def _stretches(
    tids: NDArray[np.uint32],
    nodes: NDArray[np.int32],
    cuts: NDArray[np.intp],
    keep: NDArray[np.bool_],
) -> Iterator[Stretch]:
    kept = np.concatenate([[0], np.cumsum(keep)])
    for start, end in pairwise(cuts.tolist()):
        first, last = int(kept[start]), int(kept[end])
        yield Stretch(int(tids[start]), int(nodes[start]), start, end - start, first, last)
