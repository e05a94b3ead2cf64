"""Region, segment and page tables: of two sizes, big-endian, and full of invalid entries."""

from __future__ import annotations

import numpy as np
import pytest

from archcore.hw.mmu import Access
from archcore.hw.outcome import Fault, FaultKind
from archcore.hw.walker import walk
from archcore.image.batch import STATES
from archcore.image.maps import Area, Vmas
from archcore.image.memory import Extent, PhysicalImage
from archcore.image.walk import Walk
from archcore.machine import Machine
from archcore.mm.protect import change_prot_numa
from archcore.mm.syscalls import mprotect
from archcore.vmflags import VM_NONE, VM_READ, VM_WRITE
from archcore_s390x.targets import TARGET

FRAMES = 1 << 12
PAGE, SEGMENT = 1 << 12, 1 << 20
READ_WRITE = VM_READ | VM_WRITE
GEOMETRY = TARGET.geometry


def machine() -> Machine:
    """Return a machine with huge pages and no page of zeros."""
    return Machine(TARGET, frames_per_node=FRAMES, thp=True, zero_page=False)


def test_tables_have_the_sizes_of_the_manual() -> None:
    """A page table is 2K long and maps 1M; the others are 16K long, and five map all addresses."""
    assert [level.table_bytes for level in GEOMETRY.levels] == [2048, *[16384] * 4]
    assert [1 << shift for shift in (12, 20, 31, 42, 53)] == [one.size for one in GEOMETRY.levels]
    assert GEOMETRY.va_bits == 64


def test_a_pointer_says_of_what_table_it_is() -> None:
    """The walk stops at an entry whose type is that of another table."""
    built = machine()
    mm = built.mm()
    task = built.task(mm)
    mm.mmap(PAGE, 2 * PAGE, READ_WRITE)
    built.store(task, PAGE, 1)
    assert walk(built.memory, GEOMETRY, TARGET.mmu, mm.tables.root, PAGE, Access.READ)

    root = built.memory.load(mm.tables.root, 64, "big")
    assert root & 0xF == 0xF
    built.memory.store(mm.tables.root, root ^ 0x4, 64, "big")
    found = walk(built.memory, GEOMETRY, TARGET.mmu, mm.tables.root, PAGE, Access.READ)
    assert isinstance(found, Fault)
    assert found.kind is FaultKind.RESERVED


def test_entries_are_stored_big_endian() -> None:
    """The first byte of a slot is the highest of its entry."""
    built = machine()
    mm = built.mm()
    task = built.task(mm)
    mm.mmap(PAGE, 2 * PAGE, READ_WRITE)
    built.store(task, PAGE, 1)
    slot = mm.tables.slot(PAGE)
    assert slot is not None
    assert built.memory.read(slot.address, 8) == slot.load().to_bytes(8, "big")
    assert built.memory.read(slot.address + 8, 8) == (0x400).to_bytes(8, "big")


@pytest.mark.parametrize("top", [1 << 31, 1 << 42, 1 << 53, 1 << 64])
def test_tables_are_walked_as_they_were_written(top: int) -> None:
    """Pages, a hint, a PROT_NONE page and a huge page are found up to the end of each region."""
    built = machine()
    mm = built.mm()
    task, _ = built.task(mm), built.task(mm, cpu=1, pid=2)
    spots = {"mapped": PAGE, "hint": top - PAGE, "genuine-none": top - 3 * PAGE}
    for at in spots.values():
        mm.mmap(at, at + PAGE, READ_WRITE)
        built.store(task, at, 1)
    large = mm.mmap(8 * SEGMENT, 9 * SEGMENT, READ_WRITE)
    built.store(task, large.vm_start, 1)
    vma = mm.vmas.find(spots["hint"])
    assert vma is not None
    change_prot_numa(built.engine, task, vma, vma.vm_start, vma.vm_end)
    mprotect(built.engine, task, spots["genuine-none"], spots["genuine-none"] + PAGE, VM_NONE)

    data = np.frombuffer(built.memory.read(0, 2 * FRAMES * PAGE), np.uint8)
    image = PhysicalImage("memory", data, (Extent(0, len(data), 0),))
    areas = Vmas([Area(one.vm_start, one.vm_end, one.vm_flags, "") for one in mm.vmas])
    found = {
        va: STATES[state]
        for batch in Walk(TARGET, image, mm.tables.root, areas)
        for va, state in zip(batch.va.tolist(), batch.state.tolist(), strict=True)
    }

    assert found == {**{at: state for state, at in spots.items()}, large.vm_start: "mapped"}
