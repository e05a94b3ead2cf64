"""Tables in memory, as the kernel makes them and finds its way in them."""

from __future__ import annotations

import pytest
import toy
from attrs import evolve, frozen

from archcore.binding import bind
from archcore.hookspecs import hookimpl
from archcore.hw.memory import PhysicalMemory
from archcore.hw.mmu import Access
from archcore.hw.walker import Translation, walk
from archcore.mm.frames import Frames
from archcore.mm.generic import GENERIC
from archcore.mm.pagetable import PageTables


@frozen
class Doubled:
    """Two words an entry, the second a mark that hardware does not read."""

    @hookimpl
    def set_pxd(self, pxdp, pxd):
        """Store both."""
        pxdp.store(pxd)
        pxdp.at(1).store(0xFFFF_FFFE)


@pytest.fixture
def tables():
    """Tables of the toy, but that an upper entry takes two words and so a table two frames."""
    target = toy.module().TARGET
    lowest, *upper = target.geometry.levels
    geometry = evolve(
        target.geometry, levels=(lowest, *(evolve(level, words=2) for level in upper))
    )
    memory = PhysicalMemory(geometry.page_shift)
    hooks = bind(target, (*GENERIC, Doubled()))
    return PageTables(memory, geometry, hooks, Frames(1, 64)), memory, target


def test_the_words_of_an_entry_lie_side_by_side(tables):
    """The kernel reads the first, whatever the second says."""
    made, memory, _ = tables
    level = made.geometry.levels[-1]
    slot = made.slot(5 << level.shift, allocate=True)
    place = made.root + 5 * 8
    assert memory.load(place, 32) != 0
    assert memory.load(place + 4, 32) == 0xFFFF_FFFE
    assert made.slot(5 << level.shift).address == slot.address
    assert made.slot(6 << level.shift) is None
    assert [table.address for table in made.tables(0, 1 << made.geometry.va_bits)] == [
        5 << level.shift
    ]


def test_hardware_strides_over_them_too(tables):
    """A walk by the same geometry ends where the kernel put the entry."""
    made, memory, target = tables
    address = 5 << made.geometry.levels[-1].shift | 0x3000
    hooks = bind(target)
    slot = made.slot(address, allocate=True)
    slot.store(hooks.pte_mkyoung(hooks.pfn_pte(7, hooks.vm_get_page_prot(1))))
    found = walk(memory, made.geometry, target.mmu, made.root, address, Access.READ)
    assert isinstance(found, Translation)
    assert (found.physical, found.entry_address) == (7 << 12, slot.address)
