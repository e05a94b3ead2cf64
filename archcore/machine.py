"""A machine: one target, one engine profile and observers, bound into something that runs."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING

from archcore.binding import bind
from archcore.errors import EndlessFaultError
from archcore.hw.cpu import Cpu
from archcore.hw.memory import PhysicalMemory
from archcore.hw.mmu import Access
from archcore.hw.outcome import Fault
from archcore.hw.seam import Place
from archcore.hw.watched import WatchedCpu
from archcore.hw.watched_memory import WatchedMemory
from archcore.mm.costs import Costs
from archcore.mm.engine import Engine
from archcore.mm.fault import Outcome, handle_mm_fault
from archcore.mm.findings import Findings, Kind
from archcore.mm.fork import dup_mmap
from archcore.mm.frames import Frames
from archcore.mm.generic import GENERIC
from archcore.mm.hugepages import huge_pages
from archcore.mm.locks import FreeLocks
from archcore.mm.mm import Mm
from archcore.mm.profile import EngineProfile
from archcore.mm.profile import profile as profile_of
from archcore.mm.stats import Vmstat
from archcore.mm.swap import SwapArea
from archcore.mm.task import Task
from archcore.mm.watch import Watch
from archcore.mm.watched_frames import WatchedFrames
from archcore.mm.watched_locks import WatchedLocks
from archcore.mm.watched_mm import WatchedMm
from archcore.mm.watched_swap import WatchedSwapArea
from archcore.mm.witness import LostStore, lost_stores

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from archcore.hw.seam import Seam
    from archcore.layout import Geometry
    from archcore.mm.balancer import Balancer
    from archcore.mm.locks import Locks
    from archcore.target import Target

RETRIES = 16


class Machine:
    """Memory, one CPU a node, and the engine of a profile over the hooks of a target.

    ``observers`` are plugins with hook wrappers; hooks that none of them wraps are bound to the
    implementing functions themselves. Sizes are in frames of the target's page size. ``thp`` maps
    huge pages where VMA and target allow; ``swap_slots`` pages fit into swap. With ``cached_data``
    all CPUs share a data cache, from which memory learns of stores later. A ``balancer`` lets a
    clock drive the scanner, and a ``policy`` is a plugin with placement hooks of its own. Under a
    ``seam`` locks block, walks take time, entries are armed one by one, and what no kernel should
    do becomes a finding.
    """

    def __init__(
        self,
        target: Target,
        engine: str | EngineProfile = "v6.1",
        *,
        nodes: int = 2,
        frames_per_node: int = 1 << 16,
        observers: Iterable[object] = (),
        arrays: bool = True,
        zero_page: bool = True,
        cached_data: bool = False,
        thp: bool = False,
        swap_slots: int = 0,
        balancer: Balancer | None = None,
        policy: object | None = None,
        seam: Seam | None = None,
    ) -> None:
        """Bind the target; raises UnknownNameError for an unknown engine profile."""
        profile = profile_of(engine) if isinstance(engine, str) else engine
        geometry = target.geometry
        self.target = target
        self.outcomes: Counter[Outcome] = Counter()
        self.memory = _memory(geometry, seam)
        frames = _frames(nodes, frames_per_node, geometry, seam)
        costs, findings = Costs(), Findings()
        layers = GENERIC if policy is None else (*GENERIC, policy)
        hooks = bind(target, layers, observers)
        if seam is not None:
            Watch(seam).install(hooks)
        self.locks: Locks = (
            FreeLocks(costs) if seam is None else WatchedLocks(seam, findings, profile, costs)
        )
        make = Cpu if seam is None else partial(WatchedCpu, seam=seam)
        self.cpus: tuple[Cpu, ...] = tuple(
            make(node, node, self.memory, geometry, target.mmu, cached_data=cached_data)
            for node in range(nodes)
        )
        for cpu in self.cpus[1:]:
            cpu.dcache = self.cpus[0].dcache  # coherent, as hardware with one kernel is
            cpu.hpt = self.cpus[0].hpt
        zero = frames.allocate(0) if zero_page else None
        self.engine = Engine(
            hooks=hooks,
            profile=profile,
            geometry=geometry,
            memory=self.memory,
            frames=frames,
            vmstat=Vmstat(),
            costs=costs,
            locks=self.locks,
            findings=findings,
            arrays=arrays and seam is None,
            zero_page=zero,
            huge=huge_pages(hooks, geometry, frames, zero_page=zero_page) if thp else None,
            seam=seam,
            balancer=balancer,
            table_hints=profile.hints_tables and bool(hooks.pmd_hints_tables()),
            swap=_swap(swap_slots, seam),
            reads=target.reads,
            dcache=self.cpus[0].dcache,
        )
        self._active: dict[int, Mm] = {}

    @property
    def vmstat(self) -> Vmstat:
        """The counters."""
        return self.engine.vmstat

    def mm(self) -> Mm:
        """Return a new address space."""
        engine, seam = self.engine, self.engine.seam
        make = Mm if seam is None else partial(WatchedMm, seam)
        mm = make(self.memory, engine.geometry, engine.hooks, engine.frames, self.cpus)
        mm.tables.leaves = engine.huge is not None
        return mm

    def task(self, mm: Mm, cpu: int = 0, pid: int = 1) -> Task:
        """Return a new task of an address space, running on a CPU."""
        task = Task(pid, mm, self.cpus[cpu])
        self.run_on(task, cpu)
        return task

    def fork(self, task: Task, cpu: int = 0, pid: int = 1) -> Task:
        """Return a task in a copy of a task's address space; pages are shared until written."""
        return self.task(dup_mmap(self.engine, task.mm), cpu, pid)

    def run_on(self, task: Task, cpu: int) -> None:
        """Let a task run on a CPU."""
        task.cpu = self.cpus[cpu]
        self._switch(task)

    def _switch(self, task: Task) -> None:
        """Let a task's CPU use its tables, if another process ran there last."""
        if task.cpu.root != task.mm.tables.root:
            before = self._active.get(task.cpu.number)
            self._active[task.cpu.number] = task.mm
            self.engine.hooks.switch_mm(before, task.mm, task)

    def touch(self, task: Task, address: int, access: Access) -> Outcome | None:
        """Carry one reference out, faults and all; return SIGSEGV, or None when it went through."""
        self._switch(task)
        if task.cpu.touch(address, access) is None:
            return None
        return self.settle(task, address, access)

    def store(self, task: Task, address: int, value: int, size: int = 8) -> Outcome | None:
        """Store a number, faults and all, and remember it for lost_stores; answers as touch."""
        self._switch(task)

        def attempt() -> Fault | None:
            fault = task.cpu.store(address, value, size)
            if fault is None:
                task.mm.stored[address] = (value, size)
            return fault

        return self._until(attempt, task, address, Access.WRITE)

    def load(self, task: Task, address: int, size: int = 8) -> int | Outcome:
        """Return a stored number, faults and all, or SIGSEGV."""
        self._switch(task)
        found: list[int] = []

        def attempt() -> Fault | None:
            value = task.cpu.load(address, size)
            if isinstance(value, Fault):
                return value
            found.append(value)
            return None

        return self._until(attempt, task, address, Access.READ) or found[-1]

    def lost_stores(self, mm: Mm) -> tuple[LostStore, ...]:
        """Return the stores of an address space that the memory it maps does not hold."""
        for cpu in self.cpus:
            if cpu.dcache is not None:
                cpu.dcache.flush_all()
        return lost_stores(self.engine, mm)

    def settle(self, task: Task, address: int, access: Access) -> Outcome | None:
        """Handle the fault of a reference until it goes through; see touch for the answer.

        Raises EndlessFaultError, a MachineError, when it faults again and again.
        """
        return self._settle(lambda: task.cpu.touch(address, access), task, address, access)

    def _until(
        self, attempt: Callable[[], Fault | None], task: Task, address: int, access: Access
    ) -> Outcome | None:
        return None if attempt() is None else self._settle(attempt, task, address, access)

    def _settle(
        self, attempt: Callable[[], Fault | None], task: Task, address: int, access: Access
    ) -> Outcome | None:
        for _ in range(RETRIES):
            outcome = handle_mm_fault(self.engine, task, address, access)
            self.outcomes[outcome] += 1
            if self.engine.seam is not None:
                self._returned(task, outcome)
            if outcome is Outcome.SIGSEGV:
                return outcome
            if attempt() is None:
                return None
        msg = (
            f"{self.target.id} under {self.engine.profile.name}: {access.value} at {address:#x} "
            f"still faults after {RETRIES} tries"
        )
        raise EndlessFaultError(msg)

    def _returned(self, task: Task, outcome: Outcome) -> None:
        """Look for locks that were kept; let others run if the fault has to be taken again."""
        seam, locks = self.engine.seam, self.locks
        if isinstance(locks, WatchedLocks):
            for lock in locks.held():
                self.engine.findings.add(Kind.LOCK_KEPT, "handle_mm_fault", str(lock.place))
        if seam is not None and outcome is Outcome.RETRY:
            seam.spin(Place("mm", task.mm.tables.root))


def _memory(geometry: Geometry, seam: Seam | None) -> PhysicalMemory:
    shift = geometry.page_shift
    return PhysicalMemory(shift) if seam is None else WatchedMemory(shift, seam)


def _swap(slots: int, seam: Seam | None) -> SwapArea | None:
    if not slots:
        return None
    return SwapArea(slots) if seam is None else WatchedSwapArea(slots, seam)


def _frames(nodes: int, per_node: int, geometry: Geometry, seam: Seam | None) -> Frames:
    if seam is None:
        return Frames(nodes, per_node)
    above = geometry.levels[1:2]
    order = above[0].shift - geometry.page_shift if above else 0
    return WatchedFrames(nodes, per_node, seam, order)
