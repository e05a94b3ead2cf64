from __future__ import annotations

import pytest
import toy
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from archcore.binding import bind
from archcore.entry import layer
from archcore.errors import PluginError
from archcore.hookspecs import hookimpl
from archcore.report.arming import arming, names, summary
from archcore.specimens import live_entries, vma_view
from archcore.vmflags import VM_READ, VM_WRITE
from archcore.words import Mask

TOY = toy.module()
ENTRY, TARGET = TOY.ENTRY, TOY.TARGET
HOOKS = bind(TARGET)
VMA = vma_view(HOOKS, VM_READ | VM_WRITE)


def test_the_changes_cover_each_bit_once():
    """Cleared, set, inverted, computed and kept part the word."""
    for changes in (arming(TARGET, HOOKS).armed, arming(TARGET, HOOKS).restored):
        parts = (changes.cleared, changes.set, changes.inverted, changes.computed, changes.kept)

        assert sum(part.value for part in parts) == 2**ENTRY.width - 1
        assert sum(len(part.positions) for part in parts) == ENTRY.width


@given(st.integers(0, 2**20 - 1))
def test_the_changes_are_what_the_helpers_do_to_live_entries(pfn):
    """Derived once for all words, they hold for each."""
    changes = arming(TARGET, HOOKS).armed
    for live in live_entries(HOOKS, VMA, pfn=pfn):
        expected = live & changes.kept.value | changes.set.value
        expected |= ~live & changes.inverted.value
        known = ~changes.computed.value

        assert HOOKS.pte_mknuma(VMA, live) & known == expected & known


def test_the_summary_is_in_the_names_of_the_layout():
    """The toy trades V for HINT; disarming also marks the page used."""
    found = arming(TARGET, HOOKS)

    assert summary(ENTRY, found.armed, valid=found.valid) == "clears V; sets HINT"
    assert summary(ENTRY, found.restored, valid=True) == "sets A"


def test_one_bit_has_its_change_as_a_word():
    """V is cleared, HINT set, the frame kept."""
    changes = arming(TARGET, HOOKS).armed

    assert [changes.of(at) for at in (0, 7, 12)] == ["cleared", "set", "kept"]


def test_a_bit_without_a_name_is_called_by_its_number():
    """Nothing that changes is left out for want of a name."""
    assert names(ENTRY, Mask(1 << 9 | 1, 32), valid=True) == ("V", "bit 9")


def test_a_helper_that_cannot_be_traced_is_the_plugins_fault():
    """The message names the target and the level."""

    class Bare:
        @hookimpl
        def pte_mknuma(self, pte):
            """Use an operator, which no other number system has."""
            return pte | 1

    target = evolve(TARGET, encoding=layer(Bare()))

    with pytest.raises(PluginError, match=r"toy-32bit-v1.*pte"):
        arming(target, bind(target))
