"""Hint faults of the scalar engine: hooks as they are bound, put together by hand, and observed."""

from __future__ import annotations

from functools import partial
from statistics import median
from typing import TYPE_CHECKING

import by_hand
from attrs import frozen
from measure import interleaved, speed_over
from table import Cell, Measured

from archcore.hookspecs import hookimpl
from archcore.hw.mmu import Access
from archcore.machine import Machine
from archcore.mm.scan import scan
from archcore.vmflags import VM_READ, VM_WRITE

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from archcore.binding import Hooks
    from archcore.mm.task import Task
    from archcore.target import Target

JOB = "hint-faults"
PAGES, QUICK_PAGES = 4096, 512
REPEATS, QUICK_REPEATS = 9, 3
START = 1 << 30
GOAL = 0.95
NOTE = (
    f"by hand and hard-coded: {by_hand.TARGET} only, whose hooks are written out in by_hand.py; "
    "all ways ended in the same tables and counters"
)


@frozen
class Bench:
    """A machine whose pages a hint fault brings back one by one."""

    machine: Machine
    task: Task
    pages: int

    def arm(self) -> None:
        """Hint every page, entry by entry."""
        scan(self.machine.engine, self.task, self.pages * self.machine.target.geometry.page_size)

    def fault(self) -> None:
        """Store to every page."""
        size = self.machine.target.geometry.page_size
        for address in range(START, START + self.pages * size, size):
            self.machine.touch(self.task, address, Access.WRITE)

    def state(self) -> tuple[list[int], dict[str, int]]:
        """Return the entries and the counters."""
        size = self.machine.target.geometry.page_size
        slots = (
            self.task.mm.tables.slot(START + page * size, allocate=False)
            for page in range(self.pages)
        )
        words = [slot.load() for slot in slots if slot is not None]
        return words, self.machine.vmstat.snapshot()


def run(targets: Sequence[Target], *, quick: bool) -> Measured:
    """Measure each target as it is bound and observed, and one of them put together by hand."""
    pages = QUICK_PAGES if quick else PAGES
    rows = tuple(_row(target, pages, QUICK_REPEATS if quick else REPEATS) for target in targets)
    return Measured(JOB, rows, (NOTE,))


def _row(target: Target, pages: int, repeats: int) -> dict[str, Cell]:
    benches = {name: made(target, pages) for name, made in _ways(target).items()}
    states = [_after_one(one) for one in benches.values()]
    if any(state != states[0] for state in states):
        msg = f"{target.id}: the ways of a hint fault end in different tables or counters"
        raise AssertionError(msg)

    def arm() -> None:
        for one in benches.values():
            one.arm()

    times = interleaved({name: one.fault for name, one in benches.items()}, repeats, arm)
    bound = times["bound"]

    def over(name: str) -> float | None:
        return speed_over(bound, times[name]) if name in times else None

    return {
        "target": target.id,
        "faults": pages,
        "faults/s": round(pages / median(bound)),
        "x by hand": over("by hand"),
        "goal": GOAL if "by hand" in times else None,
        "x hard-coded": over("hard-coded"),
        "x through pluggy": over("through pluggy"),
    }


def _ways(target: Target) -> dict[str, Callable[[Target, int], Bench]]:
    ways: dict[str, Callable[[Target, int], Bench]] = {"bound": bench}
    if target.id == by_hand.TARGET:
        ways["by hand"] = partial(_replaced, by_hand.assemble)
        ways["hard-coded"] = partial(_replaced, by_hand.hard_code)
    ways["through pluggy"] = partial(bench, observers=(_observer(),))
    return ways


def bench(target: Target, pages: int, observers: Sequence[object] = ()) -> Bench:
    """Return a machine with two threads, so that no page is passed over as local."""
    machine = Machine(target, nodes=2, frames_per_node=4 * pages, observers=observers, arrays=False)
    mm = machine.mm()
    mm.mmap(START, START + pages * target.geometry.page_size, VM_READ | VM_WRITE)
    task = machine.task(mm)
    machine.task(mm, cpu=1, pid=2)
    made = Bench(machine, task, pages)
    made.fault()
    return made


def _replaced(replace: Callable[[Hooks, Target], None], target: Target, pages: int) -> Bench:
    made = bench(target, pages)
    replace(made.machine.engine.hooks, target)
    return made


def _after_one(made: Bench) -> tuple[list[int], dict[str, int]]:
    """Return where one round ends; raises AssertionError if its faults were no hint faults."""
    made.arm()
    made.fault()
    words, counters = made.state()
    if counters["numa_hint_faults"] != made.pages:
        msg = f"{made.machine.target.id}: {made.pages} hints cost {counters['numa_hint_faults']}"
        raise AssertionError(msg)
    return words, counters


def _observer() -> object:
    """Return an observer that looks at every hook of a hint fault and does nothing."""

    def watch() -> Generator[None, object, object]:
        return (yield)

    wrapped = {name: staticmethod(hookimpl(wrapper=True)(watch)) for name in by_hand.HOOKS}
    return type("Watching", (), wrapped)()
