from __future__ import annotations

import pytest
import toy
from hypothesis import given
from hypothesis import strategies as st

from archcore.binding import bind
from archcore.errors import UsageError
from archcore.specimens import (
    flags_of,
    live_entries,
    none_entries,
    perms_of,
    vma_kinds,
    vma_view,
)
from archcore.vmflags import VM_EXEC, VM_NONE, VM_READ, VM_SHARED, VM_WRITE, VmFlags

HOOKS = bind(toy.module().TARGET)


def test_permissions_are_written_as_in_proc_maps():
    """A private readable and writable mapping is rw-p there, a shared executable one --xs."""
    assert perms_of(VM_READ | VM_WRITE) == "rw-p"
    assert perms_of(VM_EXEC | VM_SHARED) == "--xs"
    assert perms_of(VM_NONE) == "---p"


@given(st.sampled_from([VmFlags(flags) for flags in range(16)]))
def test_permissions_are_read_back(flags):
    """What is written from flags gives the same flags again."""
    assert flags_of(perms_of(flags)) == flags


def test_the_letter_for_sharing_may_be_left_out():
    """Without it the mapping is private."""
    assert flags_of("r--") == VM_READ


@pytest.mark.parametrize("perms", ["", "rw", "wr-", "rwxq", "rw-pp", "RW-", "--- "])
def test_other_permissions_are_refused(perms):
    """The message says how they are written."""
    with pytest.raises(UsageError, match="/proc/PID/maps"):
        flags_of(perms)


def test_there_are_sixteen_kinds_of_vma_and_two_give_no_right():
    """READ, WRITE, EXEC and SHARED combine freely; sharing alone gives no right."""
    kinds = vma_kinds(HOOKS)

    assert len({kind.vm_flags for kind in kinds}) == 16
    assert [perms_of(kind.vm_flags) for kind in kinds if not kind.accessible] == ["---p", "---s"]


def test_live_entries_are_present_and_of_the_frame():
    """Each is a mapped entry; dirty, young and writable ones and their opposites are among them."""
    live = list(live_entries(HOOKS, vma_view(HOOKS, VM_READ | VM_WRITE), pfn=5))

    assert all(HOOKS.pte_present(entry) and HOOKS.pte_pfn(entry) == 5 for entry in live)
    for predicate in (HOOKS.pte_dirty, HOOKS.pte_young, HOOKS.pte_write):
        assert {predicate(entry) for entry in live} == {True, False}


def test_a_read_only_vma_has_no_writable_entry():
    """Write permission comes from the VMA's flags."""
    live = live_entries(HOOKS, vma_view(HOOKS, VM_READ))

    assert not any(HOOKS.pte_write(entry) for entry in live)


def test_none_entries_are_present_to_the_kernel_and_come_once():
    """They carry the none protection over what belongs to the page."""
    nones = list(none_entries(HOOKS))

    assert len(nones) == len(set(nones))
    assert all(HOOKS.pte_present(entry) and not HOOKS.pte_write(entry) for entry in nones)
