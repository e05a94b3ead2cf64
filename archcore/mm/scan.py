"""The scanner: arm a stretch of the address space every period (kernel/sched/fair.c).

Time is counted in ticks; a replay's tick is one reference.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import field, frozen

from archcore.errors import UsageError
from archcore.mm.protect import change_prot_numa

if TYPE_CHECKING:
    from collections.abc import Callable

    from archcore.mm.engine import Engine
    from archcore.mm.task import Task
    from archcore.mm.vma import Vma

VIRTUAL_FACTOR = 8  # task_numa_work: address space passed over may be eight times the scan size


def _positive(_: object, attribute: object, value: int) -> None:
    if value < 1:
        msg = f"{getattr(attribute, 'name', 'value')} of a scan must be at least 1, not {value}"
        raise UsageError(msg)


@frozen
class ScanSettings:
    """When and how much: ``period`` and ``delay`` in ticks, ``size`` in bytes a time."""

    period: int = field(default=10_000, validator=_positive)
    size: int = field(default=1 << 20, validator=_positive)
    delay: int = field(default=0)


def task_numa_work(engine: Engine, task: Task, now: int, settings: ScanSettings) -> int:
    """Scan if it is time; return how many base pages were armed."""
    mm = task.mm
    if mm.numa_next_scan is None:
        mm.numa_next_scan = now + settings.delay
    if now < mm.numa_next_scan or not gate_open(engine, task):
        return 0
    mm.numa_next_scan = now + settings.period
    if not engine.profile.trylock:
        with engine.locks.mmap_read(mm):
            return scan(engine, task, settings.size)
    with engine.locks.mmap_read_trylock(mm) as locked:
        return scan(engine, task, settings.size) if locked else 0


def gate_open(engine: Engine, task: Task) -> bool:
    """Before Linux 3.9, wait until a task of the mm has run off its first node."""
    mm = task.mm
    if not engine.profile.first_node_gate or mm.first_nid == -1:
        return True
    if mm.first_nid is None:
        mm.first_nid = task.nid
    if mm.first_nid == task.nid:
        return False
    mm.first_nid = -1
    return True


def scan(
    engine: Engine,
    task: Task,
    size: int,
    may_scan: Callable[[Vma], bool] | None = None,
    done: Callable[[Vma], None] | None = None,
) -> int:
    """Arm from the offset on until the budget is used up; wrap at the end of the address space.

    ``may_scan`` is asked about each VMA that could be, and ``done`` hears of those that were
    scanned to their end.
    """
    mm, profile = task.mm, engine.profile
    huge = engine.geometry.levels[1].size if len(engine.geometry.levels) > 1 else size
    budget, virtual, armed = size, size * VIRTUAL_FACTOR, 0
    for vma in list(mm.vmas):
        if vma.vm_end <= mm.numa_scan_offset or not _suits(engine, vma, huge):
            continue
        if may_scan is not None and not may_scan(vma):
            continue
        start = max(vma.vm_start, mm.numa_scan_offset)
        while start < vma.vm_end:
            end = min(-(-(start + budget) // huge) * huge, vma.vm_end)
            pages = change_prot_numa(engine, task, vma, start, end)
            armed += pages
            if profile.budget_counts_changes:
                budget -= pages * engine.geometry.page_size
            else:
                budget -= (end - start) if pages else 0
                virtual -= end - start
            start = end
            if budget <= 0 or virtual <= 0:
                mm.numa_scan_offset = start
                return armed
        if done is not None:
            done(vma)
    mm.numa_scan_offset = 0
    mm.numa_scan_seq += 1
    return armed


def _suits(engine: Engine, vma: Vma, huge: int) -> bool:
    """Say whether a VMA's pages may be hinted at all."""
    fixed = vma.hugetlb or not vma.migratable
    small = not engine.profile.small_vmas and vma.vm_end - vma.vm_start < huge
    return vma.accessible and not fixed and not small
