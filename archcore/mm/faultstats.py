"""What tasks and groups of tasks learn from hint faults: task_numa_fault (kernel/sched/fair.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import define, field

from archcore.mm.frames import NO_NODE, NO_PID
from archcore.mm.period import scan_max, update_task_scan_period

if TYPE_CHECKING:
    from archcore.mm.balancer import Balancer
    from archcore.mm.engine import Engine
    from archcore.mm.task import Task

TNF_MIGRATED, TNF_NO_GROUP, TNF_SHARED, TNF_FAULT_LOCAL, TNF_MIGRATE_FAIL = 1, 2, 4, 8, 16
REMOTE, LOCAL, FAILED = range(3)
SHARED, PRIVATE = range(2)
PIDS = 256
"""A page remembers a task by its number modulo this (LAST__PID_SHIFT)."""
WEIGHT_SHIFT = 16

Key = tuple[int, int]


def same_task(last_pid: int, task: Task) -> bool:
    """Say whether a page remembers a task, of whose number it has room for the low bits."""
    return last_pid != NO_PID and last_pid % PIDS == task.pid % PIDS


@define(eq=False)
class NumaGroup:
    """Tasks that use the same pages; faults are by node and kind (private or shared)."""

    gid: int
    tasks: list[Task] = field(factory=list, repr=False)
    mem: dict[Key, int] = field(factory=dict)
    cpu: dict[Key, int] = field(factory=dict)
    active_nodes: int = 1
    max_faults_cpu: int = 0

    def faults_cpu(self, nid: int) -> int:
        """Return the faults that tasks of the group took while they ran on a node."""
        return self.cpu.get((nid, SHARED), 0) + self.cpu.get((nid, PRIVATE), 0)

    def faults_mem(self, nid: int) -> int:
        """Return the faults the group took on memory of a node."""
        return self.mem.get((nid, SHARED), 0) + self.mem.get((nid, PRIVATE), 0)

    def kind(self, which: int) -> int:
        """Return the faults of one kind, on all nodes."""
        return sum(faults for (_, kind), faults in self.mem.items() if kind == which)


@define(eq=False)
class FaultStats:
    """The statistics of one task, allocated with its first hint fault.

    ``mem`` and ``cpu`` hold pages by node of the memory, or of the CPU, and by kind; the buffers
    what has come in since the last scan window. ``locality`` counts remote, local and failed.
    """

    mem: dict[Key, int] = field(factory=dict)
    cpu: dict[Key, int] = field(factory=dict)
    membuf: dict[Key, int] = field(factory=dict)
    cpubuf: dict[Key, int] = field(factory=dict)
    locality: list[int] = field(factory=lambda: [0, 0, 0])
    total: int = 0
    seen_seq: int = 0
    placed_at: int = 0
    runtime_then: int = 0


def task_numa_fault(
    engine: Engine, task: Task, last: Key, mem_node: int, pages: int, flags: int
) -> None:
    """Take note of a hint fault on ``pages`` pages of a node, once a completed fault.

    ``last`` are node and task of the fault before on the same page.
    """
    task.numa_fault(mem_node, pages, migrated=bool(flags & TNF_MIGRATED))
    balancer = engine.balancer
    if balancer is None or balancer.times_access(mem_node):
        return
    if task.stats is None:
        task.stats = FaultStats()
    stats, last_pid = task.stats, last[1]
    private = int(last_pid == NO_PID or same_task(last_pid, task))
    if not private and not flags & TNF_NO_GROUP:
        _task_numa_group(task, last_pid, flags)
    local = int(bool(flags & TNF_FAULT_LOCAL))
    group = task.numa_group
    if not private and not local and group is not None and group.active_nodes > 1:
        local = int(all(_active(balancer, group, nid) for nid in (task.nid, mem_node)))
    if stats.seen_seq != task.mm.numa_scan_seq:
        task_numa_placement(engine, balancer, task, stats)
    if flags & TNF_MIGRATE_FAIL:
        stats.locality[FAILED] += pages
    _add(stats.membuf, (mem_node, private), pages)
    _add(stats.cpubuf, (task.nid, private), pages)
    stats.locality[local] += pages


def _add(faults: dict[Key, int], key: Key, pages: int) -> None:
    faults[key] = faults.get(key, 0) + pages


def _active(balancer: Balancer, group: NumaGroup, nid: int) -> bool:
    fraction = balancer.tuning.active_node_fraction
    return group.faults_cpu(nid) * fraction > group.max_faults_cpu


def _task_numa_group(task: Task, last_pid: int, flags: int) -> None:
    """Join the group of the task that used the page before, if that one is not the smaller."""
    if task.numa_group is None:
        task.numa_group = NumaGroup(task.pid, [task])
    other = next((one for one in task.mm.tasks if same_task(last_pid, one)), None)
    if other is None or other.numa_group is None or other.numa_group is task.numa_group:
        return
    mine, theirs = task.numa_group, other.numa_group
    smaller = (len(theirs.tasks), theirs.gid) < (len(mine.tasks), mine.gid)
    if smaller or not (other.mm is task.mm or flags & TNF_SHARED):
        return
    mine.tasks.remove(task)
    theirs.tasks.append(task)
    if task.stats is not None:
        for own, old, new in (
            (task.stats.mem, mine.mem, theirs.mem),
            (task.stats.cpu, mine.cpu, theirs.cpu),
        ):
            for key, pages in own.items():
                _add(old, key, -pages)
                _add(new, key, pages)
    task.numa_group = theirs


def task_numa_placement(engine: Engine, balancer: Balancer, task: Task, stats: FaultStats) -> None:
    """Fold a scan window into the statistics, find the preferred node, set the next period."""
    stats.seen_seq = task.mm.numa_scan_seq
    task.numa_scan_period_max = scan_max(engine, balancer, task)
    runtime, period = _average(balancer, task, stats)
    total = stats.locality[REMOTE] + stats.locality[LOCAL]
    kinds = [sum(p for (_, k), p in stats.membuf.items() if k == which) for which in (0, 1)]
    weight = (runtime << WEIGHT_SHIFT) // (period + 1)
    for nid in range(engine.frames.nodes):
        for kind in (SHARED, PRIVATE):
            _decay(task, stats, (nid, kind), weight, total)
    stats.membuf.clear()
    stats.cpubuf.clear()
    _prefer(engine, balancer, task, stats)
    update_task_scan_period(engine, balancer, task, stats.locality, kinds[SHARED], kinds[PRIVATE])


def _average(balancer: Balancer, task: Task, stats: FaultStats) -> tuple[int, int]:
    """Return how long the task ran in how much time since the last placement."""
    runtime = task.sum_exec_runtime - stats.runtime_then
    period = balancer.now - stats.placed_at
    stats.runtime_then, stats.placed_at = task.sum_exec_runtime, balancer.now
    return max(runtime, 0), max(period, 0)


def _decay(task: Task, stats: FaultStats, key: Key, weight: int, total: int) -> None:
    """Let old faults count half, and faults by CPU as much as the task ran."""
    mem = stats.membuf.get(key, 0) - stats.mem.get(key, 0) // 2
    cpu = weight * stats.cpubuf.get(key, 0) // (total + 1) - stats.cpu.get(key, 0) // 2
    _add(stats.mem, key, mem)
    _add(stats.cpu, key, cpu)
    stats.total += mem
    if task.numa_group is not None:
        _add(task.numa_group.mem, key, mem)
        _add(task.numa_group.cpu, key, cpu)


def _prefer(engine: Engine, balancer: Balancer, task: Task, stats: FaultStats) -> None:
    """Prefer the node with most faults, of the group if there is one, that has CPUs."""
    group, nodes = task.numa_group, range(engine.frames.nodes)
    if group is not None:
        busiest = max(map(group.faults_cpu, nodes))
        group.max_faults_cpu = busiest
        group.active_nodes = max(sum(_active(balancer, group, nid) for nid in nodes), 1)
        faults = {nid: group.faults_mem(nid) for nid in nodes}
    else:
        faults = {nid: stats.mem.get((nid, 0), 0) + stats.mem.get((nid, 1), 0) for nid in nodes}
    best = max(nodes, key=faults.__getitem__)
    if not faults[best]:
        return
    with_cpus = [nid for nid in nodes if nid not in balancer.cpuless]
    if best in balancer.cpuless:
        best = min(with_cpus, key=lambda nid: abs(nid - best), default=NO_NODE)
    task.numa_preferred_nid = best
