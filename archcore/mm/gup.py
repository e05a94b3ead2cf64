"""get_user_pages: references to user pages, and pins for devices (mm/gup.c)."""

from __future__ import annotations

from enum import Flag, auto
from typing import TYPE_CHECKING

from archcore.hw.mmu import Access
from archcore.hw.seam import Place, Step
from archcore.mm.fault import Outcome, fault_in
from archcore.mm.hugepages import Pmd, pmd_kind
from archcore.mm.knobs import GupRule
from archcore.mm.pages import put_page
from archcore.mm.table_hint import is_hinted_table

if TYPE_CHECKING:
    from archcore.mm.engine import Engine
    from archcore.mm.slot import Slot
    from archcore.mm.task import Task
    from archcore.mm.vma import Vma

TRIES = 16


class Foll(Flag):
    """What the caller wants (include/linux/mm_types.h); HINTS is FOLL_NUMA of Linux 3.8 as well."""

    NONE = 0
    WRITE = auto()
    FORCE = auto()
    PIN = auto()
    HONOR_NUMA_FAULT = auto()


def can_follow(rule: GupRule, flags: Foll, *, hinted: bool, accessible: bool) -> bool:
    """Say whether a present entry of a VMA may be followed (gup_can_follow_protnone).

    ``hinted`` is what the entry says; in an inaccessible VMA that is a genuine none.
    """
    if not hinted or rule is GupRule.FOLLOWS:
        return True
    if rule is GupRule.NOT_FORCED:
        return Foll.FORCE in flags
    return Foll.HONOR_NUMA_FAULT not in flags or (rule is GupRule.HONORED and not accessible)


def get_user_pages(engine: Engine, task: Task, address: int, flags: Foll) -> int | Outcome:
    """Return the frame behind an address with a reference (a pin, if asked), faulting it in.

    SIGSEGV where the VMA forbids the access, RETRY where no page came after many faults.
    """
    if engine.profile.gup is GupRule.FOLL_NUMA and Foll.FORCE not in flags:
        flags |= Foll.HONOR_NUMA_FAULT
    with engine.locks.mmap_read(task.mm):
        vma = task.mm.vmas.find(address)
        if vma is None or _refused(vma, flags):
            return Outcome.SIGSEGV
        access = Access.WRITE if Foll.WRITE in flags else Access.READ
        for _ in range(TRIES):
            pfn = follow_page(engine, vma, address, flags)
            if pfn is not None:
                return pfn
            fault_in(engine, task, vma, address, access)
    return Outcome.RETRY


def _refused(vma: Vma, flags: Foll) -> bool:
    """Say whether a VMA forbids the access (check_vma_flags)."""
    if Foll.WRITE in flags:
        return not vma.writable and not (Foll.FORCE in flags and vma.private)
    return not vma.accessible and Foll.FORCE not in flags


def follow_page(engine: Engine, vma: Vma, address: int, flags: Foll) -> int | None:
    """Return the frame an entry maps, with a reference, or None where a fault has to come first."""
    hooks, mm = engine.hooks, vma.vm_mm
    if engine.huge is not None:
        upper = mm.tables.pmd(address)
        if upper is not None and pmd_kind(hooks, hooks.pmdp_get(upper)) is Pmd.HUGE:
            with engine.locks.pmd(mm, upper):
                return _huge(engine, vma, address, upper, flags)
    if is_hinted_table(engine, vma, address) and not _may(engine, vma, flags, hinted=True):
        return None
    slot = mm.tables.slot(address)
    return None if slot is None else _small(engine, vma, slot, flags)


def _small(engine: Engine, vma: Vma, slot: Slot, flags: Foll) -> int | None:
    hooks = engine.hooks
    with engine.locks.pte(vma.vm_mm, slot):
        pte = hooks.ptep_get(slot)
        if hooks.pte_none(pte) or not hooks.pte_present(pte):
            return None
        hinted, pfn = bool(hooks.pte_numa(vma, pte)), engine.page(pte)
        if pfn is None and hooks.pte_pfn(pte) == engine.zero_page and Foll.WRITE not in flags:
            return _grab(engine, hooks.pte_pfn(pte), flags)
        if pfn is None or not _may(engine, vma, flags, hinted=hinted):
            return None
        if not _may_write(engine, vma, pfn, flags, write=bool(hooks.pte_write(pte))):
            return None
        return _grab(engine, pfn, flags)


def _huge(engine: Engine, vma: Vma, address: int, slot: Slot, flags: Foll) -> int | None:
    hooks = engine.hooks
    pmd = hooks.pmdp_get(slot)
    if pmd_kind(hooks, pmd) is not Pmd.HUGE:
        return None
    hinted = bool(hooks.pmd_numa(vma, pmd))
    pfn = hooks.pmd_pfn(pmd)
    if engine.huge is None or pfn == engine.huge.zero:
        return None
    if not _may(engine, vma, flags, hinted=hinted):
        return None
    if not _may_write(engine, vma, pfn, flags, write=bool(hooks.pmd_write(pmd))):
        return None
    pfn += (address & (engine.huge.size - 1)) >> engine.geometry.page_shift
    return _grab(engine, pfn, flags)


def _may(engine: Engine, vma: Vma, flags: Foll, *, hinted: bool) -> bool:
    return can_follow(engine.profile.gup, flags, hinted=hinted, accessible=vma.accessible)


def _may_write(engine: Engine, vma: Vma, pfn: int, flags: Foll, *, write: bool) -> bool:
    """Say whether the entry allows what is wanted (can_follow_write_pte)."""
    forced = Foll.FORCE in flags and vma.private and not vma.writable
    own = forced and bool(engine.frames.exclusive[pfn])
    return Foll.WRITE not in flags or write or own


def _grab(engine: Engine, pfn: int, flags: Foll) -> int:
    engine.frames.get(pfn)
    if Foll.PIN in flags:
        engine.frames.pins[engine.frames.head(pfn)] += 1
    return pfn


def _try_grab(engine: Engine, pfn: int, flags: Foll) -> bool:
    """Take a reference unless the page is free by now (try_grab_folio); others may run before."""
    if engine.seam is not None:
        engine.seam.point(Step.GRAB, Place("frame", pfn))
    alive = bool(engine.frames.refcount[engine.frames.head(pfn)])
    if alive:
        _grab(engine, pfn, flags)
    return alive


def put_user_page(engine: Engine, pfn: int, flags: Foll) -> None:
    """Give a reference back that get_user_pages took with the same flags."""
    if Foll.PIN in flags:
        engine.frames.pins[engine.frames.head(pfn)] -= 1
    put_page(engine, pfn)


def get_user_pages_fast(engine: Engine, task: Task, address: int, flags: Foll) -> int | Outcome:
    """Return the frame as get_user_pages does, without locks where the entry allows it.

    The walk takes a reference first and then looks whether the entry is still the same; others may
    run in between.
    """
    vma = task.mm.vmas.find(address)
    pfn = None if vma is None else _fast(engine, vma, address, flags)
    return get_user_pages(engine, task, address, flags) if pfn is None else pfn


def _fast(engine: Engine, vma: Vma, address: int, flags: Foll) -> int | None:
    hooks, mm = engine.hooks, vma.vm_mm
    upper = None if engine.huge is None else mm.tables.pmd(address)
    if upper is not None:
        pmd = hooks.pmdp_get(upper)
        if pmd_kind(hooks, pmd) is Pmd.HUGE:
            return _fast_huge(engine, vma, address, upper, pmd, flags)
    slot = mm.tables.slot(address)
    pte = 0 if slot is None else hooks.ptep_get(slot)
    if slot is None or hooks.pte_none(pte) or not hooks.pte_present(pte):
        return None
    pfn = engine.page(pte)
    closed = not _fast_may(engine, flags, hinted=bool(hooks.pte_numa(vma, pte)))
    if pfn is None or closed or (Foll.WRITE in flags and not hooks.pte_write(pte)):
        return None
    if not _try_grab(engine, pfn, flags):
        return None
    if not engine.profile.gup_rechecks or hooks.pte_same(pte, hooks.ptep_get(slot)):
        return pfn
    put_user_page(engine, pfn, flags)
    return None


def _fast_huge(
    engine: Engine, vma: Vma, address: int, slot: Slot, pmd: int, flags: Foll
) -> int | None:
    hooks, huge = engine.hooks, engine.huge
    closed = not _fast_may(engine, flags, hinted=bool(hooks.pmd_numa(vma, pmd)))
    pfn = hooks.pmd_pfn(pmd)
    if huge is None or pfn == huge.zero or closed:
        return None
    if Foll.WRITE in flags and not hooks.pmd_write(pmd):
        return None
    pfn += (address & (huge.size - 1)) >> engine.geometry.page_shift
    if not _try_grab(engine, pfn, flags):
        return None
    if not engine.profile.gup_rechecks or hooks.pmd_same(pmd, hooks.pmdp_get(slot)):
        return int(pfn)
    put_user_page(engine, pfn, flags)
    return None


def _fast_may(engine: Engine, flags: Foll, *, hinted: bool) -> bool:
    """Say whether the walk without locks may follow an entry: it cannot ask the VMA (B12)."""
    profile = engine.profile
    if profile.gup_fast_follows or not hinted:
        return True
    return can_follow(profile.gup, flags | Foll.HONOR_NUMA_FAULT, hinted=True, accessible=True)
