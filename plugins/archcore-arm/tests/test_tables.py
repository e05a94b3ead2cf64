"""Two tables in one page: the kernel's entries, what the hardware walks, what an image shows."""

from __future__ import annotations

import numpy as np
import pytest

from archcore.hw.mmu import Access
from archcore.hw.outcome import Fault, FaultKind, Translation
from archcore.hw.walker import walk
from archcore.image.memory import Extent, PhysicalImage
from archcore.image.walk import Walk
from archcore.machine import Machine
from archcore.mm.protect import change_prot_numa
from archcore.mm.syscalls import mprotect
from archcore.vmflags import VM_NONE, VM_READ, VM_WRITE
from archcore_arm.targets import V5, V7_LPAE

PAGE, MEGABYTE = 1 << 12, 1 << 20
# Pages in both halves of a kernel entry, and in another one.
PLACES = (0x40_0000, 0x40_0000 + MEGABYTE, 0x80_0000)
FRAMES = 256
BOTH = pytest.mark.parametrize("target", [V5, V7_LPAE], ids=lambda one: one.id)


def process(target):
    """Return a machine and a task that has stored to a page at each of the places."""
    machine = Machine(target, nodes=2, frames_per_node=FRAMES, zero_page=False)
    mm = machine.mm()
    task = machine.task(mm)
    for at in PLACES:
        mm.mmap(at, at + PAGE, VM_READ | VM_WRITE)
        assert machine.store(task, at, at) is None
    return machine, task


def goes(machine, task, at, access=Access.READ):
    """Return how a walk ends."""
    target = machine.target
    return walk(machine.memory, target.geometry, target.mmu, task.mm.tables.root, at, access)


def test_hardware_finds_the_twin_two_kilobytes_above():
    """The second megabyte of a kernel entry has a table of its own."""
    machine, task = process(V5)
    for at in PLACES:
        slot, found = task.mm.tables.slot(at), goes(machine, task, at)
        assert isinstance(found, Translation)
        assert found.entry_address == slot.address + 2048
        assert found.physical == machine.engine.hooks.pte_pfn(slot.load()) * PAGE
    root = machine.memory.words(task.mm.tables.root, 4096, 32)
    pairs = [root[index : index + 2].tolist() for index in (4, 8)]
    assert all(second - first == 1024 for first, second in pairs)
    assert np.count_nonzero(root) == 4


@pytest.mark.parametrize(
    ("target", "kind"),
    [(V5, FaultKind.PERMISSION), (V7_LPAE, FaultKind.NOT_VALID)],
    ids=["v5", "lpae"],
)
def test_a_page_without_rights_faults_in_another_way(target, kind):
    """ARMv5 leaves it valid for the kernel; with LPAE the stored entry is not valid."""
    machine, task = process(target)
    mprotect(machine.engine, task, PLACES[0], PLACES[0] + PAGE, VM_NONE)
    fault = goes(machine, task, PLACES[0])
    assert isinstance(fault, Fault)
    assert fault.kind is kind
    assert machine.engine.hooks.pte_present(task.mm.tables.slot(PLACES[0]).load())


@BOTH
def test_an_image_shows_the_entries_of_the_kernel(target):
    """Every page is a leaf of the walk, hints among them, and no hardware entry is."""
    machine, task = process(target)
    machine.run_on(task, 1)
    vma = task.mm.vmas.find(PLACES[1])
    assert change_prot_numa(machine.engine, task, vma, PLACES[1], PLACES[1] + PAGE) == 1
    data = np.frombuffer(machine.memory.read(0, 2 * FRAMES * PAGE), np.uint8)
    image = PhysicalImage("memory", data, (Extent(0, len(data), 0),))
    found = {}
    for batch in Walk(target, image, task.mm.tables.root):
        found |= dict(zip(batch.va.tolist(), batch.raw.tolist(), strict=True))
    assert found == {at: task.mm.tables.slot(at).load() for at in PLACES}
