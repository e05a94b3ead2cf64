"""A raw image: bytes of physical memory one after another, from one address on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from archcore.errors import InputError
from archcore.image.memory import Extent, PhysicalImage

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

# What begins like this holds physical memory in another form.
FOREIGN = {
    b"KDUMP   ": "a compressed kdump; `makedumpfile -E -d 0` makes an ELF core of it",
    b"EMiL": "a LiME image; LiME's format=raw and format=padded make raw ones",
    b"\x1f\x8b": "compressed with gzip; unpack it",
    b"\xfd7zXZ\x00": "compressed with xz; unpack it",
    b"\x28\xb5\x2f\xfd": "compressed with zstd; unpack it",
}
LONGEST = max(map(len, FOREIGN))


def mapped(path: Path) -> NDArray[np.uint8]:
    """Return the bytes of a file without reading them; raises InputError for an empty one."""
    size = path.stat().st_size
    if not size:
        msg = f"{path}: expected an image of physical memory, found an empty file"
        raise InputError(msg)
    return np.memmap(path, np.uint8, "r")


def open_raw(path: Path, base: int = 0) -> PhysicalImage:
    """Return a raw image that begins at the physical address ``base``.

    Raises InputError for an empty file, one that goes beyond 64-bit addresses, or another format.
    """
    data = mapped(path)
    head = data[:LONGEST].tobytes()
    for magic, what in FOREIGN.items():
        if head.startswith(magic):
            msg = f"{path}: expected a raw image or an ELF core, found {what}"
            raise InputError(msg)
    return PhysicalImage(str(path), data, (Extent(base, len(data), 0),))
