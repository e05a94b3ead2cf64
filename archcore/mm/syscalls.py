"""What a program asks of its address space: mprotect, madvise, munmap (mm/mprotect.c and others).

The caller pays. A range that no VMA covers throughout is a broken program: MachineError.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.errors import MachineError
from archcore.mm.change import Cause, Change
from archcore.mm.costs import Payer
from archcore.mm.protect import change_protection
from archcore.mm.zap import zap_page_range
from archcore.vmflags import VM_SHARED, VmFlags

if TYPE_CHECKING:
    from archcore.mm.engine import Engine
    from archcore.mm.mm import Mm
    from archcore.mm.task import Task
    from archcore.mm.vma import Vma


def mprotect(engine: Engine, task: Task, start: int, end: int, flags: VmFlags) -> int:
    """Give a range other rights and return how many base pages changed.

    VMAs are cut at the ends of the range, and joined with neighbours that are like them afterwards.
    """
    mm, changed = task.mm, 0
    with engine.costs.paying(Payer.CALLER), engine.locks.mmap_write(mm):
        for vma in covering(engine, mm, start, end):
            wanted = VmFlags(flags | vma.vm_flags & VM_SHARED)
            if wanted == vma.vm_flags:
                continue
            part = mm.vmas.isolate(vma, start, end)
            part.set_flags(wanted, engine.hooks.vm_get_page_prot(int(wanted)))
            change = Change(Cause.MPROTECT, part.vm_page_prot)
            changed += change_protection(engine, task, part, part.vm_start, part.vm_end, change)
        mm.vmas.merge()
    return changed


def madvise_dontneed(engine: Engine, task: Task, start: int, end: int) -> int:
    """Throw the pages of a range away (MADV_DONTNEED) and return how many entries went.

    The mmap lock is held for readers only, so faults and scanners are about.
    """
    mm = task.mm
    with engine.costs.paying(Payer.CALLER), engine.locks.mmap_read(mm):
        return sum(
            zap_page_range(engine, vma, max(vma.vm_start, start), min(vma.vm_end, end))
            for vma in covering(engine, mm, start, end)
        )


def munmap(engine: Engine, task: Task, start: int, end: int) -> None:
    """Take a range out of the address space."""
    mm = task.mm
    with engine.costs.paying(Payer.CALLER), engine.locks.mmap_write(mm):
        for vma in mm.vmas.overlapping(start, end):
            part = mm.vmas.isolate(vma, start, end)
            zap_page_range(engine, part, part.vm_start, part.vm_end)
            mm.vmas.remove(part)


def covering(engine: Engine, mm: Mm, start: int, end: int) -> tuple[Vma, ...]:
    """Return the VMAs of a range; raises MachineError for a gap or an end within a page."""
    found, reached = mm.vmas.overlapping(start, end), start
    for vma in found:
        if vma.vm_start > reached:
            break
        reached = vma.vm_end
    if reached < end or start >= end or (start | end) % engine.geometry.page_size:
        msg = f"no VMAs cover the range {start:#x} to {end:#x}; map it first, in whole pages"
        raise MachineError(msg)
    return found
