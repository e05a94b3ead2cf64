from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archcore.hw.memory import PhysicalMemory
from archcore.hw.mmu import Access
from archcore.hw.walker import Fault, FaultKind, walk
from archcore_powerpc.targets import TARGETS

TARGET = next(one for one in TARGETS if one.id == "powerpc-radix-64k-v6.1")
WALKER, GEOMETRY = TARGET.mmu.format, TARGET.geometry
LEVEL = {level.name: level for level in GEOMETRY.levels}
LIVE, HUGE = 0xC000000012340186, 0xC000000012200186
WORDS = st.integers(0, 2**64 - 1)


def _rights(entry, level="pte"):
    return [WALKER.allows(LEVEL[level], entry, access) for access in Access]


@pytest.mark.parametrize(
    ("entry", "read", "write", "execute"),
    [
        pytest.param(LIVE, True, True, False, id="writable"),
        pytest.param(0xC000000012340184, True, False, False, id="read-only"),
        pytest.param(0xC000000012340185, True, False, True, id="read-execute"),
        pytest.param(0xC000000012340181, False, False, True, id="execute-only"),
        pytest.param(0xC000000012340182, True, True, False, id="write-means-read"),
        pytest.param(0xC00000001234018E, False, False, False, id="kernel-page"),
        pytest.param(0xC000000012340180, False, False, False, id="hint-with-saved-write"),
        pytest.param(0xC000000012340188, False, False, False, id="hint"),
        pytest.param(0xC0000000123401A7, True, True, False, id="guarded"),
        pytest.param(0xC0000000123401B7, True, True, True, id="tolerant"),
    ],
)
def test_what_user_mode_may_do(entry, read, write, execute):
    """The access authority opens a page; privilege closes it, guarded storage to fetches alone."""
    assert _rights(entry) == [read, write, execute]


@pytest.mark.parametrize("level", ["pte", "pmd"])
def test_a_hint_stays_valid_and_allows_nothing(radix_v61, private_v61, level):
    """The walk reaches a hint, finds a valid leaf and takes a protection fault."""
    live = LIVE if level == "pte" else HUGE
    hint = getattr(radix_v61, f"{level}_mknuma")(private_v61, live)
    assert WALKER.valid(LEVEL[level], hint)
    assert WALKER.leaf(LEVEL[level], hint)
    assert _rights(hint, level) == [False, False, False]


def test_the_walker_sets_referenced_and_changed():
    """A use sets R, which is ACCESSED, and a store C as well, which is DIRTY."""
    untouched = LIVE & ~0x180
    assert (WALKER.mkaccessed(untouched), WALKER.mkdirty(untouched)) == (LIVE & ~0x80, LIVE)
    assert [WALKER.accessed(untouched), WALKER.accessed(LIVE)] == [False, True]
    assert [WALKER.dirty(LIVE & ~0x80), WALKER.dirty(LIVE)] == [False, True]


def test_the_low_bits_of_a_large_page_number_are_ignored():
    """The offset replaces what lies below the page size, of 64K as of 2M."""
    found = [WALKER.address(LEVEL[level], 0xC0000000123FF186) for level in ("pte", "pmd")]
    assert found == [0x123F0000, 0x12200000]


@pytest.mark.parametrize(
    ("level", "entry", "reserved"),
    [
        pytest.param("pmd", 0x8000000021620105, False, id="32-entries-below-pmd"),
        pytest.param("pmd", 0x8000000021620109, True, id="512-entries-below-pmd"),
        pytest.param("pud", 0x8000000021620009, False, id="512-entries-below-pud"),
        pytest.param("pud", 0xC000000040000186, False, id="1G-page"),
        pytest.param("pgd", 0xC000008000000186, True, id="512G-page"),
    ],
)
def test_a_tree_that_is_not_supported(level, entry, reserved):
    """A table must have the size that its level takes, and no leaf may be larger than 1G."""
    assert WALKER.reserved(LEVEL[level], entry) == reserved


def test_a_table_below_the_lowest_level_is_invalid():
    """At the last level an entry without the leaf bit leads nowhere."""
    assert not WALKER.valid(LEVEL["pte"], LIVE & ~(1 << 62))
    assert WALKER.valid(LEVEL["pmd"], 0x8000000021620105)


@given(entry=WORDS)
def test_an_array_is_read_as_its_words_are(entry):
    """The view of a word is the same on integers and on arrays, at every level."""
    array = np.array([entry], np.uint64)
    for level in GEOMETRY.levels:
        for ask in (WALKER.valid, WALKER.leaf, WALKER.reserved, WALKER.address):
            assert np.broadcast_to(ask(level, array), 1).tolist() == [ask(level, entry)]


def _tables(hooks, leaf):
    """Return memory in which one 64K page is mapped at address 0, and the root of its tables."""
    memory = PhysicalMemory(GEOMETRY.page_shift)
    places = dict(zip(("pgd", "pud", "pmd", "pte"), range(0x10000, 0x50000, 0x10000), strict=True))
    for upper, lower in (("pgd", "pud"), ("pud", "pmd"), ("pmd", "pte")):
        entry = hooks.pxd_populate(upper, places[lower])
        memory.store(places[upper], entry, 64, GEOMETRY.byteorder)
    memory.store(places["pte"], leaf, 64, GEOMETRY.byteorder)
    return memory, places["pgd"]


def test_a_walk_through_what_the_kernel_populates(radix_v61, private_v61):
    """Four levels of big-endian words translate a reference until the page is hinted."""
    memory, root = _tables(radix_v61, LIVE)
    found = walk(memory, GEOMETRY, TARGET.mmu, root, 0xABCD, Access.WRITE)
    assert (found.physical, found.level) == (0x1234ABCD, "pte")
    memory, root = _tables(radix_v61, radix_v61.pte_mknuma(private_v61, LIVE))
    fault = walk(memory, GEOMETRY, TARGET.mmu, root, 0xABCD, Access.READ)
    assert isinstance(fault, Fault)
    assert (fault.kind, fault.level) == (FaultKind.PERMISSION, "pte")
