from __future__ import annotations

import numpy as np
import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from archcore.hw.mmu import Access
from archcore_arm64.targets import TARGETS

TARGET = {target.id: target for target in TARGETS}
K4 = TARGET["arm64-4k-v6.1"]
WALKER = K4.mmu.format
LEVEL = {level.name: level for level in K4.geometry.levels}
LIVE, BLOCK, TABLE = 0x00E8000012345F43, 0x00E8000040000F41, 0x0800000042D38003
CLEAN, READ_ONLY = 0x0068000012345FC3, 0x0060000012345FC3
WORDS = st.integers(0, 2**64 - 1)


def _rights(level, entry):
    return [WALKER.allows(LEVEL[level], entry, access) for access in Access]


def test_a_hint_faults_and_a_live_page_does_not(target, hooks, private):
    """The walk stops at a hint of either level and goes on from the live entry."""
    walker = target.mmu.format
    for level, live in (("pte", LIVE), ("pmd", BLOCK)):
        place = target.geometry.level(level)
        hinted = getattr(hooks, f"{level}_mknuma")(private, live)
        assert walker.valid(place, live)
        assert not walker.valid(place, hinted)


@pytest.mark.parametrize(
    ("entry", "read", "write", "execute"),
    [
        pytest.param(LIVE, True, True, False, id="writable-dirty"),
        pytest.param(CLEAN, True, True, False, id="writable-clean"),
        pytest.param(READ_ONLY, True, False, False, id="read-only"),
        pytest.param(0x0020000012345FC3, True, False, True, id="read-execute"),
        pytest.param(0x0020000012345F83, False, False, True, id="execute-only"),
        pytest.param(0x0060000012345F83, False, False, False, id="closed-to-el0"),
        pytest.param(0x0060000012345F43, True, True, False, id="writable-without-dbm"),
    ],
)
def test_what_user_mode_may_do(entry, read, write, execute):
    """AP[1] opens a page to loads, AP[2] or DBM to stores, and UXN closes it to fetches."""
    assert _rights("pte", entry) == [read, write, execute]


def test_a_store_to_a_clean_page_makes_it_dirty():
    """With DBM the hardware clears AP[2] on a store, and that is the kernel's dirty state."""
    stored = WALKER.mkdirty(CLEAN)
    assert stored == 0x0068000012345F43
    assert (WALKER.dirty(CLEAN), WALKER.dirty(stored)) == (False, True)


def test_the_hardware_never_opens_a_read_only_page():
    """Without DBM the dirty state is not the hardware's: AP[2] stays."""
    assert WALKER.mkdirty(READ_ONLY) == READ_ONLY


@given(entry=WORDS)
def test_what_the_hardware_records_the_kernel_reads(v61, v612, entry):
    """After a use the entry is young to the kernel, and dirty if the hardware calls it so."""
    for hooks in (v61, v612):
        assert hooks.pte_young(WALKER.mkaccessed(entry))
        assert hooks.pte_dirty(entry) or not WALKER.dirty(entry)


def test_blocks_stand_where_the_manual_allows_them():
    """Type 01 is a block in a pmd and a pud, and invalid at the lowest and the highest level."""
    block = {name: WALKER.valid(level, BLOCK) for name, level in LEVEL.items()}
    assert block == {"pte": False, "pmd": True, "pud": True, "pgd": False}
    leaf = {name: WALKER.leaf(level, LIVE | 3) for name, level in LEVEL.items()}
    assert leaf == {"pte": True, "pmd": False, "pud": False, "pgd": False}


@pytest.mark.parametrize("level", ["pmd", "pud", "pgd"])
@pytest.mark.parametrize(
    ("bit", "read", "write", "execute"),
    [
        (59, True, True, True),
        (60, True, True, False),
        (61, False, False, True),
        (62, True, False, True),
    ],
    ids=["PXNTable", "UXNTable", "APTable[0]", "APTable[1]"],
)
def test_a_table_may_take_rights_from_all_below(level, bit, read, write, execute):
    """Hierarchical attributes of a table refuse EL0 what they name, and nothing else."""
    assert _rights(level, 0x42D38003 | 1 << bit) == [read, write, execute]


def test_the_address_of_a_block_is_that_of_its_first_byte():
    """Bits below the size of a block, nT among them, are no part of its address."""
    assert WALKER.address(LEVEL["pmd"], BLOCK | 1 << 16) == 0x40000000
    assert WALKER.address(LEVEL["pmd"], TABLE) == 0x42D38000
    assert WALKER.address(LEVEL["pte"], LIVE) == 0x12345000


def test_an_address_the_cpu_lacks_is_refused():
    """On a CPU with 40 address bits a higher output address is an address size fault."""
    narrow = evolve(WALKER, pa_bits=40)
    beyond = 1 << 40 | LIVE
    assert [one.reserved(LEVEL["pte"], beyond) for one in (narrow, WALKER)] == [True, False]
    assert not narrow.reserved(LEVEL["pte"], LIVE)


@given(entry=WORDS)
def test_no_word_is_reserved_with_all_address_bits(entry):
    """A CPU with 48 address bits refuses no address that fits a descriptor."""
    assert not any(WALKER.reserved(level, entry) for level in LEVEL.values())


@pytest.mark.parametrize("level", ["pte", "pmd", "pud", "pgd"])
@given(words=st.lists(WORDS, min_size=1, max_size=8))
def test_the_walker_reads_arrays_like_words(level, words):
    """Every question to the walker has one answer for an array and for its words."""
    array = np.array(words, np.uint64)
    asks = [WALKER.valid, WALKER.leaf, WALKER.reserved, WALKER.address]
    asks += [lambda at, entry, access=access: WALKER.allows(at, entry, access) for access in Access]
    for ask in asks:
        answers = np.broadcast_to(ask(LEVEL[level], array), len(words)).tolist()
        assert answers == [ask(LEVEL[level], word) for word in words]


@pytest.mark.parametrize(
    ("target_id", "blocks"),
    [
        ("arm64-4k-v6.12", ["pmd", "pud"]),
        ("arm64-16k-v6.12", ["pmd"]),
        ("arm64-64k-v6.12", ["pmd"]),
        ("arm64-4k-va52-v6.12", ["pmd", "pud", "p4d"]),
        ("arm64-16k-va52-v6.12", ["pmd", "pud"]),
        ("arm64-64k-va52-v6.12", ["pmd", "pgd"]),
    ],
)
def test_wide_addresses_allow_larger_blocks(target_id, blocks):
    """FEAT_LPA and FEAT_LPA2 allow blocks one level further up, but never at level -1."""
    target = TARGET[target_id]
    walker, levels = target.mmu.format, target.geometry.levels[1:]
    found = [level.name for level in levels if walker.valid(level, 1) and walker.leaf(level, 1)]
    assert found == blocks


@pytest.mark.parametrize(
    ("target_id", "level", "entry", "address"),
    [
        ("arm64-4k-va52-v6.12", "pte", 0x00E8000012345F43, 0x000C000012345000),
        ("arm64-4k-va52-v6.12", "pmd", 0x00E8000040000D41, 0x0004000040000000),
        ("arm64-4k-va52-v6.12", "pgd", 0x0802000042D38203, 0x000A000042D38000),
        ("arm64-16k-va52-v6.12", "pte", 0x00E8000012348E43, 0x0008000012348000),
        ("arm64-64k-va52-v6.1", "pte", 0x00E800001234AF43, 0x000A000012340000),
        ("arm64-64k-va52-v6.12", "pmd", 0x00E800006000CF41, 0x000C000060000000),
        ("arm64-64k-va52-v6.1", "pgd", 0x0800000042D31003, 0x0001000042D30000),
        ("arm64-64k-v6.1", "pte", 0x00E800001234AF43, 0x0000000012340000),
        ("arm64-4k-v6.12", "pte", 0x00EB000012345F43, 0x0000000012345000),
    ],
)
def test_the_top_of_a_wide_address(target_id, level, entry, address):
    """Address bits 51:50 are in 9:8 with FEAT_LPA2, 51:48 in 15:12 with 64K pages, else unread."""
    target = TARGET[target_id]
    assert target.mmu.format.address(target.geometry.level(level), entry) == address


@pytest.mark.parametrize(
    ("target_id", "table", "entry"),
    [
        ("arm64-4k-v6.12", 0x42D38000, 0x0800000042D38003),
        ("arm64-4k-va52-v6.12", 0x000E000042D38000, 0x0802000042D38303),
        ("arm64-16k-va52-v6.12", 0x0004000042D38000, 0x0800000042D38103),
        ("arm64-64k-va52-v6.1", 0x000A000042D30000, 0x0800000042D3A003),
    ],
)
def test_tables_are_reached_as_pages_are(target_id, table, entry, hooks_of):
    """The entry that pxd_populate writes holds the address where the walker finds it."""
    hooks, target = hooks_of(target_id), TARGET[target_id]
    assert hooks.pxd_populate("pmd", table) == entry
    assert hooks.pxd_page_paddr("pmd", entry) == table
    assert target.mmu.format.address(target.geometry.levels[-1], entry) == table
