"""How often a task scans: windows by memory size, and the period faults teach it (fair.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archcore.mm.balancer import Balancer
    from archcore.mm.engine import Engine
    from archcore.mm.task import Task

MIB_SHIFT = 20


def nr_scan_windows(engine: Engine, balancer: Balancer, task: Task) -> int:
    """Return how many scans cover the memory a task's address space has mapped."""
    pages = balancer.tuning.scan_size << MIB_SHIFT - engine.geometry.page_shift
    return -(-(task.mm.rss or pages) // pages)


def scan_min(engine: Engine, balancer: Balancer, task: Task) -> int:
    """Return the shortest period, in milliseconds (task_scan_min)."""
    tuning = balancer.tuning
    windows = max(tuning.max_scan_window // tuning.scan_size, 1)
    floor = 1000 // windows
    if not engine.profile.scales_period:
        return tuning.scan_period_min
    return max(floor, tuning.scan_period_min // nr_scan_windows(engine, balancer, task))


def _shared(task: Task, period: int) -> int:
    """Stretch a period by the share of faults that a group shares."""
    group = task.numa_group
    if group is None:
        return period
    shared, private = group.kind(0), group.kind(1)
    return period * len(group.tasks) * (shared + 1) // (private + shared + 1)


def scan_start(engine: Engine, balancer: Balancer, task: Task) -> int:
    """Return the period a task begins with (task_scan_start)."""
    smin = scan_min(engine, balancer, task)
    return max(smin, _shared(task, smin))


def scan_max(engine: Engine, balancer: Balancer, task: Task) -> int:
    """Return the longest period (task_scan_max)."""
    longest = balancer.tuning.scan_period_max
    if not engine.profile.scales_period:
        return longest
    windows = nr_scan_windows(engine, balancer, task)
    smax = longest // windows
    return max(scan_min(engine, balancer, task), smax, _shared(task, smax))


def update_task_scan_period(
    engine: Engine, balancer: Balancer, task: Task, locality: list[int], shared: int, private: int
) -> None:
    """Scan less often where faults are local or private, and where they taught nothing.

    One failed migration is never forgotten, and keeps the period growing, unless the profile mends
    that (B55).
    """
    tuning, profile = balancer.tuning, engine.profile
    if not profile.scales_period:
        return
    remote, local, failed = locality
    if local + shared == 0 or (failed and profile.slows_on_failure):
        task.numa_scan_period = min(task.numa_scan_period_max, task.numa_scan_period * 2)
        task.mm.numa_next_scan = balancer.now + task.numa_scan_period
        if not profile.failure_sticks:
            locality[:] = [0, 0, 0]
        return
    slot = -(-task.numa_scan_period // tuning.period_slots)
    slots, threshold = tuning.period_slots, tuning.period_threshold
    by_node = local * slots // (local + remote) if local + remote else 0
    by_kind = private * slots // (private + shared) if private + shared else 0
    if by_kind >= threshold:
        diff = max(by_kind - threshold, 1) * slot
    elif by_node >= threshold:
        diff = max(by_node - threshold, 1) * slot
    else:
        diff = -(threshold - max(by_node, by_kind)) * slot
    smin = scan_min(engine, balancer, task)
    task.numa_scan_period = max(smin, min(task.numa_scan_period + diff, task.numa_scan_period_max))
    locality[:] = [0, 0, 0]
