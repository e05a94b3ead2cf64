"""Placement: where a page belongs, and whether it may move there now (mm/mempolicy.c)."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from attrs import frozen

from archcore.hookspecs import hookimpl
from archcore.mm.faultstats import same_task
from archcore.mm.frames import NO_NODE, NO_PID
from archcore.mm.knobs import Filter
from archcore.mm.promote import should_promote

if TYPE_CHECKING:
    from archcore.mm.engine import Engine
    from archcore.mm.task import Task
    from archcore.mm.vma import Vma

SCANS_THAT_LEARN = 4
GROUP_LEAD = 3


class Mpol(Enum):
    """The modes of a memory policy that say where a page belongs."""

    LOCAL = "on the node that uses it"
    PREFERRED = "on the first of the nodes"
    BIND = "on any of the nodes"
    INTERLEAVE = "on the nodes in turn, by its place in the VMA"


@frozen
class Mempolicy:
    """The policy of one VMA, for ``Vma.mempolicy``.

    ``mof`` migrates on fault at all (MPOL_F_MOF); ``moron`` to the node of the fault
    (MPOL_F_MORON).
    """

    mode: Mpol
    nodes: tuple[int, ...] = ()
    mof: bool = True
    moron: bool = False


DEFAULT = Mempolicy(Mpol.LOCAL, moron=True)


@frozen
class Placement:
    """The kernel's policy: a page belongs to the node that uses it, unless its VMA says otherwise.

    As a layer of its own it is replaced by whatever policy a machine is given.
    """

    @hookimpl
    def mpol_misplaced(
        self, engine: Engine, task: Task, vma: Vma, addr: int, pfn: int
    ) -> int | None:
        """Find the node; a page that is to follow its user has to pass the filter."""
        policy = vma.mempolicy if isinstance(vma.mempolicy, Mempolicy) else DEFAULT
        if not policy.mof:
            return None
        src, here = engine.frames.nid(pfn), task.nid
        dst = _belongs(engine, policy, vma, addr, src, here)
        if dst is None:
            return None
        if policy.moron:
            dst = here
            may: bool = engine.hooks.should_numa_migrate_memory(engine, task, pfn, src, dst)
            if not may:
                return None
        return dst if dst != src else None

    @hookimpl
    def should_numa_migrate_memory(
        self, engine: Engine, task: Task, pfn: int, src_nid: int, dst_nid: int
    ) -> bool:
        """Filter as the profile says."""
        rule = engine.profile.filter
        if rule is Filter.NEVER:
            return False
        frames = engine.frames
        if rule is Filter.SAME_NODE_TWICE:
            last_nid, frames.last_nid[pfn] = int(frames.last_nid[pfn]), dst_nid
            return last_nid == dst_nid
        balancer = engine.balancer
        if balancer is not None and balancer.times_access(src_nid):
            return dst_nid not in balancer.slow_nodes and should_promote(
                engine, balancer, pfn, src_nid, dst_nid
            )
        last_nid, last_pid = int(frames.last_nid[pfn]), int(frames.last_pid[pfn])
        frames.last_nid[pfn], frames.last_pid[pfn] = task.nid, task.pid
        if balancer is not None and src_nid in balancer.slow_nodes and last_pid == NO_PID:
            return False
        private = last_pid == task.pid if balancer is None else same_task(last_pid, task)
        return _should_migrate(task, last_nid, last_pid, src_nid, dst_nid, private=private)


def _belongs(
    engine: Engine, policy: Mempolicy, vma: Vma, addr: int, src: int, here: int
) -> int | None:
    """Return the node a policy names; None where the page is well placed by its own rules."""
    if policy.mode is Mpol.INTERLEAVE:
        place = (addr - vma.vm_start) >> engine.geometry.page_shift
        return policy.nodes[place % len(policy.nodes)]
    if policy.mode is Mpol.PREFERRED:
        return policy.nodes[0]
    if policy.mode is Mpol.BIND:
        if policy.moron:
            return here if here in policy.nodes else None
        return None if src in policy.nodes else policy.nodes[0]
    return here


def _should_migrate(
    task: Task, last_nid: int, last_pid: int, src: int, dst: int, *, private: bool
) -> bool:
    """Decide as should_numa_migrate_memory does from the last fault on (kernel/sched/fair.c)."""
    first_touch = last_pid == NO_PID
    learning = task.numa_preferred_nid == NO_NODE or task.mm.numa_scan_seq <= SCANS_THAT_LEARN
    if learning and (first_touch or private):
        return True
    if not first_touch and last_nid != dst:
        return False
    group = task.numa_group
    if private or first_touch or group is None:
        return True
    cpu_src, cpu_dst = group.faults_cpu(src), group.faults_cpu(dst)
    if cpu_dst > cpu_src * GROUP_LEAD:
        return True
    lead = GROUP_LEAD + 1
    return cpu_dst * group.faults_mem(src) * GROUP_LEAD > cpu_src * group.faults_mem(dst) * lead


@frozen
class Stay:
    """The null policy: every page stays where it is, so that a hint fault only disarms (M4)."""

    @hookimpl
    def mpol_misplaced(self) -> int | None:
        """Never move a page."""
        return None
