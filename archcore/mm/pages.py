"""References to pages, and what becomes of the contents of a page nobody needs any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.errors import MachineError
from archcore.hw.seam import Place, Step

if TYPE_CHECKING:
    from archcore.mm.engine import Engine
    from archcore.mm.task import Task
    from archcore.mm.vma import Vma


def put_page(engine: Engine, pfn: int) -> None:
    """Drop a reference to the page a frame is part of, and with the last one its contents."""
    head, size = engine.frames.head(pfn), engine.frames.size(pfn)
    if engine.frames.put(head):
        engine.memory.drop_frames(head, size)


def new_page(engine: Engine, task: Task) -> int:
    """Return a fresh page near the task; raises MachineError where there is none."""
    pfn = engine.frames.allocate(task.nid)
    if pfn is None:
        msg = "out of memory: every frame of every node is taken; give the machine more"
        raise MachineError(msg)
    return pfn


def copy_page(engine: Engine, src: int, dst: int, count: int = 1) -> None:
    """Copy neighbouring frames; others may run before."""
    if engine.seam is not None:
        engine.seam.point(Step.COPY, Place("frame", src))
    if count == 1:
        engine.memory.copy_frame(src, dst)
    else:
        engine.memory.copy_frames(src, dst, count)
    engine.costs.charge("pages_copied", count)


def maybe_mkwrite(engine: Engine, vma: Vma, pte: int) -> int:
    """Return the entry writable if the VMA is."""
    if vma.writable:
        pte = engine.hooks.pte_mkwrite(pte, vma)
    return pte


def can_change_writable(engine: Engine, vma: Vma, pfn: int) -> bool:
    """Say whether a page may be written without a fault (can_change_pte_writable, Linux 6.2 on).

    A private page must belong to this process alone.
    """
    if not vma.writable or not vma.private or pfn >= engine.frames.total:
        return False
    return bool(engine.frames.exclusive[pfn])
