"""What an ARMv7 MMU with LPAE reads, by the manual, and what set_pte_at makes of an entry.

The kernel stores another word than its helpers made: it derives AP[2] and takes VALID away.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.hw.mmu import Access
from archcore.layout import Bit, Bits, EntryLayout
from archcore.words import (
    both,
    clear,
    either,
    has_all,
    has_none,
    negate,
    put,
    where,
)
from archcore_arm.three_level.layout import ENTRY, PAGE_SHIFT, WIDTH

if TYPE_CHECKING:
    from archcore.layout import Level
    from archcore.words.types import Truth, Word

MANUAL = "ARM ARM, ARMv7-A (DDI 0406C) B3.6, long-descriptor format"
SET_PTE_EXT = "Linux 6.1 arch/arm/mm/proc-v7-3level.S (cpu_v7_set_pte_ext)"
DESCRIPTOR = EntryLayout(
    "ARMv7 long descriptor",
    (
        Bit("V", 0, "valid"),
        Bit("TYPE", 1, "level 3: must be set; above: a table, not a block"),
        Bits("AttrIndx", 2, 4, "memory attributes"),
        Bit("NS", 5, "non-secure"),
        Bit("AP1", 6, "unprivileged accesses are allowed"),
        Bit("AP2", 7, "read-only"),
        Bits("SH", 8, 9, "shareability"),
        Bit("AF", 10, "access flag; a use of an entry without it faults"),
        Bit("nG", 11, "not global"),
        Bits("ADDRESS", 12, 39, "output address, or address of the next table"),
        Bit("PXN", 53, "no privileged fetches"),
        Bit("XN", 54, "no fetches"),
    ),
    WIDTH,
    MANUAL,
)


class Descriptors:
    """The walker's view. Software sets the access flag, and there is no dirty flag."""

    def valid(self, level: Level, entry: Word) -> Truth:  # noqa: ARG002 - the protocol's
        """Ask for V."""
        return has_all(entry, DESCRIPTOR["V"])

    def leaf(self, level: Level, entry: Word) -> Truth:
        """Take level 3, and blocks above it."""
        return True if level.shift == PAGE_SHIFT else has_none(entry, DESCRIPTOR["TYPE"])

    def reserved(self, level: Level, entry: Word) -> Truth:  # noqa: ARG002 - the protocol's
        """Refuse a clear TYPE: reserved at level 3, and a block is none of user tables here."""
        return has_none(entry, DESCRIPTOR["TYPE"])

    def allows(self, level: Level, entry: Word, access: Access) -> Truth:
        """Ask AP1, and AP2 or XN; a table lets all on."""
        granted = has_all(entry, DESCRIPTOR["AP1"])
        if access is Access.WRITE:
            granted = both(granted, has_none(entry, DESCRIPTOR["AP2"]))
        if access is Access.EXECUTE:
            granted = both(granted, has_none(entry, DESCRIPTOR["XN"]))
        return either(negate(self.leaf(level, entry)), granted)

    def address(self, level: Level, entry: Word) -> Word:  # noqa: ARG002 - the protocol's
        """Drop the attributes."""
        return clear(entry, ~DESCRIPTOR["ADDRESS"])

    def accessed(self, entry: Word) -> Truth:
        """Read AF."""
        return has_all(entry, DESCRIPTOR["AF"])

    def dirty(self, entry: Word) -> Truth:
        """Take what may be stored to for written."""
        return has_none(entry, DESCRIPTOR["AP2"])

    def mkaccessed(self, entry: Word) -> Word:
        """Set AF, as the fault handler does."""
        return put(entry, DESCRIPTOR["AF"])

    def mkdirty(self, entry: Word) -> Word:
        """Set AF and open to stores, as the fault handler does."""
        return put(clear(entry, DESCRIPTOR["AP2"]), DESCRIPTOR["AF"])


def stored(entry: Word) -> Word:
    """Return the word that set_pte_at stores for an entry.

    A valid entry with NONE loses VALID and keeps the rest, so that it is present and a walk faults;
    any other valid one gets AP2 unless it is both dirty and writable. User pages in use get NG.
    """
    valid = has_all(entry, ENTRY["VALID"])
    in_use = has_all(entry, ENTRY.mask("VALID", "USER", "YOUNG"))
    stores = both(has_all(entry, ENTRY["DIRTY"]), has_none(entry, ENTRY["RDONLY"]))
    opened = where(stores, clear(entry, ENTRY["AP2"]), put(entry, ENTRY["AP2"]))
    closed = clear(entry, ENTRY["VALID"])
    word = where(valid, where(has_all(entry, ENTRY["NONE"]), closed, opened), entry)
    return where(in_use, put(word, ENTRY["NG"]), word)


DESCRIPTORS = Descriptors()


class Stored:
    """An entry of the kernel as the hardware has it once it is stored."""

    def valid(self, level: Level, entry: Word) -> Truth:
        """Ask the stored word."""
        return DESCRIPTORS.valid(level, self._word(level, entry))

    def leaf(self, level: Level, entry: Word) -> Truth:
        """Ask the stored word."""
        return DESCRIPTORS.leaf(level, self._word(level, entry))

    def reserved(self, level: Level, entry: Word) -> Truth:
        """Ask the stored word."""
        return DESCRIPTORS.reserved(level, self._word(level, entry))

    def allows(self, level: Level, entry: Word, access: Access) -> Truth:
        """Ask the stored word."""
        return DESCRIPTORS.allows(level, self._word(level, entry), access)

    def address(self, level: Level, entry: Word) -> Word:
        """Drop the attributes, which storing does not touch."""
        return DESCRIPTORS.address(level, entry)

    def accessed(self, entry: Word) -> Truth:
        """Read the access flag."""
        return DESCRIPTORS.accessed(entry)

    def dirty(self, entry: Word) -> Truth:
        """Read DIRTY, which the kernel keeps for the hardware."""
        return has_all(entry, ENTRY["DIRTY"])

    def mkaccessed(self, entry: Word) -> Word:
        """Set the access flag, as the fault handler does."""
        return DESCRIPTORS.mkaccessed(entry)

    def mkdirty(self, entry: Word) -> Word:
        """Set YOUNG and DIRTY, as the fault handler does."""
        return put(entry, ENTRY.mask("YOUNG", "DIRTY"))

    def _word(self, level: Level, entry: Word) -> Word:
        return stored(entry) if level.shift == PAGE_SHIFT else entry
