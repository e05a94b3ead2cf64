"""A machine: one target, one engine profile and observers, bound into something that runs."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from archcore.binding import bind
from archcore.errors import MachineError
from archcore.hw.cpu import Cpu
from archcore.hw.memory import PhysicalMemory
from archcore.mm.costs import Costs
from archcore.mm.engine import Engine
from archcore.mm.fault import Outcome, handle_mm_fault
from archcore.mm.frames import Frames
from archcore.mm.generic import GENERIC
from archcore.mm.mm import Mm
from archcore.mm.profile import EngineProfile
from archcore.mm.profile import profile as profile_of
from archcore.mm.stats import Vmstat
from archcore.mm.task import Task

if TYPE_CHECKING:
    from collections.abc import Iterable

    from archcore.hw.mmu import Access
    from archcore.target import Target

RETRIES = 16


class Machine:
    """Memory, one CPU a node, and the engine of a profile over the hooks of a target.

    ``observers`` are plugins with hook wrappers; hooks that none of them wraps are bound to the
    implementing functions themselves. Sizes are in frames of the target's page size.
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
    ) -> None:
        """Bind the target; raises UnknownNameError for an unknown engine profile."""
        profile = profile_of(engine) if isinstance(engine, str) else engine
        geometry = target.geometry
        self.target = target
        self.outcomes: Counter[Outcome] = Counter()
        self.memory = PhysicalMemory(geometry.page_shift)
        frames = Frames(nodes, frames_per_node)
        self.engine = Engine(
            hooks=bind(target, GENERIC, observers),
            profile=profile,
            geometry=geometry,
            memory=self.memory,
            frames=frames,
            vmstat=Vmstat(),
            costs=Costs(),
            arrays=arrays,
            zero_page=frames.allocate(0) if zero_page else None,
        )
        self.cpus = tuple(
            Cpu(node, node, self.memory, geometry, target.mmu, cached_data=cached_data)
            for node in range(nodes)
        )

    @property
    def vmstat(self) -> Vmstat:
        """The counters."""
        return self.engine.vmstat

    def mm(self) -> Mm:
        """Return a new address space."""
        engine = self.engine
        return Mm(self.memory, engine.geometry, engine.hooks, engine.frames, self.cpus)

    def task(self, mm: Mm, cpu: int = 0, pid: int = 1) -> Task:
        """Return a new task of an address space, running on a CPU."""
        task = Task(pid, mm, self.cpus[cpu])
        self.run_on(task, cpu)
        return task

    def run_on(self, task: Task, cpu: int) -> None:
        """Let a task run on a CPU."""
        task.cpu = self.cpus[cpu]
        if task.cpu.root != task.mm.tables.root:
            task.cpu.switch(task.mm.tables.root)

    def touch(self, task: Task, address: int, access: Access) -> Outcome | None:
        """Carry one reference out, faults and all; return SIGSEGV, or None when it went through."""
        if task.cpu.touch(address, access) is None:
            return None
        return self.settle(task, address, access)

    def settle(self, task: Task, address: int, access: Access) -> Outcome | None:
        """Handle the fault of a reference until it goes through; see touch for the answer.

        Raises MachineError when it faults again and again: the entry makes no progress.
        """
        for _ in range(RETRIES):
            outcome = handle_mm_fault(self.engine, task, address, access)
            self.outcomes[outcome] += 1
            if outcome is Outcome.SIGSEGV:
                return outcome
            if task.cpu.touch(address, access) is None:
                return None
        msg = (
            f"{self.target.id} under {self.engine.profile.name}: {access.value} at {address:#x} "
            f"still faults after {RETRIES} tries"
        )
        raise MachineError(msg)
