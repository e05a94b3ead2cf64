"""What the search finds on the targets at hand: encodings that history chose, and refused."""

from __future__ import annotations

from functools import cache

import pytest

from archcore.conformance.proposals.search import prepare
from archcore.conformance.proposals.verdict import Standing
from archcore.registry import installed
from archcore.specimens import vma_view
from archcore.vmflags import VM_READ, VM_SHARED, VM_WRITE

X86, X86_OLD = "x86-v6.1", "x86-v3.8"
ARM64, ARM64_NEW = "arm64-4k-v6.1", "arm64-4k-v6.12"
RADIX = "powerpc-radix-64k-v6.1"


@cache
def searched(target):
    """Return the search of a target, once."""
    return prepare(installed().targets[target])


@cache
def verdict(target, name):
    """Return how a candidate stands, once; the test is skipped without the architecture."""
    return searched(target).verdict(name)


def needs(target):
    """Skip where an architecture is not installed."""
    if target not in installed().targets:
        pytest.skip(f"{target} is not installed")


LEGAL = [
    (X86, "8"),
    (X86, "permission-kept"),
    (X86, "permission-lost"),
    (X86_OLD, "8"),
    (ARM64, "58"),
    (ARM64, "permission-kept"),
    (ARM64_NEW, "permission-lost"),
    (RADIX, "permission-stashed"),
    (RADIX, "right-3"),
    ("s390x-v6.1", "permission-kept"),
]
DEAD = [
    (X86, "0", "hint-is-shut", "pte"),
    (X86, "7", "hint-keeps-huge", "pmd"),
    (X86, "9", "hint-keeps-special", "pte"),
    (X86, "20", "hint-keeps-frame", "pte"),
    (X86, "52", "swap-is-no-hint", "pte"),
    (X86, "58", "hint-keeps-devmap", "pte"),
    (X86, "permission-relative", "hint-keeps-write", "pte"),
    (X86_OLD, "62", "swap-is-no-hint", "pte"),
    (ARM64, "56", "hint-keeps-special", "pte"),
    (ARM64, "59", "mprotect-forgets-the-hint", "pte"),
    (ARM64_NEW, "11", "invalid-is-no-hint", "pte"),
    (ARM64_NEW, "58", "hint-keeps-uffd-wp", "pte"),
    (RADIX, "permission-kept", "hint-is-hint", "pte"),
    (RADIX, "61", "invalid-is-no-hint", "pmd"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("target", "name"), LEGAL)
def test_what_kernels_used_is_legal(target, name):
    """Bit 8 and the permissions of x86 and s390x, bit 58 of arm64, savedwrite of powerpc."""
    needs(target)
    assert verdict(target, name).standing is Standing.LEGAL


@pytest.mark.slow
@pytest.mark.parametrize(("target", "name", "law", "level"), DEAD)
def test_what_means_something_else_dies_of_what_it_means(target, name, law, level):
    """SPECIAL of that mark, PSE of huge pages, frames of the frame, swap's bits of swap."""
    needs(target)
    found = verdict(target, name)
    assert found.standing is Standing.DEAD
    assert (found.killer.law, found.killer.level) == (law, level)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("target", "name"),
    [
        (X86, "permission-kept"),
        (X86_OLD, "8"),
        (ARM64, "permission-kept"),
        (ARM64_NEW, "permission-lost"),
    ],
)
def test_the_encoding_of_the_era_is_found_again(target, name):
    """Proved to arm and disarm every page of every level as the target does."""
    needs(target)
    assert verdict(target, name).shipped


@pytest.mark.slow
def test_the_bits_that_autonuma_took_are_legal_where_it_took_them():
    """Bit 7 of a PTE and bit 10 of a PMD (June 2012), each at that level and at no other."""
    needs(X86_OLD)
    assert verdict(X86_OLD, "7").legal_at == ("pte",)
    assert verdict(X86_OLD, "10").legal_at == ("pmd",)


@pytest.mark.slow
@pytest.mark.parametrize(("target", "name"), [(X86_OLD, "10"), (X86_OLD, "62")])
def test_bits_of_drafts_would_live_if_swap_gave_them_up(target, name):
    """The drafts of April 2014 had bits 10 and 62; what was merged moved the swap offset, too."""
    needs(target)
    found = verdict(target, name)
    assert found.mended.form.room
    assert found.mended.costs.swap_bits == 1


@pytest.mark.slow
def test_a_level_that_cannot_close_a_page_is_set_aside():
    """Of x86 the PUD: pud_present asks for PRESENT alone, and nothing hints one."""
    needs(X86)
    search = searched(X86)
    assert search.examiner.forge.levels == ("pte", "pmd")
    assert search.aside == {"pud": "none-is-present"}


# -- on plain numbers -----------------------------------------------------------------------------

WORDS = [
    # Golden vectors: what kernels of the era wrote.
    (X86_OLD, "8", 0x8000000012345067, 0x8000000012345166),
    (X86, "permission-kept", 0x8000000012345067, 0x000FFFFFEDCBA162),
    (ARM64, "permission-kept", 0x00E8000012345F43, 0x04E8000012345F02),
    # By hand: the frame inverted, PRESENT clear and bit 8 set; VALID clear and bit 58 set.
    (X86, "8", 0x8000000012345067, 0x800FFFFFEDCBA166),
    (ARM64, "58", 0x00E8000012345F43, 0x04E8000012345F42),
]


@pytest.mark.parametrize(("target", "name", "page", "hint"), WORDS)
def test_the_words_of_a_legal_candidate_are_those_of_kernels(target, name, page, hint):
    """Armed, told, disarmed, on plain numbers."""
    needs(target)
    candidate = searched(target).candidate(name)
    own, vma = candidate.at("pte").own, vma_view(candidate.at("pte").hooks, VM_READ | VM_WRITE)
    assert own.mknuma(vma, page) == hint
    assert own.numa(vma, hint)
    assert not own.numa(vma, page)
    assert own.mknonnuma(vma, hint) == page


@pytest.mark.slow
@pytest.mark.parametrize(("target", "name"), LEGAL)
def test_a_legal_candidate_keeps_frame_and_rights_on_plain_numbers(target, name):
    """Pages of shared memory come back as they were, used; the hardware refuses the hint."""
    needs(target)
    candidate = searched(target).candidate(name)
    for level in searched(target).examiner.forge.levels:
        on = candidate.at(level)
        vma = vma_view(on.hooks, VM_READ | VM_WRITE | VM_SHARED)
        for at in range(on.level.shift, on.target.geometry.pa_bits):
            frame = 1 << at - on.target.geometry.page_shift
            page = on.own.mkyoung(on.own.pfn_entry(frame, vma.vm_page_prot))
            page = on.own.mkhuge(page) if on.upper else page
            hint = on.own.mknuma(vma, page)
            assert on.own.pfn(hint) == frame
            assert on.hw_opens(page)
            assert not on.hw_opens(hint)
            assert on.own.mknonnuma(vma, hint) == page
