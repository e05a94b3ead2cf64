from __future__ import annotations

import io
import json
import signal
import zipfile
from pathlib import Path

import numpy as np
import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from archcore.errors import TraceError
from archcore.trace import Trace, lackey, store
from archcore.trace.source import Truncated

DATA = Path(__file__).parent / "data"


def column(dtype, low, high, rows):
    """Draw a column, or its absence where ``rows`` allows."""
    values = st.lists(st.integers(low, high), min_size=rows, max_size=rows)
    return values.map(lambda drawn: np.array(drawn, dtype))


@st.composite
def traces(draw) -> Trace:
    """Draw a trace with any of the optional columns."""
    rows = draw(st.integers(0, 6))
    optional = {
        name: draw(st.none() | column(dtype, low, high, rows))
        for name, dtype, low, high in [
            ("cpu", np.int32, -1, (1 << 31) - 1),
            ("time", np.uint64, 0, (1 << 64) - 1),
            ("weight", np.uint32, 0, (1 << 32) - 1),
        ]
    }
    return Trace(
        vaddr=draw(column(np.uint64, 0, (1 << 64) - (1 << 32), rows)),
        size=draw(column(np.uint32, 1, (1 << 32) - 1, rows)),
        op=draw(column(np.uint8, 0, 3, rows)),
        tid=draw(column(np.uint32, 0, (1 << 32) - 1, rows)),
        origin=draw(st.text(max_size=10)),
        **optional,
    )


@pytest.fixture(scope="module")
def trace() -> Trace:
    """Some real references."""
    return evolve(lackey.read(DATA / "ls.lackey").trace, origin="ls -la")


def rebuilt(data: bytes, **members: bytes) -> bytes:
    """Replace members of an archive by others with right checksums."""
    output = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(output, "w") as new:
        for name in old.namelist():
            new.writestr(name, members.get(name.partition(".")[0], old.read(name)))
    return output.getvalue()


def npy(shape, dtype="|u1", data=b"") -> bytes:
    """Return an .npy file that promises ``shape`` and holds ``data``."""
    output = io.BytesIO()
    header = {"descr": dtype, "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(output, header)
    return output.getvalue() + data


def header(**changes) -> bytes:
    """Return a header with something changed."""
    usual = {
        "format": "archcore-trace",
        "version": 1,
        "origin": "ls -la",
        "columns": ["vaddr", "size", "op", "tid"],
    }
    return json.dumps(usual | changes).encode()


class TestRoundTrip:
    @given(traces())
    def test_what_is_stored_comes_back(self, trace):
        """Every column, present or absent, and the origin survive."""
        assert store.decode(store.encode(trace), source="file") == trace

    def test_a_file_comes_back(self, trace, tmp_path):
        """Writing and reading a path is the same as encoding and decoding."""
        store.write(trace, tmp_path / "t.npz")

        assert store.read(tmp_path / "t.npz") == trace

    def test_the_same_trace_makes_the_same_bytes(self, trace):
        """Neither the time nor the layout in memory shows in a file."""
        copy = evolve(trace, vaddr=np.repeat(trace.vaddr, 2)[::2])

        data = store.encode(trace)
        assert store.encode(copy) == data
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            assert {member.date_time[0] for member in archive.infolist()} == {1980}

    def test_numpy_opens_the_file_on_its_own(self, trace, tmp_path):
        """The documented byte planes are enough to get the addresses without archcore."""
        store.write(trace, tmp_path / "t.npz")

        with np.load(tmp_path / "t.npz") as archive:
            planes = archive["vaddr"].astype(np.uint64)
        vaddr = sum(plane << np.uint64(8 * at) for at, plane in enumerate(planes))

        assert vaddr.tolist() == trace.vaddr.tolist()


class TestMalformed:
    @given(at=st.integers(0), bit=st.integers(0, 7))
    def test_a_flipped_bit_never_gives_another_trace(self, trace, at, bit):
        """Either the file is refused with its name, or what was flipped carries no data."""
        data = bytearray(store.encode(trace))
        data[at % len(data)] ^= 1 << bit
        try:
            found = store.decode(bytes(data), source="file")
        except TraceError as error:
            assert error.source == "file"  # noqa: PT017  (both outcomes are right)
        else:
            assert found == trace

    @given(keep=st.integers(0))
    def test_a_shortened_file_is_refused(self, trace, keep):
        """No beginning of a stored trace is a stored trace."""
        data = store.encode(trace)

        with pytest.raises(TraceError, match=r"^file: expected a stored trace"):
            store.decode(data[: keep % len(data)], source="file")

    @pytest.mark.parametrize(
        ("members", "message"),
        [
            ({"header": b"{}"}, "expected format 'archcore-trace', found another archive"),
            ({"header": b"[" * 100_000}, "damage"),
            ({"header": header(version=2)}, "expected version 1 of the format, found version 2"),
            ({"header": header(origin=None)}, "expected an origin"),
            ({"header": header(columns=["vaddr", "size", "op"])}, "expected the columns"),
            ({"header": header(columns=5)}, "expected the columns"),
            ({"header": header(columns=["vaddr", "size", "op", "tid", "cpu"])}, "cpu.npy"),
            ({"vaddr": b"no array"}, "damage"),
            ({"vaddr": npy((1, 10**15), data=b"1")}, "damage"),
            ({"vaddr": npy((9, 2), data=bytes(18))}, "9 byte planes in a column of uint64"),
            ({"vaddr": npy((0, 5))}, "0 byte planes"),
            ({"vaddr": npy((5,), data=bytes(5))}, "not byte planes"),
            ({"vaddr": npy((1, 1), "<u8", bytes(8))}, "not byte planes"),
            ({"op": npy((1, 1), data=b"0")}, "column op with 294 rows"),
            ({"op": npy((1, 294), data=b"z" * 294)}, "op codes"),
        ],
    )
    def test_a_made_up_file_is_refused(self, trace, members, message):
        """Checksums that fit do not make a trace: format, version and every shape are checked."""
        data = rebuilt(store.encode(trace), **members)

        with pytest.raises(TraceError, match=message) as caught:
            store.decode(data, source="file")

        assert caught.value.source == "file"

    def test_a_truncated_wrapping_is_refused(self, trace):
        """A stored trace has to be whole; how it was cut is passed on."""
        with pytest.raises(TraceError, match="a whole stored trace, found cut"):
            store.read_blocks([store.encode(trace)[:50], Truncated("cut")], source="file")


class TestWrite:
    @pytest.fixture
    def small_disk(self):
        """Let no file grow beyond a few bytes, as on a full disk."""
        resource = pytest.importorskip("resource")
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))
        yield
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)

    @pytest.mark.usefixtures("small_disk")
    def test_a_failed_write_leaves_nothing(self, trace, tmp_path):
        """When the bytes do not fit there is no half file, under no name."""
        with pytest.raises(OSError, match="File too large"):
            store.write(trace, tmp_path / "t.npz")

        assert list(tmp_path.iterdir()) == []

    @pytest.mark.usefixtures("small_disk")
    def test_a_failed_write_leaves_the_old_file(self, trace, tmp_path):
        """What was there before stays, whole."""
        (tmp_path / "t.npz").write_bytes(b"old")

        with pytest.raises(OSError, match="File too large"):
            store.write(trace, tmp_path / "t.npz")

        assert (tmp_path / "t.npz").read_bytes() == b"old"

    def test_a_written_file_replaces_the_old_one(self, trace, tmp_path):
        """Writing again leaves exactly the new file."""
        store.write(trace, tmp_path / "t.npz")
        store.write(trace[:5], tmp_path / "t.npz")

        assert store.read(tmp_path / "t.npz") == trace[:5]
        assert [path.name for path in tmp_path.iterdir()] == ["t.npz"]

    def test_a_link_goes_on_pointing(self, trace, tmp_path):
        """Writing through a symbolic link changes the file and keeps the link."""
        (tmp_path / "link").symlink_to(tmp_path / "target")

        store.write(trace, tmp_path / "link")

        assert (tmp_path / "link").is_symlink()
        assert store.read(tmp_path / "target") == trace
