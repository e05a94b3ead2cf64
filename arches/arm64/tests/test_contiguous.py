"""The contiguous bit, and huge pages of hugetlbfs made with it."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from archcore.decode import State, decode

PAGE = 0x00E8000012345F43
NONE = {"v6.1": 0x0460000000000F82, "v6.12": 0x0060000000000F82}


def test_a_run_of_pages_is_valid_whatever_its_protection(hooks, target):
    """pte_mkcont sets both type bits, so that a PROT_NONE page of a run is valid to hardware."""
    closed = NONE[target.era]
    assert hooks.helpers["pte_mkcont"](closed) == closed | 1 << 52 | 1
    assert hooks.helpers["pmd_mkcont"](closed & ~2) == closed & ~2 | 1 << 52


@pytest.mark.parametrize(
    ("target_id", "shift", "made"),
    [
        ("arm64-4k-v6.1", 16, 0x00F8000012345F43),
        ("arm64-4k-v6.1", 21, 0x00E8000012345F41),
        ("arm64-4k-v6.1", 25, 0x00F8000012345F41),
        ("arm64-4k-v6.1", 30, 0x00E8000012345F41),
        ("arm64-16k-v6.12", 21, 0x00F8000012345F43),
        ("arm64-16k-v6.12", 25, 0x00E8000012345F41),
        ("arm64-16k-v6.12", 30, 0x00F8000012345F41),
        ("arm64-64k-v6.1", 21, 0x00F8000012345F43),
        ("arm64-64k-v6.1", 29, 0x00E8000012345F41),
        ("arm64-64k-v6.1", 34, 0x00F8000012345F41),
    ],
)
def test_the_entry_of_a_huge_page_of_each_size(target_id, shift, made, hooks_of):
    """A run of pages, a block, and a run of blocks each have their own type and CONT."""
    assert hooks_of(target_id).helpers["arch_make_huge_pte"](PAGE, shift) == made


@pytest.mark.parametrize(
    ("target_id", "entry"),
    [
        ("arm64-4k-v6.1", 0x04F0000047000F83),
        ("arm64-4k-v6.12", 0x00F0000047000F83),
        ("arm64-16k-va52-v6.12", 0x00F0000047000C83),
    ],
)
def test_a_valid_page_of_a_run_under_prot_none(target_id, entry, hooks_of, target_of):
    """It is a genuine none, never a hint, and without the VMA it is not decided."""
    target, hooks = target_of(target_id), hooks_of(target_id)

    def state(vma=None):
        return decode(target, hooks, entry, vma=vma).state

    closed = SimpleNamespace(accessible=False, vm_page_prot=hooks.vm_get_page_prot(0))
    assert (state(), state(closed)) == (State.INACCESSIBLE, State.GENUINE_NONE)
    assert not hooks.pte_protnone(entry)


def test_a_kernel_page_is_no_none(v61, target_of):
    """PAGE_KERNEL is closed to user mode too, and mapped."""
    kernel = 0x00E8000012345703
    assert decode(target_of("arm64-4k-v6.1"), v61, kernel).state is State.MAPPED
    assert v61.helpers["pte_valid_not_user"](kernel)


def test_contiguity_is_set_read_and_cleared(hooks):
    """CONT is bit 52 at both levels."""
    helpers = hooks.helpers
    assert helpers["pte_cont"](helpers["pte_mkcont"](PAGE))
    assert helpers["pte_mknoncont"](helpers["pte_mkcont"](PAGE)) == PAGE
    assert helpers["pmd_cont"](helpers["pmd_mkcont"](PAGE))
    assert not helpers["pmd_cont"](PAGE)
