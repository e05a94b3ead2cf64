"""Stories in which a page leaves its address, or has two, or an address two pages."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from archcore.mm.mremap import mremap
from archcore.mm.syscalls import madvise_dontneed, mprotect
from archcore.needs.room import READ, WRITE
from archcore.needs.stories import FAR, ORDER, WORD, fill
from archcore.needs.story import MIGRATES, SWAPS, Story
from archcore.vmflags import VM_READ, VM_WRITE

if TYPE_CHECKING:
    from archcore.needs.room import Room

MIXED = (0, 1, 2, 4, 3, 6, 5, 8, 7)
LINE = 64  # bytes: no line is longer, so that places that far apart have one each
PAGES_ON = 3  # odd, so that the new place is of another colour


def _swapped(room: Room) -> None:
    t1, t2 = room.t1, room.t2
    fill(room)
    for page in map(room.page, ORDER):
        room.load(t2, page)
        room.swap_out(page)
        room.refused_to_all(page)
    fill(room, first=4)
    for page in map(room.page, ORDER):
        room.load_at_once(t1, page + FAR)
        room.store(t1, page, 3)
        room.load(t2, page)
    room.load(t2, room.page(4) + FAR)


def _owed(room: Room) -> None:
    """Reclaim has unmapped a page and not flushed yet, and somebody changes the mapping."""
    t1, t2 = room.t1, room.t2
    first, second = room.page(0), room.page(1)
    for page in (first, second):
        room.store(t1, page, 1)
        room.load(t2, page)

    def protected() -> None:
        mprotect(room.engine, t1, first, second, VM_READ)
        room.refused(t1, first, WRITE)

    def thrown_away() -> None:
        room.forget(second, room.page(2))
        madvise_dontneed(room.engine, t1, second, room.page(2))
        room.refused_to_all(second)

    if room.engine.profile.reclaim_batches:
        room.before("flush_tlb_batched_pending", protected)
    room.swap_out(first)
    room.load(t1, first)
    if room.engine.profile.reclaim_batches:
        room.before("flush_tlb_batched_pending", thrown_away)
    room.reclaim(second)
    room.load(t2, second)


def _arrived(room: Room) -> None:
    """A CPU looks for a page while it is on its way."""
    page, t1, t2 = room.start, room.t1, room.t2
    room.store(t1, page, 1)
    for nid in (1, 0):
        room.before("arch_pte_to_swp_entry", lambda: room.refused(t2, page, READ))
        room.move(page, nid)
        room.load(t2, page)
        room.store(t1, page, 2)


def _remapped(room: Room) -> None:
    page, t1, t2, size = room.start, room.t1, room.t2, room.size
    to = room.end + PAGES_ON * size
    room.store(t1, page + FAR, 9)
    room.store(t1, page, 1)
    room.load(t2, page)
    mremap(room.engine, t1, page, page + 2 * size, to)
    room.refused_to_all(page)
    room.load(t1, to)
    room.store(t2, to, 2)
    room.mm.mmap(page, page + 2 * size, VM_READ | VM_WRITE)
    room.load(t1, page)
    room.store(t1, page, 3)
    room.load(t2, page)
    room.load(t1, to)


def _thrown_away(room: Room) -> None:
    page, t1, t2 = room.start, room.t1, room.t2
    fill(room)
    room.load(t2, page)
    room.forget(page, room.page(3))
    madvise_dontneed(room.engine, t2, page, room.page(3))
    room.refused_to_all(page)
    room.load(t1, page)
    fill(room, first=4)
    room.load(t2, page + FAR)
    room.store(t2, page, 3)
    room.load(t1, room.page(4) + FAR)


def _shared(room: Room) -> None:
    """One page at two addresses, each of which is stored to while the other is read."""
    t1, t2 = room.t1, room.t2
    one, other = room.shared()
    room.store(t1, one, 1)
    room.load(t1, other, of=one)
    room.store(t2, other + WORD, 2)
    room.load(t1, one + WORD, of=other + WORD)
    room.store(t1, one, 3)
    room.load(t2, other, of=one)
    if room.engine.profile.migrates_shared:
        room.move(one, 1)
    room.load(t1, other, of=one)
    room.store(t1, one, 4)
    room.load(t2, other, of=one)
    room.load(t2, one + WORD, of=other + WORD)


def _used_again(room: Room) -> None:
    """Lines of pages that are gone may not be found by those that get their frames.

    Some pages are of the colour of their frame and some are not, and each has a line of its own.
    """
    for number in MIXED:
        room.store(room.t1, room.page(number) + number * LINE, number + 5)
        room.load(room.t1, room.page(number) + number * LINE)
    room.forget(room.start, room.end)
    madvise_dontneed(room.engine, room.t1, room.start, room.end)
    for number in range(len(MIXED)):
        room.store(room.t1, room.page(number) + FAR, 1)
    for number, line in product(range(len(MIXED)), repeat=2):
        room.load(room.t1, room.page(number) + line * LINE)


def _switched(room: Room) -> None:
    page, t1, other = room.start, room.t1, room.other_process()
    room.store(t1, page, 1)
    room.store(other, page, 2)
    for value in range(3, 6):
        room.load(t1, page)
        room.load(other, page)
        room.store(t1, page, value)
        room.store(other, page + WORD, value)


PARTED_STORIES = (
    Story(
        "swapped",
        "a dirty page goes to swap, its frame to another, and it returns",
        _swapped,
        SWAPS,
    ),
    Story("owed", "a mapping changes while reclaim still owes its flush", _owed, SWAPS),
    Story("arrived", "a CPU looks for a page while it moves", _arrived, MIGRATES),
    Story("remapped", "dirty pages go to other addresses", _remapped),
    Story("thrown-away", "a dirty page is thrown away, and its frame used again", _thrown_away),
    Story("used-again", "pages of zeros take frames whose lines are cached", _used_again),
    Story("shared", "one page is used at two addresses, and moves", _shared, MIGRATES),
    Story("switched", "two processes take turns on a CPU", _switched),
)
