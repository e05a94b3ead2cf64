"""Migration of pages that tables map: isolation, migration entries, copy (mm/migrate.c)."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from archcore.errors import MachineError
from archcore.mm.costs import Payer, Waste
from archcore.mm.notifier import invalidating
from archcore.mm.pages import copy_page, put_page
from archcore.mm.reason import Reason
from archcore.mm.rmap import family_of
from archcore.mm.swapentry import migration_pte, waits_for, writable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcore.mm.engine import Engine
    from archcore.mm.slot import Slot
    from archcore.mm.vma import Vma


class Failure(Enum):
    """Why a page stayed where it was. The first three come before a migration and count nowhere."""

    MAPPED_MORE_THAN_ONCE = "more than one entry maps it, and the profile moves no such page"
    NOT_ISOLATED = "somebody else has isolated it (isolate_lru_page)"
    GONE = "nothing is mapped there that could move"
    NO_MEMORY = "the node has no free frame"
    LOCKED = "its lock is taken"
    CHANGED = "its entry has changed"
    IN_USE = "somebody holds a reference that no entry explains"


def isolate(engine: Engine, pfn: int) -> Failure | None:
    """Reserve a page for one migration; the caller's reference is then the migration's.

    The reference is dropped when it fails.
    """
    failure = None
    head = engine.frames.head(pfn)
    if not engine.profile.migrates_shared and engine.frames.mapcount[pfn] != 1:
        failure = Failure.MAPPED_MORE_THAN_ONCE
    elif head in engine.frames.isolated:
        failure = Failure.NOT_ISOLATED
    if failure is None:
        engine.frames.isolated.add(head)
    else:
        put_page(engine, pfn)
    return failure


def migrate_misplaced_page(
    engine: Engine,
    vma: Vma,
    address: int,
    pfn: int,
    nid: int,
    *,
    slot: Slot | None = None,
    isolated: bool = False,
) -> Failure | None:
    """Move the page behind an entry to a node and count it; return why it stayed, if it did.

    The caller's reference is used up in every case; the ``slot`` it found the page in saves a walk.
    """
    pages = engine.frames.size(pfn)
    failure = None if isolated else isolate(engine, pfn)
    if failure is None:
        failure = migrate_page(engine, vma, address, pfn, nid, slot)
        if failure is None:
            count_moved(engine, pages, engine.frames.nid(pfn), nid)
    return failure


def count_moved(engine: Engine, pages: int, src: int, dst: int) -> None:
    """Count pages that the balancer has moved, and those among them that went up a tier."""
    engine.vmstat.numa_pages_migrated += pages
    balancer = engine.balancer
    if balancer is not None and src in balancer.slow_nodes and dst not in balancer.slow_nodes:
        engine.vmstat.pgpromote_success += pages


def move_page(engine: Engine, vma: Vma, address: int, nid: int) -> Failure | None:
    """Move a page on behalf of a background migrator, such as compaction; return why it stayed."""
    hooks, slot = engine.hooks, vma.vm_mm.tables.slot(address)
    if slot is None:
        return Failure.GONE
    with engine.costs.paying(Payer.MIGRATOR):
        with engine.locks.pte(vma.vm_mm, slot):
            pte = hooks.ptep_get(slot)
            present = not hooks.pte_none(pte) and hooks.pte_present(pte)
            pfn = engine.page(pte) if present else None
            if pfn is None or engine.frames.size(pfn) > 1:
                return Failure.GONE
            engine.frames.get(pfn)
        return isolate(engine, pfn) or migrate_page(engine, vma, address, pfn, nid, slot)


def migrate_page(
    engine: Engine, vma: Vma, address: int, pfn: int, nid: int, slot: Slot | None = None
) -> Failure | None:
    """Move an isolated page of any size (migrate_pages); the reference to it is used up."""
    frames, head = engine.frames, engine.frames.head(pfn)
    order, pages = int(frames.order[head]), frames.size(head)
    new = (
        frames.allocate_huge(nid, order, strict=True)
        if order
        else frames.allocate(nid, strict=True)
    )
    failure: Failure | None = Failure.NO_MEMORY
    if new is not None:
        first = address - (pfn - head) * engine.geometry.page_size
        failure = _move(engine, vma, first, head, new, _Slots(vma, address, slot))
        if failure is not None:
            engine.costs.discard(Waste.PAGES, pages)
        put_page(engine, new)
    frames.isolated.discard(head)
    put_page(engine, head)
    if failure is None:
        engine.vmstat.pgmigrate_success += pages
    else:
        engine.vmstat.pgmigrate_fail += pages
    return failure


class _Slots:
    """The slots of places, walked to once; tables stay where they are while the mm lives."""

    def __init__(self, vma: Vma, address: int, slot: Slot | None) -> None:
        """Begin with what the caller has."""
        self._known = {} if slot is None else {(vma.vm_mm.tables.root, address): slot}

    def of(self, vma: Vma, address: int) -> Slot | None:
        """Return the lowest-level slot of an address."""
        tables = vma.vm_mm.tables
        found = self._known.get((tables.root, address)) or tables.slot(address)
        if found is not None:
            self._known[tables.root, address] = found
        return found


def _move(
    engine: Engine, vma: Vma, first: int, head: int, new: int, slots: _Slots
) -> Failure | None:
    """Carry the steps out under the page's lock; the page stays where it is if others use it."""
    pages = engine.frames.size(head)
    with engine.locks.page_trylock(head) as locked:
        if not locked:
            return Failure.LOCKED
        unmapped = {
            (place.vm_mm.tables.root, at): old
            for part, place, at in _places(engine, vma, first, pages)
            if (old := _try_to_migrate_one(engine, place, at, head + part, slots)) is not None
        }
        if not unmapped:
            return Failure.CHANGED
        alone = bool(engine.frames.refcount[head] == 1)
        if alone:
            copy_page(engine, head, new, pages)
            _move_state(engine, head, new, pages)
        page = new if alone else head
        for part, place, at in _places(engine, vma, first, pages):
            old = unmapped.get((place.vm_mm.tables.root, at))
            _remove_migration_pte(engine, place, at, old, (head + part, page + part), slots)
        return None if alone else Failure.IN_USE


def _places(engine: Engine, vma: Vma, first: int, pages: int) -> Iterator[tuple[int, Vma, int]]:
    """Yield where each part of a page may be mapped: its number, the VMA, the address."""
    for part in range(pages):
        for place, at in family_of(vma, first + part * engine.geometry.page_size):
            yield part, place, at


def _try_to_migrate_one(
    engine: Engine, vma: Vma, address: int, pfn: int, slots: _Slots
) -> int | None:
    """Replace the entry by a migration entry and return it; None if it maps another page by now.

    The caches go first, while the entry still names the frame.
    """
    hooks, mm, reason = engine.hooks, vma.vm_mm, Reason.FRAME_CHANGES
    slot, end = slots.of(vma, address), address + engine.geometry.page_size
    if slot is None:
        return None
    with invalidating(engine, mm, address, end, reason), engine.locks.pte(mm, slot):
        now = hooks.ptep_get(slot)
        if hooks.pte_none(now) or not hooks.pte_present(now) or hooks.pte_pfn(now) != pfn:
            return None
        hooks.flush_cache_page(vma, address, pfn, reason)
        pte: int = hooks.ptep_get_and_clear(mm, address, slot)
        pending = engine.profile.honours_pending and mm.tlb_flush_pending > 0
        if hooks.pte_accessible(pte, pending):
            hooks.flush_tlb_page(vma, address, reason)
            engine.costs.charge("tlb_flushes")
        own = bool(engine.frames.exclusive[pfn])
        waiting = migration_pte(hooks, pfn, write=bool(hooks.pte_write(pte)), exclusive=own)
        if hooks.pte_soft_dirty(pte):
            waiting = hooks.pte_swp_mksoft_dirty(waiting)
        if hooks.pte_uffd_wp(pte):
            waiting = hooks.pte_swp_mkuffd_wp(waiting)
        hooks.set_pte_at(mm, address, slot, waiting)
        engine.frames.mapcount[pfn] -= 1
        put_page(engine, pfn)
        return pte


def _remove_migration_pte(
    engine: Engine,
    vma: Vma,
    address: int,
    old_pte: int | None,
    frames: tuple[int, int],
    slots: _Slots,
) -> None:
    """Replace a migration entry of the old frame by an ordinary one, wherever one stands now."""
    slot, (old, pfn) = slots.of(vma, address), frames
    if slot is None:
        return
    with engine.locks.pte(vma.vm_mm, slot):
        waiting = engine.hooks.ptep_get(slot)
        if engine.hooks.pte_present(waiting) and old_pte is not None:
            _check_waits(engine, waiting, old, pfn)
        if engine.hooks.pte_none(waiting) or engine.hooks.pte_present(waiting):
            return
        if waits_for(engine.hooks, engine.hooks.arch_pte_to_swp_entry(waiting)) == old:
            _map_again(engine, vma, address, slot, waiting, old_pte, pfn)


def remove_migration_ptes(engine: Engine, vma: Vma, first: int, old: int, new: int) -> None:
    """Let the parts of a page arrive for whose entry a table has been put meanwhile."""
    for part, place, at in _places(engine, vma, first, engine.frames.size(new)):
        known = _Slots(place, at, None)
        _remove_migration_pte(engine, place, at, None, (old + part, new + part), known)


def _check_waits(engine: Engine, waiting: int, old: int, pfn: int) -> None:
    """Raise MachineError if the migration entry itself looks like a mapped page."""
    if waiting == migration_pte(engine.hooks, old, write=True):
        msg = f"the migration entry {waiting:#x} of {engine.hooks.target_id} looks present ({pfn})"
        raise MachineError(msg)


def _map_again(
    engine: Engine,
    vma: Vma,
    address: int,
    slot: Slot,
    waiting: int,
    old_pte: int | None,
    pfn: int,
) -> None:
    """Store the entry of a page that has arrived; what was known of the old one is kept."""
    hooks = engine.hooks
    pte = hooks.pfn_pte(pfn, vma.vm_page_prot)
    young = old_pte is not None and hooks.pte_young(old_pte)
    pte = hooks.pte_mkyoung(pte) if young else hooks.pte_mkold(pte)
    may_write = vma.writable or not engine.profile.arrival_asks_vma
    if may_write and writable(hooks, hooks.arch_pte_to_swp_entry(waiting)):
        pte = hooks.pte_mkwrite(pte, vma)
    if old_pte is not None and hooks.pte_dirty(old_pte):
        pte = hooks.pte_mkdirty(pte)
    if hooks.pte_swp_soft_dirty(waiting):
        pte = hooks.pte_mksoft_dirty(pte)
    if hooks.pte_swp_uffd_wp(waiting):
        pte = hooks.pte_mkuffd_wp(hooks.pte_wrprotect(pte))
    engine.frames.get(pfn)
    engine.frames.mapcount[pfn] += 1
    hooks.set_pte_at(vma.vm_mm, address, slot, pte)
    hooks.update_mmu_cache(vma, address, slot, Reason.MADE_ACCESSIBLE)


def move_last(engine: Engine, old: int, new: int) -> None:
    """Tell the new page who used the old one last; across tiers that is something else."""
    frames, balancer = engine.frames, engine.balancer
    if balancer is not None and balancer.times_access(frames.nid(old)) != balancer.times_access(
        frames.nid(new)
    ):
        return
    frames.last_nid[new], frames.last_pid[new] = frames.last_nid[old], frames.last_pid[old]


def _move_state(engine: Engine, old: int, new: int, pages: int) -> None:
    """Give the new page what the old one knew, struct page by struct page."""
    frames = engine.frames
    move_last(engine, old, new)
    frames.exclusive[new : new + pages] = frames.exclusive[old : old + pages]
