"""What a target offers about words, and what each call of it takes and gives."""

from __future__ import annotations

from typing import NoReturn

import pytest
from changed_toy import TARGET, otherwise

from archcore.conformance.calls import Kind, calls, level_of
from archcore.conformance.subject import subject
from archcore.entry import helper
from archcore.mm.generic import Stores


def found(target, level="pte"):
    """Return the calls of a target by name."""
    return {call.name: call for call in calls(subject(target, level))}


def test_hooks_declare_what_they_take_and_give():
    """A hook's kinds are those of its specification, whatever the implementation leaves out."""
    made = found(TARGET)
    assert made["pte_young"].arguments == (Kind.WORD,)
    assert made["pte_young"].result is Kind.TRUTH
    assert made["pte_mkwrite"].arguments == (Kind.WORD, Kind.VMA)
    assert made["pte_numa"].arguments == (Kind.VMA, Kind.WORD)
    assert made["vm_get_page_prot"].arguments == (Kind.NUMBER,)
    assert made["page_none"].arguments == ()
    assert made["pfn_pte"].words == 2


class More:
    """Kernel helpers with declarations of their own."""

    @helper("pte_exec")
    def executable(self, own, entry, write: bool) -> bool:
        """Take a truth besides the word, and the target's helpers before."""

    @helper("pmd_stop")
    def stop(self, entry) -> NoReturn:
        """Only stop."""

    @helper("pte_list")
    def list_all(self, entry) -> list:
        """Give something that is about no word."""


def test_helpers_declare_by_their_annotations():
    """What a helper does not annotate is a word; what gives no word at all is left out."""
    made = found(otherwise(More()))
    assert made["pte_exec"].arguments == (Kind.WORD, Kind.TRUTH)
    assert made["pte_exec"].result is Kind.TRUTH
    assert "pte_list" not in made
    assert found(otherwise(More()), "pmd")["pmd_stop"].result is Kind.NEVER


def test_what_is_about_slots_is_left_out():
    """Hooks that load and store have laws of their own."""
    assert found(otherwise(Stores())).keys() == found(TARGET).keys()


def test_defaults_are_not_the_targets():
    """What generic code supplies is tested with generic code."""
    assert "pte_soft_dirty" not in found(TARGET)


@pytest.mark.parametrize(
    ("name", "level"),
    [
        ("pte_young", "pte"),
        ("pmd_young", "pmd"),
        ("arch_pud_to_swp_entry", "pud"),
        ("is_swap_pmd", "pmd"),
        ("mk_pmd_sect_prot", "pmd"),
        ("pmdp_set_wrprotect", "pmd"),
        ("pudp_invalidate:after", "pud"),
        ("__swp_entry_to_pmd", "pmd"),
        ("pgprot_noncached", "pte"),
        ("spmdx", "pte"),
    ],
)
def test_the_level_stands_in_the_name(name, level):
    """Hooks and kernel helpers alike are about the level that their name has a word of."""
    assert level_of(name) == level
