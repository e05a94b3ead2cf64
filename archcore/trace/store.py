"""A trace in one compact file: a numpy ``.npz`` archive that any numpy can open.

Each column is kept as its byte planes, the least significant first, and the high planes that are
zero everywhere are left out: array of shape (planes, references), bytes. Deflate then sees the
slowly changing bytes side by side, which halves real traces against plain or delta-coded addresses.
The same trace gives the same bytes under the same zlib.
"""

from __future__ import annotations

import io
import json
import os
import zipfile
import zlib
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from archcore.errors import TraceError
from archcore.trace.reading import Reading
from archcore.trace.record import COLUMNS, OPTIONAL, Trace
from archcore.trace.source import Truncated, name_of, opened

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from os import PathLike

    from numpy.typing import NDArray

FORMAT = "archcore-trace"
VERSION = 1
MAGIC = b"PK\3\4"  # PKWARE APPNOTE.TXT, section 4.3.7: local file header
HEADER = "header.json"

_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    KeyError,
    ValueError,
    EOFError,
    OSError,
    RuntimeError,
    OverflowError,
)


def write(trace: Trace, path: str | PathLike[str]) -> None:
    """Write ``trace`` to ``path``, whole or not at all; an `OSError` leaves no file behind."""
    data = encode(trace)
    with _replacing(Path(path).resolve()) as stream:
        stream.write(data)


def read(path: str | PathLike[str]) -> Trace:
    """Read a stored trace; `TraceError` says what a malformed one lacks."""
    with opened(path) as blocks:
        return read_blocks(blocks, source=name_of(path)).trace


def read_blocks(blocks: Iterable[bytes | Truncated], *, source: str, skip_bad: int = 0) -> Reading:
    """Read a stored trace that comes in blocks; it has no lines, so none can be skipped."""
    del skip_bad
    whole = []
    for block in blocks:
        if isinstance(block, Truncated):
            raise TraceError(source=source, expected="a whole stored trace", found=block.reason)
        whole.append(block)
    data = b"".join(whole)
    return Reading(decode(data, source=source), lines=0)


def encode(trace: Trace) -> bytes:
    """Return the bytes of a file that holds ``trace``."""
    header = {
        "format": FORMAT,
        "version": VERSION,
        "origin": trace.origin,
        "columns": [name for name, _ in trace.columns()],
    }
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as archive:
        _add(archive, HEADER, json.dumps(header, sort_keys=True).encode())
        for name, column in trace.columns():
            member = io.BytesIO()
            np.lib.format.write_array(member, _planes(column), version=(1, 0))
            _add(archive, f"{name}.npy", member.getvalue())
    return output.getvalue()


def decode(data: bytes, *, source: str) -> Trace:
    """Return the trace a stored file's bytes hold; ``source`` names them in a `TraceError`."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            header = _header(_member(archive, HEADER), source)
            columns: dict[str, Any] = {
                name: _column(_member(archive, f"{name}.npy"), COLUMNS[name])
                for name in header["columns"]
            }
        return Trace(**columns, origin=header["origin"])
    except TraceError as error:
        raise TraceError(source=source, expected=error.expected, found=error.found) from error
    except _DAMAGE as error:
        found = f"damage ({error})"
        raise TraceError(source=source, expected="a stored trace", found=found) from error


def _header(text: bytes, source: str) -> dict[str, Any]:
    """Return the header, once format and version are known to be ours."""
    header = json.loads(text)
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        raise TraceError(source=source, expected=f"format {FORMAT!r}", found="another archive")
    if header.get("version") != VERSION:
        found = f"version {header.get('version')!r}; convert the trace again or update archcore"
        raise TraceError(source=source, expected=f"version {VERSION} of the format", found=found)
    if not isinstance(header.get("origin"), str):
        raise TraceError(source=source, expected="an origin in words", found="none")
    columns = header.get("columns")
    known = isinstance(columns, list) and columns == [
        name for name in COLUMNS if name in columns or name not in OPTIONAL
    ]
    if not known:
        expected = f"the columns {', '.join(COLUMNS)}, of which {', '.join(OPTIONAL)} may lack"
        raise TraceError(source=source, expected=expected, found=repr(columns))
    return header


def _planes(column: NDArray[Any]) -> NDArray[np.uint8]:
    """Cut a column into its byte planes; at least one, so that the length is always there."""
    little = column.astype(column.dtype.newbyteorder("<"), copy=False)
    planes = np.ascontiguousarray(little).view(np.uint8).reshape(len(column), column.itemsize).T
    used = [at for at, plane in enumerate(planes) if plane.any()]
    return np.ascontiguousarray(planes[: max(used, default=0) + 1])


def _column(member: bytes, dtype: np.dtype[Any]) -> NDArray[Any]:
    """Put a column together from the ``.npy`` bytes of its planes."""
    stream = io.BytesIO(member)
    if np.lib.format.read_magic(stream) != (1, 0):
        raise ValueError("a column in another version of .npy")
    shape, fortran, stored = np.lib.format.read_array_header_1_0(stream)
    if stored != np.uint8 or fortran or len(shape) != len(("planes", "references")):
        raise ValueError("a column that is not byte planes")
    # The bytes that are there decide, not the shape, which may promise more than memory holds.
    planes = np.frombuffer(member, np.uint8, offset=stream.tell()).reshape(shape)
    if not 1 <= len(planes) <= dtype.itemsize:
        raise ValueError(f"{len(planes)} byte planes in a column of {dtype}")
    whole = np.zeros((planes.shape[1], dtype.itemsize), np.uint8)
    whole[:, : len(planes)] = planes.T
    return whole.view(dtype.newbyteorder("<")).reshape(-1).astype(dtype, copy=False)


def _add(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    """Add a member whose bytes tell neither the time nor the system of its making."""
    info = zipfile.ZipInfo(name, _ZIP_EPOCH)
    info.create_system = 3  # PKWARE APPNOTE.TXT, section 4.4.2: UNIX
    archive.writestr(info, data, zipfile.ZIP_DEFLATED, zlib.Z_BEST_COMPRESSION)


def _member(archive: zipfile.ZipFile, name: str) -> bytes:
    """Return a member, checked against its checksum."""
    if archive.getinfo(name).compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ValueError(f"{name} compressed in a way this format does not use")
    return archive.read(name)


@contextmanager
def _replacing(path: Path) -> Iterator[IO[bytes]]:
    """Give a stream whose bytes become ``path`` at the end, if the end is reached."""
    part = path.with_name(f".{path.name}.{token_hex(4)}.part")
    stream = part.open("xb")
    try:
        with stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
