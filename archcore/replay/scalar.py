"""The reference engine: one reference after another, each through TLB, walker and fault handler."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import evolve

from archcore.errors import MachineError
from archcore.machine import Machine
from archcore.mm.ledger import Ledger
from archcore.mm.policies import policy_of
from archcore.mm.scan import task_numa_work
from archcore.replay.plan import fitted, plan, shape
from archcore.replay.result import ReplayResult
from archcore.replay.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from archcore.mm.task import Task
    from archcore.replay.plan import Plan, Stretch
    from archcore.target import Target
    from archcore.trace.record import Trace

FIRST_PID = 1
TABLE_FRAMES = 256


def replay(
    target: Target,
    trace: Trace,
    settings: Settings | None = None,
    *,
    steps: Plan | None = None,
    observers: Iterable[object] = (),
    progress: Callable[[int], None] | None = None,
) -> ReplayResult:
    """Drive a trace through a machine of ``target`` and return what the kernel would count.

    ``steps`` is the trace's plan for the target's shape and the settings, if it was made before.
    ``progress`` is called with the number of references done. What the trace
    touches is moved together if its addresses do not fit the target. Raises InputError when it is
    too large for that, MachineError when a reference makes no progress.
    """
    settings = settings or Settings()
    steps = fitted(steps or plan(trace, shape(target), settings), target.geometry.va_bits)
    ledger = Ledger()
    machine = Machine(
        target,
        settings.engine,
        nodes=settings.nodes,
        frames_per_node=settings.frames_per_node or _frames(target, steps, settings),
        observers=(*observers, ledger) if settings.ledger else tuple(observers),
        arrays=settings.arrays,
        zero_page=False,
        thp=settings.thp,
        policy=policy_of(settings.policy),
    )
    mm = machine.mm()
    for area in steps.areas:
        mm.mmap(area.start, area.end, area.flags)
    tasks: dict[int, Task] = {}
    for tid in sorted({stretch.tid for stretch in steps.stretches}):
        tasks[tid] = machine.task(mm, pid=FIRST_PID + tid)
    for stretch in steps.stretches:
        _run(machine, tasks[stretch.tid], steps, stretch)
        if progress:
            progress(stretch.tick + stretch.length)
    return evolve(_result(machine, ledger, trace, settings), moved=steps.moved)


def _frames(target: Target, steps: Plan, settings: Settings) -> int:
    """Return how many frames a node needs at most: each page twice, huge ones in whole."""
    if not settings.thp:
        return 2 * steps.pages + TABLE_FRAMES
    reach = sum(area.end - area.start for area in steps.areas) >> target.geometry.page_shift
    base, upper = target.geometry.levels[:2]
    return 2 * reach + TABLE_FRAMES + (4 << upper.shift - base.shift)


def _run(machine: Machine, task: Task, steps: Plan, stretch: Stretch) -> None:
    """Carry one stretch out; a hit in the TLB costs one call, everything else is rare."""
    machine.run_on(task, stretch.node)
    task_numa_work(machine.engine, task, stretch.tick, steps.scan)
    touch = task.cpu.touch
    window = slice(stretch.first, stretch.last)
    for address, access in zip(steps.addresses[window], steps.accesses[window], strict=True):
        if touch(address, access) is not None and machine.settle(task, address, access):
            raise MachineError(
                f"{access.value} at {address:#x} is not allowed by any VMA of the trace"
            )
    task.cpu.hits += stretch.folded


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
        walks=machine.target.mmu.walks,
        discarded=costs.discarded(),
        outcomes={outcome.name.lower(): n for outcome, n in machine.outcomes.items()},
    )
