from __future__ import annotations

import numpy as np
import pytest
import toy

from archcore.binding import bind
from archcore.errors import MissingHookError
from archcore.vmflags import VM_READ, VM_SHARED, VM_WRITE

HOOKS = bind(toy.module().TARGET)
OWN = HOOKS.helpers
V, W, A = 0x1, 0x2, 0x8
USED, UNUSED = 0x5000 | V | A, 0x5000 | V


@pytest.mark.parametrize(
    ("entry", "read", "write"), [(0, False, False), (V, True, False), (V | W, True, True)]
)
def test_access_needs_a_present_entry_and_a_store_a_writable_one(entry, read, write):
    """The second argument says whether the access is a store."""
    permitted = OWN["pte_access_permitted"]

    assert (permitted(entry, False), permitted(entry, True)) == (read, write)


def test_many_entries_are_asked_at_once():
    """Some for a load, some for a store."""
    entries = np.array([V, V, V | W], np.uint32)
    stores = np.array([False, True, True])

    assert OWN["pte_access_permitted"](entries, stores).tolist() == [True, False, True]


@pytest.mark.parametrize(
    ("flags", "left"), [(VM_READ, V), (VM_READ | VM_WRITE, V | W), (VM_SHARED | VM_WRITE, V | W)]
)
def test_write_permission_comes_from_the_vma(flags, left):
    """maybe_mkwrite gives what the VMA allows and never takes away."""
    assert OWN["maybe_mkwrite"](V, int(flags)) == left
    assert OWN["maybe_mkwrite"](V | W, int(flags)) == V | W


def test_young_is_told_and_cleared():
    """What is returned and what is left behind are two functions of the entry."""
    name = "ptep_test_and_clear_young"

    assert (OWN[name](USED), OWN[f"{name}:after"](USED)) == (True, UNUSED)
    assert (OWN[name](UNUSED), OWN[f"{name}:after"](UNUSED)) == (False, UNUSED)


@pytest.mark.parametrize("name", ["ptep_get_and_clear", "ptep_modify_prot_start"])
def test_an_entry_taken_out_leaves_nothing(name):
    """The entry is returned and zero is left behind."""
    assert (OWN[name](USED), OWN[f"{name}:after"](USED)) == (USED, 0)


def test_write_protection_in_place_leaves_the_protected_entry():
    """The helper returns nothing, so its name stands for what it leaves."""
    assert OWN["ptep_set_wrprotect"](V | W) == V


def test_access_flags_are_raised_to_those_of_the_new_entry():
    """And nothing has changed if they were there."""
    name = "ptep_set_access_flags"

    assert (OWN[name](UNUSED, USED, False), OWN[f"{name}:after"](UNUSED, USED, False)) == (
        True,
        USED,
    )
    assert (OWN[name](USED, USED, True), OWN[f"{name}:after"](USED, USED, True)) == (False, USED)


def test_a_fallback_names_the_hook_it_misses():
    """The toy has no huge pages, so the helper that makes one cannot work."""
    with pytest.raises(MissingHookError, match="does not implement the hook pte_mkhuge"):
        OWN["arch_make_huge_pte"](V, 22)


def test_levels_the_target_does_not_speak_of_have_no_fallbacks():
    """The toy has helpers of the lowest level only."""
    assert not [name for name in OWN if name.startswith(("pmd", "pud"))]
