"""References to pages, and what becomes of the contents of a page nobody needs any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.errors import MachineError
from archcore.hw.seam import Place, Step
from archcore.mm.reason import Reason

if TYPE_CHECKING:
    from archcore.hw.cache import DataCache
    from archcore.mm.engine import Engine
    from archcore.mm.task import Task
    from archcore.mm.vma import Vma


def put_page(engine: Engine, pfn: int) -> None:
    """Drop a reference to the page a frame is part of, and with the last one its contents."""
    head, size = engine.frames.head(pfn), engine.frames.size(pfn)
    if engine.frames.put(head):
        drop_contents(engine, head, size)


def drop_contents(engine: Engine, head: int, count: int) -> None:
    """Forget what neighbouring freed frames held; whoever takes them next finds zeros.

    That stands for the clearing of each new page. Lines that user space has left in a virtually
    indexed cache stay, as no clearing reaches them, unless the architecture sees to that.
    """
    engine.memory.drop_frames(head, count)
    if engine.dcache is not None:
        for pfn in engine.dcache.frames() & set(range(head, head + count)):
            engine.dcache.drop_frame(pfn)
            _flush_written(engine, engine.dcache, pfn)


def _flush_written(engine: Engine, dcache: DataCache, pfn: int) -> None:
    mapping = pfn in engine.frames.mapping
    engine.hooks.flush_dcache_page(dcache, pfn, mapping, Reason.KERNEL_WROTE)


def new_page(engine: Engine, task: Task) -> int:
    """Return a fresh page near the task; raises MachineError where there is none."""
    pfn = engine.frames.allocate(task.nid)
    if pfn is None:
        msg = "out of memory: every frame of every node is taken; give the machine more"
        raise MachineError(msg)
    return pfn


def copy_page(engine: Engine, src: int, dst: int, count: int = 1) -> None:
    """Copy neighbouring frames, through the caches if they hold data; others may run before."""
    if engine.seam is not None:
        engine.seam.point(Step.COPY, Place("frame", src))
    if engine.dcache is not None:
        _copy_cached(engine, engine.dcache, src, dst, count)
    elif count == 1:
        engine.memory.copy_frame(src, dst)
    else:
        engine.memory.copy_frames(src, dst, count)
    engine.costs.charge("pages_copied", count)


def _copy_cached(engine: Engine, dcache: DataCache, src: int, dst: int, count: int) -> None:
    """Copy through the linear map, as far as there is anything but zeros."""
    known, shared = dcache.frames() | set(engine.memory.frames), engine.frames.mapping
    shared.update(dst + at for at in range(count) if src + at in shared)
    for at in range(count):
        if src + at in known:
            dcache.copy_frame(src + at, dst + at)
            dcache.flush_frame(src + at)
            _flush_written(engine, dcache, dst + at)
        else:
            engine.memory.drop_frame(dst + at)


def read_page(engine: Engine, pfn: int) -> bytes:
    """Return the contents of a frame as the kernel sees them."""
    if engine.dcache is not None:
        return engine.dcache.read_frame(pfn)
    return engine.memory.read(pfn << engine.geometry.page_shift, engine.geometry.page_size)


def write_page(engine: Engine, pfn: int, data: bytes) -> None:
    """Give a frame its contents."""
    if engine.dcache is not None:
        engine.dcache.write_frame(pfn, data)
        _flush_written(engine, engine.dcache, pfn)
    else:
        engine.memory.write(pfn << engine.geometry.page_shift, data)


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
