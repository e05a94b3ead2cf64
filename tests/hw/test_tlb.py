from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archcore.errors import LayoutError
from archcore.hw.mmu import TlbGeometry
from archcore.hw.rights import EXECUTE, READ, WRITE, Right
from archcore.hw.tlb import Tlb


@pytest.fixture
def tlb():
    """Two sets of two ways: even pages in one, odd pages in the other."""
    return Tlb(TlbGeometry(entries=4, ways=2))


def test_a_new_tlb_knows_nothing(tlb):
    """Page 0 of frame 0 included."""
    assert tlb.lookup(0) is None
    assert tlb.frame(0) is None


def test_rights_and_frame_are_kept(tlb):
    """A frame number of any size, beside the rights."""
    tlb.insert(6, READ | WRITE, 1 << 40)
    assert Right(tlb.lookup(6)) == Right.READ | Right.WRITE
    assert tlb.frame(6) == 1 << 40


def test_the_least_recently_used_page_of_the_set_goes(tlb):
    """A lookup is a use; the other set is not asked."""
    for page in (0, 1, 2):
        tlb.insert(page, READ)
    tlb.lookup(0)
    tlb.insert(4, READ)
    assert [page for page in range(5) if tlb.lookup(page)] == [0, 1, 4]


def test_a_page_inserted_again_takes_no_second_place(tlb):
    """The later rights and frame stand."""
    tlb.insert(0, READ, 1)
    tlb.insert(2, READ, 2)
    tlb.insert(2, EXECUTE, 3)
    assert (tlb.lookup(2), tlb.frame(2)) == (EXECUTE, 3)
    assert tlb.lookup(0) == READ


def test_a_large_page_translates_all_of_its_pages(tlb):
    """Inserted through any of them; the frames follow each other."""
    tlb.insert(0x20B, READ, 0x1003, order=3)
    assert [tlb.frame(page) for page in range(0x207, 0x211)] == [
        None,
        *range(0x1000, 0x1008),
        None,
    ]
    assert tlb.lookup(0x20F) == READ


def test_large_pages_take_no_room_from_small_ones(tlb):
    """They have entries of their own, as many as a set has ways at least."""
    small, large = (0, 1, 2, 3), (8, 16)
    for page in small:
        tlb.insert(page, READ)
    for page in large:
        tlb.insert(page, READ, order=3)
    assert all(tlb.lookup(page) for page in (*small, *large))
    tlb.insert(24, READ, order=3)
    assert [page for page in (8, 16, 24) if tlb.lookup(page)] == [16, 24]


def test_a_page_is_invalidated_in_every_size(tlb):
    """A large page goes as a whole, and the answer says what was there."""
    tlb.insert(8, READ)
    tlb.insert(9, READ)
    tlb.insert(8, READ, order=3)
    tlb.insert(8, READ, order=6)
    assert tlb.invalidate_page(8) == 3
    assert tlb.invalidate_page(8) == 0
    assert [page for page in range(16) if tlb.lookup(page)] == [9]


def test_a_range_includes_both_ends(tlb):
    """And every large page that it meets."""
    for page in (3, 4, 5, 6):
        tlb.insert(page, READ)
    tlb.insert(8, READ, order=3)
    tlb.insert(16, READ, order=3)
    assert tlb.invalidate_range(4, 9) == 4
    assert [page for page in (3, 4, 5, 6, 8, 15, 16) if tlb.lookup(page)] == [3, 16]


def test_a_flush_empties_it(tlb):
    """Small and large pages alike."""
    tlb.insert(1, READ)
    tlb.insert(8, READ, order=3)
    assert tlb.flush() == 2
    assert tlb.lookup(1) is None
    assert tlb.lookup(8) is None


def test_invalidations_are_counted_by_request(tlb):
    """Whether there was anything to forget or not; what it drops by itself is no request."""
    tlb.insert(1, READ)
    tlb.drop(1)
    tlb.invalidate_page(1)
    tlb.invalidate_range(0, 5)
    tlb.flush()
    assert tlb.invalidations == 3


def test_a_set_is_no_larger_than_the_tlb():
    """The error says both figures."""
    with pytest.raises(LayoutError, match="4 entries has no set of 8 ways"):
        Tlb(TlbGeometry(entries=4, ways=8))


@pytest.fixture
def pairs():
    """Two sets of two halves: two pairs."""
    return Tlb(TlbGeometry(entries=4, ways=2, pairs=True))


def load(tlb, page):
    """Load a pair as a refill does, the half that was asked for first."""
    for half in (page, page ^ 1):
        tlb.insert(half, READ, half)


def test_a_refusal_is_held_without_rights(tlb):
    """It is not the same as to hold nothing, and it has no frame."""
    tlb.refuse(6)
    assert tlb.lookup(6) == 0
    assert tlb.frame(6) is None
    tlb.insert(6, READ, 3)
    assert (tlb.lookup(6), tlb.frame(6)) == (READ, 3)


def test_a_pair_makes_room_as_a_whole(pairs):
    """For the pair whose asked half was used longest ago."""
    for page in (0, 2):
        load(pairs, page)
    pairs.lookup(0)
    load(pairs, 4)
    assert [page for page in range(6) if pairs.lookup(page)] == [0, 1, 4, 5]


@pytest.mark.parametrize(
    "forget",
    [
        lambda tlb: tlb.drop(3),
        lambda tlb: tlb.invalidate_page(2),
        lambda tlb: tlb.invalidate_range(3, 3),
        lambda tlb: tlb.forget(2, 2),
    ],
    ids=["drop", "page", "range", "forget"],
)
def test_a_pair_is_forgotten_as_a_whole(pairs, forget):
    """Whichever half was named; the other pair stays."""
    load(pairs, 2)
    load(pairs, 4)
    assert forget(pairs) == 2
    assert [page for page in range(6) if pairs.lookup(page)] == [4, 5]


def test_a_pair_needs_two_sets():
    """One for either half; the error says how many entries there are."""
    with pytest.raises(LayoutError, match="8 entries have one"):
        Tlb(TlbGeometry(entries=8, ways=8, pairs=True))


PAGES = st.integers(0, 7)
USES = st.lists(
    st.one_of(
        st.tuples(st.just("lookup"), PAGES, st.just(0)),
        st.tuples(st.just("insert"), PAGES, st.integers(1, 7)),
        st.tuples(st.just("invalidate"), PAGES, PAGES),
    )
)


@given(uses=USES, entries=st.sampled_from([2, 4, 8]), ways=st.sampled_from([1, 2]))
def test_it_behaves_as_lists_in_order_of_use(uses, entries, ways):
    """Any sequence of uses gives what one list a set gives, searched from end to end."""
    tlb = Tlb(TlbGeometry(entries, ways))
    model: list[list[tuple[int, int]]] = [[] for _ in range(entries // ways)]
    for what, page, other in uses:
        chosen = model[page % len(model)]
        held = [pair for pair in chosen if pair[0] == page]
        if what == "invalidate":
            gone = [pair for one in model for pair in one if page <= pair[0] <= other]
            assert tlb.invalidate_range(page, other) == len(gone)
            model = [[pair for pair in one if pair not in gone] for one in model]
            continue
        if what == "insert":
            tlb.insert(page, other)
            held, expected = [(page, other)], None
        else:
            expected = held[0][1] if held else None
            assert tlb.lookup(page) == expected
        rest = [pair for pair in chosen if pair[0] != page]
        chosen[:] = (rest + held)[-ways:]
    left = {page: rights for page in range(8) if (rights := tlb.lookup(page)) is not None}
    assert left == {page: rights for one in model for page, rights in one}
