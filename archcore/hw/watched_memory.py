"""Memory under a seam: every word and frame that is read or written is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archcore.hw.memory import PhysicalMemory
from archcore.hw.seam import Place, Use

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from archcore.hw.memory import ByteOrder
    from archcore.hw.seam import Seam


class WatchedMemory(PhysicalMemory):
    """Memory that tells its seam of words by physical address and of frames by number."""

    def __init__(self, frame_shift: int, seam: Seam) -> None:
        """Make memory in which every byte is zero."""
        super().__init__(frame_shift)
        self._seam = seam

    def load(self, address: int, width: int = 64, byteorder: ByteOrder = "little") -> int:
        """Return a word."""
        self._seam.uses(Place("slot", address), Use.READ)
        self._seam.uses(Place("frame", address >> self.frame_shift), Use.READ_PART)
        return super().load(address, width, byteorder)

    def store(
        self, address: int, value: int, width: int = 64, byteorder: ByteOrder = "little"
    ) -> None:
        """Store a word."""
        self._seam.uses(Place("slot", address), Use.WRITE)
        self._seam.uses(Place("frame", address >> self.frame_shift), Use.WRITE_PART)
        super().store(address, value, width, byteorder)

    def words(
        self, address: int, count: int, width: int = 64, byteorder: ByteOrder = "little"
    ) -> NDArray[Any]:
        """Return a view of words; whoever has one may write anywhere in it."""
        self._whole(address, count * width // 8, Use.WRITE)
        return super().words(address, count, width, byteorder)

    def read(self, address: int, size: int) -> bytes:
        """Return bytes."""
        self._whole(address, size, Use.READ)
        return super().read(address, size)

    def write(self, address: int, data: bytes) -> None:
        """Store bytes."""
        self._whole(address, len(data), Use.WRITE)
        super().write(address, data)

    def copy_frames(self, src_pfn: int, dst_pfn: int, count: int) -> None:
        """Copy neighbouring frames."""
        shift = self.frame_shift
        self._whole(src_pfn << shift, count << shift, Use.READ)
        self._whole(dst_pfn << shift, count << shift, Use.WRITE)
        super().copy_frames(src_pfn, dst_pfn, count)

    def drop_frame(self, pfn: int) -> None:
        """Forget a frame."""
        self._seam.uses(Place("frame", pfn), Use.WRITE)
        super().drop_frame(pfn)

    def _whole(self, address: int, size: int, use: Use) -> None:
        shift = self.frame_shift
        for pfn in range(address >> shift, (address + size - 1 >> shift) + 1):
            self._seam.uses(Place("frame", pfn), use)
