from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archcore.binding import bind
from archcore.decode import decode
from archcore.specimens import vma_view
from archcore.vmflags import VM_NONE
from archcore_x86.targets import TARGETS

BOUND = {target.id: bind(target) for target in TARGETS}
INVERTING = [target for target in TARGETS if "__pte_needs_invert" in BOUND[target.id].helpers]
HUGETLB, TRANSPARENT = 0x000FFFFFF8FFF9E0, 0x000FFFFFF8E009E0  # captured, and its THP twin


@pytest.fixture(params=INVERTING, ids=lambda target: target.id)
def target(request):
    """Each target that inverts frames."""
    return request.param


def test_both_inversions_of_a_2m_page_name_the_same_frame(target, hooks):
    """Hugetlbfs turns bits 51 to 12 over and a transparent huge page 51 to 21."""
    assert hooks.pmd_pfn(HUGETLB) == hooks.pmd_pfn(TRANSPARENT) == 0x7000
    assert hooks.pte_pfn(HUGETLB) == 0x7000


def test_a_closed_2m_page_of_hugetlbfs_is_a_genuine_none(target, hooks):
    """Decoding knows the entry, its frame and its level, in a VMA without rights."""
    seen = decode(target, hooks, HUGETLB, "pmd", vma_view(hooks, VM_NONE))

    assert (seen.state, seen.pfn) == ("genuine-none", 0x7000)


def test_mprotect_of_hugetlbfs_writes_the_captured_entry(hooks_of):
    """huge_pte_modify closes the live page that a kernel had into the entry it wrote."""
    hooks = hooks_of["x86-v6.1"]
    live = 0x80000000070008E7

    assert hooks.helpers["huge_pte_modify"](live, hooks.vm_get_page_prot(VM_NONE)) == HUGETLB


@given(st.sampled_from(INVERTING), st.integers(0, (1 << 31) - 1))
def test_a_closed_1g_page_keeps_its_frame(target, number):
    """However a page of 1G is closed, its frame is read back."""
    hooks = BOUND[target.id]
    pfn = (number << 18) & ((1 << 34) - 1)
    live = hooks.pud_mkhuge(hooks.pfn_pud(pfn, 0x8000000000000027))
    by_hugetlb = hooks.helpers["huge_pte_modify"](live, 0x120)

    assert hooks.pud_pfn(live) == pfn
    assert hooks.pud_pfn(hooks.pud_modify(live, 0x120)) == pfn
    assert hooks.pud_pfn(hooks.pud_mkhuge(by_hugetlb)) == pfn


def test_the_1g_page_of_6_12_is_turned_like_a_transparent_one(hooks_of):
    """pud_modify came with 6.12; before, only hugetlbfs changed a page of 1G."""
    live = 0x80000000400000E7
    low = {
        name: hooks_of[name].pud_modify(live, 0x120) & 0x3FFFF000
        for name in ("x86-v6.1", "x86-v6.12")
    }

    assert low == {"x86-v6.1": 0x3FFFF000, "x86-v6.12": 0}


def test_userfaultfd_marks_pages_of_hugetlbfs_as_it_does_others(hooks_of):
    """Bit 10, set and cleared by helpers of their own (asm-generic/hugetlb.h)."""
    helpers = hooks_of["x86-v6.12"].helpers

    assert helpers["huge_pte_mkuffd_wp"](0x80000000400000A7) == 0x80000000400004A5
    assert helpers["huge_pte_clear_uffd_wp"](0x80000000400004A5) == 0x80000000400000A5
