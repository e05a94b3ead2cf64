from __future__ import annotations

import numpy as np
import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from archcore.hw.mmu import Access
from archcore_arm64.targets import K4_V61

WALKER = K4_V61.mmu.format
LEVEL = {level.name: level for level in K4_V61.geometry.levels}
LIVE, BLOCK, TABLE = 0x00E8000012345F43, 0x00E8000040000F41, 0x0800000042D38003
CLEAN, READ_ONLY = 0x0068000012345FC3, 0x0060000012345FC3
WORDS = st.integers(0, 2**64 - 1)


def _rights(level, entry):
    return [WALKER.allows(LEVEL[level], entry, access) for access in Access]


def test_a_hint_faults_and_a_live_page_does_not(hooks, private):
    """The walk stops at a hint of either level and goes on from the live entry."""
    for level, live in (("pte", LIVE), ("pmd", BLOCK)):
        hinted = getattr(hooks, f"{level}_mknuma")(private, live)
        assert WALKER.valid(LEVEL[level], live)
        assert not WALKER.valid(LEVEL[level], hinted)


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
