from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from archcore.errors import TraceError, UsageError
from archcore.trace import Op, Trace, concatenate

rows = st.lists(
    st.tuples(
        st.integers(0, 300) | st.integers((1 << 64) - 300, (1 << 64) - 40),
        st.integers(1, 40),
        st.sampled_from(Op),
        st.integers(0, 3),
    ),
    max_size=20,
)


def trace_of(*references, **columns) -> Trace:
    """Make a trace of (vaddr, size, op, tid) tuples."""
    vaddr, size, op, tid = zip(*references, strict=True) if references else ((), (), (), ())
    return Trace(
        vaddr=np.array(vaddr, np.uint64),
        size=np.array(size, np.uint32),
        op=np.array(op, np.uint8),
        tid=np.array(tid, np.uint32),
        origin="test",
        **columns,
    )


class TestPages:
    def test_an_access_inside_a_page_touches_it_alone(self):
        """The last eight bytes of a 4 KiB page are in that page only."""
        trace = trace_of((0x1FF8, 8, Op.READ, 0))

        assert trace.pages(12).tolist() == [1]

    def test_an_access_across_a_boundary_counts_on_both_pages(self):
        """Eight bytes that start four before a boundary lie in two pages."""
        trace = trace_of((0x1FFC, 8, Op.READ, 0))

        assert trace.pages(12).tolist() == [1, 2]

    def test_pages_are_sorted_and_unique(self):
        """A page that is touched twice is named once."""
        trace = trace_of((0x5000, 8, Op.READ, 0), (0x1000, 8, Op.WRITE, 0), (0x5010, 1, Op.READ, 0))

        assert trace.pages(12).tolist() == [1, 5]

    def test_a_crossing_access_is_split_in_two(self):
        """Both halves keep operation, thread and row; their neighbours stay as they are."""
        trace = trace_of(
            (0x0FF0, 8, Op.READ, 1), (0x1FFF, 2, Op.MODIFY, 2), (0x3000, 4, Op.WRITE, 3)
        )

        page, op, tid, row = trace.split_at_pages(12)

        assert page.tolist() == [0, 1, 2, 3]
        assert op.tolist() == [Op.READ, Op.MODIFY, Op.MODIFY, Op.WRITE]
        assert tid.tolist() == [1, 2, 2, 3]
        assert row.tolist() == [0, 1, 1, 2]

    def test_an_access_longer_than_a_page_touches_every_page_in_between(self):
        """Ten thousand bytes from address 100 lie in the first three 4 KiB pages."""
        trace = trace_of((100, 10_000, Op.READ, 0))

        assert trace.pages(12).tolist() == [0, 1, 2]

    def test_the_last_byte_of_the_address_space_has_a_page(self):
        """Sixteen bytes that end with the address space do not wrap to page 0."""
        trace = trace_of(((1 << 64) - 16, 16, Op.READ, 0))

        assert trace.pages(12).tolist() == [(1 << 52) - 1]

    @given(rows, st.integers(3, 7))
    def test_splitting_agrees_with_looking_at_every_byte(self, references, page_shift):
        """A reference touches exactly the pages that its bytes are in, in ascending order."""
        expected = [
            (page, op, tid, row)
            for row, (vaddr, size, op, tid) in enumerate(references)
            for page in sorted({byte >> page_shift for byte in range(vaddr, vaddr + size)})
        ]

        split = trace_of(*references).split_at_pages(page_shift)

        assert list(zip(*(column.tolist() for column in split), strict=True)) == expected

    @pytest.mark.parametrize("page_shift", [-1, 64])
    def test_a_page_has_to_fit_in_the_address_space(self, page_shift):
        """A shift that no 64-bit address allows is refused."""
        with pytest.raises(UsageError, match="0 to 63"):
            trace_of((0, 1, Op.READ, 0)).pages(page_shift)


class TestTrace:
    @given(rows, st.integers(-25, 25), st.integers(-25, 25))
    def test_a_slice_is_the_slice_of_the_rows(self, references, start, stop):
        """Slicing a trace gives what slicing the list of its references gives."""
        assert trace_of(*references)[start:stop] == trace_of(*references[start:stop])

    @given(rows, st.lists(st.integers(0, 20), max_size=3).map(sorted))
    def test_joining_the_pieces_gives_the_whole(self, references, cuts):
        """However a trace is cut, its pieces joined in order are the trace."""
        trace = trace_of(*references)
        bounds = [0, *cuts, len(trace) + 20]

        pieces = [trace[a:b] for a, b in pairwise(bounds)]

        assert concatenate(pieces) == trace

    def test_length_is_the_number_of_references(self):
        """Two references make a trace of length two."""
        assert len(trace_of((0, 1, Op.READ, 0), (8, 1, Op.READ, 0))) == 2

    def test_a_mask_selects_rows(self):
        """Selecting what is not an instruction fetch leaves the data references."""
        trace = trace_of((0, 4, Op.EXECUTE, 0), (8, 1, Op.WRITE, 0), (4, 4, Op.EXECUTE, 0))

        assert trace.select(trace.op != Op.EXECUTE) == trace_of((8, 1, Op.WRITE, 0))

    def test_optional_columns_follow_their_rows(self):
        """CPU, time and weight are sliced with the references they belong to."""
        trace = trace_of(
            (0, 1, Op.READ, 0),
            (8, 1, Op.READ, 0),
            cpu=np.array([3, -1], np.int32),
            time=np.array([10, 20], np.uint64),
            weight=np.array([1, 7], np.uint32),
        )

        last = trace[1:]

        assert (last.cpu.tolist(), last.time.tolist(), last.weight.tolist()) == ([-1], [20], [7])

    def test_traces_that_differ_in_one_column_are_not_equal(self):
        """A thread number or a missing column is a difference, and so is another origin."""
        trace = trace_of((0, 1, Op.READ, 0))

        assert trace != trace_of((0, 1, Op.READ, 1))
        assert trace != trace_of((0, 1, Op.READ, 0), cpu=np.zeros(1, np.int32))
        assert trace != evolve(trace, origin="elsewhere")
        assert trace == trace_of((0, 1, Op.READ, 0))

    def test_nobody_writes_through_a_trace(self):
        """The columns are read-only; the array they were made from is left writable."""
        vaddr = np.array([1, 2], np.uint64)
        trace = evolve(trace_of((0, 1, Op.READ, 0), (0, 1, Op.READ, 0)), vaddr=vaddr)

        with pytest.raises(ValueError, match="read-only"):
            trace.vaddr[0] = 5
        vaddr[0] = 9

    def test_a_single_row_is_no_trace(self):
        """Indexing with a number is an error that says what works."""
        with pytest.raises(TypeError, match="slices, not by int"):
            trace_of((0, 1, Op.READ, 0))[0]


class TestRefusal:
    @pytest.mark.parametrize(
        ("column", "array", "message"),
        [
            ("size", np.ones(3, np.uint32), "size with 2 rows, as many as vaddr, found 3"),
            ("size", np.ones(2, np.int64), "size as a one-dimensional uint32 array, found int64"),
            ("tid", np.ones((2, 1), np.uint32), "found uint32 in 2 dimensions"),
            ("cpu", [0, 0], "cpu as a one-dimensional int32 array, found list"),
            ("op", None, "op as a one-dimensional uint8 array, found NoneType"),
            ("op", np.array([0, 4], np.uint8), "0 READ, 1 WRITE, 2 MODIFY, 3 EXECUTE, found 4"),
            ("size", np.array([8, 0], np.uint32), "at least 1 byte, found 0"),
            (
                "vaddr",
                np.array([0, (1 << 64) - 7], np.uint64),
                "end within 64 bits, found 8 bytes at 0xfffffffffffffff9 in row 1",
            ),
        ],
    )
    def test_a_column_that_breaks_a_promise_is_refused(self, column, array, message):
        """The error names the trace, what the column must be and what it is."""
        trace = trace_of((0, 8, Op.READ, 0), (8, 8, Op.READ, 0))

        with pytest.raises(TraceError, match=message) as caught:
            evolve(trace, **{column: array})

        assert caught.value.source == "test"

    def test_traces_of_different_columns_do_not_join(self):
        """Times that only some references have would have to be invented for the others."""
        plain = trace_of((0, 1, Op.READ, 0))
        timed = trace_of((0, 1, Op.READ, 0), time=np.zeros(1, np.uint64))

        with pytest.raises(TraceError, match="found vaddr, size, op, tid, time"):
            concatenate([plain, timed])

    def test_nothing_cannot_be_joined(self):
        """Without a trace there is no origin to give the result."""
        with pytest.raises(UsageError, match="at least one"):
            concatenate([])
