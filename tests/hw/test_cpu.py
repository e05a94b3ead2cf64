from __future__ import annotations

import copy
from typing import ClassVar

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from archcore.errors import MachineError
from archcore.hw.cpu import Cpu
from archcore.hw.memory import PhysicalMemory
from archcore.hw.mmu import Access, TlbGeometry
from archcore.hw.walker import Fault, FaultKind, walk

READ, WRITE, EXECUTE = Access.READ, Access.WRITE, Access.EXECUTE
ADDRESS = 0x4500
RW = ("LEAF", "READ", "WRITE")
USED = (*RW, "ACCESSED")
SOFTWARE = {"sets_accessed": False, "sets_dirty": False}
HALVES = TlbGeometry(entries=8, ways=2, pairs=True)


def boot(toy, memory, *, cached_data=False, **changed):
    """Return a CPU on the toy's tables."""
    mmu = evolve(toy.mmu, **changed)
    return Cpu(0, 0, memory, toy.geometry, mmu, toy.root, cached_data=cached_data)


def counted(cpu):
    """Return hits, walks and faults."""
    return cpu.hits, cpu.misses, cpu.faults


class TestTouch:
    def test_the_first_reference_walks_and_the_next_hits(self, toy, memory):
        """Anywhere in the page."""
        toy.path(memory, ADDRESS, toy.entry(0x7000, *RW))
        cpu = boot(toy, memory)
        assert cpu.touch(ADDRESS, READ) is None
        assert cpu.touch(ADDRESS + 0xFF, READ) is None
        assert counted(cpu) == (1, 1, 0)

    def test_a_fault_is_returned_and_not_kept(self, toy, memory):
        """The next reference walks again and finds what the kernel put there meanwhile."""
        place = toy.path(memory, ADDRESS, 0)
        cpu = boot(toy, memory)
        assert cpu.touch(ADDRESS, READ) == Fault(
            FaultKind.NOT_VALID, READ, ADDRESS, "low", 0, place
        )
        toy.path(memory, ADDRESS, toy.entry(0x7000, *RW))
        assert cpu.touch(ADDRESS, READ) is None
        assert counted(cpu) == (0, 2, 1)

    @pytest.mark.parametrize("access", list(Access))
    def test_each_access_needs_its_own_right(self, toy, memory, access):
        """A page that was fetched from is not thereby readable."""
        toy.path(memory, ADDRESS, toy.entry(0x7000, "LEAF", access.name))
        cpu = boot(toy, memory)
        assert cpu.touch(ADDRESS, access) is None
        for other in Access:
            fault = cpu.touch(ADDRESS, other)
            assert (fault is None) == (other is access)

    def test_the_first_store_to_a_clean_page_walks_again(self, toy, memory):
        """So that hardware sets dirty, although a load left the translation in the TLB."""
        place = toy.path(memory, ADDRESS, toy.entry(0x7000, *RW))
        cpu = boot(toy, memory)
        cpu.touch(ADDRESS, READ)
        assert toy.load(memory, place) == toy.entry(0x7000, *RW, "ACCESSED")
        assert cpu.touch(ADDRESS, WRITE) is None
        assert toy.load(memory, place) == toy.entry(0x7000, *RW, "ACCESSED", "DIRTY")
        assert cpu.touch(ADDRESS, WRITE) is None
        assert counted(cpu) == (1, 2, 0)

    def test_a_store_to_a_clean_page_hits_where_software_sets_dirty(self, toy, memory):
        """The format has allowed the store, and nobody waits for the flag."""
        toy.path(memory, ADDRESS, toy.entry(0x7000, *RW))
        cpu = boot(toy, memory, sets_dirty=False)
        cpu.touch(ADDRESS, READ)
        cpu.touch(ADDRESS, WRITE)
        assert counted(cpu) == (1, 1, 0)

    def test_a_right_given_later_is_found_by_walking(self, toy, memory):
        """An upgrade needs no flush: what the TLB lacks, the tables may have."""
        toy.path(memory, ADDRESS, toy.entry(0x7000, "LEAF", "READ"))
        cpu = boot(toy, memory)
        cpu.touch(ADDRESS, READ)
        toy.path(memory, ADDRESS, toy.entry(0x7000, *RW))
        assert cpu.touch(ADDRESS, WRITE) is None

    def test_a_large_page_is_walked_once(self, toy, memory):
        """Its neighbours hit."""
        toy.path(memory, ADDRESS, toy.entry(0x8000, *RW), "mid")
        cpu = boot(toy, memory)
        start = ADDRESS >> 11 << 11
        for page in range(8):
            assert cpu.touch(start + page * 0x100, READ) is None
        assert counted(cpu) == (7, 1, 0)

    def test_the_first_store_to_a_clean_large_page_walks_again(self, toy, memory):
        """Through any page of it, once."""
        toy.path(memory, ADDRESS, toy.entry(0x8000, *RW), "mid")
        cpu = boot(toy, memory)
        cpu.touch(ADDRESS, READ)
        cpu.touch(ADDRESS + 0x100, WRITE)
        cpu.touch(ADDRESS, WRITE)
        assert counted(cpu) == (1, 2, 0)

    @pytest.mark.parametrize("level", ["low", "mid"])
    def test_a_fault_drops_what_the_tlb_held(self, toy, memory, level):
        """A refused store walks next time even for a load, which was allowed before."""
        toy.path(memory, ADDRESS, toy.entry(0x8000, "LEAF", "READ"), level)
        cpu = boot(toy, memory)
        cpu.touch(ADDRESS, READ)
        assert cpu.touch(ADDRESS, WRITE).kind is FaultKind.PERMISSION
        assert cpu.tlb.lookup(ADDRESS >> 8) is None
        assert cpu.touch(ADDRESS, READ) is None
        assert counted(cpu) == (0, 3, 1)

    def test_an_address_the_tables_do_not_translate_faults(self, toy, memory):
        """Negative ones included."""
        cpu = boot(toy, memory)
        for address in (1 << 17, -0x100):
            assert cpu.touch(address, READ).kind is FaultKind.ADDRESS_RANGE

    def test_without_a_table_there_is_no_user_mode(self, toy, memory):
        """A kernel thread that touches user memory is a broken program."""
        cpu = Cpu(3, 0, memory, toy.geometry, toy.mmu)
        with pytest.raises(MachineError, match=r"CPU 3 has no page table; switch\(\)"):
            cpu.touch(ADDRESS, READ)


class TestStaleness:
    def test_a_right_taken_away_stays_usable_until_the_tlb_is_told(self, toy, memory):
        """Whatever the table says by then."""
        toy.path(memory, ADDRESS, toy.entry(0x7000, *RW))
        cpu = boot(toy, memory)
        cpu.touch(ADDRESS, WRITE)
        toy.path(memory, ADDRESS, 0)
        assert cpu.touch(ADDRESS, WRITE) is None
        cpu.tlb.invalidate_page(ADDRESS >> 8)
        assert cpu.touch(ADDRESS, WRITE).kind is FaultKind.NOT_VALID

    def test_a_stale_store_lands_in_the_old_frame(self, toy, memory):
        """The page has moved, a CPU was not told, and its store is lost."""
        toy.path(memory, ADDRESS, toy.entry(0x7000, *RW))
        first, second = boot(toy, memory), boot(toy, memory)
        for cpu in (first, second):
            cpu.store(ADDRESS, 1)
        memory.copy_frame(0x70, 0x80)
        toy.path(memory, ADDRESS, toy.entry(0x8000, *RW))
        memory.drop_frame(0x70)
        first.tlb.invalidate_page(ADDRESS >> 8)
        second.store(ADDRESS, 2)
        assert first.load(ADDRESS) == 1
        assert 0x70 in memory.frames

    def test_accessed_cleared_without_a_flush_stays_clear(self, toy, memory):
        """A hit reads no table, so a kernel that wants exact ages has to flush."""
        place = toy.path(memory, ADDRESS, toy.entry(0x7000, *RW))
        cpu = boot(toy, memory)
        cpu.touch(ADDRESS, READ)
        toy.store(memory, place, toy.entry(0x7000, *RW))
        cpu.touch(ADDRESS, READ)
        assert toy.load(memory, place) == toy.entry(0x7000, *RW)

    def test_a_switch_forgets_everything(self, toy, memory):
        """The other table speaks from the first reference on."""
        toy.path(memory, ADDRESS, toy.entry(0x7000, *RW))
        cpu = boot(toy, memory)
        cpu.touch(ADDRESS, READ)
        cpu.switch(0x2000)
        assert cpu.touch(ADDRESS, READ).level == "top"
        cpu.switch(toy.root)
        assert cpu.touch(ADDRESS, READ) is None
        assert counted(cpu) == (0, 3, 1)


class TestRefusals:
    """TLBs that keep what refuses: walkers that cache invalid entries, and pairs of halves."""

    INVALID: ClassVar[dict[str, object]] = {"keeps": "invalid"}
    ALL: ClassVar[dict[str, object]] = {**SOFTWARE, "keeps": "all"}
    PAIRS: ClassVar[dict[str, object]] = {**ALL, "tlb": HALVES}
    OTHER = ADDRESS ^ 0x100

    @pytest.mark.parametrize("ways", [INVALID, ALL, PAIRS], ids=["invalid", "all", "pairs"])
    def test_an_invalid_entry_refuses_until_the_tlb_is_told(self, toy, memory, ways):
        """A mapping made meanwhile is not seen, and no table is walked."""
        toy.path(memory, ADDRESS, 0)
        cpu = boot(toy, memory, **ways)
        cpu.touch(ADDRESS, READ)
        toy.path(memory, ADDRESS, toy.entry(0x7000, *USED))
        for _ in range(3):
            assert cpu.touch(ADDRESS, READ) == Fault(FaultKind.NOT_VALID, READ, ADDRESS)
        assert counted(cpu) == (0, 1, 4)
        cpu.tlb.invalidate_page(ADDRESS >> 8)
        assert cpu.touch(ADDRESS, READ) is None

    def test_a_missing_table_refuses_as_an_invalid_entry_does(self, toy, memory):
        """The page is what the TLB speaks of, at whichever level the walk ended."""
        cpu = boot(toy, memory, **self.INVALID)
        assert cpu.touch(ADDRESS, READ).level == "top"
        toy.path(memory, ADDRESS, toy.entry(0x7000, *USED))
        assert cpu.touch(ADDRESS, READ) is not None
        assert cpu.touch(self.OTHER, READ).level == "low"

    def test_a_missing_right_is_kept_by_those_that_keep_all(self, toy, memory):
        """Walkers that cache invalid entries walk again for it; software TLBs fault."""
        toy.path(memory, ADDRESS, toy.entry(0x7000, "LEAF", "READ", "ACCESSED"))
        walking, keeping = (boot(toy, memory, **ways) for ways in (self.INVALID, self.ALL))
        for cpu in (walking, keeping):
            cpu.touch(ADDRESS, READ)
        toy.path(memory, ADDRESS, toy.entry(0x7000, *USED))
        assert walking.touch(ADDRESS, WRITE) is None
        assert keeping.touch(ADDRESS, WRITE) == Fault(FaultKind.PERMISSION, WRITE, ADDRESS)
        assert keeping.touch(ADDRESS, READ) is None

    def test_a_right_that_a_handler_looks_up_again_is_not_missed(self, toy, memory):
        """Where one sets flags it sees a mapping made meanwhile, but loads are refused for good."""
        toy.path(memory, ADDRESS, toy.entry(0x7000, "LEAF", "EXECUTE"))
        cpu = boot(toy, memory, refill="software", keeps="rights", tlb=HALVES)
        assert cpu.touch(ADDRESS, EXECUTE) is None
        assert cpu.touch(self.OTHER, READ).kind is FaultKind.NOT_VALID
        toy.path(memory, self.OTHER, toy.entry(0x7100, *RW))
        toy.path(memory, ADDRESS, toy.entry(0x7000, *RW))
        assert cpu.touch(self.OTHER, READ) is None
        assert cpu.touch(ADDRESS, READ) == Fault(FaultKind.PERMISSION, READ, ADDRESS)
        assert cpu.touch(ADDRESS, WRITE) is None
        assert cpu.touch(ADDRESS, READ) is None

    def test_hardware_looks_again_for_a_flag_alone(self, toy, memory):
        """A store to a clean page sets the flag; a right that was not there is missed for good."""
        clean = toy.path(memory, ADDRESS, toy.entry(0x7000, *RW, "ACCESSED"))
        toy.path(memory, self.OTHER, toy.entry(0x7100, "LEAF", "READ", "ACCESSED"))
        cpu = boot(toy, memory, keeps="rights")
        for address in (ADDRESS, self.OTHER):
            assert cpu.touch(address, READ) is None
        toy.path(memory, self.OTHER, toy.entry(0x7100, *USED))
        assert cpu.touch(ADDRESS, WRITE) is None
        assert toy.load(memory, clean) == toy.entry(0x7000, *USED, "DIRTY")
        assert cpu.touch(self.OTHER, WRITE) == Fault(FaultKind.PERMISSION, WRITE, self.OTHER)
        cpu.tlb.invalidate_page(self.OTHER >> 8)
        assert cpu.touch(self.OTHER, WRITE) is None

    def test_a_page_without_rights_is_refused_as_one_that_lacks_them(self, toy, memory):
        """The TLB holds it as valid, and the kernel has to say otherwise."""
        toy.path(memory, ADDRESS, toy.entry(0x7000, "LEAF", "ACCESSED"))
        cpu = boot(toy, memory, keeps="rights", tlb=HALVES)
        assert cpu.touch(ADDRESS, READ).kind is FaultKind.PERMISSION
        toy.path(memory, ADDRESS, toy.entry(0x7000, *RW))
        assert cpu.touch(ADDRESS, READ) == Fault(FaultKind.PERMISSION, READ, ADDRESS)
        cpu.update_tlb(ADDRESS)
        assert cpu.touch(ADDRESS, READ) is None

    def test_a_refused_store_leaves_the_right_to_load(self, toy, memory):
        """The refill holds the entry, whatever it was asked for."""
        toy.path(memory, ADDRESS, toy.entry(0x7000, "LEAF", "READ", "ACCESSED"))
        cpu = boot(toy, memory, **self.ALL)
        assert cpu.touch(ADDRESS, WRITE).kind is FaultKind.PERMISSION
        assert cpu.touch(ADDRESS, READ) is None
        assert counted(cpu) == (1, 1, 1)

    def test_an_entry_not_yet_used_refuses_where_software_ages(self, toy, memory):
        """Until it is marked and the TLB loaded again."""
        place = toy.path(memory, ADDRESS, toy.entry(0x7000, *RW))
        cpu = boot(toy, memory, **self.ALL)
        assert cpu.touch(ADDRESS, READ).kind is FaultKind.ACCESS_FLAG
        toy.store(memory, place, toy.entry(0x7000, *RW, "ACCESSED"))
        assert cpu.touch(ADDRESS, READ).kind is FaultKind.NOT_VALID
        cpu.update_tlb(ADDRESS)
        assert cpu.touch(ADDRESS, READ) is None

    def test_an_address_beyond_the_tables_is_not_kept(self, toy, memory):
        """It never comes to a TLB."""
        cpu = boot(toy, memory, **self.ALL)
        cpu.touch(1 << 17, READ)
        assert cpu.touch(1 << 17, READ).kind is FaultKind.ADDRESS_RANGE
        assert cpu.misses == 2

    @pytest.mark.parametrize("first", [ADDRESS, OTHER], ids=["odd", "even"])
    def test_a_refill_loads_both_halves_of_a_pair(self, toy, memory, first):
        """The neighbour is usable at once, and as it was when the pair was loaded."""
        second = first ^ 0x100
        for address in (first, second):
            toy.path(memory, address, toy.entry(0x7000, *USED))
        cpu = boot(toy, memory, **self.PAIRS)
        cpu.touch(first, READ)
        toy.path(memory, second, 0)
        assert cpu.touch(second, READ) is None
        assert counted(cpu) == (1, 1, 0)

    def test_an_invalid_half_refuses_until_the_pair_is_loaded_again(self, toy, memory):
        """A page mapped beside one in use: what __update_tlb is for."""
        toy.path(memory, ADDRESS, toy.entry(0x7000, *USED))
        cpu = boot(toy, memory, **self.PAIRS)
        cpu.touch(ADDRESS, READ)
        toy.path(memory, self.OTHER, toy.entry(0x7100, *USED))
        assert cpu.touch(self.OTHER, READ) == Fault(FaultKind.NOT_VALID, READ, self.OTHER)
        cpu.update_tlb(self.OTHER)
        assert cpu.touch(self.OTHER, READ) is None
        assert cpu.tlb.frame(self.OTHER >> 8) == 0x71
        assert cpu.tlb.invalidations == 0

    def test_a_large_page_takes_the_places_of_refusals(self, toy, memory):
        """Any of its pages is usable once the TLB is loaded with one of them."""
        cpu = boot(toy, memory, **self.PAIRS)
        for address in (ADDRESS, ADDRESS + 0x200):
            assert cpu.touch(address, READ) is not None
        toy.path(memory, ADDRESS, toy.entry(0x8000, *USED), "mid")
        cpu.update_tlb(ADDRESS)
        assert cpu.touch(ADDRESS, WRITE) is None
        assert cpu.touch(ADDRESS + 0x200, WRITE) is None
        assert cpu.touch(self.OTHER, WRITE) is None

    def test_without_a_table_the_pair_refuses(self, toy, memory):
        """A CPU that runs no user mode is loaded with nothing."""
        cpu = Cpu(0, 0, memory, toy.geometry, evolve(toy.mmu, **self.ALL))
        cpu.update_tlb(ADDRESS)
        assert cpu.tlb.lookup(ADDRESS >> 8) == 0


class TestData:
    @pytest.mark.parametrize("cached_data", [False, True])
    @pytest.mark.parametrize("size", [1, 2, 4, 8])
    def test_a_stored_number_is_loaded_again(self, toy, memory, cached_data, size):
        """And lies in the frame, little-endian, once the cache is flushed."""
        toy.path(memory, ADDRESS, toy.entry(0x7000, *RW))
        cpu = boot(toy, memory, cached_data=cached_data)
        value = 0x8877665544332211 % (1 << 8 * size)
        assert cpu.store(ADDRESS + size, value, size) is None
        assert cpu.load(ADDRESS + size, size) == value
        if cpu.dcache is not None:
            assert memory.read(0x7000 + size, size) == bytes(size)
            cpu.dcache.flush_all()
        assert memory.read(0x7000 + size, size) == value.to_bytes(size, "little")

    def test_a_large_page_is_one_run_of_frames(self, toy, memory):
        """A byte of its fifth page lies in its fifth frame."""
        toy.path(memory, ADDRESS, toy.entry(0x8000, *RW), "mid")
        cpu = boot(toy, memory)
        cpu.store(ADDRESS + 8, 7)
        assert memory.load(0x8000 + ADDRESS % (1 << 11) + 8) == 7

    def test_a_refused_access_moves_nothing(self, toy, memory):
        """The fault comes back in place of the number."""
        toy.path(memory, ADDRESS, toy.entry(0x7000, "LEAF", "READ"))
        cpu = boot(toy, memory)
        assert cpu.store(ADDRESS, 7).kind is FaultKind.PERMISSION
        assert cpu.load(ADDRESS) == 0
        assert cpu.load(1 << 17).kind is FaultKind.ADDRESS_RANGE

    @pytest.mark.parametrize(("address", "size"), [(ADDRESS + 4, 8), (ADDRESS, 3), (ADDRESS, 0)])
    def test_an_access_is_naturally_aligned(self, toy, memory, address, size):
        """So that no access meets two pages; the error says what would do."""
        cpu = boot(toy, memory)
        with pytest.raises(ValueError, match="1, 2, 4 or 8 at a multiple"):
            cpu.load(address, size)
        with pytest.raises(ValueError, match="1, 2, 4 or 8 at a multiple"):
            cpu.store(address, 0, size)

    def test_cpus_of_one_data_cache_are_coherent(self, toy, memory):
        """Given caches of their own, one does not see the other's store."""
        toy.path(memory, ADDRESS, toy.entry(0x7000, *RW))
        writer, sharer, loner = (boot(toy, memory, cached_data=True) for _ in range(3))
        sharer.dcache = writer.dcache
        writer.store(ADDRESS, 7)
        assert sharer.load(ADDRESS) == 7
        assert loner.load(ADDRESS) == 0


def test_a_snapshot_has_every_counter(toy, memory):
    """As plain numbers of the moment."""
    toy.path(memory, ADDRESS, toy.entry(0x7000, *RW))
    cpu = boot(toy, memory)
    for _ in range(3):
        cpu.touch(ADDRESS, READ)
    cpu.touch(0, READ)
    cpu.tlb.invalidate_page(0)
    snapshot = cpu.snapshot()
    cpu.touch(ADDRESS, READ)
    assert snapshot == {
        "hits": 2,
        "misses": 2,
        "walks": 2,
        "faults": 1,
        "invalidations": 1,
    }


def test_uncached_data_go_past_the_cache(toy, memory):
    """A store reaches memory at once and a load sees what is there, whatever lines there are."""

    def uncached(level, leaf):
        return toy.mmu.format.allows(level, leaf, EXECUTE)

    toy.path(memory, ADDRESS, toy.entry(0x7000, *RW, "EXECUTE"))
    toy.path(memory, ADDRESS + 0x100, toy.entry(0x7100, *RW))
    cpu = boot(toy, memory, cached_data=True, uncached=uncached)
    cpu.store(ADDRESS, 7)
    cpu.store(ADDRESS + 0x100, 8)
    assert (memory.load(0x7000), memory.load(0x7100)) == (7, 0)
    memory.store(0x7000, 9)
    assert (cpu.load(ADDRESS), cpu.load(ADDRESS + 0x100)) == (9, 8)


def test_a_deep_copy_goes_its_own_way(toy, memory):
    """Explorers copy a machine: the copy keeps the translations, and neither sees the other."""
    toy.path(memory, ADDRESS, toy.entry(0x7000, *RW))
    cpu = boot(toy, memory, cached_data=True)
    cpu.store(ADDRESS, 7)
    other = copy.deepcopy(cpu)
    cpu.tlb.flush()
    other.store(ADDRESS, 8)
    assert (other.hits, other.misses) == (1, 1)
    assert (cpu.load(ADDRESS), other.load(ADDRESS)) == (7, 8)


FLAGS = st.frozensets(st.sampled_from(("READ", "WRITE", "EXECUTE", "ACCESSED", "DIRTY")))
LAST_PAGE = 15
PAGES, SMALL_FRAMES = st.integers(0, LAST_PAGE), st.integers(0x700, 0x703)
MAP = st.tuples(st.just("low"), PAGES, SMALL_FRAMES, FLAGS)
MAP_LARGE = st.tuples(st.just("mid"), PAGES, st.just(0x708), FLAGS)
USE = st.tuples(st.just("use"), PAGES, st.sampled_from(Access), st.integers(1, 9))


WAYS_OF_KEEPING = [
    {"sets_dirty": True},
    {"sets_dirty": False},
    {"keeps": "invalid"},
    {"keeps": "rights"},
    {"keeps": "rights", "tlb": HALVES},
    {"tlb": HALVES},
    {"keeps": "invalid", "tlb": HALVES},
    {"keeps": "all", "tlb": HALVES},
    {**SOFTWARE, "keeps": "all"},
    {**SOFTWARE, "keeps": "all", "tlb": HALVES},
]


@pytest.mark.parametrize("ways", WAYS_OF_KEEPING, ids=str)
@given(steps=st.lists(st.one_of(MAP, MAP_LARGE, USE, USE, USE), max_size=40))
def test_a_tlb_told_of_every_change_cannot_be_noticed(toy, ways, steps):
    """Outcomes, data and flags are those of a machine that walks at each reference."""
    memory, plain = PhysicalMemory(8), PhysicalMemory(8)
    cpu = boot(toy, memory, **ways)
    mmu = evolve(toy.mmu, **ways)
    for what, page, target, value in steps:
        address = page * 0x100
        if what == "use":
            outcome = use(cpu, address, target, value)
            assert short(outcome) == short(reference(toy, plain, mmu, address, target, value))
            continue
        for one in (memory, plain):
            toy.path(one, address, toy.entry(target * 0x100, "LEAF", *value), what)
        # All that the entry above maps, since it may have led to a table and now to a page; and as
        # much again, since both halves of the addresses share the one lowest table.
        cpu.tlb.invalidate_range(0, LAST_PAGE)
    assert contents(memory) == contents(plain)


def short(outcome):
    """Return an outcome, short of where a fault came from: a TLB does not keep that."""
    return "fault" if isinstance(outcome, Fault) else outcome


def contents(memory):
    """Return the bytes of every frame that takes room."""
    return {pfn: memory.read(pfn << 8, 256) for pfn in memory.frames}


def use(cpu, address, access, value):
    """Return what a reference by a CPU gives: a fault, a number, or None."""
    if access is READ:
        return cpu.load(address)
    return cpu.store(address, value) if access is WRITE else cpu.touch(address, access)


def reference(toy, memory, mmu, address, access, value):
    """Return the same of a machine without a TLB."""
    found = walk(memory, toy.geometry, mmu, toy.root, address, access)
    if isinstance(found, Fault):
        return found
    if access is WRITE:
        memory.store(found.physical, value)
    return memory.load(found.physical) if access is READ else None
