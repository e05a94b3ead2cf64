"""What the emulated boards have in common: memory, stamps in frames, and how a probe ends."""

from __future__ import annotations

import struct
from copy import deepcopy
from typing import TYPE_CHECKING

from archcore.hw.mmu import Access
from archcore.hw.outcome import Translation
from archcore.hw.walker import Walker

if TYPE_CHECKING:
    import unicorn

    from archcore.conformance.specimen import Specimen
    from archcore.target import Target

MARK = 0xABCD_EF01_2345_6789  # what a store writes; no frame holds it before
WORD = struct.Struct("<Q")
PAGE = 1 << 12


def store_word(uc: unicorn.Uc, address: int, value: int) -> None:
    """Write one little-endian word to emulated physical memory."""
    uc.mem_write(address, WORD.pack(value))


def load_word(uc: unicorn.Uc, address: int) -> int:
    """Read one little-endian word of emulated physical memory."""
    value: int = WORD.unpack(uc.mem_read(address, WORD.size))[0]
    return value


def lay_out(uc: unicorn.Uc, specimen: Specimen, landing: bytes) -> None:
    """Write a specimen's tables, and in every other frame its address and ``landing`` code."""
    for pfn in range(specimen.size // PAGE):
        start = pfn * PAGE
        if pfn in specimen.memory.frames:
            uc.mem_write(start, specimen.memory.read(start, PAGE))
        else:
            uc.mem_write(start, WORD.pack(start) + bytes(8) + landing)


def landed(uc: unicorn.Uc, specimen: Specimen, access: Access, register: int) -> int | None:
    """Return the frame a reference reached: the stamp it read, or the frame it wrote to."""
    if access is Access.READ:
        return register
    if access is Access.EXECUTE:
        return None
    for start in range(0, specimen.size, PAGE):
        if load_word(uc, start) == MARK:
            return start
    return None


def leaf_after(
    uc: unicorn.Uc, target: Target, specimen: Specimen, address: int, access: Access
) -> int | None:
    """Return what the emulator left in the slot where the model finds the leaf."""
    walker = Walker(target.geometry, target.mmu)
    found = walker.walk(deepcopy(specimen.memory), specimen.root, address, access)
    return load_word(uc, found.entry_address) if isinstance(found, Translation) else None
