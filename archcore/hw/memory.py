"""Physical memory: frames of zeros that take room once something is written to them."""

from __future__ import annotations

from struct import Struct
from struct import error as DoesNotFit  # noqa: N812 - what it means where it is caught
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np

from archcore.errors import MachineError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, KeysView

    from numpy.typing import NDArray

ByteOrder: TypeAlias = Literal["little", "big"]

SIGNS: tuple[tuple[ByteOrder, str], ...] = (("little", "<"), ("big", ">"))
WORDS = {
    (width, order): Struct(sign + code)
    for width, code in ((8, "B"), (16, "H"), (32, "I"), (64, "Q"))
    for order, sign in SIGNS
}
SIZES = tuple(word.size for (_, order), word in WORDS.items() if order == "little")
DTYPES = {place: np.dtype(word.format) for place, word in WORDS.items()}
# With the bits of an address that a word has to leave clear.
UNPACK = {place: (word.size - 1, word.unpack_from) for place, word in WORDS.items()}
PACK = {place: (word.size - 1, word.pack_into) for place, word in WORDS.items()}


class PhysicalMemory:
    """Sparse memory in frames of ``2**frame_shift`` bytes.

    A word has 8, 16, 32 or 64 bits and stands at a multiple of its size. A frame takes room from
    its first store, ``words`` or ``allocate_block`` on; reading leaves it as it is.
    """

    def __init__(self, frame_shift: int) -> None:
        """Make memory in which every byte is zero."""
        self.frame_shift = frame_shift
        # By frame number: the bytes it lies in, and the physical address of the first of them.
        self._backing: dict[int, tuple[bytearray, int]] = {}

    @property
    def frames(self) -> KeysView[int]:
        """The numbers of the frames that take room."""
        return self._backing.keys()

    def load(self, address: int, width: int = 64, byteorder: ByteOrder = "little") -> int:
        """Return the word of ``width`` bits at a physical address.

        Raises MachineError when the address is no multiple of the word's size.
        """
        below, unpack = UNPACK[width, byteorder]
        if address & below:
            raise _misaligned(address, width)
        backing = self._backing.get(address >> self.frame_shift)
        if backing is None:
            return 0
        data, first = backing
        value: int = unpack(data, address - first)[0]
        return value

    def store(
        self, address: int, value: int, width: int = 64, byteorder: ByteOrder = "little"
    ) -> None:
        """Store a word of ``width`` bits at a physical address.

        Raises MachineError when the address is no multiple of the word's size or the value does
        not fit.
        """
        below, pack = PACK[width, byteorder]
        if address & below:
            raise _misaligned(address, width)
        data, first = self._backed(address >> self.frame_shift)
        try:
            pack(data, address - first, value)
        except DoesNotFit:
            msg = f"{value:#x} is no word of {width} bits"
            raise MachineError(msg) from None

    def words(
        self, address: int, count: int, width: int = 64, byteorder: ByteOrder = "little"
    ) -> NDArray[Any]:
        """Return the ``count`` words from an address on: a view onto the very bytes.

        The dtype is unsigned, of the width and byte order asked for. The view speaks for the frame
        until it is dropped or becomes part of a block. Raises MachineError when the words leave
        the frame, or the block the frame is part of.
        """
        dtype = DTYPES[width, byteorder]
        pfn = address >> self.frame_shift
        last = (address + count * dtype.itemsize - 1) >> self.frame_shift
        data, first = self._backed(pfn)
        if pfn != last and any(
            self._backing.get(other, (None,))[0] is not data for other in range(pfn, last + 1)
        ):
            msg = (
                f"{count} words of {width} bits at {address:#x} leave their frame; back a table of "
                "several frames with allocate_block"
            )
            raise MachineError(msg)
        return np.frombuffer(data, dtype, count, address - first)

    def read(self, address: int, size: int) -> bytes:
        """Return ``size`` bytes from a physical address on, across frames."""
        return b"".join(
            bytes(size)
            if (backing := self._backing.get(pfn)) is None
            else backing[0][at : at + size]
            for pfn, at, size in self._pieces(address, size)
        )

    def write(self, address: int, data: bytes) -> None:
        """Store bytes from a physical address on, across frames."""
        done = 0
        for pfn, at, size in self._pieces(address, len(data)):
            self._backed(pfn)[0][at : at + size] = data[done : done + size]
            done += size

    def copy_frame(self, src_pfn: int, dst_pfn: int) -> None:
        """Give a frame the bytes of another."""
        size = 1 << self.frame_shift
        self.write(dst_pfn << self.frame_shift, self.read(src_pfn << self.frame_shift, size))

    def copy_frames(self, src_pfn: int, dst_pfn: int, count: int) -> None:
        """Give neighbouring frames the bytes of others; zeros that take no room still take none."""
        for at in range(count):
            if src_pfn + at in self._backing:
                self.copy_frame(src_pfn + at, dst_pfn + at)
            else:
                self.drop_frame(dst_pfn + at)

    def allocate_block(self, pfn: int, frames: int) -> None:
        """Back neighbouring frames by one run of zeroed bytes; what they held is forgotten."""
        backing = bytearray(frames << self.frame_shift), pfn << self.frame_shift
        for at in range(pfn, pfn + frames):
            self._backing[at] = backing

    def drop_frame(self, pfn: int) -> None:
        """Forget a freed frame: it reads as zeros, and stays out of ``frames`` until a store."""
        self._backing.pop(pfn, None)

    def drop_frames(self, pfn: int, count: int) -> None:
        """Forget neighbouring freed frames."""
        for at in range(pfn, pfn + count):
            self.drop_frame(at)

    def _backed(self, pfn: int) -> tuple[bytearray, int]:
        """Return the bytes a frame lies in, and the physical address of the first of them."""
        backing = self._backing.get(pfn)
        if backing is None:
            if pfn < 0:
                msg = f"no memory at the negative frame number {pfn}"
                raise MachineError(msg)
            backing = bytearray(1 << self.frame_shift), pfn << self.frame_shift
            self._backing[pfn] = backing
        return backing

    def _pieces(self, address: int, size: int) -> Iterator[tuple[int, int, int]]:
        """Yield frame number, place in the backing bytes and size of each frame's part."""
        end = address + size
        while address < end:
            pfn = address >> self.frame_shift
            piece = min(end, (pfn + 1) << self.frame_shift) - address
            _, first = self._backing.get(pfn, (None, pfn << self.frame_shift))
            yield pfn, address - first, piece
            address += piece


def _misaligned(address: int, width: int) -> MachineError:
    return MachineError(f"a word of {width} bits cannot stand at {address:#x}")


def check_aligned(address: int, size: int) -> None:
    """Raise UsageError where no number of ``size`` bytes can stand at an address."""
    if size not in SIZES or address % size:
        msg = f"no access of {size} bytes at {address:#x}; 1, 2, 4 or 8 at a multiple of the size"
        raise UsageError(msg)
