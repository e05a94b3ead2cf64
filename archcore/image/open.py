"""Which kind of image a path names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from attrs import frozen

from archcore.errors import UsageError
from archcore.image.capture import Capture, open_capture
from archcore.image.elf import MAGIC, open_elf
from archcore.image.raw import open_raw

if TYPE_CHECKING:
    from archcore.image.memory import PhysicalImage

NO_BASE = "--base says where a raw image begins; {name} brings its own addresses"


@frozen(eq=False)
class Opened:
    """An image; ``capture`` is the folder it came from, which also knows root and VMAs."""

    image: PhysicalImage
    capture: Capture | None = None


def open_image(name: str, base: int | None = None) -> Opened:
    """Return the image a path names: a capture folder, an ELF core, or else a raw image.

    Raises InputError for what cannot be read so, UsageError for a base that is not asked for, and
    OSError for a path that cannot be opened.
    """
    path = Path(name)
    if path.is_dir():
        _no_base(name, base)
        capture = open_capture(path)
        return Opened(capture.image, capture)
    with path.open("rb") as stream:
        magic = stream.read(len(MAGIC))
    if magic == MAGIC:
        _no_base(name, base)
        return Opened(open_elf(path))
    return Opened(open_raw(path, base or 0))


def _no_base(name: str, base: int | None) -> None:
    if base is not None:
        raise UsageError(NO_BASE.format(name=name))
