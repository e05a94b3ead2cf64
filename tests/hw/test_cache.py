from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archcore.errors import LayoutError
from archcore.hw.cache import DataCache
from archcore.hw.memory import PhysicalMemory
from archcore.hw.mmu import CacheGeometry

PAGE_SHIFT, PAGE = 12, 1 << 12
# Two addresses of one frame: OTHER differs from VA in colour, SAME does not, with two colours.
PA, VA, OTHER, SAME = 0x5000, 0x10000, 0x11000, 0x12000
INDEXINGS = ("PIPT", "VIPT", "VIVT")


def cache(indexing, size=1 << 15, ways=4, **more):
    """Return a 32 KiB 4-way cache: ways of 8 KiB, so that 4 KiB pages have two colours."""
    geometry = CacheGeometry(size=size, ways=ways, line=64, indexing=indexing, **more)
    return DataCache(geometry, PhysicalMemory(PAGE_SHIFT), PAGE_SHIFT)


@pytest.mark.parametrize(
    ("indexing", "size", "ways", "colours"),
    [
        ("PIPT", 1 << 15, 4, 1),
        ("VIPT", 1 << 15, 4, 2),
        ("VIPT", 1 << 15, 8, 1),
        ("VIPT", 1 << 13, 4, 1),
        ("VIPT", 1 << 14, 1, 4),
        ("VIVT", 1 << 14, 4, 1),
        ("VIVT", 1 << 14, 1, 4),
    ],
)
def test_colours_are_the_pages_of_a_virtually_indexed_way(indexing, size, ways, colours):
    """A physically indexed cache has one, and so has a way no larger than a page."""
    assert cache(indexing, size, ways).colours == colours


@pytest.mark.parametrize("indexing", INDEXINGS)
class TestEveryIndexing:
    def test_a_load_gets_what_memory_has(self, indexing):
        """Little-endian numbers of each size."""
        dcache = cache(indexing)
        dcache.memory.store(PA + 8, 0x1122334455667788)
        assert dcache.load(VA + 8, PA + 8) == 0x1122334455667788
        assert [dcache.load(VA + 8, PA + 8, size) for size in (1, 2, 4)] == [
            0x88,
            0x7788,
            0x55667788,
        ]

    def test_a_store_stays_in_the_cache_until_it_is_written_back(self, indexing):
        """Write-back: memory is behind, then up to date, and the second time there is no work."""
        dcache = cache(indexing)
        dcache.store(VA, PA, 7)
        assert dcache.memory.load(PA) == 0
        assert dcache.write_back_page(VA, PA) == 1
        assert dcache.memory.load(PA) == 7
        assert dcache.write_back_page(VA, PA) == 0

    def test_a_page_written_back_stays_cached(self, indexing):
        """A device that stores to memory is not seen before the page is flushed."""
        dcache = cache(indexing)
        dcache.store(VA, PA, 7)
        dcache.write_back_page(VA, PA)
        dcache.memory.store(PA, 8)
        assert dcache.load(VA, PA) == 7
        assert dcache.flush_page(VA, PA) == 0
        assert dcache.load(VA, PA) == 8

    def test_a_page_is_flushed_to_its_ends(self, indexing):
        """First and last line, by any address of the page, and no line of the next."""
        dcache = cache(indexing)
        for at in (0, PAGE - 8, PAGE):
            dcache.store(VA + at, PA + at, 7)
        assert dcache.flush_page(VA + 0x123, PA + 0x123) == 2
        assert [dcache.memory.load(PA + at) for at in (0, PAGE - 8, PAGE)] == [7, 7, 0]

    def test_an_evicted_line_is_written_back(self, indexing):
        """A fifth line of a set of four drives out the least recently used, and its store lives."""
        dcache = cache(indexing)
        for at in range(4):
            dcache.store(VA + at * 0x2000, PA + at * 0x2000, at + 1)
        dcache.load(VA, PA)
        dcache.load(VA + 4 * 0x2000, PA + 4 * 0x2000)
        stored = [dcache.memory.load(PA + at * 0x2000) for at in range(4)]
        assert stored == [0, 2, 0, 0]

    def test_a_frame_copied_behind_a_dirty_line_loses_the_store(self, indexing):
        """Which is why a frame is written back before its contents move elsewhere."""
        lost, kept = cache(indexing), cache(indexing)
        for dcache in (lost, kept):
            dcache.store(VA, PA, 7)
        kept.write_back_page(VA, PA)
        for dcache in (lost, kept):
            dcache.memory.copy_frame(PA >> PAGE_SHIFT, 9)
        assert lost.memory.load(9 << PAGE_SHIFT) == 0
        assert kept.memory.load(9 << PAGE_SHIFT) == 7

    def test_flushing_all_leaves_nothing_behind(self, indexing):
        """Memory has every store and the cache no line."""
        dcache = cache(indexing)
        dcache.store(VA, PA, 7)
        dcache.store(VA + PAGE, PA + PAGE, 8)
        assert dcache.flush_all() == 2
        dcache.memory.store(PA, 9)
        assert dcache.load(VA, PA) == 9
        assert dcache.memory.load(PA + PAGE) == 8


@pytest.mark.parametrize(
    ("indexing", "through", "seen"),
    [
        ("PIPT", OTHER, 7),
        ("PIPT", SAME, 7),
        ("VIPT", OTHER, 0),
        ("VIPT", SAME, 7),
        ("VIVT", OTHER, 0),
        ("VIVT", SAME, 0),
    ],
)
def test_who_sees_a_store_through_another_address(indexing, through, seen):
    """PIPT: everyone. VIPT: an alias of the same colour. VIVT: no alias."""
    dcache = cache(indexing)
    dcache.load(through, PA)
    dcache.store(VA, PA, 7)
    assert dcache.load(through, PA) == seen


def test_an_alias_is_cured_by_flushing_both_addresses():
    """VIPT: the writer's line goes to memory and the reader's stale one goes away."""
    dcache = cache("VIPT")
    dcache.load(OTHER, PA)
    dcache.store(VA, PA, 7)
    dcache.flush_page(VA, PA)
    assert dcache.load(OTHER, PA) == 0
    dcache.flush_page(OTHER, PA)
    assert dcache.load(OTHER, PA) == 7


def test_vivt_is_flushed_before_the_translation_changes():
    """Flushed in time, the address shows its new frame; else it goes on showing the old one."""
    late, in_time = cache("VIVT"), cache("VIVT")
    for dcache in (late, in_time):
        dcache.store(VA, PA, 7)
    in_time.flush_page(VA, PA)
    assert in_time.load(VA, 0x8000) == 0
    assert late.load(VA, 0x8000) == 7


@pytest.mark.parametrize("indexing", ["PIPT", "VIPT"])
def test_physical_tags_tell_frames_apart(indexing):
    """With them a change of translation needs no flush."""
    dcache = cache(indexing)
    dcache.store(VA, PA, 7)
    assert dcache.load(VA, 0x8000) == 0


@pytest.mark.parametrize(
    ("indexing", "va", "copied"),
    [("PIPT", VA, 7), ("VIPT", VA, 0), ("VIPT", OTHER, 7), ("VIVT", VA, 0), ("VIVT", PA, 0)],
)
def test_a_kernel_copies_through_its_own_address(indexing, va, copied):
    """The linear map is an alias of the frame's colour, at no address that user mode has."""
    dcache = cache(indexing)
    dcache.store(va, PA, 7)
    dcache.copy_frame(PA >> PAGE_SHIFT, 9)
    dcache.store(va, PA, 8)
    dcache.flush_all()
    assert dcache.memory.load(9 << PAGE_SHIFT) == copied


class TestRanges:
    def stored(self, indexing):
        """Return a cache with a store to each of four pages of different frames."""
        dcache = cache(indexing)
        for at in range(4):
            dcache.store(VA + at * PAGE, 0x20000 + at * PAGE, 7)
        return dcache

    def behind(self, dcache):
        """Return for which pages memory still lacks the store."""
        return [at for at in range(4) if dcache.memory.load(0x20000 + at * PAGE) != 7]

    def test_a_physically_indexed_cache_has_nothing_to_flush(self):
        """No line of it depends on a virtual address."""
        dcache = self.stored("PIPT")
        assert dcache.flush_range(VA, VA + 4 * PAGE) == 0
        assert self.behind(dcache) == [0, 1, 2, 3]

    def test_virtual_tags_pick_the_lines_of_the_range(self):
        """The end is not included."""
        dcache = self.stored("VIVT")
        assert dcache.flush_range(VA + PAGE, VA + 2 * PAGE + 1) == 2
        assert self.behind(dcache) == [0, 3]

    def test_physical_tags_cost_every_page_of_the_colour(self):
        """VIPT: the sets of one page are those of each page of its colour."""
        dcache = self.stored("VIPT")
        assert dcache.flush_range(VA, VA + PAGE) == 2
        assert self.behind(dcache) == [1, 3]

    @pytest.mark.parametrize("indexing", ["VIPT", "VIVT"])
    def test_a_range_beyond_the_cache_flushes_all_of_it_and_an_empty_one_nothing(self, indexing):
        """However long, each set is visited once."""
        dcache = self.stored(indexing)
        assert dcache.flush_range(VA + 8, VA + 8) == 0
        assert dcache.flush_range(0, 1 << 40) == 4


def test_a_set_is_no_larger_than_the_cache():
    """The error says all three figures."""
    with pytest.raises(LayoutError, match="256 bytes has no 8 lines of 64"):
        cache("PIPT", size=256, ways=8)


SIZES = st.sampled_from([1, 2, 4, 8])
USE = st.tuples(
    st.sampled_from(["load", "store", "flush", "write back"]),
    st.integers(0, 6 * PAGE // 8 - 1),
    SIZES,
    st.integers(0, (1 << 64) - 1),
)


@pytest.mark.parametrize("indexing", INDEXINGS)
@given(uses=st.lists(USE))
def test_without_aliases_a_cache_cannot_be_noticed(indexing, uses):
    """Any loads and stores by one address a frame agree with plain bytes, and so does memory."""
    geometry = CacheGeometry(size=256, ways=2, line=32, indexing=indexing)
    dcache = DataCache(geometry, PhysicalMemory(PAGE_SHIFT), PAGE_SHIFT)
    model = bytearray(6 * PAGE)
    for what, word, size, value in uses:
        pa = word * 8
        va = VA + (pa ^ PAGE)
        if what == "load":
            assert dcache.load(va, pa, size) == int.from_bytes(model[pa : pa + size], "little")
        elif what == "store":
            model[pa : pa + size] = (value % (1 << 8 * size)).to_bytes(size, "little")
            dcache.store(va, pa, value % (1 << 8 * size), size)
        elif what == "flush":
            dcache.flush_page(va, pa)
        else:
            dcache.write_back_page(va, pa)
    dcache.flush_all()
    assert dcache.memory.read(0, len(model)) == model


class TestWriteThrough:
    def test_memory_has_a_store_at_once(self):
        """And no line is filled for it."""
        dcache = cache("VIPT", writes="through")
        dcache.store(VA, PA, 7)
        assert dcache.memory.load(PA) == 7
        dcache.memory.store(PA, 8)
        assert dcache.load(VA, PA) == 8

    def test_a_line_that_is_there_is_kept_up_to_date(self):
        """So that the CPU that stored reads its own store, and nothing is left to write back."""
        dcache = cache("VIPT", writes="through")
        assert dcache.load(VA, PA) == 0
        dcache.store(VA, PA, 7)
        assert dcache.load(VA, PA) == 7
        assert dcache.flush_all() == 0

    def test_a_line_of_another_colour_goes_stale(self):
        """Nothing is lost, but what is read there is old until somebody flushes it."""
        dcache = cache("VIPT", writes="through")
        assert dcache.load(OTHER, PA) == 0
        dcache.store(VA, PA, 7)
        assert (dcache.load(OTHER, PA), dcache.memory.load(PA)) == (0, 7)
        dcache.flush_page(OTHER, PA)
        assert dcache.load(OTHER, PA) == 7


@pytest.mark.parametrize("indexing", ["PIPT", "VIPT", "VIVT"])
def test_the_kernel_leaves_no_line_of_its_own_behind(indexing):
    """What it writes to a frame is in memory once it flushes, what it reads is what memory has."""
    dcache = cache(indexing)
    data = bytes(range(256)) * (PAGE // 256)
    dcache.write_frame(PA >> PAGE_SHIFT, data)
    dcache.flush_frame(PA >> PAGE_SHIFT)
    assert dcache.memory.read(PA, PAGE) == data
    assert dcache.read_frame(PA >> PAGE_SHIFT) == data
    assert dcache.frames() == set()


@pytest.mark.parametrize(("indexing", "left"), [("PIPT", 0), ("VIPT", 7), ("VIVT", 7)])
def test_a_cleared_frame_keeps_what_virtual_addresses_hide(indexing, left):
    """Clearing through the linear map reaches the lines that stand where that has them."""
    dcache = cache(indexing)
    dcache.store(VA, PA, 7)
    dcache.drop_frame(PA >> PAGE_SHIFT)
    dcache.flush_all()
    assert dcache.memory.load(PA) == left
