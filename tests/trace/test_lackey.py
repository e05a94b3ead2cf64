from __future__ import annotations

import gzip
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from archcore.errors import TraceError, UsageError
from archcore.trace import BadLine, Op, lackey
from archcore.trace.lackey_line import read_line_by_line
from archcore.trace.source import Truncated

DATA = Path(__file__).parent / "data"
SAMPLES = ["ls.lackey", "pydict.lackey"]

addresses = (
    st.integers(0, (1 << 64) - 1).map(lambda number: b"%08x" % number)
    | st.text("0123456789abcdef", max_size=18).map(str.encode)
    | st.sampled_from([b"0401AB70", b"0x401ab70", b"ffffffffffffffff", b"fffffffffffffff8", b"0,1"])
)
sizes = st.sampled_from(
    (
        b"8 1 16 512 999999999 4294967295 4294967296 99999999999 "  # numbers, some too large
        b"0 08 a 1a a1 -1 8,8 0x8 +8"  # no sizes
    ).split()
) | st.sampled_from([b"", b"8 ", b" 8", b"8\r"])
prefixes = st.sampled_from([b"I  ", b" L ", b" S ", b" M "])
odd_prefixes = st.binary(max_size=4) | st.sampled_from(
    [b"L  ", b" I ", b"II ", b"LL ", b" LL", b"   ", b"I L", b" l ", b"==1== ", b"a  ", b" L"]
)
good = st.builds(
    lambda prefix, address, size: b"%s%08x,%d" % (prefix, address, size),
    prefixes,
    st.integers(0, (1 << 64) - 1000),
    st.integers(1, 999),
)
lines = (
    good
    | good
    | st.builds(lambda p, a, s: p + a + b"," + s, prefixes | odd_prefixes, addresses, sizes)
    | st.sampled_from(
        [b"", b"\r", b"==12== x", b"==12==", b" ", b",", b",,,", b"I  ,", b" L 1,1,1"]
    )
    | st.text("ILSM 0123456789abcf,=\r", max_size=24).map(str.encode)
    | st.binary(max_size=24)
)
files = st.builds(
    lambda parts, end: b"".join(line + newline for line, newline in parts) + end,
    st.lists(st.tuples(lines, st.sampled_from([b"\n", b"\n", b"\r\n"])), max_size=12),
    lines | st.just(b""),
)


EDGES = [
    b"",
    b"==12897== Lackey",
    b" L 1,1",
    b" L 00000000,4294967295",
    b" L 00000000,4294967296",
    b" L ffffffffffffffff,1",
    b" L ffffffffffffffff,2",
    b" L fffffffffffffff0,16",
    b" L 10000000000000000,8",
    b" L ,8",
    b" L 0401ab70,",
    b" L 0401ab70,0",
    b" L 0401ab70,08",
    b" L 0401ab70,a",
    b" L 0401ab70,1a",
    b" L 0401ab70,a1",
    b" L 0401ab70,8,8",
    b" L 0401aB70,8",
    b" L 0401ag70,8",
    b" L 0401:b70,8",
    b" L 0401/b70,8",
    b" L 0401`b70,8",
    b" L 0401ab70,8 ",
    b" L 0401ab70,8\r",
    b" L 0401ab70 8",
    b" L  401ab70,8",
    b"L  0401ab70,8",
    b" I 0401ab70,8",
    b"II 0401ab70,8",
    b" L0401ab70,8",
    b"0401ab70,8",
    b" L 0401ab70,8 L 0401ab70,8",
]


def outcome(read, *arguments, **options):
    """Return a reading, or what its error says."""
    try:
        return read(*arguments, source="file", **options)
    except TraceError as error:
        return error.line, error.expected, error.found


def cut(data: bytes, places: list[int]) -> list[bytes]:
    """Cut data into blocks."""
    bounds = [0, *sorted(places), max(len(data), *places, 0)]
    return [data[a:b] for a, b in pairwise(bounds)]


class TestAgreement:
    @given(files, st.lists(st.integers(0, 300), min_size=1, max_size=4), st.integers(0, 12))
    @example(b"L  00000000,8\n", [0], 0)
    @example(b" I 00000000,8\n", [0], 0)
    @example(b" L 12345678,9\n L ab,c,1\n\n L 1,1", [0], 9)
    @example(b" L 12345678,9\r\n L 12345678,9\r", [14], 0)
    @example(b"\n\n\n", [1], 0)
    def test_many_at_once_agrees_with_one_by_one(self, data, places, skip_bad):
        """Whatever the bytes and wherever they are cut, both give the same or fail the same."""
        fast = outcome(lackey.read_blocks, cut(data, places), skip_bad=skip_bad)
        slow = outcome(read_line_by_line, data, skip_bad=skip_bad)

        assert fast == slow

    @pytest.mark.parametrize("line", EDGES)
    @pytest.mark.parametrize("ending", [b"\n", b"\r\n"])
    def test_one_odd_line_among_usual_ones_is_judged_alike(self, line, ending):
        """A line at an edge of the grammar is read, passed over or refused in good company."""
        data = ending.join([b" L 0401ab70,8", b"I  1fff000758,16", line, b" S 04033e06,1"])

        for skip_bad in (0, 1):
            fast = outcome(lackey.read_blocks, [data], skip_bad=skip_bad)

            assert fast == outcome(read_line_by_line, data, skip_bad=skip_bad)

    @given(st.binary(max_size=300), st.integers(0, 3))
    def test_any_bytes_at_all_end_the_same(self, data, skip_bad):
        """A file that was never a trace is refused at the same line for the same reason."""
        fast = outcome(lackey.read_blocks, [data], skip_bad=skip_bad)
        slow = outcome(read_line_by_line, data, skip_bad=skip_bad)

        assert fast == slow

    @pytest.mark.parametrize("name", SAMPLES)
    @pytest.mark.parametrize("ending", [b"\n", b"\r\n"])
    def test_real_traces_agree(self, name, ending):
        """Real output, with either line ending, is the same read either way."""
        data = (DATA / name).read_bytes().replace(b"\n", ending)

        fast = lackey.read_blocks(cut(data, list(range(0, len(data), 97))), source="file")

        assert fast == read_line_by_line(data, source="file")
        assert len(fast.trace) > 200


class TestRead:
    def test_the_first_references_of_ls(self):
        """The banner is passed over, and address, size and operation are those of the file."""
        trace = lackey.read(DATA / "ls.lackey").trace[:4]

        assert [hex(vaddr) for vaddr in trace.vaddr.tolist()] == [
            "0x401ab70",
            "0x401ab73",
            "0x1fff000758",
            "0x401b770",
        ]
        assert trace.size.tolist() == [3, 5, 8, 1]
        assert trace.op.tolist() == [Op.EXECUTE, Op.EXECUTE, Op.WRITE, Op.EXECUTE]
        assert not trace.tid.any()

    @pytest.mark.parametrize("name", SAMPLES)
    def test_gzip_changes_nothing(self, tmp_path, name):
        """A compressed trace reads as the plain one does."""
        path = tmp_path / name
        path.write_bytes(gzip.compress((DATA / name).read_bytes()))

        packed, plain = lackey.read(path), lackey.read(DATA / name)

        assert packed.trace.vaddr.tolist() == plain.trace.vaddr.tolist()
        assert packed.lines == plain.lines

    def test_the_origin_is_the_file(self):
        """A trace knows where it was read from."""
        assert lackey.read(DATA / "ls.lackey").trace.origin == str(DATA / "ls.lackey")

    def test_an_empty_input_is_an_empty_trace(self):
        """No line, no reference, nothing wrong."""
        reading = lackey.read_blocks([], source="file")

        assert (len(reading.trace), reading.lines, reading.truncated) == (0, 0, None)

    def test_only_a_banner_is_an_empty_trace(self):
        """Valgrind's words alone hold no reference."""
        reading = lackey.read_blocks([b"==7== Lackey\n==7== \n"], source="file")

        assert (len(reading.trace), reading.lines) == (0, 2)


class TestBadLines:
    def test_the_error_names_file_line_and_what_was_expected(self):
        """The line number counts banners and empty lines, as an editor does."""
        text = b"==7== Lackey\n\n L 04033e06,1\n L 04033E06,1\n"

        with pytest.raises(TraceError) as caught:
            lackey.read_blocks([text], source="my.lackey")

        assert str(caught.value) == (
            "my.lackey:4: expected an address of 1 to 16 lower-case hexadecimal digits, "
            "found ' L 04033E06,1'"
        )

    def test_tolerated_lines_are_told(self):
        """Each skipped line is reported by number and text; the others are read."""
        text = b" L 1000,8\noops\n S 1008,8\n M 1010,0\n"

        reading = lackey.read_blocks([text], source="file", skip_bad=2)

        assert reading.trace.vaddr.tolist() == [0x1000, 0x1008]
        assert [(bad.number, bad.text) for bad in reading.skipped] == [
            (2, "'oops'"),
            (4, "' M 1010,0'"),
        ]
        assert isinstance(reading.skipped[0], BadLine)
        assert reading.lines == 4

    def test_one_bad_line_too_many_is_an_error_that_counts(self):
        """The line after the last tolerated one is the one that is named."""
        with pytest.raises(TraceError, match=r"^file:3: .* after 2 other bad lines$"):
            lackey.read_blocks([b"a\nb\nc\n"], source="file", skip_bad=2)

    def test_a_line_cut_between_blocks_keeps_its_number(self):
        """Line numbers go on from block to block."""
        with pytest.raises(TraceError, match=r"^file:3: "):
            lackey.read_blocks([b" L 1000,8\n L 10", b"00,8\n L 1000", b",x\n"], source="file")

    def test_a_long_bad_line_is_shown_in_part(self):
        """An error message stays one line, however long the line it is about."""
        with pytest.raises(TraceError) as caught:
            lackey.read_blocks([b"z" * 100_000], source="file")

        assert len(str(caught.value)) < 250

    def test_fewer_than_no_bad_lines_makes_no_sense(self):
        """A negative tolerance is a usage error."""
        with pytest.raises(UsageError, match="0 or more, not -1"):
            lackey.read_blocks([], source="file", skip_bad=-1)


class TestTruncated:
    def test_a_shortened_gzip_trace_gives_what_it_holds(self, tmp_path):
        """The references before the cut are there, in order, and the reading says it was cut."""
        whole = lackey.read(DATA / "ls.lackey")
        path = tmp_path / "short.gz"
        path.write_bytes(gzip.compress((DATA / "ls.lackey").read_bytes())[:-300])

        reading = lackey.read(path)

        assert 0 < len(reading.trace) < len(whole.trace)
        assert reading.trace.vaddr.tolist() == whole.trace.vaddr[: len(reading.trace)].tolist()
        assert "gzip stream ends early" in reading.truncated

    def test_an_unfinished_line_is_not_read_as_another_number(self):
        """A size cut from 16 to 1 is left out, and that is told."""
        blocks = [b" L 1000,8\n L 2000,1", Truncated("cut here")]

        reading = lackey.read_blocks(blocks, source="file")

        assert reading.trace.vaddr.tolist() == [0x1000]
        assert reading.truncated == "cut here; the unfinished line before it is left out"
