"""Stories of huge pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.mm.huge_split import split_huge_page
from archcore.mm.mremap import mremap
from archcore.mm.syscalls import madvise_dontneed, mprotect
from archcore.needs.room import WRITE
from archcore.needs.stories import zeros
from archcore.needs.story import HUGE_HINTS, Story
from archcore.vmflags import VM_READ, VM_WRITE

if TYPE_CHECKING:
    from collections.abc import Callable

    from archcore.needs.room import Room

WORD = 8


def _hint(room: Room) -> None:
    page, t1, t2 = room.start, room.t1, room.t2
    room.store(t1, page, 1)
    room.load(t2, page + room.size)
    if not room.scan():
        return  # nor does Linux 6.1 without migration entries of huge pages (change_huge_pmd)
    room.refused_to_all(page)
    room.load(t1, page)
    room.store(t1, page, 2)
    room.load(t2, page)
    room.store(t2, page + WORD, 3)


def _moved(room: Room) -> None:
    page, t1, t2 = room.start, room.t1, room.t2
    room.store(t1, page, 1)
    room.store(t1, room.page(2), 2)
    room.wanted_by(t2, page)
    room.before("flush_tlb_range", lambda: room.store_if_open(t1, page + 2 * WORD, 4))
    if not room.scan():
        return  # nor does Linux 6.1 without migration entries of huge pages (change_huge_pmd)
    room.load(t2, page)
    room.load(t2, page + 2 * WORD)
    room.store(t1, page + WORD, 3)
    room.load(t2, room.page(2))
    room.load(t2, page + WORD)


def _split(room: Room) -> None:
    page, t1, t2 = room.start, room.t1, room.t2
    room.store(t1, page, 1)
    room.load(t2, page)
    vma, slot = room.mm.vmas.find(page), room.mm.tables.pmd(page)
    if vma is not None and slot is not None:
        split_huge_page(room.engine, vma, page, slot)
    room.load(t1, page)
    mprotect(room.engine, t1, page, page + room.size, VM_READ)
    room.refused(t1, page, WRITE)
    room.refused(t2, page, WRITE)
    mprotect(room.engine, t1, page, page + room.size, VM_READ | VM_WRITE)
    room.store(t2, page, 2)
    room.store(t1, room.page(1), 3)
    room.load(t2, room.page(1))


def _thrown_away(room: Room) -> None:
    page, t1, t2 = room.start, room.t1, room.t2
    huge = room.huge
    room.store(t1, page, 1)
    room.load(t2, page)
    room.forget(page, page + huge)
    madvise_dontneed(room.engine, t1, page, page + huge)
    room.refused_to_all(page)
    room.store(t1, page + huge, 2)
    room.load(t2, page)
    room.store(t2, page, 3)
    room.load(t2, page + huge)


def _remapped(room: Room) -> None:
    page, t1, t2 = room.start, room.t1, room.t2
    huge = room.huge
    room.store(t1, page, 1)
    room.load(t2, page)
    mremap(room.engine, t1, page, page + huge, room.end + huge)
    room.refused_to_all(page)
    room.load(t1, room.end + huge)
    room.store(t2, room.end + huge, 2)


def _copied(room: Room) -> None:
    page, t1, t2 = room.start, room.t1, room.t2
    room.store(t1, page, 1)
    room.store(t2, page + WORD, 2)
    child = room.fork(t1)
    room.refused(t2, page, WRITE)
    room.store(t1, page, 3)
    room.load(t1, page + WORD)
    room.load(child, page)
    room.store(child, page, 4)
    room.load(t1, page)


def _story(name: str, sentence: str, tell: Callable[[Room], None], *, hints: bool = False) -> Story:
    return Story(name, sentence, tell, HUGE_HINTS if hints else (), huge=True)


HUGE_STORIES = (
    _story("huge-hint", "a huge page is hinted, and used by two CPUs", _hint, hints=True),
    _story("huge-move", "a hinted huge page moves to its user", _moved, hints=True),
    _story("huge-split", "a huge page is split, and part of it protected", _split),
    _story("huge-zeros", "a huge page of zeros is read, then written", zeros),
    _story(
        "huge-thrown-away", "a huge page is thrown away, and its frames used again", _thrown_away
    ),
    _story("huge-remapped", "a huge page goes to other addresses", _remapped),
    _story("huge-copied", "parent and child store to a huge page after a fork", _copied),
)
