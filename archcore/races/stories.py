"""The stories of the 2012 review and of the bugs that followed it, S0 to S10.

Each follows the scenario of that name in the project's notes on the fault engine; what is known to
go wrong under a profile is part of the story, with the kernel's own bug where there is one.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from archcore.errors import UnknownNameError
from archcore.mm.gup import Foll, get_user_pages_fast
from archcore.mm.migrate import move_page
from archcore.mm.outcome import Outcome
from archcore.mm.profile import PROFILES
from archcore.mm.scan import ScanSettings, task_numa_work
from archcore.mm.syscalls import madvise_dontneed, mprotect
from archcore.mm.task import Task
from archcore.races.known import SEEDS, of
from archcore.races.scenario import Scenario
from archcore.races.trouble import Trouble
from archcore.vmflags import VM_NONE, VM_READ

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcore.races.scene import Scene
    from archcore.vmflags import VmFlags


def _arm(scene: Scene) -> None:
    scene.arm()


def _arm_wanted(scene: Scene) -> None:
    """Arm a page that the filter lets move to T2's node."""
    scene.used_by(scene.t2)
    scene.arm()


def _wanted(scene: Scene) -> None:
    scene.used_by(scene.t2)


def _arm_zeros(scene: Scene) -> None:
    """Read, so that the huge page of zeros is mapped, and let the scanner come."""
    scene.load(scene.t1)
    scene.scan(scene.t1)


def _scan(scene: Scene) -> None:
    scene.scan(scene.t1)


def _scan_too(scene: Scene) -> None:
    scene.scan(scene.t2)


def _throw_away(scene: Scene) -> None:
    scene.mm.stored.clear()
    madvise_dontneed(scene.engine, scene.t2, scene.page, scene.page + scene.size)


def _is_mapped(scene: Scene) -> Iterator[Trouble]:
    if scene.frame() is not None:
        yield Trouble.LEFT_MAPPED


def _protect(scene: Scene, flags: VmFlags) -> None:
    mprotect(scene.engine, scene.t2, scene.page, scene.page + scene.size, flags)


def _compact(scene: Scene) -> str | None:
    failure = move_page(scene.engine, scene.vma, scene.page, 1)
    return "moved the page" if failure is None else None


def _pin(scene: Scene) -> str:
    found = get_user_pages_fast(scene.engine, scene.t1, scene.page, Foll.WRITE | Foll.PIN)
    scene.kept["pinned"] = found
    return "nothing" if isinstance(found, Outcome) else "a page"


def _pinned_elsewhere(scene: Scene) -> Iterator[Trouble]:
    pinned = scene.kept.get("pinned")
    if isinstance(pinned, int) and pinned != scene.frame():
        yield Trouble.WRONG_FRAME


def _fork(scene: Scene) -> None:
    scene.kept["child"] = scene.machine.fork(scene.t1, 1, 3)


def _both_write(scene: Scene) -> Iterator[Trouble]:
    """Let parent and child store, and look whether one sees what the other stored."""
    child = scene.kept.get("child")
    if not isinstance(child, Task):
        return
    scene.store(child, 7, at=16)
    scene.store(scene.t1, 8, at=16)
    if (scene.load(child, 16), scene.load(scene.t1, 16)) != (7, 8):
        yield Trouble.SHARED_WRITABLE


def _work(scene: Scene, task: Task) -> str | None:
    settings = ScanSettings(period=10, size=scene.size)
    armed = task_numa_work(scene.engine, task, 0, settings)
    return "scanned" if armed else None


def _off_first_node(scene: Scene) -> None:
    """Open the gate of kernels that scan only once a task has run off its first node."""
    scene.mm.first_nid = -1


def _scanned(scene: Scene) -> Iterator[Trouble]:
    base_pages = scene.size // scene.engine.geometry.page_size
    updates = scene.machine.vmstat.numa_pte_updates
    if updates > base_pages:
        yield Trouble.ARMED_TWICE
    if updates % base_pages:
        yield Trouble.UNITS
    if updates and not scene.hinted():
        yield Trouble.NOT_ARMED


STORIES = (
    Scenario(
        id="S0",
        sentence="a store to a hinted huge page, and nobody else",
        prepare=_arm,
        threads={"T1": lambda scene: scene.store(scene.t1, 2)},
    ),
    Scenario(
        id="S1",
        sentence="a store to a hinted huge page while it is split",
        prepare=_arm,
        threads={
            "T1": lambda scene: scene.store(scene.t1, 2),
            "split": lambda scene: scene.split(),
        },
        # Who reads again without looking whether the page is being split writes to its entry.
        known=of("seed+reread", what=frozenset({Trouble.SPLIT_WRITTEN, Trouble.HINT_RAISED})),
    ),
    Scenario(
        id="S2",
        sentence="two nodes store to one hinted huge page",
        prepare=_arm_wanted,
        threads={
            "T1": lambda scene: scene.store(scene.t1, 2),
            "T2": lambda scene: scene.store(scene.t2, 3, at=16),
        },
    ),
    Scenario(
        id="S3",
        sentence="a page moves while mprotect takes the right to write",
        prepare=_arm,
        threads={
            "compaction": _compact,
            "mprotect": lambda scene: _protect(scene, VM_READ),
        },
        huge=False,
    ),
    Scenario(
        id="S3b",
        sentence="a load from a hinted huge page while mprotect takes all rights",
        prepare=_arm,
        threads={
            "T1": lambda scene: scene.load(scene.t1),
            "mprotect": lambda scene: _protect(scene, VM_NONE),
        },
    ),
    Scenario(
        id="S4",
        sentence="a store to a hinted page while compaction moves it",
        prepare=_arm,
        threads={
            "T1": lambda scene: scene.store(scene.t1, 2),
            "compaction": _compact,
        },
        huge=False,
    ),
    Scenario(
        id="S5",
        sentence="MADV_DONTNEED throws a huge page away while it is armed",
        threads={
            "scanner": _scan,
            "madvise": _throw_away,
        },
        judge=_is_mapped,
        # ced108037c2a: the scanner empties the slot for a moment, and the zap passes it over.
        known=of(*SEEDS, "v3.8", what=frozenset({Trouble.LEFT_MAPPED})),
    ),
    Scenario(
        id="S6",
        sentence="a store to a hinted huge page while the scanner arms it again",
        prepare=_arm,
        threads={
            "T1": lambda scene: scene.store(scene.t1, 2),
            "scanner": _scan,
        },
        # The entry read before is the same again, so the write path makes a hint writable. It is
        # then no hint that anyone would recognise, and the task faults for ever.
        known=of(*SEEDS, what=frozenset({Trouble.HINT_RAISED, Trouble.BROKEN})),
    ),
    Scenario(
        id="S6b",
        sentence="a store to a huge page of zeros that the scanner has armed",
        prepare=_arm_zeros,
        threads={"T1": lambda scene: scene.store(scene.t1, 2)},
        written=False,
    ),
    Scenario(
        id="S7",
        sentence="a CPU stores through its TLB while a page is armed and moves",
        prepare=_wanted,
        threads={
            "scanner": _scan,
            "T2": lambda scene: scene.load(scene.t2),
            "T1": lambda scene: scene.store_if_mapped(scene.t1, 2),
        },
        huge=False,
    ),
    Scenario(
        id="S7b",
        sentence="a CPU stores through its TLB while a huge page is armed and moves",
        prepare=_wanted,
        threads={
            "scanner": _scan,
            "T2": lambda scene: scene.load(scene.t2),
            "T1": lambda scene: scene.store_if_mapped(scene.t1, 2),
        },
    ),
    Scenario(
        id="S7c",
        sentence="as S7, with two scanners, the first of whom to end takes the flush for done",
        prepare=_wanted,
        threads={
            "scanner": _scan,
            "other": _scan_too,
            "T2": lambda scene: scene.load(scene.t2),
            "T1": lambda scene: scene.store_if_mapped(scene.t1, 2),
        },
        huge=False,
        preemptions=1,
    ),
    Scenario(
        id="S8",
        sentence="get_user_pages pins a page without locks while its hint fault moves it",
        prepare=_arm_wanted,
        threads={
            "gup": _pin,
            "T2": lambda scene: scene.load(scene.t2),
        },
        judge=_pinned_elsewhere,
        huge=False,
    ),
    Scenario(
        id="S8b",
        sentence="get_user_pages pins a page without locks while compaction moves it",
        threads={"gup": _pin, "compaction": _compact},
        judge=_pinned_elsewhere,
        huge=False,
    ),
    Scenario(
        id="S9",
        sentence="a process forks while it stores to a hinted page; afterwards both store",
        prepare=_arm,
        threads={
            "T1": lambda scene: scene.store(scene.t1, 2),
            "fork": _fork,
        },
        judge=_both_write,
        huge=False,
        # Parent's and child's locks nest, which kernels allow (SINGLE_DEPTH_NESTING) and the
        # engine's order does not.
        known=of(*PROFILES, what=frozenset({Trouble.LOCKS})),
    ),
    Scenario(
        id="S10",
        sentence="two threads of a process find that it is time to scan",
        prepare=_off_first_node,
        threads={
            "T1": lambda scene: _work(scene, scene.t1),
            "T2": lambda scene: _work(scene, scene.t2),
        },
        judge=_scanned,
        # Linux 3.8 looks for the page in the slot it has just emptied (5a6dac3ec5f5, hash
        # unverified), so nothing is armed and all is counted.
        known=of("v3.8", what=frozenset({Trouble.NOT_ARMED})),
    ),
)
SCENARIOS = MappingProxyType({story.id: story for story in STORIES})


def scenario(name: str) -> Scenario:
    """Return a scenario by its id; raises UnknownNameError."""
    if name not in SCENARIOS:
        raise UnknownNameError("scenario", name, tuple(SCENARIOS))
    return SCENARIOS[name]
