from __future__ import annotations

import pluggy
import pytest

from archcore import hookspecs
from archcore.hookspecs import ENTRY_HELPERS, HOOKS, LEVEL_OF, LEVELS, MAINTENANCE, arguments


def test_pluggy_finds_every_hook():
    """The names of this module and those pluggy calls are the same."""
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    found = {name for name in vars(manager.hook) if not name.startswith("_")}
    assert found == set(HOOKS)


def test_pluggy_hands_over_the_arguments_by_their_names():
    """An implementation may ask for any argument of a hook, and for no other."""
    for name in HOOKS:
        manager = pluggy.PluginManager(hookspecs.PROJECT)
        manager.add_hookspecs(hookspecs)
        assert getattr(manager.hook, name).spec.argnames == arguments(name)


@pytest.mark.parametrize(
    ("hook", "expected"),
    [
        ("pte_mkwrite", ("pte", "vma")),
        ("pmd_mkwrite", ("pmd", "vma")),
        ("pte_same", ("pte_a", "pte_b")),
        ("pud_same", ("pud_a", "pud_b")),
        ("pmd_needs_flush", ("oldpmd", "newpmd")),
        ("pfn_pmd", ("pfn", "pgprot")),
        ("arch_swp_entry_to_pmd", ("swp",)),
        ("arch_pmd_to_swp_entry", ("pmd",)),
        ("pte_numa", ("vma", "pte")),
        ("set_pte_at", ("mm", "addr", "ptep", "pte")),
        ("archcore_targets", ()),
    ],
)
def test_arguments_are_those_of_the_kernel(hook, expected):
    """The order is the kernel's, and each level has its own names."""
    assert arguments(hook) == expected


def test_every_entry_helper_is_a_hook_of_each_level():
    """What is declared for the PTE exists for each level, documented the same."""
    assert len(LEVEL_OF) == len(ENTRY_HELPERS) * len(LEVELS)
    for helper in ENTRY_HELPERS:
        for level in LEVELS:
            hook = getattr(hookspecs, helper.replace("pte", level))
            assert LEVEL_OF[hook.__name__] == level
            assert hook.__doc__ == getattr(hookspecs, helper).__doc__


@pytest.mark.parametrize(
    ("hook", "kinds"),
    [
        ("pmd_young", {"pmd": "Word", "return": "Truth"}),
        ("pud_needs_flush", {"oldpud": "Word", "newpud": "Word", "return": "Truth"}),
        ("pte_mkwrite", {"pte": "Word", "vma": "Vma", "return": "Word"}),
    ],
)
def test_each_level_says_what_is_a_word_and_what_a_truth(hook, kinds):
    """The kinds of arguments and result go with the names."""
    assert getattr(hookspecs, hook).__annotations__ == kinds


def test_every_maintenance_call_says_why():
    """No flush and no MMU update goes without a reason."""
    assert set(MAINTENANCE) <= set(HOOKS)
    assert all(arguments(name)[-1] == "reason" for name in MAINTENANCE)


def test_an_unknown_hook_has_no_arguments():
    """A name that is no hook is an error, not an empty list."""
    with pytest.raises(KeyError):
        arguments("pte_mkfancy")
