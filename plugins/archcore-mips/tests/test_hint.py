"""The proposal for the hint: what claims exclude is a mapping that may only be written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archcore.binding import bind
from archcore.conformance.mapping import kinds
from archcore.hw.mmu import Access
from archcore.vmflags import VM_EXEC, VM_READ, VM_WRITE
from archcore_mips.targets import TARGET

HOOKS = bind(TARGET)
FORMAT, LEVELS = TARGET.mmu.format, TARGET.geometry.levels
READABLE = [one for one in kinds(HOOKS) if one.vm_flags & (VM_READ | VM_EXEC)]
WRITE_ONLY = [one for one in kinds(HOOKS) if one.writable and one not in READABLE]
FRAMES = st.integers(0, 2**34 - 1)
MARKS = st.sets(st.sampled_from(["mkyoung", "mkdirty", "mkwrite", "mkold", "mkclean", "wrprotect"]))


def made(vma, frame, marks, level="pte"):
    """Return an entry of a VMA with marks."""
    entry = getattr(HOOKS, f"pfn_{level}")(frame, vma.vm_page_prot)
    for mark in sorted(marks):
        given = (entry, vma) if mark == "mkwrite" else (entry,)
        entry = getattr(HOOKS, f"{level}_{mark}")(*given)
    return entry


@pytest.mark.parametrize("vma", READABLE, ids=lambda one: one.perms)
@given(frame=FRAMES, marks=MARKS)
def test_a_hint_is_one_and_shut(vma, frame, marks):
    """In every mapping that may be read, whatever the page is marked; also once VALID is set."""
    entry = made(vma, frame, marks)
    hint = HOOKS.pte_mknuma(vma, entry)
    assert HOOKS.pte_numa(vma, hint)
    assert HOOKS.pte_numa(vma, FORMAT.mkaccessed(hint))
    assert HOOKS.pte_present(hint)
    assert HOOKS.pte_pfn(hint) == frame
    assert not any(FORMAT.allows(LEVELS[0], hint, access) for access in Access)
    assert not HOOKS.pte_numa(vma, entry)
    assert not HOOKS.pte_numa(vma, HOOKS.pte_mknonnuma(vma, hint))


@pytest.mark.parametrize("vma", WRITE_ONLY, ids=lambda one: one.perms)
@given(frame=FRAMES, marks=MARKS)
def test_where_reads_are_inhibited_nothing_is_a_hint(vma, frame, marks):
    """A private mapping that may only be written has the protection of one without rights."""
    entry = made(vma, frame, marks)
    assert not HOOKS.pte_numa(vma, entry)
    assert not HOOKS.pte_numa(vma, HOOKS.pte_mknuma(vma, entry))
    private = HOOKS.vm_get_page_prot(int(VM_WRITE))
    assert private == HOOKS.page_none()


def test_it_says_that_it_is_a_proposal():
    """Linux 6.1 has no NUMA balancing here: pte_protnone is false of every entry."""
    assert TARGET.proposal
    assert not HOOKS.pte_protnone(HOOKS.page_none())
