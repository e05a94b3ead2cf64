"""A hashed page table, and CPUs whose MMU looks there while the kernel's handler walks."""

from __future__ import annotations

import pytest
from attrs import evolve

from archcore.hw.cpu import Cpu
from archcore.hw.held import Held
from archcore.hw.hpt import Hpt, WatchedHpt
from archcore.hw.mmu import Access
from archcore.hw.outcome import FaultKind
from archcore.hw.rights import ALL
from archcore.hw.rights import READ as READABLE
from archcore.hw.rights import WRITE as WRITABLE
from archcore.hw.seam import Place, Seam, Use

READ, WRITE = Access.READ, Access.WRITE
ADDRESS, PAGE = 0x4500, 0x45
RW = ("LEAF", "READ", "WRITE")
ROOT, OTHER = 0x1000, 0x2000


@pytest.fixture
def cpus(toy, memory):
    """Return two CPUs of one hashed table; the page at ADDRESS may be read and written."""
    toy.path(memory, ADDRESS, toy.entry(0x7000, *RW))
    mmu = evolve(toy.mmu, hashed=True, refill="software")
    one, two = (Cpu(number, 0, memory, toy.geometry, mmu, toy.root) for number in (0, 1))
    two.hpt = one.hpt
    return one, two


def counts(cpu):
    """Return hits, misses, walks and faults."""
    return cpu.hits, cpu.misses, cpu.walks, cpu.faults


def test_an_address_space_finds_its_own_entries_only():
    """One page at two roots is two entries, and only a whole entry can go."""
    hpt = Hpt()
    hpt.insert(ROOT, 5, Held(READABLE, 0x70, 0))
    hpt.insert(OTHER, 5, Held(READABLE, 0x80, 0))
    assert (hpt.entry(ROOT, 5).frame, hpt.entry(OTHER, 5).frame, len(hpt)) == (0x70, 0x80, 2)
    assert (hpt.remove(ROOT, 5), hpt.remove(ROOT, 5), hpt.entry(ROOT, 5)) == (1, 0, None)
    assert hpt.entry(OTHER, 5) is not None


def test_a_large_page_is_one_entry():
    """Any page of it finds the entry, and any takes it out."""
    hpt = Hpt()
    hpt.insert(ROOT, 5, Held(READABLE, 0x71, 2))
    hpt.insert(ROOT, 9, Held(READABLE, 0x99, 0))
    assert [hpt.entry(ROOT, page) is not None for page in range(3, 10)] == [0, 1, 1, 1, 1, 0, 1]
    assert (hpt.remove(ROOT, 7), len(hpt)) == (1, 1)
    hpt.flush()
    assert (len(hpt), hpt.entry(ROOT, 9)) == (0, None)


def test_a_miss_that_the_table_serves_is_no_walk(cpus):
    """The handler runs once for all CPUs, however often their TLBs forget."""
    one, two = cpus
    assert one.touch(ADDRESS, WRITE) is None
    one.tlb.flush()
    assert one.touch(ADDRESS, READ) is None
    assert two.touch(ADDRESS, WRITE) is None
    assert (counts(one), counts(two)) == ((0, 2, 1, 0), (0, 1, 0, 0))
    assert one.tlb.frame(PAGE) == two.tlb.frame(PAGE) == 0x70


def test_what_is_hashed_wins_over_the_tables_until_it_is_taken_out(toy, memory, cpus):
    """The tables say that the page is gone; a CPU still stores to it, TLB or not."""
    one, two = cpus
    one.touch(ADDRESS, WRITE)
    toy.path(memory, ADDRESS, 0)
    two.tlb.flush()
    assert two.touch(ADDRESS, WRITE) is None
    assert one.hpt.remove(toy.root, PAGE) == 1
    two.tlb.flush()
    assert two.touch(ADDRESS, WRITE).kind is FaultKind.NOT_VALID


def test_a_first_store_goes_to_the_handler(toy, memory, cpus):
    """A clean page is hashed without the right to store, so that somebody marks it dirty."""
    one, two = cpus
    place = toy.path(memory, ADDRESS, toy.entry(0x7000, *RW))
    one.touch(ADDRESS, READ)
    assert one.hpt.entry(toy.root, PAGE).rights & ALL == READABLE
    assert two.touch(ADDRESS, WRITE) is None
    assert toy.load(memory, place) & toy.layout["DIRTY"].value
    assert (one.hpt.entry(toy.root, PAGE).rights, two.walks) == (READABLE | WRITABLE, 1)


def test_a_preloaded_page_is_there_before_the_miss(toy, memory, cpus):
    """The handler's work is done, flags and all, and nobody trapped for it."""
    one, two = cpus
    place = toy.path(memory, ADDRESS, toy.entry(0x7000, *RW))
    one.preload(toy.root, ADDRESS, READ)
    assert toy.load(memory, place) & toy.layout["ACCESSED"].value
    assert two.touch(ADDRESS, READ) is None
    assert (counts(one), counts(two)) == ((0, 0, 0, 0), (0, 1, 0, 0))


@pytest.mark.parametrize("names", [("LEAF",), ("LEAF", "WRITE")], ids=["no right", "unreadable"])
def test_nothing_is_preloaded_that_cannot_be_read(toy, memory, cpus, names):
    """Nor is its entry changed."""
    one, _ = cpus
    entry = toy.entry(0x7000, *names)
    place = toy.path(memory, ADDRESS, entry)
    one.preload(toy.root, ADDRESS, READ)
    assert (len(one.hpt), toy.load(memory, place)) == (0, entry)


def test_a_cpu_can_be_told_to_forget_all(toy, memory, cpus):
    """TLB and table: the next reference walks."""
    one, _ = cpus
    one.touch(ADDRESS, READ)
    one.forget()
    toy.path(memory, ADDRESS, 0)
    assert one.touch(ADDRESS, READ).kind is FaultKind.NOT_VALID


def test_an_mmu_that_walks_has_no_table(toy, memory):
    """It misses as often as it walks."""
    toy.path(memory, ADDRESS, toy.entry(0x7000, *RW))
    cpu = Cpu(0, 0, memory, toy.geometry, toy.mmu, toy.root)
    cpu.touch(ADDRESS, READ)
    cpu.tlb.flush()
    cpu.touch(ADDRESS, READ)
    assert (cpu.hpt, counts(cpu)) == (None, (0, 2, 2, 0))


def test_a_watched_table_tells_whose_entries_are_used():
    """An insertion that changes nothing is no write, a look is a read."""
    told = []

    class Listener(Seam):
        def uses(self, place, use):
            told.append((place, use))

    hpt = WatchedHpt(Listener())
    entry = Held(READABLE, 0x70, 0)
    hpt.insert(ROOT, 5, entry)
    hpt.insert(ROOT, 5, entry)
    hpt.entry(ROOT, 5)
    hpt.remove(ROOT, 5)
    hpt.insert(OTHER, 5, entry)
    hpt.flush()
    writes, place = [Use.WRITE] * 2, Place("hpt", ROOT)
    assert told == [
        (place, Use.WRITE),
        (place, Use.READ),
        (place, Use.WRITE),
        *((Place("hpt", OTHER), use) for use in writes),
    ]
