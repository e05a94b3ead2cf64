"""A capture folder: the page tables of one process, and what its kernel said of them.

``tables.bin.gz`` holds the tables one after another; ``expected.json`` says where each lay, where
the root is, and lists the VMAs.
"""

from __future__ import annotations

import gzip
import json
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np
from attrs import frozen

from archcore.errors import InputError, UsageError
from archcore.image.maps import Area, Vmas, rights
from archcore.image.memory import Extent, PhysicalImage

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from archcore.target import Target

INDEX, TABLES = "expected.json", "tables.bin.gz"


@frozen(eq=False)
class Capture:
    """An image with a root and VMAs; ``shifts`` are those of its levels, lowest first."""

    image: PhysicalImage
    root: int
    vmas: Vmas
    shifts: tuple[int, ...]
    byteorder: str

    def fits(self, target: Target) -> None:
        """Raise UsageError for a target whose tables have another shape."""
        geometry = target.geometry
        shifts = tuple(level.shift for level in geometry.levels)
        if (shifts, geometry.byteorder) != (self.shifts, self.byteorder):
            msg = (
                f"{self.image.name}: its tables are {_shape(self.shifts, self.byteorder)}; those "
                f"of {target.id} are {_shape(shifts, geometry.byteorder)}; name another target"
            )
            raise UsageError(msg)


def _shape(shifts: tuple[int, ...], byteorder: str) -> str:
    return f"{byteorder}-endian with levels at bits {', '.join(map(str, shifts))}"


def open_capture(folder: Path) -> Capture:
    """Return a capture; raises InputError, naming the file, for one that is not as expected."""
    index, tables = folder / INDEX, folder / TABLES
    document = _document(index)
    data = _data(tables)
    extents = [_extent(index, at, one) for at, one in enumerate(_list(index, document, "tables"))]
    vmas = [_area(index, at, one) for at, one in enumerate(_list(index, document, "vmas"))]
    return Capture(
        PhysicalImage(str(tables), data, tuple(extents)),
        _number(index, document, "root"),
        Vmas(vmas),
        tuple(_number(index, one, "shift") for one in _list(index, document, "levels")),
        _byteorder(index, document),
    )


def _document(index: Path) -> dict[str, Any]:
    try:
        document = json.loads(index.read_bytes())
    except (ValueError, RecursionError) as error:
        msg = f"{index}: expected a JSON document: {error}"
        raise InputError(msg) from error
    if not isinstance(document, dict):
        msg = f"{index}: expected a JSON object, found {type(document).__name__}"
        raise InputError(msg)
    return document


def _data(tables: Path) -> Any:  # noqa: ANN401 - numpy's array of bytes
    try:
        with gzip.open(tables) as stream:
            return np.frombuffer(stream.read(), np.uint8)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        msg = f"{tables}: expected page tables compressed with gzip: {error}"
        raise InputError(msg) from error


def _extent(index: Path, at: int, table: Mapping[str, Any]) -> Extent:
    place = f"tables[{at}]."
    pa, size, offset = (_number(index, table, key, place) for key in ("pa", "size", "offset"))
    return Extent(pa, size, offset)


def _area(index: Path, at: int, vma: Mapping[str, Any]) -> Area:
    place = f"vmas[{at}]."
    start, end = (_number(index, vma, key, place) for key in ("start", "end"))
    return Area(start, end, rights(str(vma.get("perms")), f"{index}: {place}perms"), str(index))


def _byteorder(index: Path, document: Mapping[str, Any]) -> str:
    found = document.get("entry_endianness")
    if found not in ("little", "big"):
        msg = f"{index}: expected `entry_endianness` to be little or big, found {found!r}"
        raise InputError(msg)
    return str(found)


def _list(index: Path, document: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    found = document.get(key)
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        msg = f"{index}: expected `{key}` to be a list of objects"
        raise InputError(msg)
    return found


def _number(index: Path, document: Mapping[str, Any], key: str, place: str = "") -> int:
    """Return a number, written as one or in hexadecimal."""
    found = document.get(key)
    try:
        number = int(found, 0) if isinstance(found, str) else found
    except ValueError:
        number = None
    if type(number) is not int or number < 0:
        msg = f"{index}: expected `{place}{key}` to be a number, found {found!r}"
        raise InputError(msg)
    return number
