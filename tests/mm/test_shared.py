"""Two mappings of the same pages, in one address space and in several."""

from __future__ import annotations

import pytest
from bench_machine import BASE, PAGE, process

from archcore.errors import MachineError
from archcore.mm.migrate import move_page
from archcore.mm.syscalls import munmap
from archcore.vmflags import VM_READ, VM_SHARED, VM_WRITE

RW = VM_READ | VM_WRITE
OTHER = BASE + 64 * PAGE


def aliased(*, same_mm=True):
    """Return a machine, two tasks, and two mappings of the same pages, the second a page on."""
    built, task, vma = process(flags=RW | VM_SHARED)
    mm = task.mm if same_mm else built.mm()
    other = task if same_mm else built.task(mm, pid=9)
    alias = mm.mmap(OTHER, OTHER + vma.vm_end - BASE, RW | VM_SHARED, shares=vma)
    return built, (task, other), (vma, alias)


@pytest.mark.parametrize("same_mm", [True, False])
@pytest.mark.parametrize("first", [0, 1])
def test_a_store_through_one_is_loaded_through_the_other(same_mm, first):
    """Whichever of the two brings the page in."""
    built, tasks, vmas = aliased(same_mm=same_mm)
    places = (BASE + PAGE, OTHER + PAGE)
    built.store(tasks[first], places[first], 7)
    assert built.load(tasks[1 - first], places[1 - first]) == 7
    pfns = {
        vma.vm_mm.hooks.pte_pfn(vma.vm_mm.tables.slot(at).load())
        for vma, at in zip(vmas, places, strict=True)
    }
    (pfn,) = pfns
    assert built.engine.frames.mapcount[pfn] == 2


def test_a_migration_moves_the_page_of_both():
    """No mapping keeps the old frame."""
    built, (task, _), (vma, _) = aliased()
    built.store(task, BASE, 7)
    built.load(task, OTHER)
    assert move_page(built.engine, vma, BASE, 1) is None
    hooks, slot = task.mm.hooks, task.mm.tables.slot
    moved = {hooks.pte_pfn(slot(at).load()) for at in (BASE, OTHER)}
    assert {built.engine.frames.nid(pfn) for pfn in moved} == {1}
    assert len(moved) == 1
    assert built.load(task, OTHER) == 7


def test_the_page_lives_as_long_as_one_maps_it():
    """What one mapping leaves, the other still has."""
    built, (task, _), (vma, _) = aliased()
    built.store(task, BASE, 7)
    built.load(task, OTHER)
    munmap(built.engine, task, BASE, vma.vm_end)
    assert built.load(task, OTHER) == 7


@pytest.mark.parametrize(("of", "flags"), [(RW, RW | VM_SHARED), (RW | VM_SHARED, RW)])
def test_private_pages_are_shared_with_nobody(of, flags):
    """Both mappings have to be shared ones."""
    _, task, vma = process(flags=of)
    with pytest.raises(MachineError, match="both must be shared"):
        task.mm.mmap(OTHER, OTHER + PAGE, flags, shares=vma)
