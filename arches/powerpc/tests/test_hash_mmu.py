"""What hash_page of Linux 3.14 makes of an entry."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archcore.hw.mmu import Access
from archcore_powerpc.hash_targets import HASH_64K_V314

HANDLER, GEOMETRY = HASH_64K_V314.mmu.format, HASH_64K_V314.geometry
LEVEL = {level.name: level for level in GEOMETRY.levels}
LIVE, HUGE = 0x0000048D00000383, 0x0000048020000383
HINT, HUGE_HINT = 0x0000048D00000392, 0x0000048020000392
TABLE = 0xC0000000024C8000
WORDS = st.integers(0, 2**64 - 1)


def test_the_kernel_loads_the_hash_table():
    """No hardware walks these tables: the kernel's handler refills what the hardware looks in."""
    assert HASH_64K_V314.mmu.refill == "software"


@pytest.mark.parametrize(
    ("entry", "read", "write", "execute"),
    [
        pytest.param(LIVE, True, True, False, id="writable"),
        pytest.param(LIVE & ~0x200, True, False, False, id="read-only"),
        pytest.param(LIVE | 0x4, True, True, True, id="executable"),
        pytest.param(0x0000048D00000181, False, False, False, id="genuine-none"),
        pytest.param(LIVE & ~0x2 | 0x4, False, False, False, id="executable-kernel-page"),
        pytest.param(HINT, False, False, False, id="hint"),
    ],
)
def test_what_the_handler_inserts(entry, read, write, execute):
    """It asks for PRESENT and USER, RW for stores, EXEC for fetches, and refuses otherwise."""
    rights = [HANDLER.allows(LEVEL["pte"], entry, access) for access in Access]
    assert rights == [read, write, execute]


@pytest.mark.parametrize(("level", "live", "hint"), [("pte", LIVE, HINT), ("pmd", HUGE, HUGE_HINT)])
def test_a_hint_is_refused(level, live, hint):
    """Without PRESENT the handler inserts nothing, and the reference becomes a page fault."""
    assert HANDLER.valid(LEVEL[level], live)
    assert not HANDLER.valid(LEVEL[level], hint)


@pytest.mark.parametrize(
    ("live", "accessed", "written"),
    [
        pytest.param(0x0000048D00000203, 0x0000048D08000303, 0x0000048D08000383, id="page"),
        pytest.param(0x0000048020000203, 0x000004802FFFF303, 0x000004802FFFF383, id="huge-page"),
    ],
)
def test_the_handler_says_that_the_page_is_hashed(live, accessed, written):
    """A use sets ACCESSED and HASHPTE, a store DIRTY as well; a huge page has all of HASHPTE."""
    assert (HANDLER.mkaccessed(live), HANDLER.mkdirty(live)) == (accessed, written)
    assert [HANDLER.accessed(word) for word in (live, accessed)] == [False, True]
    assert [HANDLER.dirty(word) for word in (accessed, written)] == [False, True]


@given(entry=WORDS)
def test_hashing_a_young_page_changes_nothing_for_the_kernel(hash_v314, entry):
    """pte_same overlooks what the handler leaves in an entry besides ACCESSED."""
    assert hash_v314.pte_same(HANDLER.mkaccessed(entry), hash_v314.pte_mkyoung(entry))


def test_frames_and_tables_have_physical_addresses():
    """A frame number counts 64K pages; a pointer to a table is a kernel address."""
    found = [
        HANDLER.address(LEVEL["pte"], LIVE),
        HANDLER.address(LEVEL["pmd"], HUGE | 0x3FC0000000),
        HANDLER.address(LEVEL["pmd"], TABLE),
        HANDLER.address(LEVEL["pgd"], TABLE),
    ]
    assert found == [0x12340000, 0x12000000, 0x24C8000, 0x24C8000]


@pytest.mark.parametrize("level", ["pmd", "pgd"])
def test_tables_are_pointed_to_through_the_linear_map(hash_v314, level):
    """pxd_populate stores the kernel address of a table, pxd_page_paddr takes it back."""
    assert hash_v314.pxd_populate(level, 0x24C8000) == TABLE
    assert hash_v314.pxd_page_paddr(level, TABLE) == 0x24C8000


@pytest.mark.parametrize("level", ["pmd", "pgd"])
def test_the_walk_goes_on_through_tables(level):
    """To the handler a kernel address is valid, no leaf, and takes no right; 0 is neither."""
    place = (LEVEL[level], TABLE)
    assert (HANDLER.valid(*place), HANDLER.leaf(*place), HANDLER.reserved(*place)) == (
        True,
        False,
        False,
    )
    assert all(HANDLER.allows(*place, access) for access in Access)
    assert not HANDLER.valid(LEVEL[level], 0)


@pytest.mark.parametrize("word", [0x00000000024C8000, 0x40000000024C8000])
def test_an_address_outside_the_linear_map_is_no_table(word):
    """A pointer that is no kernel address leads nowhere."""
    assert not HANDLER.valid(LEVEL["pmd"], word)


def test_a_leaf_above_the_pmd_is_hugetlbfs():
    """A huge page of 16 MB may be used; a larger one is not a transparent huge page's."""
    found = [HANDLER.reserved(LEVEL[level], HUGE) for level in ("pte", "pmd", "pgd")]
    assert found == [False, False, True]


@given(entry=WORDS)
def test_an_array_is_read_as_its_words_are(entry):
    """The view of a word is the same on integers and on arrays, at every level."""
    array = np.array([entry], np.uint64)
    for level in GEOMETRY.levels:
        for ask in (HANDLER.valid, HANDLER.leaf, HANDLER.reserved, HANDLER.address):
            assert np.broadcast_to(ask(level, array), 1).tolist() == [ask(level, entry)]
