"""A task: where it runs, and what hint faults taught about the memory it uses."""

from __future__ import annotations

from collections import Counter
from contextvars import ContextVar
from typing import TYPE_CHECKING

from archcore.mm.frames import NO_NODE

if TYPE_CHECKING:
    from archcore.hw.cpu import Cpu
    from archcore.hw.mmu import Access
    from archcore.mm.faultstats import FaultStats, NumaGroup
    from archcore.mm.mm import Mm

CURRENT: ContextVar[Task | None] = ContextVar("current", default=None)
"""The task whose fault is being settled, for each of those that take turns; None outside faults."""


class Task:
    """A thread of an mm on a CPU; ``numa_faults`` counts pages by node, halved every window.

    ``trap`` is the access whose trap the kernel is handling (thread.regs), if it came in by one.
    ``stats`` and ``numa_group`` are what a machine with a balancer keeps besides. Periods, stamps
    and runtime are milliseconds.
    """

    def __init__(self, pid: int, mm: Mm, cpu: Cpu) -> None:
        """Make the task one of the users of its mm."""
        self.pid, self.mm, self.cpu = pid, mm, cpu
        self.trap: Access | None = None
        self.numa_preferred_nid = NO_NODE
        self.numa_faults: Counter[int] = Counter()
        self.numa_pages_migrated = 0
        self.total_numa_faults = 0
        self.stats: FaultStats | None = None
        self.numa_group: NumaGroup | None = None
        self.numa_scan_period = self.numa_scan_period_max = 0
        self.node_stamp = self.sum_exec_runtime = 0
        self._seen_seq = 0
        mm.users += 1
        mm.tasks.append(self)

    @property
    def nid(self) -> int:
        """The node the task runs on."""
        return self.cpu.node

    def numa_fault(self, mem_node: int, pages: int, *, migrated: bool) -> None:
        """Take note of a hint fault on memory of a node (kernel/sched/fair.c, task_numa_fault)."""
        self._placement()
        self.numa_faults[mem_node] += pages
        self.total_numa_faults += pages
        if migrated:
            self.numa_pages_migrated += pages

    def _placement(self) -> None:
        """Once a scan window, prefer the node with most faults and let old faults count half."""
        if self._seen_seq == self.mm.numa_scan_seq or self.stats is not None:
            return
        self._seen_seq = self.mm.numa_scan_seq
        if self.numa_faults:
            faults = self.numa_faults
            self.numa_preferred_nid = max(sorted(faults), key=faults.__getitem__)
        for node in self.numa_faults:
            self.numa_faults[node] //= 2
