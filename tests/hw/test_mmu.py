from __future__ import annotations

import pytest

from archcore.errors import LayoutError
from archcore.hw.mmu import CacheGeometry, TlbGeometry


def test_a_tlb_divides_its_entries_into_sets():
    """1024 entries of 8 ways are 128 sets."""
    assert TlbGeometry(entries=1024, ways=8).sets == 128


def test_a_cache_divides_its_lines_into_sets():
    """32 KiB of 64-byte lines, 8 to a set, are 64 sets."""
    assert CacheGeometry(size=1 << 15, ways=8, line=64).sets == 64


@pytest.mark.parametrize("wrong", [{"size": 1000}, {"ways": 3}, {"line": 0}])
def test_a_size_is_a_power_of_two(wrong):
    """An address picks a set by its bits, which needs a power of two."""
    with pytest.raises(LayoutError, match=f"{next(iter(wrong))} must be a power of two"):
        CacheGeometry(**wrong)
