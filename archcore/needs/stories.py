"""Stories in which maintenance matters, each told with plain loads, stores and system calls.

They follow the moments at which Linux 6.1 flushes caches and TLBs, updates MMU caches or calls
notifiers (Documentation/core-api/cachetlb.rst, mm/memory.c, mm/migrate.c, mm/rmap.c, mm/mremap.c).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.mm.syscalls import mprotect
from archcore.needs.room import READ, WRITE
from archcore.needs.story import HINTS, MIGRATES, Story
from archcore.vmflags import VM_NONE, VM_READ, VM_WRITE

if TYPE_CHECKING:
    from archcore.needs.room import Room

WORD = 8
ORDER = (0, 2, 1)
FAR = 1024  # bytes: another line of the page


def fill(room: Room, first: int = 0) -> None:
    """Store to three pages, of which at least one is of another colour than its frame."""
    for number in ORDER:
        room.store(room.t1, room.page(first + number) + FAR, 10 * first + number + 5)


def _hint(room: Room) -> None:
    page = room.start
    room.store(room.t1, page, 1)
    room.load(room.t2, page)
    room.hint()
    room.refused_to_all(page)
    room.load_at_once(room.t1, page)
    room.store(room.t1, page, 2)
    room.load(room.t2, page)


def _moved_hint(room: Room) -> None:
    page, t1, t2 = room.start, room.t1, room.t2
    room.store(t1, page, 1)
    room.wanted_by(t2, page)
    room.hint()
    room.load(t2, page)
    room.store(t1, page + WORD, 2)
    room.load(t2, page + WORD)
    room.store(t1, room.page(2), 3)
    room.load(t2, page)


def _late_store(room: Room) -> None:
    """The other CPU stores until the moment it is told of the hint; its lines stay behind."""
    page, t1, t2 = room.start, room.t1, room.t2
    room.store(t1, page, 1)
    room.wanted_by(t2, page)
    room.before("flush_tlb_range", lambda: room.store_if_open(t1, page + WORD, 2))
    room.hint()
    room.load(t2, page + WORD)
    room.store(t1, page, 3)
    room.load(t2, page)
    room.store(t2, page + WORD, 4)


def _moved(room: Room) -> None:
    t1, t2 = room.t1, room.t2
    fill(room)
    for page in map(room.page, ORDER):
        room.load(t2, page + FAR)
        room.move(page, 1)
        room.load(t1, page + FAR)
        room.store(t2, page, 2)
        room.store(t1, page + WORD, 3)
        room.load(t2, page + WORD)


def _protected(room: Room) -> None:
    page, t1, t2 = room.start, room.t1, room.t2
    room.store(t1, page, 1)
    room.store(t2, page + WORD, 2)
    for flags, access in ((VM_READ, WRITE), (VM_NONE, READ)):
        mprotect(room.engine, t1, page, page + 2 * room.size, flags)
        room.refused(t1, page, access)
        room.refused(t2, page, access)
        mprotect(room.engine, t1, page, page + 2 * room.size, VM_READ | VM_WRITE)
        room.load(t1, page)
        room.store(t2, page, 3)
        room.load(t1, page)


def _neighbours(room: Room) -> None:
    """Pages side by side become accessible one after the other, as some TLBs hold them in pairs."""
    t1, t2 = room.t1, room.t2
    first, second, third, fourth = map(room.page, range(4))
    room.store(t1, first, 1)
    room.load(t2, first)
    room.load(t1, second)
    room.store(t1, second, 2)
    room.store(t1, fourth, 4)
    room.hint(fourth, fourth + room.size)
    room.store(t1, third, 3)
    for task in (t1, t2):
        for address in (first, second, third, fourth):
            room.load(task, address)
    room.hint(first, second)
    room.store(t1, second, 5)
    room.store(t1, first, 6)
    room.load(t2, second)


def _copied(room: Room) -> None:
    page, t1, t2 = room.start, room.t1, room.t2
    room.store(t1, page, 1)
    room.store(t2, page + WORD, 2)
    child = room.fork(t1)
    room.refused(t2, page, WRITE)
    room.store(t1, page, 3)
    room.load(t1, page + WORD)
    room.load(child, page)
    room.load(child, page + WORD)
    room.store(child, page, 4)
    room.load(child, page + WORD)
    room.load(t1, page)
    room.store(t1, page + WORD, 5)
    room.load(child, page + WORD)


def _copied_back(room: Room) -> None:
    """The copy is the parent's, while another of its threads still reads the old page."""
    t1, t2 = room.t1, room.t2
    fill(room)
    room.fork(t1)
    for page in map(room.page, ORDER):
        room.load(t2, page + FAR)
        room.store(t1, page, 2)
        room.load(t2, page)
        room.load(t2, page + FAR)
        room.store(t2, page + WORD, 3)
        room.load(t1, page + WORD)


def _reused(room: Room) -> None:
    """Who has a page to himself again writes it at once; another thread still holds old rights."""
    page, t1, t2 = room.start, room.t1, room.t2
    room.store(t1, page, 1)
    room.store(room.fork(t1), page, 2)
    room.load(t1, page)
    room.load(t2, page)
    room.store_at_once(t1, page, 3)
    room.store(t2, page + WORD, 4)
    room.load(t1, page + WORD)


def zeros(room: Room) -> None:
    """Pages of zeros are read by two CPUs, and one of them writes."""
    page, t1, t2 = room.start, room.t1, room.t2
    room.load(t1, page)
    room.load(t2, page)
    room.store(t1, page, 1)
    room.load(t2, page)
    room.load(t2, room.page(1))


STORIES = (
    Story("hint", "a page is hinted after a store, and used by two CPUs", _hint, HINTS),
    Story("moved-hint", "a hinted dirty page moves to its user", _moved_hint, HINTS + MIGRATES),
    Story(
        "late-store",
        "a CPU stores until it is told of the hint, then the page moves",
        _late_store,
        HINTS + MIGRATES,
    ),
    Story("moved", "compaction moves a dirty page", _moved, MIGRATES),
    Story("protected", "mprotect takes rights and gives them back", _protected),
    Story("neighbours", "pages beside absent and hinted ones are used", _neighbours, HINTS),
    Story("copied", "parent and child store after a fork", _copied),
    Story("copied-for-two", "a parent stores after a fork, its threads read", _copied_back),
    Story("reused", "the last user of a page stores to it, then another thread", _reused),
    Story("zeros", "pages of zeros are read, then one is written", zeros),
)
