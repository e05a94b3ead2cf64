"""The format of Linux 3.14; words follow from pte-hash64.h, pte-hash64-64k.h and pte-common.h."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

LIVE, HINT, NONE = 0x0000048D00000383, 0x0000048D00000392, 0x0000048D00000181
HPTEFLAGS = 0x1FFFF800
WORDS = st.integers(0, 2**64 - 1)


@pytest.mark.parametrize("flag", [0x800, 0x1000, 0x8000000, 0x10000000, HPTEFLAGS])
def test_hash_bookkeeping_is_no_difference(hash_v314, flag):
    """BUSY, the sub-page bits and COMBO make no entry another, and none that is not empty."""
    for level in ("pte", "pmd"):
        assert getattr(hash_v314, f"{level}_same")(LIVE, LIVE | flag)
    assert hash_v314.pte_none(flag)
    assert not hash_v314.pmd_none(flag)


@given(a=WORDS, b=WORDS)
def test_any_other_bit_is_a_difference(hash_v314, a, b):
    """pte_same says yes exactly when the words differ in bookkeeping only."""
    assert hash_v314.pte_same(a, b) == ((a ^ b) & ~HPTEFLAGS == 0)


@pytest.mark.parametrize(
    ("prot", "kept"),
    [
        pytest.param(0x101, 0x0000048D1FFFFD81, id="PAGE_NONE"),
        pytest.param(0x303, 0x0000048D1FFFFF83, id="PAGE_SHARED"),
    ],
)
def test_modify_keeps_what_belongs_to_the_page(hash_v314, prot, kept):
    """Frame, bookkeeping, DIRTY, ACCESSED and SPECIAL stay; 4K_PFN and the memory type do not."""
    assert hash_v314.pte_modify(0x0000048D3FFFFFFF, prot) == kept


def test_modify_of_a_huge_page_keeps_its_mark(hash_v314):
    """THP_HUGE and SPLITTING survive pmd_modify."""
    assert hash_v314.pmd_modify(0x0000048020000783, 0x101) == 0x0000048020000581


def test_modify_would_lose_a_hint(hash_v314, private_v61):
    """NUMA is not kept, so that a hint must be disarmed before its protection changes."""
    assert not hash_v314.pte_numa(private_v61, hash_v314.pte_modify(HINT, 0x103))


@pytest.mark.parametrize(
    ("entry", "present", "numa"),
    [
        pytest.param(LIVE, True, False, id="live"),
        pytest.param(HINT, True, True, id="hint"),
        pytest.param(NONE, True, False, id="genuine-none"),
        pytest.param(0x0048D14080000000, False, False, id="swap"),
        pytest.param(LIVE | 0x10, True, False, id="present-with-the-old-coherence-bit"),
    ],
)
def test_present_and_hinted(hash_v314, private_v61, entry, present, numa):
    """An entry is present with PRESENT or NUMA, and a hint with NUMA alone."""
    assert (hash_v314.pte_present(entry), hash_v314.pte_numa(private_v61, entry)) == (present, numa)


def test_a_genuine_none_page_is_told_from_a_hint_without_the_vma(hash_v314):
    """PAGE_NONE is PRESENT without USER; a hint keeps USER and lacks PRESENT."""
    assert [hash_v314.pte_protnone(word) for word in (NONE, HINT, LIVE)] == [True, False, False]


@pytest.mark.parametrize(
    ("entry", "leaf", "huge", "bad"),
    [
        pytest.param(0x0000048020000383, True, True, True, id="transparent-huge-page"),
        pytest.param(0x0000048020000392, True, True, True, id="hinted"),
        pytest.param(0x0000048020000181, True, True, True, id="genuine-none"),
        pytest.param(0x0000048000000383, True, False, True, id="hugetlbfs"),
        pytest.param(0xC0000000024C8000, False, False, False, id="table"),
        pytest.param(0xC0000000024C8100, False, False, True, id="unaligned-table"),
    ],
)
def test_huge_pages_and_tables(hash_v314, entry, leaf, huge, bad):
    """The two lowest bits make a leaf, THP_HUGE a transparent one; a table is a kernel address."""
    found = [getattr(hash_v314, f"pmd_{name}")(entry) for name in ("leaf", "trans_huge", "bad")]
    assert found == [leaf, huge, bad]


@pytest.mark.parametrize(
    ("entry", "present", "protnone", "write"),
    [
        pytest.param(LIVE, True, False, True, id="live"),
        pytest.param(NONE, True, True, False, id="genuine-none-or-hint"),
        pytest.param(NONE | 0x200, True, True, True, id="hint-of-a-writable-page"),
        pytest.param(HINT, False, False, True, id="bit-4-is-nothing-any-more"),
    ],
)
def test_a_hint_of_linux_40(hooks_of, entry, present, protnone, write):
    """PRESENT stays; without USER the page is closed, and RW says what it was."""
    hooks = hooks_of["hash-64k-v4.0"]
    asked = [hooks.pte_present(entry), hooks.pte_protnone(entry), hooks.pte_write(entry)]
    assert asked == [present, protnone, write]


def test_a_hint_of_linux_40_needs_its_vma(hooks_of):
    """A genuine none page is the same word as the hint of a page that was not writable."""
    hooks = hooks_of["hash-64k-v4.0"]
    assert "vma" in hooks.needs("pte_numa")
    assert "vma" not in hooks_of["hash-64k-v3.14"].needs("pte_numa")


def test_pages_of_4k_have_flags_of_their_own(hooks_of):
    """HASHPTE is bit 10 there, where larger pages have SPECIAL, and the frame begins at bit 17."""
    hooks = hooks_of["hash-4k-v3.14"]
    assert [hooks.pte_special(1 << bit) for bit in (10, 16)] == [False, True]
    assert hooks.pte_same(0x2468A0383, 0x2468A0783)
    assert hooks.pte_pfn(0x2468A0383) == 0x12345


def test_with_4k_pages_no_pmd_is_a_transparent_huge_page(hooks_of):
    """Whatever has PRESENT or USER is a leaf, but none is a transparent one."""
    hooks = hooks_of["hash-4k-v3.14"]
    words = [1 << bit | 3 for bit in range(64)]
    assert all(hooks.pmd_leaf(word) for word in words)
    assert not any(hooks.pmd_trans_huge(word) for word in words)


@pytest.mark.parametrize(
    ("table", "bad"),
    [(0xC000000000002400, False), (0xC000000000002200, True), (0x0000000000002400, True)],
)
def test_tables_of_pmds_with_4k_pages_are_1k_apart(hooks_of, table, bad):
    """A PUD points to a table of 128 PMDs, at a kernel address."""
    assert hooks_of["hash-4k-v3.14"].pud_bad(table) == bad
