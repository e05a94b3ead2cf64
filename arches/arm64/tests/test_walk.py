"""Whole walks: from the root to a page, over every regime."""

from __future__ import annotations

import pytest

from archcore.hw.memory import PhysicalMemory
from archcore.hw.mmu import Access
from archcore.hw.walker import Translation, Walker


def _tables(target, hooks, address, leaf):
    """Return a memory in which the top table leads to a leaf, and the address of the top table.

    Each table lies at another top of the physical address, the first at its highest frame but one.
    """
    geometry, memory = target.geometry, PhysicalMemory(target.geometry.page_shift)
    last = (1 << geometry.pa_bits) - 2 * geometry.page_size
    root = table = last
    for at, level in enumerate(reversed(geometry.levels[1:])):
        below = last - (at + 1 << geometry.pa_bits - 3)
        memory.store(table + level.index(address) * 8, hooks.pxd_populate(level.name, below))
        table = below
    memory.store(table + geometry.levels[0].index(address) * 8, leaf)
    return memory, root


def test_a_walk_ends_at_the_page(target, hooks):
    """The highest virtual address leads over every level to the frame that the kernel mapped."""
    geometry = target.geometry
    address = (1 << geometry.va_bits) - geometry.page_size + 8
    frame = (1 << geometry.pa_bits - geometry.page_shift) - 1
    leaf = hooks.pte_mkdirty(hooks.pfn_pte(frame, hooks.vm_get_page_prot(11)))
    memory, root = _tables(target, hooks, address, leaf)
    found = Walker(geometry, target.mmu).walk(memory, root, address, Access.WRITE)
    assert isinstance(found, Translation)
    assert found.physical == (frame << geometry.page_shift) + 8


@pytest.mark.parametrize("access", list(Access))
def test_a_walk_stops_at_a_hint(target, hooks, access):
    """Every access to a hinted page faults, at the lowest level and at the hint."""
    geometry = target.geometry
    hint = hooks.pte_modify(hooks.pfn_pte(1, hooks.vm_get_page_prot(7)), hooks.page_none())
    memory, root = _tables(target, hooks, 0, hint)
    fault = Walker(geometry, target.mmu).walk(memory, root, 0, access)
    assert (fault.level, fault.entry) == ("pte", hint)
