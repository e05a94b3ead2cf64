"""Machines over the toy architecture, small enough to reason about."""

from __future__ import annotations

import toy

from archcore.machine import Machine
from archcore.vmflags import VM_READ, VM_WRITE

BASE = 0x40_0000
PAGE = 1 << 12
ANON = VM_READ | VM_WRITE


def machine(engine="v6.1", **options):
    """Return a machine of two nodes of the toy target."""
    return Machine(toy.module().TARGET, engine, frames_per_node=1 << 10, **options)


def process(engine="v6.1", *, pages=16, flags=ANON, **options):
    """Return a machine, a task on node 0 and its one VMA of ``pages`` pages."""
    built = machine(engine, **options)
    mm = built.mm()
    vma = mm.mmap(BASE, BASE + pages * PAGE, flags)
    return built, built.task(mm, cpu=0), vma


def entry(built, vma, page=0):
    """Return the stored entry of a page of a VMA."""
    slot = vma.vm_mm.tables.slot(vma.vm_start + page * PAGE)
    return None if slot is None else slot.load()


def entries(built, vma):
    """Return all stored entries of a VMA."""
    count = (vma.vm_end - vma.vm_start) // PAGE
    return [entry(built, vma, page) for page in range(count)]
