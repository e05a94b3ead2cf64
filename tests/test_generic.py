from __future__ import annotations

import pytest
import toy
from attrs import evolve
from hypothesis import given
from strategies import words

from archcore.binding import bind
from archcore.entry import AtLevel, layer
from archcore.hookspecs import hookimpl


@pytest.fixture(scope="module")
def hooks():
    """Return the hooks of the documentation's toy, which defines no more than it must."""
    return bind(toy.module().TARGET)


@given(words(32))
def test_a_bit_the_architecture_lacks_is_never_set(hooks, entry):
    """Predicates without a definition deny, and their setters change nothing."""
    for name in ("protnone", "devmap", "soft_dirty", "uffd_wp", "swp_soft_dirty", "swp_uffd_wp"):
        assert getattr(hooks, f"pte_{name}")(entry) is False
    for name in ("mksoft_dirty", "clear_soft_dirty", "mkuffd_wp", "clear_uffd_wp"):
        assert getattr(hooks, f"pte_{name}")(entry) == entry
    for name in ("mksoft_dirty", "clear_soft_dirty", "mkuffd_wp", "clear_uffd_wp"):
        assert getattr(hooks, f"pte_swp_{name}")(entry) == entry


@given(words(32), words(32))
def test_entries_are_the_same_when_their_words_are(hooks, a, b):
    """Without another rule the whole word is compared."""
    assert hooks.pte_same(a, b) is (a == b)


@given(words(32))
def test_saved_write_permission_is_the_ordinary_one(hooks, entry):
    """Where nothing else is defined, saving grants and clearing takes away."""
    assert hooks.pte_savedwrite(entry) is hooks.pte_write(entry)
    assert hooks.pte_mk_savedwrite(entry) == hooks.pte_mkwrite(entry, None)
    assert hooks.pte_clear_savedwrite(entry) == hooks.pte_wrprotect(entry)


@given(words(32), words(32))
def test_the_careful_answer_is_the_default(hooks, old, new):
    """Without a rule a TLB may hold any entry, and any change owes a flush."""
    assert hooks.pte_accessible(old, False) is True
    assert hooks.pte_needs_flush(old, new) is True


def test_a_protection_is_replaced_whole(hooks):
    """Without a memory type there is nothing to keep of the old protection."""
    assert hooks.pgprot_modify(0xFFF, 0x005) == 0x005


def test_a_level_the_target_does_not_speak_of_has_no_defaults(hooks):
    """A default that rests on helpers of its level is not offered where there are none."""
    assert hooks.has("pte_savedwrite")
    assert not hooks.has("pmd_savedwrite")
    assert not hooks.has("pud_same")


def test_defaults_of_upper_levels_rest_on_the_leaf_test():
    """A leaf of an upper level is a huge page and no table; a PTE is never asked."""

    class Upper:
        def leaf(self, entry):
            return entry == 1

    target = toy.module().TARGET
    hooks = bind(evolve(target, architecture=layer(target.architecture, AtLevel("pmd", Upper()))))
    assert [hooks.pmd_trans_huge(1), hooks.pmd_trans_huge(2)] == [True, False]
    assert [hooks.pmd_bad(1), hooks.pmd_bad(2)] == [True, False]
    assert not hooks.has("pte_bad")


def test_an_architecture_replaces_a_default():
    """A definition of the target wins over the generic one."""

    class Lazy:
        @hookimpl
        def pte_needs_flush(self):
            return False

    target = toy.module().TARGET
    hooks = bind(evolve(target, architecture=layer(target.architecture, Lazy())))
    assert hooks.pte_needs_flush(1, 2) is False
