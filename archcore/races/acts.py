"""What threads of the stories do, how their scenes are set, and how their endings are judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.mm.gup import Foll, get_user_pages, get_user_pages_fast
from archcore.mm.huge_split import split_huge_pmd
from archcore.mm.migrate import move_page
from archcore.mm.mremap import mremap
from archcore.mm.outcome import Outcome
from archcore.mm.pages import put_page
from archcore.mm.protect import change_prot_numa
from archcore.mm.reclaim import Reclaimed, swap_out
from archcore.mm.scan import ScanSettings, task_numa_work
from archcore.mm.syscalls import madvise_dontneed, mprotect
from archcore.mm.task import Task
from archcore.races.scene import WORD
from archcore.races.trouble import Trouble
from archcore.vmflags import VM_READ, VM_WRITE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcore.mm.slot import Slot
    from archcore.races.scene import Scene
    from archcore.vmflags import VmFlags

DONE = (Reclaimed.SWAPPED, Reclaimed.CACHED)


def arm(scene: Scene) -> None:
    """Hint the page."""
    scene.arm()


def arm_wanted(scene: Scene) -> None:
    """Arm a page that the filter lets move to T2's node."""
    scene.used_by(scene.t2)
    scene.arm()


def wanted(scene: Scene) -> None:
    """Let T2's node be where the page belongs."""
    scene.used_by(scene.t2)


def arm_zeros(scene: Scene) -> None:
    """Read, so that the huge page of zeros is mapped, and let the scanner come."""
    scene.load(scene.t1)
    scene.scan(scene.t1)


def scan(scene: Scene) -> None:
    """Let the scanner of T1 come by."""
    scene.scan(scene.t1)


def scan_too(scene: Scene) -> None:
    """Let the scanner of T2 come by."""
    scene.scan(scene.t2)


def throw_away(scene: Scene) -> None:
    """Throw the page away."""
    madvise_dontneed(scene.engine, scene.t2, scene.page, scene.page + scene.size)


def last(scene: Scene) -> int:
    """Return the offset of a word in the last part of the page."""
    return scene.size - WORD


def both_ends(scene: Scene) -> None:
    """Store to the last part of a huge page, too, arm it, and let it be wanted on T2's node."""
    scene.store(scene.t1, 4, at=last(scene))
    arm_wanted(scene)


def use_second(scene: Scene) -> None:
    """Let T1 store to the second page, which gets the next free frame of its node."""
    scene.store(scene.t1, 9, at=scene.size + WORD)


def late_store(scene: Scene) -> str:
    """Let T2's CPU store to a page that is being thrown away, if it still can."""
    fault = scene.t2.cpu.store(scene.page + WORD, 3)
    return "stored" if fault is None else "faulted"


def used_by_both(scene: Scene) -> None:
    """Let both CPUs know where the page is, and T1's that there is a table for the second."""
    scene.store(scene.t2, 2)


def again(scene: Scene, nid: int | None = None) -> None:
    """Throw the page away and store to the place, whose new page may then move, too."""
    throw_away(scene)
    scene.store(scene.t1, 5)
    if nid is not None:
        move_page(scene.engine, scene.vma, scene.page, nid)


def untouched(scene: Scene) -> None:
    """Map two base pages, of which there is not even a table yet."""
    start, page = scene.page + 4 * scene.size, scene.engine.geometry.page_size
    scene.kept["start"] = start
    scene.mm.mmap(start, start + 2 * page, VM_READ | VM_WRITE)


def store_there(scene: Scene, task: Task, number: int) -> None:
    """Store to one of these pages."""
    start = scene.kept["start"]
    if isinstance(start, int):
        scene.machine.store(task, start + number * scene.engine.geometry.page_size, number + 1)


def is_mapped(scene: Scene) -> Iterator[Trouble]:
    """Find a page that was to be thrown away."""
    if scene.frame() is not None:
        yield Trouble.LEFT_MAPPED


def protect(scene: Scene, flags: VmFlags) -> None:
    """Give the page other rights."""
    mprotect(scene.engine, scene.t2, scene.page, scene.page + scene.size, flags)


def compact(scene: Scene) -> str | None:
    """Move the page to T2's node, as compaction does."""
    failure = move_page(scene.engine, scene.vma, scene.page, 1)
    return "moved the page" if failure is None else None


def pin(scene: Scene) -> str:
    """Pin the page for a device that writes."""
    found = get_user_pages_fast(scene.engine, scene.t1, scene.page, Foll.WRITE | Foll.PIN)
    scene.kept["pinned"] = found
    return "nothing" if isinstance(found, Outcome) else "a page"


def pinned(scene: Scene) -> None:
    """Pin the page, which T1 has written, before anything happens."""
    scene.kept["pinned"] = get_user_pages(scene.engine, scene.t1, scene.page, Foll.WRITE | Foll.PIN)


def pinned_elsewhere(scene: Scene) -> Iterator[Trouble]:
    """Find a device that holds another frame than the page's."""
    pinned = scene.kept.get("pinned")
    if isinstance(pinned, int) and pinned != scene.frame():
        yield Trouble.WRONG_FRAME


def force(scene: Scene) -> str | None:
    """Store as a debugger does, whatever the VMA allows (FOLL_FORCE)."""
    found = get_user_pages(scene.engine, scene.t1, scene.page, Foll.WRITE | Foll.FORCE)
    if isinstance(found, Outcome):
        return None
    put_page(scene.engine, found)
    return "a page"


def hint_taken(scene: Scene) -> Iterator[Trouble]:
    """Find a page without rights that was taken for a hint."""
    if scene.machine.vmstat.numa_hint_faults:
        yield Trouble.RIGHTS_IGNORED


def swap(scene: Scene) -> str | None:
    """Take the page out of memory."""
    return "swapped out" if swap_out(scene.engine, scene.vma, scene.page) in DONE else None


def forked(scene: Scene) -> None:
    """Fork, so that the next store has to copy."""
    scene.machine.fork(scene.t1, 0, 3)
    scene.machine.run_on(scene.t1, 0)


MOVED = (4, 12)
"""The pages of a large folio that go to other addresses, the first and the one after the last."""


def folio(scene: Scene) -> None:
    """Map a large folio by a table, hint it, and watch which slots are looked at from now on.

    It was T1 who used it last, so that no fault moves it.
    """
    scene.used_by(scene.t1)
    split_huge_pmd(scene.engine, scene.vma, scene.page, scene.pmd_slot)
    hooks, geometry = scene.engine.hooks, scene.engine.geometry
    end = scene.page + 2 * MOVED[1] * geometry.page_size
    change_prot_numa(scene.engine, scene.t1, scene.vma, scene.page, min(end, scene.vma.vm_end))
    plain, size = hooks.ptep_get, geometry.levels[0].table_bytes
    own = set[int]()

    def ptep_get(slot: Slot) -> int:
        if slot.address & -size not in own:
            own.update(_tables(scene, size))
        if slot.address & -size not in own:
            scene.lookout.add(Trouble.OUTSIDE_TABLE, "numa_rebuild_large_mapping")
        word: int = plain(slot)
        return word

    vars(hooks)["ptep_get"] = ptep_get


def _tables(scene: Scene, size: int) -> set[int]:
    """Return the addresses of the tables that map the folio."""
    slots = (scene.mm.tables.slot(at) for at in (scene.page, beyond(scene)))
    return {one.address & -size for one in slots if one is not None}


def beyond(scene: Scene) -> int:
    """Return where part of the folio goes: the start of another table."""
    return scene.page + 8 * scene.size


def move_part(scene: Scene) -> int | Outcome:
    """Move part of the folio to the start of another table, and load from there."""
    page, to = scene.engine.geometry.page_size, beyond(scene)
    start, end = (scene.page + at * page for at in MOVED)
    mremap(scene.engine, scene.t1, start, end, to)
    return scene.machine.load(scene.t1, to)


def fork(scene: Scene) -> None:
    """Fork the process of T1."""
    scene.kept["child"] = scene.machine.fork(scene.t1, 1, 3)


def both_write(scene: Scene) -> Iterator[Trouble]:
    """Let parent and child store, and look whether one sees what the other stored."""
    child = scene.kept.get("child")
    if not isinstance(child, Task):
        return
    scene.store(child, 7, at=16)
    scene.store(scene.t1, 8, at=16)
    if (scene.load(child, 16), scene.load(scene.t1, 16)) != (7, 8):
        yield Trouble.SHARED_WRITABLE


def work(scene: Scene, task: Task) -> str | None:
    """Do a task's share of scanning."""
    settings = ScanSettings(period=10, size=scene.size)
    armed = task_numa_work(scene.engine, task, 0, settings)
    return "scanned" if armed else None


def off_first_node(scene: Scene) -> None:
    """Open the gate of kernels that scan only once a task has run off its first node."""
    scene.mm.first_nid = -1


def scanned(scene: Scene) -> Iterator[Trouble]:
    """Compare what was counted as armed with what is."""
    base_pages = scene.size // scene.engine.geometry.page_size
    updates = scene.machine.vmstat.numa_pte_updates
    if updates > base_pages:
        yield Trouble.ARMED_TWICE
    if updates % base_pages:
        yield Trouble.UNITS
    if updates and not scene.hinted():
        yield Trouble.NOT_ARMED
    if scene.mm.numa_scan_seq:
        yield Trouble.ARMED_TWICE
    huge = scene.machine.vmstat.numa_huge_pte_updates
    if scene.engine.profile.counts_huge_updates and huge * base_pages != updates:
        yield Trouble.UNITS
