"""Which trap the kernel is handling: some work is done only on the way out of one."""

from __future__ import annotations

import pytest
from bench_machine import BASE, process

from archcore.hookspecs import hookimpl
from archcore.hw.mmu import Access
from archcore.mm.gup import Foll, get_user_pages
from archcore.mm.outcome import Outcome
from archcore.vmflags import VM_EXEC, VM_READ, VM_WRITE


class Listener:
    """An observer of update_mmu_cache: the traps."""

    def __init__(self):
        self.told = []

    @hookimpl(wrapper=True)
    def update_mmu_cache(self, vma):
        """Write the trap down."""
        self.told.append(vma.vm_mm.trap)
        return (yield)


@pytest.mark.parametrize("access", Access)
def test_a_reference_traps_with_its_access(access):
    """While its fault is settled, and neither before nor after."""
    listener = Listener()
    flags = VM_READ | VM_WRITE | VM_EXEC
    built, task, vma = process(observers=[listener], flags=flags)

    assert built.touch(task, BASE, access) is None

    assert listener.told == [access]
    assert (vma.vm_mm.trap, task.trap) == (None, None)


def test_a_page_that_a_system_call_asks_for_comes_without_a_trap():
    """get_user_pages settles a fault that no reference has made."""
    listener = Listener()
    built, task, vma = process(observers=[listener])

    get_user_pages(built.engine, task, BASE, Foll.WRITE)

    assert listener.told == [None]
    assert vma.vm_mm.here == ()


def test_a_refused_reference_leaves_no_trap_behind():
    """The task gets its signal."""
    built, task, vma = process(flags=VM_READ)

    assert built.touch(task, BASE, Access.WRITE) is Outcome.SIGSEGV
    assert vma.vm_mm.trap is None
