from __future__ import annotations

import gzip
import io
import sys
import zlib
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from archcore.errors import ExitCode, TraceError
from archcore.trace.source import LONGEST_LINE, Truncated, opened, whole_lines

NOISE = np.random.default_rng(0).bytes(3000)


def everything(path, **options) -> tuple[bytes, str | None]:
    """Return all bytes of an input and how it ended too early, if it did."""
    with opened(path, **options) as blocks:
        items = list(blocks)
    ends = [item.reason for item in items if isinstance(item, Truncated)]
    assert all(isinstance(item, bytes) for item in items[: len(items) - len(ends)])
    data = b"".join(item for item in items if isinstance(item, bytes))
    return data, ends[0] if ends else None


@pytest.fixture(scope="module")
def put(tmp_path_factory):
    """Write bytes to a file and return its path."""
    path = tmp_path_factory.mktemp("source") / "input"

    def write(data: bytes, name: str = "input"):
        target = path.with_name(name)
        target.write_bytes(data)
        return target

    return write


class TestOpened:
    @pytest.mark.parametrize("name", ["trace", "trace.gz", "trace.txt"])
    @pytest.mark.parametrize("packed", [False, True])
    def test_content_and_not_name_tells_gzip(self, put, name, packed):
        """A plain file called .gz and a gzip file called .txt both read as what they are."""
        path = put(gzip.compress(NOISE) if packed else NOISE, name)

        assert everything(path) == (NOISE, None)

    @pytest.mark.parametrize("data", [b"", b"\x1f", b"x", gzip.compress(b"", mtime=0)])
    def test_the_smallest_inputs_are_whole(self, put, data):
        """Nothing, one byte (even the first of gzip's two), and gzip of nothing end well."""
        expected = b"" if len(data) > 1 else data

        assert everything(put(data)) == (expected, None)

    @given(data=st.binary(max_size=200), block=st.integers(1, 50), packed=st.booleans())
    def test_blocks_are_as_small_as_asked_and_lose_nothing(self, put, data, block, packed):
        """Whatever the block size, the blocks joined are the data."""
        path = put(gzip.compress(data) if packed else b"-" + data)

        with opened(path, block=block) as blocks:
            items = list(blocks)

        assert b"".join(items) == (data if packed else b"-" + data)
        assert all(0 < len(item) <= max(block, 2) for item in items)

    def test_members_of_a_gzip_file_follow_each_other(self, put):
        """Files joined by cat, padded with zeros between and after, read as one."""
        packed = gzip.compress(b"one ") + bytes(600) + gzip.compress(b"two") + bytes(600)

        assert everything(put(packed), block=64) == (b"one two", None)

    def test_standard_input_is_a_dash(self, monkeypatch):
        """``-`` reads standard input, gzip or not, and leaves it open."""
        stream = io.BytesIO(gzip.compress(NOISE))
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=stream))

        assert everything("-") == (NOISE, None)
        assert not stream.closed

    def test_a_missing_file_is_named(self, tmp_path):
        """The error says which file and the system's reason, and exits as unreadable input."""
        with pytest.raises(TraceError, match="absent: expected a readable file") as caught:
            everything(tmp_path / "absent")

        assert caught.value.exit_code == ExitCode.INPUT

    def test_a_directory_is_no_trace(self, tmp_path):
        """A directory is refused in words, not with a traceback."""
        with pytest.raises(TraceError, match="expected a readable file"):
            everything(tmp_path)


class TestDamage:
    @given(
        whole=st.sampled_from([NOISE, bytes(10_000), b"I  0401ab70,3\n" * 500]),
        cut=st.integers(1, 40) | st.integers(41, 2900),
        block=st.integers(1, 5000),
    )
    @example(whole=bytes(10_000), cut=8, block=7)
    def test_a_shortened_gzip_file_gives_its_beginning(self, put, whole, cut, block):
        """What could be decoded comes out, as much as zlib itself yields, and then a reason."""
        packed = gzip.compress(whole)
        packed = packed[: max(len(packed) - cut, 2)]
        expected = zlib.decompressobj(zlib.MAX_WBITS + 16).decompress(packed)

        data, reason = everything(put(packed), block=block)

        assert data == expected
        assert reason == f"gzip stream ends early, after {len(data)} decoded bytes"

    @given(at=st.integers(10, len(gzip.compress(NOISE)) - 1), block=st.integers(1, 5000))
    @example(at=len(gzip.compress(NOISE)) - 1, block=5000)
    def test_nothing_decoded_before_the_damage_is_thrown_away(self, put, at, block):
        """A flipped byte costs nothing that decoding byte by byte would have given."""
        packed = bytearray(gzip.compress(NOISE))
        packed[at] ^= 0xFF
        decoder, expected = zlib.decompressobj(zlib.MAX_WBITS + 16), bytearray()
        try:
            for byte in packed:
                expected += decoder.decompress(bytes([byte]))
        except zlib.error:
            pass

        data, reason = everything(put(bytes(packed)), block=block)

        assert data == bytes(expected)
        assert reason is not None

    def test_a_wrong_checksum_is_told_after_all_data(self, put):
        """Data that decodes but does not match its checksum is given, and called damaged."""
        packed = bytearray(gzip.compress(NOISE))
        packed[-8] ^= 1

        assert everything(put(bytes(packed))) == (
            NOISE,
            "gzip stream damaged (incorrect data check) after 3000 decoded bytes",
        )

    def test_bytes_after_the_last_member_are_told(self, put):
        """Something that is no gzip member after one is reported, not passed over."""
        data, reason = everything(put(gzip.compress(b"good") + b"junk"))

        assert data == b"good"
        assert reason == "gzip stream damaged (incorrect header check) after 4 decoded bytes"


class TestWholeLines:
    @given(
        data=st.lists(st.sampled_from([b"a", b"bc", b"\n", b"\r\n"])).map(b"".join),
        cuts=st.lists(st.integers(0, 60), max_size=5).map(sorted),
    )
    def test_cutting_changes_nothing(self, data, cuts):
        """Wherever an input is cut into blocks, its lines are those of the whole."""
        bounds = [0, *cuts, len(data) + 60]
        blocks = [data[a:b] for a, b in pairwise(bounds)]

        regrouped = list(whole_lines(blocks))

        assert all(block.endswith(b"\n") for block in regrouped)
        assert b"".join(regrouped) == data + (b"" if data.endswith(b"\n") or not data else b"\n")

    def test_half_a_line_before_the_damage_is_left_out_and_told(self):
        """'8' may be the beginning of '80', so an unfinished line is not believed."""
        items = list(whole_lines([b"whole\nha", b"lf", Truncated("cut")]))

        assert items == [
            b"whole\n",
            Truncated("cut; the unfinished line before it is left out"),
        ]

    def test_a_whole_last_line_before_the_damage_stays(self):
        """Damage at a line boundary costs no line."""
        assert list(whole_lines([b"whole\n", Truncated("cut")])) == [b"whole\n", Truncated("cut")]

    def test_a_line_without_end_is_not_collected(self):
        """Of an endless line only enough is kept to know that it is too long."""
        (line,) = whole_lines([b"x" * LONGEST_LINE] * 5)

        assert LONGEST_LINE < len(line.rstrip(b"\n")) <= LONGEST_LINE + 2
