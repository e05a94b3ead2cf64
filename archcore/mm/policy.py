"""Placement: where a page belongs, and whether it may move there now (mm/mempolicy.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.mm.frames import NO_NODE, NO_PID
from archcore.mm.knobs import Filter

if TYPE_CHECKING:
    from archcore.mm.engine import Engine
    from archcore.mm.task import Task

SCANS_THAT_LEARN = 4


def mpol_misplaced(engine: Engine, task: Task, pfn: int) -> int | None:
    """Return the node a page should move to, or None if it may stay where it is.

    The default policy: a page belongs to the node that uses it. The fault is remembered in the
    frame, whatever the answer.
    """
    target = task.nid
    allowed = _passes(engine, task, pfn, target)
    return target if allowed and engine.frames.nid(pfn) != target else None


def _passes(engine: Engine, task: Task, pfn: int, target: int) -> bool:
    rule = engine.profile.filter
    if rule is Filter.NEVER:
        return False
    frames = engine.frames
    if rule is Filter.SAME_NODE_TWICE:
        last_nid, frames.last_nid[pfn] = int(frames.last_nid[pfn]), target
        return last_nid == target
    last_nid, last_pid = int(frames.last_nid[pfn]), int(frames.last_pid[pfn])
    frames.last_nid[pfn], frames.last_pid[pfn] = task.nid, task.pid
    return _should_migrate(task, last_nid, last_pid, target)


def _should_migrate(task: Task, last_nid: int, last_pid: int, target: int) -> bool:
    """Decide as should_numa_migrate_memory does without groups (kernel/sched/fair.c)."""
    first_touch = last_pid == NO_PID
    private = last_pid == task.pid
    learning = task.numa_preferred_nid == NO_NODE or task.mm.numa_scan_seq <= SCANS_THAT_LEARN
    if learning and (first_touch or private):
        return True
    return first_touch or last_nid == target
