"""The reference engine: one reference after another, each through TLB, walker and fault handler."""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from attrs import field, frozen

from archcore.errors import MachineError, UsageError
from archcore.hw.mmu import Access
from archcore.machine import Machine
from archcore.mm.ledger import Ledger
from archcore.mm.scan import ScanSettings, task_numa_work
from archcore.replay.result import ReplayResult
from archcore.replay.space import map_trace
from archcore.trace.record import Op
from archcore.trace.schedule import DEFAULT_SCHEDULE, Schedule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from numpy.typing import NDArray

    from archcore.mm.task import Task
    from archcore.target import Target
    from archcore.trace.record import Trace

STEPS = {
    Op.READ: (Access.READ,),
    Op.WRITE: (Access.WRITE,),
    Op.MODIFY: (Access.READ, Access.WRITE),
    Op.EXECUTE: (Access.EXECUTE,),
}
FIRST_PID = 1
SCANS = 20
SCAN_SIZE = 1 << 20


@frozen(kw_only=True)
class Settings:
    """How to replay: the engine profile, the nodes, who runs where, and the scanner.

    ``scan_period`` is in steps, None scans twenty times in a trace; ``scan_size`` is in bytes.
    ``frames_per_node`` None takes as many as the trace can need. ``ledger`` observes maintenance
    calls with their reasons; without it no hook is called through pluggy.
    """

    engine: str = "v6.1"
    nodes: int = 2
    schedule: Schedule = field(factory=partial(Schedule.parse, DEFAULT_SCHEDULE))
    scan_period: int | None = None
    scan_size: int = SCAN_SIZE
    frames_per_node: int | None = None
    arrays: bool = True
    ledger: bool = True


@frozen
class Stretch:
    """Neighbouring references of one thread on one node, from ``first`` up to ``last``."""

    tid: int
    node: int
    first: int
    last: int


@frozen(eq=False)
class Plan:
    """A trace laid out for a target: one address and one access a step, cut into stretches."""

    addresses: list[int]
    accesses: list[Access]
    stretches: tuple[Stretch, ...]
    scan: ScanSettings


def plan(trace: Trace, page_shift: int, settings: Settings) -> Plan:
    """Split references at pages and into loads and stores; cut where the node or thread changes.

    A stretch also ends where the scanner may run. Raises UsageError when the schedule names a
    node the machine does not have.
    """
    if max(settings.schedule.nodes) >= settings.nodes:
        msg = f"schedule {settings.schedule} names a node beyond the {settings.nodes} there are"
        raise UsageError(msg)
    split = trace.split_at_pages(page_shift)
    nodes = settings.schedule.nodes_for(trace)[split.row]
    repeats = np.where(split.op == Op.MODIFY, 2, 1)
    place = np.repeat(np.arange(len(split.page)), repeats)
    second = np.diff(place, prepend=-1) == 0
    ops = split.op[place]
    ops = np.where(ops == Op.MODIFY, np.where(second, Op.WRITE, Op.READ), ops)
    table = [STEPS[op][0] for op in Op]
    period = max(len(place) // SCANS, 1) if settings.scan_period is None else settings.scan_period
    scan = ScanSettings(period=period, size=settings.scan_size)
    return Plan(
        (split.page[place] << np.uint64(page_shift)).tolist(),
        [table[op] for op in ops.tolist()],
        tuple(_stretches(split.tid[place], nodes[place], scan)),
        scan,
    )


def _stretches(
    tids: NDArray[np.uint32], nodes: NDArray[np.int32], scan: ScanSettings
) -> Iterator[Stretch]:
    length = len(tids)
    changes = np.flatnonzero((np.diff(tids) != 0) | (np.diff(nodes) != 0)) + 1
    scans = np.arange(scan.delay, length, scan.period)
    cuts = np.unique(np.concatenate([[0], changes, scans, [length]])).tolist()
    for first, last in pairwise(cuts):
        yield Stretch(int(tids[first]), int(nodes[first]), first, last)


def replay(
    target: Target,
    trace: Trace,
    settings: Settings | None = None,
    *,
    observers: Iterable[object] = (),
    progress: Callable[[int], None] | None = None,
) -> ReplayResult:
    """Drive a trace through a machine of ``target`` and return what the kernel would count.

    ``progress`` is called with the number of steps done. Raises MachineError when a reference
    makes no progress or hits nothing mapped.
    """
    settings = settings or Settings()
    steps = plan(trace, target.geometry.page_shift, settings)
    ledger = Ledger()
    watching = (*observers, ledger) if settings.ledger else tuple(observers)
    machine = Machine(
        target,
        settings.engine,
        nodes=settings.nodes,
        frames_per_node=settings.frames_per_node or _frames_for(target, trace),
        observers=watching,
        arrays=settings.arrays,
        zero_page=False,
    )
    mm = machine.mm()
    map_trace(mm, trace)
    tasks = {tid: machine.task(mm, pid=FIRST_PID + tid) for tid in np.unique(trace.tid).tolist()}
    for stretch in steps.stretches:
        _run(machine, tasks[stretch.tid], steps, stretch)
        if progress:
            progress(stretch.last)
    return _result(machine, ledger, trace, settings)


def _run(machine: Machine, task: Task, steps: Plan, stretch: Stretch) -> None:
    """Carry one stretch out; a hit in the TLB costs one call, everything else is rare."""
    machine.run_on(task, stretch.node)
    task_numa_work(machine.engine, task, stretch.first, steps.scan)
    touch = task.cpu.touch
    window = slice(stretch.first, stretch.last)
    for address, access in zip(steps.addresses[window], steps.accesses[window], strict=True):
        if touch(address, access) is not None and machine.settle(task, address, access):
            msg = f"{access.value} at {address:#x} is not allowed by any VMA of the trace"
            raise MachineError(msg)


def _frames_for(target: Target, trace: Trace) -> int:
    """Return frames for every page on every node, the tables above them, and some more."""
    pages = len(trace.pages(target.geometry.page_shift))
    return 2 * pages + 256


def _result(machine: Machine, ledger: Ledger, trace: Trace, settings: Settings) -> ReplayResult:
    costs = machine.engine.costs
    kinds = sorted({what for _, what in costs.units})
    totals = [cpu.snapshot() for cpu in machine.cpus]
    return ReplayResult(
        target=machine.target.id,
        engine=settings.engine,
        references=len(trace),
        counters=machine.vmstat.snapshot(),
        ledger=ledger.entries(),
        tlb={name: sum(total[name] for total in totals) for name in totals[0]},
        paid={kind: costs.paid(kind) for kind in kinds},
        outcomes={outcome.name.lower(): n for outcome, n in machine.outcomes.items()},
    )
