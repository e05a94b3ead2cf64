from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archcore.errors import LayoutError
from archcore.layout import Bit, EntryLayout, Geometry, Level

WIDE = EntryLayout("wide", (Bit("P", 0),))
NARROW = EntryLayout("narrow", (Bit("P", 0),), width=32)
PTE, PMD = Level("pte", 12, 9, WIDE), Level("pmd", 21, 9, WIDE)


@st.composite
def geometries(draw):
    """Draw tables of one to four levels that meet."""
    shift, levels = draw(st.integers(8, 16)), []
    for at in range(draw(st.integers(1, 4))):
        index_bits = draw(st.integers(1, 13))
        levels.append(Level(f"level{at}", shift, index_bits, draw(st.sampled_from((WIDE,)))))
        shift += index_bits
    return Geometry(levels, pa_bits=48)


@given(geometries(), st.integers(0))
def test_the_indices_of_the_levels_and_the_offset_are_the_address(geometry, number):
    """What the levels take of an address, put together again, is the address."""
    address = number % (1 << geometry.va_bits)
    parts = [level.index(address) << level.shift for level in geometry.levels]
    assert sum(parts) + address % geometry.page_size == address


@given(geometries())
def test_a_table_maps_what_an_entry_above_it_maps(geometry):
    """All entries of a table cover the size of one entry of the next level."""
    for lower, upper in zip(geometry.levels, geometry.levels[1:], strict=False):
        assert lower.entries * lower.size == upper.size
    top = geometry.levels[-1]
    assert top.entries * top.size == 1 << geometry.va_bits


def test_a_table_has_room_for_its_entries_and_what_follows():
    """512 entries of 64 bits take 4096 bytes, and spare bytes come on top."""
    assert PTE.table_bytes == 4096
    assert Level("pte", 12, 9, NARROW).table_bytes == 2048
    assert Level("pte", 12, 9, WIDE, spare_bytes=4096).table_bytes == 8192
    folded = Level("pmd", 21, 11, NARROW, words=2)
    assert (folded.stride, folded.table_bytes) == (8, 16384)


def test_the_lowest_level_gives_the_page():
    """Page size and entry width are those of the lowest level."""
    geometry = Geometry((PTE, PMD), pa_bits=46)
    assert (geometry.page_shift, geometry.page_size, geometry.width) == (12, 4096, 64)
    assert geometry.level("pmd") is PMD


@pytest.mark.parametrize(
    ("levels", "options", "message"),
    [
        ((), {}, "at least one level"),
        ((PTE, Level("pmd", 22, 9, WIDE)), {}, "'pte' and 'pmd' do not meet: .* bit 21, .* bit 22"),
        ((PMD, PTE), {}, "'pmd' and 'pte' do not meet"),
        ((PTE, Level("pmd", 21, 9, NARROW)), {}, "'pte' and 'pmd' have .* two widths: 64 and 32"),
        ((PTE, Level("pte", 21, 9, WIDE)), {}, "two levels are called 'pte'; rename one"),
        ((PTE,), {"byteorder": "middle"}, "'middle' is neither 'little' nor 'big'"),
        ((PTE,), {"pa_bits": 0}, "at least one bit, not 0"),
        ((Level("pte", 12, 9, WIDE, words=2),), {}, "lowest level 'pte' have one word"),
    ],
)
def test_a_contradiction_is_named(levels, options, message):
    """What is wrong with a geometry is said when it is made."""
    with pytest.raises(LayoutError, match=message):
        Geometry(levels, **({"pa_bits": 46} | options))


@pytest.mark.parametrize("word", [-1, 1 << 32])
def test_an_empty_word_is_a_word(word):
    """What a level calls empty fits its entries."""
    with pytest.raises(LayoutError, match=r"'pte' calls .* empty, which is no word of 32 bits"):
        Level("pte", 12, 9, NARROW, empty=word)


def test_an_entry_has_at_least_one_word():
    """The first of its words is the entry."""
    with pytest.raises(LayoutError, match="'pmd' has at least one word"):
        Level("pmd", 21, 11, NARROW, words=0)


def test_an_unknown_level_lists_the_known_ones():
    """A misspelt level is answered with the levels there are."""
    with pytest.raises(LayoutError, match=r"no level 'pud' \(levels: pte, pmd\)"):
        Geometry((PTE, PMD), pa_bits=46).level("pud")
