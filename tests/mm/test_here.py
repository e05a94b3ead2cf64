"""Which CPU a hook runs on: local flushes reach no other."""

from __future__ import annotations

import pytest
from bench_machine import BASE, PAGE, process

from archcore.hookspecs import hookimpl


class Listener:
    """An observer of update_mmu_cache: which CPUs were here."""

    def __init__(self):
        self.told = []

    @hookimpl(wrapper=True)
    def update_mmu_cache(self, vma):
        """Write the CPUs down."""
        self.told.append(vma.vm_mm.here)
        return (yield)


def test_a_fault_is_settled_on_the_cpu_of_its_task():
    """While one is settled, that CPU is here; before and after none is."""
    listener = Listener()
    built, task, vma = process(observers=[listener])
    other = built.task(task.mm, cpu=1, pid=2)

    built.store(task, BASE, 1)
    built.store(other, BASE + PAGE, 2)

    assert listener.told == [(built.cpus[0],), (built.cpus[1],)]
    assert vma.vm_mm.here == ()


def test_tasks_that_take_turns_have_each_its_own():
    """A fault that waits while another is settled goes on where it was."""
    greenlet = pytest.importorskip("greenlet")
    built, task, vma = process()
    other, seen = built.task(task.mm, cpu=1, pid=2), []
    hook = built.engine.hooks.update_mmu_cache

    def paused(*given):
        seen.append(vma.vm_mm.here)
        outer.switch()
        seen.append(vma.vm_mm.here)
        return hook(*given)

    built.engine.hooks.update_mmu_cache = paused
    outer = greenlet.getcurrent()
    parts = [
        greenlet.greenlet(lambda task=one, at=at: built.store(task, BASE + at * PAGE, at))
        for at, one in enumerate((task, other))
    ]
    for part in (*parts, *parts):
        part.switch()

    assert [cpu.number for (cpu,) in seen] == [0, 1, 0, 1]
    assert vma.vm_mm.here == ()
