"""An address space under a seam: its counters and flags are shared state, and told as such."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zlib import crc32

from archcore.hw.seam import Place, Use
from archcore.mm.mm import Mm

if TYPE_CHECKING:
    from archcore.hw.seam import Seam

# What never changes once the address space stands, and what a lock of its own protects.
STEADY = frozenset({"hooks", "geometry", "cpus", "tables", "vmas", "users", "stored", "mmap"})


class WatchedMm(Mm):
    """An address space that tells its seam who reads and who writes its state."""

    def __init__(self, seam: Seam, *given: Any) -> None:  # noqa: ANN401 - those of Mm
        """Make an empty address space."""
        object.__setattr__(self, "_seam", seam)
        super().__init__(*given)

    def __getattribute__(self, name: str) -> Any:  # noqa: ANN401 - any attribute
        """Read an attribute."""
        if name not in STEADY and not name.startswith("_"):
            self._seam.uses(Place("state", crc32(name.encode())), Use.READ)
        return super().__getattribute__(name)

    def __setattr__(self, name: str, value: object) -> None:
        """Write an attribute."""
        if name not in STEADY:
            self._seam.uses(Place("state", crc32(name.encode())), Use.WRITE)
        super().__setattr__(name, value)
