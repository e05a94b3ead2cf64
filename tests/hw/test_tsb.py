"""A buffer of entries in memory, and the miss handler that loads from it without a look."""

from __future__ import annotations

import pytest

from archcore.errors import EndlessFaultError
from archcore.hw.cpu import Cpu
from archcore.hw.mmu import Access
from archcore.hw.outcome import FaultKind
from archcore.hw.tsb import Tsb

READ, WRITE = Access.READ, Access.WRITE
ADDRESS = 0x4500
RW = ("LEAF", "READ", "WRITE")


def boot(toy, memory, level="low", shift=8, entries=4):
    """Return a CPU whose miss handler looks into a buffer first, and the buffer."""
    tsb = Tsb(toy.geometry.level(level), shift, entries)
    cpu = Cpu(0, 0, memory, toy.geometry, toy.mmu, toy.root)
    cpu.tsbs = (tsb,)
    return cpu, tsb


def test_a_place_is_shared_by_many_addresses(toy):
    """The later of two entries with one place stays, and an address finds none but its own."""
    tsb = Tsb(toy.geometry.level("low"), 8, 4)
    tsb.insert(0x100, 1)
    tsb.insert(0x500, 2)
    assert (tsb.entry(0x100), tsb.entry(0x5FF), len(tsb)) == (None, 2, 1)
    tsb.flush_page(0x100)
    assert tsb.entry(0x500) == 2
    tsb.flush_page(0x500)
    assert (tsb.entry(0x500), len(tsb)) == (None, 0)


def test_an_entry_is_loaded_without_a_walk(toy, memory):
    """The tables are empty, and the load still finds its byte."""
    cpu, tsb = boot(toy, memory)
    tsb.insert(ADDRESS, toy.entry(0x7000, *RW))
    memory.store(0x7008, 0x99, 8)
    assert cpu.load(ADDRESS + 8, 1) == 0x99
    assert (cpu.misses, cpu.faults) == (1, 0)


def test_what_is_held_wins_over_the_tables(toy, memory):
    """A store that the tables allow faults for ever, as long as an entry without it is held."""
    toy.path(memory, ADDRESS, toy.entry(0x7000, *RW))
    cpu, tsb = boot(toy, memory)
    tsb.insert(ADDRESS, toy.entry(0x7000, "LEAF", "READ"))
    for _ in range(3):
        fault = cpu.touch(ADDRESS, WRITE)
        assert (fault.kind, fault.level) == (FaultKind.PERMISSION, "low")
    tsb.flush()
    assert cpu.touch(ADDRESS, WRITE) is None


def test_an_entry_that_is_not_valid_is_loaded_for_ever(toy, memory):
    """The handler never gets to the tables, which have the page."""
    toy.path(memory, ADDRESS, toy.entry(0x7000, *RW))
    cpu, tsb = boot(toy, memory)
    tsb.insert(ADDRESS, toy.layout.mask(*RW).value)
    with pytest.raises(EndlessFaultError, match="for ever"):
        cpu.touch(ADDRESS, READ)


def test_an_entry_may_stand_for_a_part_of_what_its_level_maps(toy, memory):
    """Half of a page of the middle level: the address bit in between comes from the entry."""
    cpu, tsb = boot(toy, memory, "mid", 10)
    tsb.insert(0x4400, toy.entry(0x8400, *RW))
    memory.store(0x8508, 0x77, 8)
    assert cpu.load(0x4508, 1) == 0x77
    assert cpu.touch(0x4300, READ).kind is FaultKind.NOT_VALID


def test_what_the_handler_walked_to_is_held_from_then_on(toy, memory):
    """Where it has the size of the buffer's entries; and a fault leaves nothing."""
    place = toy.path(memory, ADDRESS, toy.entry(0x7000, *RW, "ACCESSED"))
    cpu, tsb = boot(toy, memory)
    assert cpu.touch(ADDRESS, READ) is None
    assert tsb.entry(ADDRESS) == toy.load(memory, place)
    assert cpu.touch(ADDRESS + 0x100, READ) is not None
    assert tsb.entry(ADDRESS + 0x100) is None


def test_going_to_other_tables_takes_the_buffers_away(toy, memory):
    """A buffer belongs to an address space."""
    cpu, tsb = boot(toy, memory)
    tsb.insert(ADDRESS, toy.entry(0x7000, *RW))
    cpu.switch(0x2000)
    assert cpu.touch(ADDRESS, READ).kind is FaultKind.NOT_VALID
