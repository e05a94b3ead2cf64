from __future__ import annotations

import pytest
from attrs import evolve

from archcore.hw.mmu import Access, HardwareTables
from archcore.hw.walker import Fault, FaultKind, Translation, Walker, walk, walk_steps
from archcore.layout import Geometry, Level

READ, WRITE, EXECUTE = Access.READ, Access.WRITE, Access.EXECUTE
# An address whose index differs at each level: top 1, mid 2, low 3, byte 0x45.
ADDRESS = 1 << 14 | 2 << 11 | 3 << 8 | 0x45
FRAME = 0x7F00


def go(toy, memory, access=READ, address=ADDRESS, **changed):
    """Return the outcome of one walk over the toy's tables."""
    return walk(memory, toy.geometry, evolve(toy.mmu, **changed), toy.root, address, access)


class TestTranslation:
    def test_three_tables_lead_to_a_page(self, toy, memory):
        """The index of each level picks an entry and the lowest bits pick the byte."""
        place = toy.path(memory, ADDRESS, toy.entry(FRAME, "LEAF", "READ", "ACCESSED"))
        found = go(toy, memory)
        assert found == Translation(
            address=ADDRESS,
            physical=FRAME | 0x45,
            level="low",
            shift=8,
            rights=1,
            dirty=False,
            entry=toy.entry(FRAME, "LEAF", "READ", "ACCESSED"),
            entry_address=place,
        )
        assert (found.readable, found.writable, found.executable) == (True, False, False)

    def test_a_leaf_above_the_lowest_level_maps_a_large_page(self, toy, memory):
        """The offset is as wide as what the level maps, and address bits inside it are noise."""
        toy.path(memory, ADDRESS, toy.entry(0x8000 | 0x400, "LEAF", "READ"), "mid")
        found = go(toy, memory)
        assert (found.level, found.shift) == ("mid", 11)
        assert found.physical == 0x8000 | 3 << 8 | 0x45

    def test_entries_are_read_in_the_byte_order_of_the_tables(self, toy, memory):
        """The bytes of the leaf, put there by hand, are what the walk finds."""
        leaf = toy.entry(FRAME, "LEAF", "READ", "ACCESSED")
        place = toy.path(memory, ADDRESS, 0)
        memory.write(place, leaf.to_bytes(toy.geometry.width // 8, toy.geometry.byteorder))
        assert go(toy, memory).entry == leaf

    def test_a_table_may_be_larger_than_a_frame(self, toy, memory):
        """The top table of some geometries spans frames; its last entry is as good as its first."""
        low, mid, _ = toy.geometry.levels
        geometry = evolve(toy.geometry, levels=(low, mid, Level("top", 14, 8, toy.layout)))
        assert geometry.level("top").table_bytes > 1 << 8
        address = 255 << 14 | 2 << 11 | 3 << 8
        memory.allocate_block(toy.root >> 8, 8)
        mid_table, low_table = 0x3000, 0x3100
        size = toy.geometry.width // 8
        toy.store(memory, toy.root + 255 * size, toy.table(mid_table))
        toy.store(memory, mid_table + 2 * size, toy.table(low_table))
        toy.store(memory, low_table + 3 * size, toy.entry(FRAME, "LEAF", "READ"))
        found = walk(memory, geometry, toy.mmu, toy.root, address, READ)
        assert found.physical == FRAME


class TestFaults:
    @pytest.mark.parametrize("address", [1 << 17, (1 << 64) - 1, -1])
    def test_an_address_the_tables_do_not_translate_faults(self, toy, memory, address):
        """There is no entry to blame."""
        fault = go(toy, memory, address=address)
        assert fault == Fault(FaultKind.ADDRESS_RANGE, READ, address)

    @pytest.mark.parametrize("level", ["low", "mid", "top"])
    def test_an_entry_that_is_not_valid_ends_the_walk(self, toy, memory, level):
        """The fault names the level and the word, so that a kernel can tell what is in it."""
        word = toy.layout.mask("LEAF", "READ", "RESERVED", "ADDRESS").value
        place = toy.path(memory, ADDRESS, word, level)
        assert go(toy, memory) == Fault(FaultKind.NOT_VALID, READ, ADDRESS, level, word, place)

    @pytest.mark.parametrize("level", ["low", "mid", "top"])
    @pytest.mark.parametrize("leaf", [(), ("LEAF",)])
    def test_reserved_bits_fault_at_every_level(self, toy, memory, level, leaf):
        """In leaves and in tables, whatever they allow."""
        word = toy.entry(0x1100, "RESERVED", "READ", *leaf)
        place = toy.path(memory, ADDRESS, word, level)
        assert go(toy, memory) == Fault(FaultKind.RESERVED, READ, ADDRESS, level, word, place)

    def test_a_table_below_the_lowest_level_is_reserved(self, toy, memory):
        """There is no level left to go on to."""
        toy.path(memory, ADDRESS, toy.table(0x1100))
        assert go(toy, memory).kind is FaultKind.RESERVED

    @pytest.mark.parametrize(("level", "leaf"), [("low", ("LEAF",)), ("mid", ()), ("top", ())])
    def test_an_address_beyond_the_physical_bits_faults(self, toy, memory, level, leaf):
        """Neither a page nor a table lies where no memory can be."""
        toy.path(memory, ADDRESS, toy.entry(1 << 20, "READ", *leaf), level)
        fault = go(toy, memory)
        assert (fault.kind, fault.level) == (FaultKind.OUTSIDE_MEMORY, level)

    @pytest.mark.parametrize("access", list(Access))
    def test_permissions_accumulate_over_the_levels(self, toy, memory, access):
        """A right that one table withholds is gone, although the leaf grants it."""
        every = ("READ", "WRITE", "EXECUTE")
        rest = tuple(name for name in every if name != access.name)
        place = toy.path(memory, ADDRESS, toy.entry(FRAME, "LEAF", *every), through=rest)
        fault = go(toy, memory, access)
        assert (fault.kind, fault.level, fault.entry_address) == (
            FaultKind.PERMISSION,
            "low",
            place,
        )
        others = [other for other in Access if other is not access]
        assert all(isinstance(go(toy, memory, other), Translation) for other in others)

    def test_a_missing_entry_is_reported_before_a_missing_right(self, toy, memory):
        """Rights are judged when the leaf is found, not on the way."""
        toy.path(memory, ADDRESS, 0, through=("READ",))
        assert go(toy, memory, WRITE).kind is FaultKind.NOT_VALID

    def test_a_clear_access_flag_faults_where_software_sets_it(self, toy, memory):
        """It is reported before a missing right, and memory stays as it is."""
        leaf = toy.entry(FRAME, "LEAF", "READ")
        place = toy.path(memory, ADDRESS, leaf)
        for access in (READ, WRITE):
            fault = go(toy, memory, access, sets_accessed=False)
            assert fault.kind is FaultKind.ACCESS_FLAG
        assert toy.load(memory, place) == leaf


class TestFlags:
    def stored(self, toy, memory, access, leaf, **changed):
        """Return the leaf's bytes in memory after an access, as a number."""
        place = toy.path(memory, ADDRESS, leaf)
        found = go(toy, memory, access, **changed)
        data = memory.read(place, toy.geometry.width // 8)
        word = int.from_bytes(data, toy.geometry.byteorder)
        assert found.entry == word
        return word

    @pytest.mark.parametrize("access", [READ, EXECUTE])
    def test_a_use_sets_accessed_in_memory(self, toy, memory, access):
        """And nothing else: the page is still clean."""
        leaf = toy.entry(FRAME, "LEAF", "READ", "WRITE", "EXECUTE")
        word = self.stored(toy, memory, access, leaf)
        assert word == leaf | toy.layout["ACCESSED"].value

    def test_a_store_sets_accessed_and_dirty_in_memory(self, toy, memory):
        """Both in one update."""
        leaf = toy.entry(FRAME, "LEAF", "WRITE")
        word = self.stored(toy, memory, WRITE, leaf)
        assert word == leaf | toy.layout.mask("ACCESSED", "DIRTY").value
        assert go(toy, memory, WRITE).dirty

    def test_a_store_sets_accessed_of_a_page_that_is_dirty_already(self, toy, memory):
        """A kernel that clears accessed alone sees the next store."""
        leaf = toy.entry(FRAME, "LEAF", "WRITE", "DIRTY")
        word = self.stored(toy, memory, WRITE, leaf)
        assert word == leaf | toy.layout["ACCESSED"].value

    def test_dirty_is_left_to_software_where_hardware_does_not_set_it(self, toy, memory):
        """A store that the format allows goes through, and only accessed is set."""
        leaf = toy.entry(FRAME, "LEAF", "WRITE")
        word = self.stored(toy, memory, WRITE, leaf, sets_dirty=False)
        assert word == leaf | toy.layout["ACCESSED"].value
        assert not go(toy, memory, WRITE, sets_dirty=False).dirty

    def test_a_refused_store_leaves_no_trace(self, toy, memory):
        """A fault sets no flag."""
        leaf = toy.entry(FRAME, "LEAF", "READ")
        place = toy.path(memory, ADDRESS, leaf)
        assert go(toy, memory, WRITE).kind is FaultKind.PERMISSION
        assert toy.load(memory, place) == leaf


class TestSteps:
    def steps(self, toy, memory, access=READ):
        """Return the steps of a walk to ADDRESS."""
        return walk_steps(memory, toy.geometry, toy.mmu, toy.root, ADDRESS, access)

    def test_each_level_is_shown(self, toy, memory):
        """Tables on the way, the update of the leaf, then the outcome a plain walk gives."""
        place = toy.path(memory, ADDRESS, toy.entry(FRAME, "LEAF", "READ"))
        steps = list(self.steps(toy, memory))
        assert [step.level for step in steps] == ["top", "mid", "low", "low"]
        assert [step.verdict for step in steps[:-1]] == ["table", "table", "update"]
        assert steps[-1].entry_address == place
        assert steps[-1].verdict == go(toy, memory)

    def test_a_fault_is_the_last_step(self, toy, memory):
        """The word that stopped the walk is shown with it."""
        toy.path(memory, ADDRESS, 0, "mid")
        *_, last = self.steps(toy, memory)
        assert (last.level, last.entry) == ("mid", 0)
        assert last.verdict == go(toy, memory)

    def test_an_untranslated_address_is_one_step_without_an_entry(self, toy, memory):
        """The fault is all there is to show."""
        steps = list(walk_steps(memory, toy.geometry, toy.mmu, toy.root, 1 << 17, READ))
        fault = Fault(FaultKind.ADDRESS_RANGE, READ, 1 << 17)
        assert [tuple(step) for step in steps] == [(None, None, None, fault)]

    def test_flags_are_set_by_compare_and_swap(self, toy, memory):
        """An entry cleared after it was read is not brought back by the flag update."""
        place = toy.path(memory, ADDRESS, toy.entry(FRAME, "LEAF", "READ", "WRITE"))
        for step in self.steps(toy, memory, WRITE):
            if step.verdict == "update":
                toy.store(memory, place, 0)
        assert step.verdict.kind is FaultKind.NOT_VALID
        assert toy.load(memory, place) == 0

    def test_a_changed_leaf_is_walked_again(self, toy, memory):
        """The second walk uses the new frame and sets its flags there."""
        place = toy.path(memory, ADDRESS, toy.entry(FRAME, "LEAF", "READ"))
        updates = 0
        for step in self.steps(toy, memory):
            if step.verdict == "update":
                updates += 1
                if updates == 1:
                    toy.store(memory, place, toy.entry(0x6600, "LEAF", "READ"))
        assert updates == 2
        assert step.verdict.physical == 0x6645
        assert toy.load(memory, place) == toy.entry(0x6600, "LEAF", "READ", "ACCESSED")


def test_a_walker_remembers_meanings_and_not_memory(toy, memory):
    """One walker used twice sees each store in between."""
    walker = Walker(toy.geometry, toy.mmu)
    for frame in (0x6600, 0x7700, 0x6600):
        toy.path(memory, ADDRESS, toy.entry(frame, "LEAF", "READ"))
        assert walker.walk(memory, toy.root, ADDRESS, READ).physical == frame | 0x45


def test_hardware_with_tables_of_its_own_walks_those(toy, memory):
    """Its levels, its words and its reading; what the kernel's format says does not matter."""
    levels = toy.geometry.levels
    folded = Geometry(
        (levels[0], Level("wide", 11, 6, levels[0].layout)),
        pa_bits=toy.geometry.pa_bits,
        byteorder=toy.geometry.byteorder,
    )
    mmu = evolve(toy.mmu, format=None, tables=HardwareTables(folded, toy.mmu.format))
    root, low = 0x1000, 0x1800
    upper = root + (ADDRESS >> 11 & 63) * toy.geometry.width // 8
    toy.store(memory, upper, toy.table(low))
    place = toy.place(low, "low", ADDRESS)
    toy.store(memory, place, toy.entry(FRAME, "LEAF", "READ", "ACCESSED"))
    steps = list(walk_steps(memory, toy.geometry, mmu, root, ADDRESS, READ))
    assert [step.entry_address for step in steps] == [upper, place]
    assert steps[-1].verdict.physical == FRAME | 0x45
    assert isinstance(walk(memory, toy.geometry, mmu, root, ADDRESS, WRITE), Fault)
