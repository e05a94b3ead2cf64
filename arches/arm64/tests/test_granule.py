from __future__ import annotations

import pytest

from archcore_arm64.eras import V61
from archcore_arm64.granule import K4, Granule

# Linux 6.1 arch/arm64/Kconfig, PGTABLE_LEVELS, and pgtable-hwdef.h: (granule, addresses, levels).
LEVELS = [
    (12, 39, {"pte": 9, "pmd": 9, "pgd": 9}),
    (12, 48, {"pte": 9, "pmd": 9, "pud": 9, "pgd": 9}),
    (14, 36, {"pte": 11, "pgd": 11}),
    (14, 47, {"pte": 11, "pmd": 11, "pgd": 11}),
    (14, 48, {"pte": 11, "pmd": 11, "pud": 11, "pgd": 1}),
    (16, 42, {"pte": 13, "pgd": 13}),
    (16, 48, {"pte": 13, "pmd": 13, "pgd": 6}),
    (16, 52, {"pte": 13, "pmd": 13, "pgd": 10}),
]


@pytest.mark.parametrize(("page_shift", "va_bits", "index_bits"), LEVELS)
def test_levels_follow_from_granule_and_address_width(page_shift, va_bits, index_bits):
    """Each configuration has the levels that Kconfig gives it, the top one cut to the width."""
    geometry = Granule(page_shift, va_bits, pa_bits=48, largest_block=page_shift).geometry({})
    assert {level.name: level.index_bits for level in geometry.levels} == index_bits
    assert (geometry.page_shift, geometry.va_bits) == (page_shift, va_bits)


def test_huge_pages_of_the_three_granules():
    """A PMD block is 2 MiB with 4K pages, 32 MiB with 16K and 512 MiB with 64K."""
    shifts = {shift: Granule(shift, 48, 48, shift).shifts()["pmd"] for shift in (12, 14, 16)}
    assert shifts == {12: 21, 14: 25, 16: 29}


def test_leaves_begin_where_their_level_does():
    """The frame field of a leaf begins at the size of what it maps."""
    leaves = V61.leaves(K4)
    assert {name: layout["PFN"].shift for name, layout in leaves.items()} == {"pte": 12, "pmd": 21}


def test_the_targets_have_four_levels_of_4k(target):
    """Both targets translate 48 bits over four levels, with pages and 2M blocks."""
    shape = [(level.name, level.shift, level.leaf) for level in target.geometry.levels]
    assert shape == [("pte", 12, True), ("pmd", 21, True), ("pud", 30, False), ("pgd", 39, False)]
    assert (target.geometry.va_bits, target.geometry.pa_bits) == (48, 48)
