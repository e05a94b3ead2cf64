"""Single words of the three formats: what recorded answers pin, said with its meaning."""

from __future__ import annotations

import pytest

from archcore.binding import bind
from archcore.decode import State, decode
from archcore_s390x import protection
from archcore_s390x.layout import EMPTY
from archcore_s390x.targets import TARGET

HOOKS = bind(TARGET)
# Frame 0x12345, user RW, dirty and young: archcore's sheet of encodings, section 12.
LIVE, NONE, SAVED = 0x1234513D, 0x1234560D, 0x1234542D
HUGE = 0x4000_0000


def test_words_of_linux_6_1() -> None:
    """A hint without and with write permission, and a swap entry of area 1."""
    assert HOOKS.pte_modify(LIVE, HOOKS.page_none()) == NONE
    assert HOOKS.pte_mk_savedwrite(NONE) == SAVED
    assert HOOKS.arch_swp_entry(1, 0x12345) == 0x12345604


@pytest.mark.parametrize(
    ("level", "word"), [("pte", 0x400), ("pmd", 0x20), ("pud", 0x24), ("p4d", 0x28), ("pgd", 0x2C)]
)
def test_an_empty_entry_is_invalid_and_says_where_it_stands(level: str, word: int) -> None:
    """It is not 0 at any level; 0 is a valid entry of frame 0."""
    place = TARGET.geometry.level(level)
    assert place.empty == EMPTY[level] == word
    assert not TARGET.mmu.format.valid(place, word)
    assert TARGET.mmu.format.valid(place, 0)
    assert decode(TARGET, HOOKS, word, level).state is State.NONE


@pytest.mark.parametrize(
    ("page", "segment"),
    [(0x601, 0x220), (0x711, 0x301), (0x611, 0x201), (0x731, 0x103), (0x631, 0x3)],
)
def test_a_protection_is_translated_for_a_segment(page: int, segment: int) -> None:
    """The five protections of user space have each a twin of other bits (massage_pgprot_pmd)."""
    assert HOOKS.pfn_pmd(0, page) == segment


@pytest.mark.parametrize("unknown", [protection.KERNEL, protection.NONE | 1 << 6, 0])
def test_a_protection_it_does_not_know_becomes_all_rights(unknown: int) -> None:
    """Whole words are compared, and what is none of four is taken for RWX: even PAGE_NONE and more.

    Nothing that marks hints may therefore add a bit to a protection.
    """
    made = HOOKS.pmd_mkyoung(HOOKS.pmd_mkdirty(HOOKS.pmd_mkhuge(HUGE)))
    changed = HOOKS.pmd_modify(made, unknown)
    assert HOOKS.pmd_write(changed)
    assert not HOOKS.pmd_protnone(changed)
    assert HOOKS.pmd_protnone(HOOKS.pmd_modify(made, protection.NONE))


def test_marking_a_hint_used_leaves_it_shut() -> None:
    """INVALID goes with READ alone, and a closed entry has not READ."""
    hint = HOOKS.pte_modify(LIVE, HOOKS.page_none())
    assert HOOKS.pte_mkyoung(HOOKS.pte_mkold(hint)) == hint


def test_a_page_that_was_not_used_lately_is_mapped() -> None:
    """It is INVALID, as a huge page is for the moment of a split; only the latter is young."""
    old = HOOKS.pte_mkold(LIVE)
    assert not TARGET.mmu.format.valid(TARGET.geometry.levels[0], old)
    assert decode(TARGET, HOOKS, old).state is State.MAPPED
    huge = HOOKS.pmd_mkyoung(HOOKS.pmd_mkhuge(HOOKS.pfn_pmd(0x400, protection.RW)))
    assert decode(TARGET, HOOKS, HOOKS.pmd_mkinvalid(huge), "pmd").state is State.INVALID


def test_a_new_page_is_used_and_clean() -> None:
    """pfn_pte marks the page used, and PROTECT waits for the first store, shared or not."""
    made = HOOKS.pfn_pte(1, protection.RW)
    place = TARGET.geometry.levels[0]
    assert HOOKS.pte_young(made)
    assert TARGET.mmu.format.valid(place, made)
    assert made & TARGET.geometry.levels[0].layout["PROTECT"].value
