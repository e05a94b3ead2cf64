"""Stories of huge pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.mm.huge_split import split_huge_page
from archcore.mm.knobs import HugeMigration
from archcore.mm.mremap import mremap
from archcore.mm.syscalls import madvise_dontneed, mprotect
from archcore.needs.room import READ, WRITE
from archcore.needs.stories import zeros
from archcore.needs.story import HUGE_HINTS, Story
from archcore.vmflags import VM_READ, VM_WRITE

if TYPE_CHECKING:
    from collections.abc import Callable

    from archcore.needs.room import Room

WORD = 8


def _hint(room: Room) -> None:
    page, t1, t2 = room.start, room.t1, room.t2
    room.store_at_once(t1, page, 1)
    room.load(t2, page + room.size)
    if not room.scan():
        return  # nor does Linux 6.1 without migration entries of huge pages (change_huge_pmd)
    room.refused_to_all(page)
    room.load_at_once(t1, page)
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
    _split_at(room, page)
    room.load(t1, page)
    mprotect(room.engine, t1, page, page + room.size, VM_READ)
    room.refused(t1, page, WRITE)
    room.refused(t2, page, WRITE)
    mprotect(room.engine, t1, page, page + room.size, VM_READ | VM_WRITE)
    room.store(t2, page, 2)
    room.store(t1, room.page(1), 3)
    room.load(t2, room.page(1))


def _split_at(room: Room, page: int) -> None:
    """Split a huge page; none may be in a TLB at the moment at which small ones appear.

    Some CPUs stop when they find both, or do worse (mm/huge_memory.c, __split_huge_pmd_locked).
    """
    vma, slot = room.mm.vmas.find(page), room.mm.tables.pmd(page)
    if vma is not None and slot is not None:
        room.before("pmd_populate", lambda: room.forgotten(page))
        split_huge_page(room.engine, vma, page, slot)


def _split_zeros(room: Room) -> None:
    page, t1, t2 = room.start, room.t1, room.t2
    room.load(t1, page)
    room.load(t2, page)
    _split_at(room, page)
    room.load(t2, page)
    room.store(t1, page, 1)
    room.load(t2, page)
    room.load(t2, room.page(1))


def _arrived(room: Room) -> None:
    """A CPU looks for a hinted huge page while it is on its way."""
    page, t1, t2 = room.start, room.t1, room.t2
    room.store(t1, page, 1)
    room.wanted_by(t2, page)
    if not room.hint_huge(page):
        return
    if room.engine.profile.huge_migration is HugeMigration.ENTRY:
        room.before("arch_pmd_to_swp_entry", lambda: room.refused(t1, page, READ))
    room.load_at_once(t2, page)
    room.load(t1, page)
    room.store(t1, page, 2)


def _reused(room: Room) -> None:
    """A page whose rights were taken and given back is written at once."""
    page, t1, t2 = room.start, room.t1, room.t2
    _written_again(room, page, page + room.huge)
    room.load(t2, page)
    room.store(t2, page + WORD, 3)
    room.load(t1, page + WORD)


def _written_again(room: Room, page: int, end: int) -> None:
    t1, t2 = room.t1, room.t2
    room.store(t1, page, 1)
    room.load(t2, page)
    mprotect(room.engine, t1, page, end, VM_READ)
    for task in (t1, t2):
        room.refused(task, page, WRITE)
    mprotect(room.engine, t1, page, end, VM_READ | VM_WRITE)
    room.load(t1, page)
    room.store_at_once(t1, page, 2)


def _hugetlb(room: Room) -> None:
    """Pages of a fixed size are protected, written again, and copied for a parent."""
    page, end = room.hugetlb()
    t1, t2 = room.t1, room.t2
    _written_again(room, page, end)
    child = room.fork(t1)
    room.refused(t2, page, WRITE)
    room.load(t2, page)
    room.store(t1, page, 3)
    room.load(t2, page)
    room.load(child, page)
    room.store(child, page, 4)
    room.load(t1, page)


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


def _copied_back(room: Room) -> None:
    """The copy is the parent's, while another of its threads still reads the old page."""
    page, t1, t2 = room.start, room.t1, room.t2
    room.store(t1, page, 1)
    room.fork(t1)
    room.load(t2, page)
    room.store(t1, page, 2)
    room.load(t2, page)
    room.store(t2, page + WORD, 3)
    room.load(t1, page + WORD)


def _story(name: str, sentence: str, tell: Callable[[Room], None], *, hints: bool = False) -> Story:
    return Story(name, sentence, tell, HUGE_HINTS if hints else (), huge=True)


HUGE_STORIES = (
    _story("huge-hint", "a huge page is hinted, and used by two CPUs", _hint, hints=True),
    _story("huge-move", "a hinted huge page moves to its user", _moved, hints=True),
    _story("huge-split", "a huge page is split, and part of it protected", _split),
    _story("huge-split-zeros", "a huge page of zeros is split", _split_zeros),
    _story("huge-zeros", "a huge page of zeros is read, then written", zeros),
    _story(
        "huge-thrown-away", "a huge page is thrown away, and its frames used again", _thrown_away
    ),
    _story("huge-remapped", "a huge page goes to other addresses", _remapped),
    _story("huge-copied", "parent and child store to a huge page after a fork", _copied),
    _story("huge-copied-for-two", "a parent stores after a fork, its threads read", _copied_back),
    _story("huge-reused", "a huge page is written again, rights given back", _reused),
    _story("huge-arrived", "a CPU looks for a huge page while it moves", _arrived, hints=True),
    _story("hugetlb", "a page of fixed size is protected, written again, and copied", _hugetlb),
)
