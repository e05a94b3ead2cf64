"""Stories of a device that uses the pages of a process, and of the notifiers that it hears of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.mm.huge_split import split_huge_pmd
from archcore.mm.mremap import mremap
from archcore.mm.syscalls import madvise_dontneed, mprotect
from archcore.mm.witness import physical
from archcore.needs.story import HINTS, HUGE_HINTS, MIGRATES, SWAPS, Story
from archcore.vmflags import VM_READ, VM_WRITE

if TYPE_CHECKING:
    from collections.abc import Callable

    from archcore.needs.room import Room


def _device(room: Room) -> None:
    """A device uses a page, and has to let go of it whenever its entry changes."""
    page, t1, mm, device = room.start, room.t1, room.mm, room.device
    more = page + room.size
    changes = (
        lambda: mprotect(room.engine, t1, page, more, VM_READ),
        lambda: mprotect(room.engine, t1, page, more, VM_READ | VM_WRITE),
        lambda: room.fork(t1),
        lambda: room.store(t1, page, 2),
        lambda: madvise_dontneed(room.engine, t1, page, more),
    )
    room.store(t1, page, 1)
    for change in changes:
        device.take(mm, page)
        change()
        device.let_go(mm, page)
    room.store(t1, page, 3)
    device.take(mm, page)
    mremap(room.engine, t1, page, more, room.end + room.size)
    device.let_go(mm, page)
    mm.mmap(page, more, VM_READ | VM_WRITE)
    room.store(t1, page, 4)
    device.take(mm, page)


def _device_of_hint(room: Room) -> None:
    room.store(room.t1, room.start, 1)
    room.device.take(room.mm, room.start)
    room.hint()
    room.device.let_go(room.mm, room.start)
    room.load(room.t1, room.start)
    room.device.take(room.mm, room.start)


def _device_of_move(room: Room) -> None:
    room.store(room.t1, room.start, 1)
    room.device.take(room.mm, room.start)
    room.move(room.start, 1)
    room.device.let_go(room.mm, room.start)
    room.device.take(room.mm, room.start)


def _device_of_swap(room: Room) -> None:
    room.store(room.t1, room.start, 1)
    room.device.take(room.mm, room.start)
    room.swap_out(room.start)
    room.device.let_go(room.mm, room.start)
    room.load(room.t1, room.start)
    room.device.take(room.mm, room.start)


def _device_of_huge(room: Room) -> None:
    page, t1, mm, device = room.start, room.t1, room.mm, room.device
    end = page + room.huge
    room.store(t1, page, 1)
    for flags in (VM_READ, VM_READ | VM_WRITE):
        device.take(mm, page)
        mprotect(room.engine, t1, page, end, flags)
        device.let_go(mm, page)
    device.take(mm, page)
    vma, slot = mm.vmas.find(page), mm.tables.pmd(page)
    # A split that first marks the entry keeps rights and frames, so nobody is told.
    if not room.engine.profile.marks_splitting and vma is not None and slot is not None:
        split_huge_pmd(room.engine, vma, page, slot)
        device.let_go(mm, page)
    device.take(mm, page)


def _device_of_huge_copy(room: Room) -> None:
    """The parent's page is another after its store, and so is that of a hugetlb mapping."""
    t1, mm, device = room.t1, room.mm, room.device
    pages = (room.start, room.hugetlb()[0])
    for page in pages:
        room.store(t1, page, 1)
    device.take(mm, pages[1])
    mprotect(room.engine, t1, pages[1], pages[1] + room.huge, VM_READ)
    device.let_go(mm, pages[1])
    mprotect(room.engine, t1, pages[1], pages[1] + room.huge, VM_READ | VM_WRITE)
    room.fork(t1)
    for page in pages:
        device.take(mm, page)
        room.store(t1, page, 2)
        device.let_go(mm, page)
        device.take(mm, page)


def _device_of_huge_move(room: Room) -> None:
    page, mm, device = room.start, room.mm, room.device
    room.store(room.t1, page, 1)
    room.wanted_by(room.t2, page)
    if not room.hint_huge(page):
        return
    device.take(mm, page)
    before = physical(room.engine, mm, page)
    room.load(room.t2, page)
    if physical(room.engine, mm, page) != before and room.engine.profile.notifies_migration:
        device.let_go(mm, page)
    device.take(mm, page)


def _story(
    name: str, sentence: str, tell: Callable[[Room], None], needs: tuple[str, ...] = ()
) -> Story:
    return Story(name, sentence, tell, needs, device=True)


DEVICE_STORIES = (
    _story("device", "a device uses a page that system calls and stores change", _device),
    _story("device-hint", "a device uses a page that is hinted", _device_of_hint, HINTS),
    _story("device-move", "a device uses a page that moves", _device_of_move, MIGRATES),
    Story(
        "device-huge",
        "a device uses a huge page that is protected and split",
        _device_of_huge,
        huge=True,
        device=True,
    ),
    Story(
        "device-huge-copy",
        "a device uses huge pages that are copied for their writer",
        _device_of_huge_copy,
        huge=True,
        device=True,
    ),
    Story(
        "device-huge-move",
        "a device uses a huge page that moves",
        _device_of_huge_move,
        HUGE_HINTS,
        huge=True,
        device=True,
    ),
    _story("device-swap", "a device uses a page that goes to swap", _device_of_swap, SWAPS),
)
