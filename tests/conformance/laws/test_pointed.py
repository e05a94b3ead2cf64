"""Pointer helpers that leave something wrong behind are refuted by proof."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from changed_toy import ENTRY, TARGET, otherwise, result

from archcore.conformance.verdict import Status
from archcore.entry import helper
from archcore.words import clear, where, xor

pytest.importorskip("z3")
FRAME = 1 << ENTRY["PFN"].shift


def pointed(name, function):
    """Return a part that brings a pointer helper; set_access_flags takes two entries."""

    def of_two(old, entry, _dirty):
        return function(old, entry)

    def of_one(entry):
        return function(entry)

    made = of_two if name.startswith("ptep_set_access_flags") else of_one
    return SimpleNamespace(made=helper(name)(made))


AFTER = "ptep_set_access_flags:after"
MUTANTS = [
    ("set-wrprotect-leaves-no-write", "ptep_set_wrprotect", lambda entry: entry),
    ("access-flags-give-what-is-asked", AFTER, lambda old, _: old),
    ("access-flags-give-what-is-asked", AFTER, lambda _, entry: clear(entry, ENTRY["D"])),
    ("access-flags-take-nothing", AFTER, lambda _, entry: clear(entry, ENTRY["W"])),
    ("access-flags-take-nothing", AFTER, lambda _, entry: xor(entry, FRAME)),
    ("access-flags-say-what-changed", "ptep_set_access_flags", lambda *_: True),
    ("access-flags-say-what-changed", "ptep_set_access_flags", lambda *_: False),
    ("test-and-clear-young-clears", "ptep_test_and_clear_young", lambda _: True),
    ("test-and-clear-young-clears", "ptep_test_and_clear_young:after", lambda entry: entry),
    (
        "test-and-clear-young-clears",
        "ptep_test_and_clear_young:after",
        lambda entry: clear(entry, ENTRY.mask("A", "D")),
    ),
]


@pytest.mark.parametrize("name", dict.fromkeys(name for name, _, _ in MUTANTS))
def test_the_generic_helpers_are_proved(name):
    """What generic code supplies keeps every promise for the toy."""
    assert result(TARGET, name).status is Status.PROVED


@pytest.mark.parametrize(("name", "helper_name", "function"), MUTANTS)
def test_a_wrong_pointer_helper_is_refuted(name, helper_name, function):
    """A counterexample shows the entry, and how to try it again."""
    found = result(otherwise(pointed(helper_name, function)), name)
    assert found.status is Status.REFUTED
    assert name in found.counterexample.reproduce


def test_a_load_need_not_be_given_what_it_asked_for():
    """Only for a store the slot has to follow; hardware may set the flag of a use by itself."""

    class ForStores:
        """Access flags that are stored for a store only."""

        @helper(AFTER)
        def access_flags(self, old, entry, dirty):
            """Leave the slot alone for a load."""
            return where(dirty, entry, old)

    assert result(otherwise(ForStores()), "access-flags-give-what-is-asked").status is Status.PROVED
