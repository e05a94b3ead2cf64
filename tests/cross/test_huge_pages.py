"""Huge pages of every installed target, under the engine of its era and the newest one."""

from __future__ import annotations

import pytest

from archcore.hw.mmu import Access
from archcore.hw.seam import Seam
from archcore.machine import Machine
from archcore.mm.huge_protect import arm_huge_pmd
from archcore.mm.huge_split import split_huge_page
from archcore.mm.hugepages import Pmd, pmd_kind
from archcore.mm.protect import change_prot_numa
from archcore.registry import installed
from archcore.vmflags import VM_READ, VM_WRITE

TARGETS = [target.id for target in installed()]
HUGE_PAGES = 3


def stage(target_id, engine):
    """Return a machine, an mm with room for huge pages, its VMA and a task a node."""
    target = installed().get(target_id)
    shifts = [level.shift for level in target.geometry.levels]
    frames = 4096 + (8 << shifts[1] - shifts[0])
    engine = engine or target.engine
    built = Machine(target, engine, frames_per_node=frames, thp=True, seam=Seam())
    if built.engine.huge is None:
        pytest.skip("no huge pages")
    mm, size = built.mm(), built.engine.huge.size
    vma = mm.mmap(4 * size, (4 + HUGE_PAGES) * size, VM_READ | VM_WRITE)
    return built, vma, built.task(mm, 0, 1), built.task(mm, 1, 2)


@pytest.mark.parametrize("engine", [None, "v7.0"])
@pytest.mark.parametrize("target_id", TARGETS)
def test_what_was_stored_survives_hint_migration_and_split(target_id, engine):
    """A huge page is written, hinted, used from the other node, split, hinted and used again."""
    built, vma, near, far = stage(target_id, engine)
    start, page = vma.vm_start, built.engine.geometry.page_size
    slot = vma.vm_mm.tables.pmd(start, allocate=True)
    for at in range(4):
        assert built.store(near, start + at * page, at + 1) is None
    arm_huge_pmd(built.engine, vma, slot)
    for cpu in built.cpus:
        cpu.tlb.flush()

    assert built.touch(far, start, Access.WRITE) is None
    assert built.store(far, start + 8, 9) is None
    split_huge_page(built.engine, vma, start, slot)
    assert pmd_kind(built.engine.hooks, slot.load()) is Pmd.TABLE
    change_prot_numa(built.engine, near, vma, start, vma.vm_end)
    for at in range(4):
        assert built.load(near, start + at * page) == at + 1

    assert built.vmstat.numa_hint_faults >= 1
    assert built.lost_stores(vma.vm_mm) == ()
    assert built.engine.findings.all() == () or built.engine.profile.name == "seed"
