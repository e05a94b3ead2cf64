from __future__ import annotations

import pytest

from archcore.hw.mmu import Access

LEAF_2M, LEAF_1G = 0x80000000400000E7, 0x80000000400000E7


def _form(targets, name):
    target = targets[name]
    return target.mmu.format, {level.name: level for level in target.geometry.levels}


@pytest.mark.parametrize("bit", [13, 16, 20])
def test_address_bits_inside_a_large_page_are_reserved(targets, bit):
    """Of a leaf of 2M bits 20 to 13 must be clear; bit 12 is an attribute."""
    form, levels = _form(targets, "x86-v6.1")

    assert form.reserved(levels["pmd"], LEAF_2M | 1 << bit)
    assert form.reserved(levels["pud"], LEAF_1G | 1 << bit)
    assert not form.reserved(levels["pmd"], LEAF_2M | 1 << 12)


def test_a_table_uses_the_bits_a_large_page_must_leave(targets):
    """Bits 20 to 13 are part of the address there, and of a base page."""
    form, levels = _form(targets, "x86-v6.1")

    assert not form.reserved(levels["pmd"], 0x1FF067)
    assert not form.reserved(levels["pte"], 0x80000000001FF0E7)


def test_bit_29_is_reserved_in_a_leaf_of_1g_only(targets):
    """It is the frame's in a leaf of 2M."""
    form, levels = _form(targets, "x86-v6.1")

    assert form.reserved(levels["pud"], LEAF_1G | 1 << 29)
    assert not form.reserved(levels["pmd"], LEAF_2M | 1 << 29)


@pytest.mark.parametrize("name", ["x86-v6.1", "x86-la57-v6.1"])
def test_no_page_is_larger_than_1g(targets, name):
    """Above, the bit that makes a leaf is reserved, and the entry is no leaf."""
    form, levels = _form(targets, name)
    for level in ("p4d", "pgd"):
        if level in levels:
            assert form.reserved(levels[level], 0x12345067 | 0x80)
            assert not form.leaf(levels[level], 0x12345067 | 0x80)


def test_five_levels_reach_further(targets):
    """57 address bits and 52 physical ones, where four levels have 48 and 46."""
    four, five = targets["x86-v6.1"].geometry, targets["x86-la57-v6.1"].geometry

    assert (four.va_bits, four.pa_bits) == (48, 46)
    assert (five.va_bits, five.pa_bits) == (57, 52)
    assert [(level.name, level.shift) for level in five.levels[3:]] == [("p4d", 39), ("pgd", 48)]


def test_an_address_bit_beyond_the_cpu_is_reserved(targets):
    """Bit 46 belongs to the frame with five levels only."""
    word = 0x8000000000000067 | 1 << 46
    form, levels = _form(targets, "x86-v6.1")
    assert form.reserved(levels["pte"], word)
    form, levels = _form(targets, "x86-la57-v6.1")
    assert not form.reserved(levels["pte"], word)


def test_pages_of_1g_are_leaves(target):
    """The level above huge pages holds leaves in every era; higher ones hold tables."""
    assert [level.name for level in target.levels] == ["pte", "pmd", "pud"]


def test_no_hint_lets_user_mode_in(target, hooks, private):
    """Hardware finds every hint invalid and every live entry usable."""
    live = hooks.pfn_pte(0x12345, hooks.vm_get_page_prot(1))
    form, level = target.mmu.format, target.geometry.level("pte")

    assert form.valid(level, live)
    assert form.allows(level, live, Access.READ)
    assert not form.valid(level, hooks.pte_mknuma(private, live))
