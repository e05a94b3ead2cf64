"""A swap area under a seam: it is shared state, and whoever looks at it may change it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zlib import crc32

from archcore.hw.seam import Place, Use
from archcore.mm.swap import SwapArea

if TYPE_CHECKING:
    from archcore.hw.seam import Seam

STATE = frozenset({"counts", "data", "cache"})
AREA = Place("state", crc32(b"swap"))


class WatchedSwapArea(SwapArea):
    """A swap area that tells its seam of each use."""

    def __init__(self, slots: int, seam: Seam) -> None:
        """Make an empty area."""
        object.__setattr__(self, "_seam", seam)
        super().__init__(slots)

    def __getattribute__(self, name: str) -> Any:  # noqa: ANN401 - any attribute
        """Read an attribute."""
        if name in STATE:
            object.__getattribute__(self, "_seam").uses(AREA, Use.WRITE)
        return super().__getattribute__(name)
