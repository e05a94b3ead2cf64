"""What hash_page of Linux 3.14 makes of an entry."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archcore.hw.mmu import Access
from archcore_powerpc.targets import TARGETS

BY_ID = {target.id: target for target in TARGETS}
TARGET = BY_ID["powerpc-hash-64k-v3.14"]
HANDLER, GEOMETRY = TARGET.mmu.format, TARGET.geometry
LEVEL = {level.name: level for level in GEOMETRY.levels}
LIVE, HUGE = 0x0000048D00000383, 0x0000048020000383
HINT, HUGE_HINT = 0x0000048D00000392, 0x0000048020000392
TABLE = 0xC0000000024C8000
WORDS = st.integers(0, 2**64 - 1)


def test_the_kernel_loads_the_hash_table():
    """No hardware walks these tables: the kernel's handler refills what the hardware looks in."""
    assert TARGET.mmu.refill == "software"


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


SHARED = [one for one in TARGETS if "hash" in one.id and one.era not in ("v3.14", "v4.0")]
every_shared = pytest.mark.parametrize("shared", SHARED, ids=lambda target: target.id)
PAGE = 0xC000000012340186


def _allowed(target, entry, level="pte"):
    form, place = target.mmu.format, target.geometry.level(level)
    return form.valid(place, entry) and any(form.allows(place, entry, one) for one in Access)


@every_shared
@pytest.mark.parametrize(
    ("entry", "read", "write", "execute"),
    [
        pytest.param(PAGE, True, True, False, id="writable"),
        pytest.param(0xC000000012340184, True, False, False, id="read-only"),
        pytest.param(0xC000000012340185, True, False, True, id="read-execute"),
        pytest.param(0xC000000012340181, False, False, False, id="execute-only"),
        pytest.param(0xC000000012340182, False, False, False, id="write-without-read"),
        pytest.param(0xC00000001234018E, False, False, False, id="kernel-page"),
        pytest.param(0xC000000012340188, False, False, False, id="hint"),
        pytest.param(0xC000000012340180, False, False, False, id="hint-of-6.12"),
    ],
)
def test_what_the_handler_inserts_since_linux_47(shared, entry, read, write, execute):
    """It asks for READ whatever the access, and for no PRIVILEGED (check_pte_access)."""
    place = shared.geometry.level("pte")
    rights = [shared.mmu.format.allows(place, entry, access) for access in Access]
    assert rights == [read, write, execute]


@every_shared
def test_a_hint_is_a_leaf_that_the_handler_refuses(shared):
    """A hint of these eras is PRESENT; what the handler misses is the right."""
    hint = 0xC000000012340180
    assert shared.mmu.format.valid(shared.geometry.level("pte"), hint)
    assert not _allowed(shared, hint)
    assert _allowed(shared, PAGE)


@every_shared
def test_a_closed_entry_or_a_swap_entry_is_no_leaf(shared):
    """Without PRESENT nothing is found, INVALID or not."""
    for word in (PAGE & ~(1 << 63), PAGE & ~(1 << 63) | 1 << 61, 0x4000000123450001):
        assert not shared.mmu.format.valid(shared.geometry.level("pte"), word)
        assert not shared.mmu.format.valid(shared.geometry.level("pmd"), word)


@every_shared
def test_directories_hold_physical_addresses(shared):
    """A pointer to a table is its address, marked valid since Linux 4.20; 0 is none."""
    form, place = shared.mmu.format, shared.geometry.level("pmd")
    marked = 0 if shared.era == "v4.12" else 1 << 63
    assert form.valid(place, 0x24C8400 | marked)
    assert not form.leaf(place, 0x24C8400 | marked)
    assert form.address(place, 0x24C8400 | marked) == 0x24C8400
    assert not form.valid(place, marked)
    assert form.valid(place, 0x24C8400) == (shared.era == "v4.12")


@every_shared
def test_huge_pages_are_leaves_below_the_top(shared):
    """Hugetlbfs puts leaves into PMDs and PUDs; one in the top table would be too large."""
    form = shared.mmu.format
    reserved = [form.reserved(level, PAGE) for level in shared.geometry.levels]
    assert reserved == [False, False, False, True]
    for level in shared.geometry.levels[:3]:
        assert form.leaf(level, PAGE)
        assert form.address(level, PAGE) == 0x12340000 & -level.size


@every_shared
def test_a_use_leaves_its_mark(shared):
    """HASHPTE is set along with ACCESSED, and without it the page counts as unused."""
    form = shared.mmu.format
    hashpte = shared.geometry.level("pte").layout["HASHPTE"].value
    assert not form.accessed(PAGE)
    assert form.mkaccessed(PAGE & ~0x100) == PAGE | hashpte
    assert form.mkdirty(PAGE & ~0x180) == PAGE | hashpte
    assert form.accessed(PAGE | hashpte)
