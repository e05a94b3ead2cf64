"""Placement: where a page belongs, and whether it may go there. A policy brings its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from archcore.hookspecs.marks import ask

if TYPE_CHECKING:
    from archcore.hookspecs.marks import Task, Vma

Engine: TypeAlias = Any


@ask
def mpol_misplaced(engine: Engine, task: Task, vma: Vma, addr: int, pfn: int) -> int | None:
    """Return the node a page should move to after a hint fault, None if it may stay.

    Called once a fault, under the lock of the entry, between the second look and the disarming.
    """


@ask
def should_numa_migrate_memory(
    engine: Engine, task: Task, pfn: int, src_nid: int, dst_nid: int
) -> bool:
    """Say whether a page may move from one node to another now; asked by the default policy.

    The fault is remembered in the page, whatever the answer.
    """
