from __future__ import annotations

import pytest

from archcore_arm64.granule import Granule

# arch/arm64/Kconfig, PGTABLE_LEVELS, and pgtable-hwdef.h: (granule, addresses, levels). The top
# level goes by the name of what is folded into it where that may be a block.
LEVELS = [
    (12, 39, {"pte": 9, "pmd": 9, "pud": 9}),
    (12, 48, {"pte": 9, "pmd": 9, "pud": 9, "pgd": 9}),
    (12, 52, {"pte": 9, "pmd": 9, "pud": 9, "p4d": 9, "pgd": 4}),
    (14, 36, {"pte": 11, "pmd": 11}),
    (14, 47, {"pte": 11, "pmd": 11, "pgd": 11}),
    (14, 48, {"pte": 11, "pmd": 11, "pud": 11, "pgd": 1}),
    (14, 52, {"pte": 11, "pmd": 11, "pud": 11, "pgd": 5}),
    (16, 42, {"pte": 13, "pmd": 13}),
    (16, 48, {"pte": 13, "pmd": 13, "pgd": 6}),
    (16, 52, {"pte": 13, "pmd": 13, "pgd": 10}),
]


@pytest.mark.parametrize(("page_shift", "va_bits", "index_bits"), LEVELS)
def test_levels_follow_from_granule_and_address_width(page_shift, va_bits, index_bits, target_of):
    """Each configuration has the levels that Kconfig gives it, the top one cut to the width."""
    granule = Granule(page_shift, va_bits, pa_bits=52 if va_bits == 52 else 48)
    geometry = target_of(f"arm64-{granule.name}-v6.12").geometry
    assert {level.name: level.index_bits for level in geometry.levels} == index_bits
    assert (geometry.page_shift, geometry.va_bits) == (page_shift, va_bits)
    assert geometry.pa_bits == granule.pa_bits


@pytest.mark.parametrize(
    ("target_id", "sizes"),
    [
        ("arm64-4k-v6.1", {"pte": 1 << 12, "pmd": 1 << 21, "pud": 1 << 30}),
        ("arm64-4k-va39-v6.1", {"pte": 1 << 12, "pmd": 1 << 21, "pud": 1 << 30}),
        ("arm64-16k-v6.1", {"pte": 1 << 14, "pmd": 1 << 25}),
        ("arm64-16k-va48-v6.1", {"pte": 1 << 14, "pmd": 1 << 25}),
        ("arm64-16k-va36-v6.1", {"pte": 1 << 14, "pmd": 1 << 25}),
        ("arm64-64k-v6.1", {"pte": 1 << 16, "pmd": 1 << 29}),
        ("arm64-64k-va42-v6.1", {"pte": 1 << 16, "pmd": 1 << 29}),
        ("arm64-4k-va52-v6.12", {"pte": 1 << 12, "pmd": 1 << 21, "pud": 1 << 30}),
        ("arm64-16k-va52-v6.12", {"pte": 1 << 14, "pmd": 1 << 25}),
    ],
)
def test_linux_maps_blocks_of_these_sizes(target_id, sizes, target_of):
    """Blocks of a PUD exist with 4K pages alone (pud_sect_supported)."""
    assert {level.name: level.size for level in target_of(target_id).levels} == sizes


@pytest.mark.parametrize(
    ("page_shift", "pages", "blocks"),
    [(12, 1 << 16, 1 << 25), (14, 1 << 21, 1 << 30), (16, 1 << 21, 1 << 34)],
)
def test_runs_of_the_contiguous_bit(page_shift, pages, blocks):
    """A run is 64K or 2M of pages, and 32M, 1G or 16G of blocks."""
    granule = Granule(page_shift, 48, 48)
    assert (1 << granule.contiguous_pages, 1 << granule.contiguous_blocks) == (pages, blocks)


@pytest.mark.parametrize(
    ("target_id", "size"),
    [("arm64-4k-va52-v6.12", 128), ("arm64-16k-va52-v6.12", 256), ("arm64-16k-v6.12", 1 << 14)],
)
def test_a_top_table_may_be_smaller_than_a_page(target_id, size, target_of):
    """With 52 bits the walk begins at a table of 16 or 32 entries (level -1 with 4K pages)."""
    assert target_of(target_id).geometry.levels[-1].table_bytes == size


def test_leaves_begin_where_their_level_does(target):
    """The frame field of a leaf begins at the size of what it maps."""
    for level in target.levels:
        assert level.layout["PFN"].shift == level.shift
