"""What an ARMv5 MMU reads, by the manual, and the word that set_pte_ext makes for it.

The walker goes through tables of its own: 4096 entries of a megabyte, then 256 entries of a page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.hw.mmu import Access
from archcore.layout import Bit, Bits, EntryLayout, Geometry, Level
from archcore.words import (
    bits,
    both,
    clear,
    either,
    has_all,
    has_any,
    has_none,
    negate,
    put,
    same,
    where,
    with_bits,
)
from archcore_arm.two_level.layout import ENTRY, PA_BITS, PAGE_SHIFT, WIDTH

if TYPE_CHECKING:
    from archcore.words.types import Truth, Word

MANUAL = "ARM ARM (DDI 0100I) part B, chapter B4; ARM926EJ-S TRM (DDI 0198E) chapter 3"
SET_PTE_EXT = "Linux 6.1 arch/arm/mm/proc-macros.S (armv3_set_pte_ext), pgtable-2level-hwdef.h"
# Each kilobyte of a page has an access permission of its own; bit 0 alone is the privileged modes'.
PERMISSIONS = [Bit(f"AP{part}.{bit}", 4 + 2 * part + bit) for part in range(4) for bit in range(2)]
PAGE = EntryLayout(
    "ARMv5 second-level descriptor",
    (
        Bits("TYPE", 0, 1, "0: fault, 1: large page, 2: small page, 3: tiny page"),
        Bit("B", 2, "bufferable"),
        Bit("C", 3, "cacheable"),
        *PERMISSIONS,
        Bits("BASE", 12, 31, "address of the page"),
    ),
    WIDTH,
    MANUAL,
)
COARSE = EntryLayout(
    "ARMv5 first-level descriptor",
    (
        Bits("TYPE", 0, 1, "0: fault, 1: coarse table, 2: section, 3: fine table"),
        Bit("SBO", 4, "should be one"),
        Bits("DOMAIN", 5, 8, "domain"),
        Bits("BASE", 10, 31, "address of the table"),
    ),
    WIDTH,
    MANUAL,
)
SMALL_PAGE, COARSE_TABLE = 2, 1
USER_READS = PAGE.mask(*(one.name for one in PERMISSIONS[1::2]))
USER_WRITES = PAGE.mask(*(one.name for one in PERMISSIONS))
KERNEL_ONLY = PAGE.mask(*(one.name for one in PERMISSIONS[::2]))
GEOMETRY = Geometry(
    (Level("pte", PAGE_SHIFT, 8, PAGE), Level("pmd", 20, 12, COARSE, leaf=False)), PA_BITS
)


def hardware_word(entry: Word) -> Word:
    """Return what set_pte_ext stores for the hardware beside an entry of the kernel.

    Without YOUNG it is empty, and without DIRTY nobody may store. NONE is not looked at: a page
    without rights stays valid, and the kernel may use it.
    """
    word = clear(entry, PAGE.mask("TYPE", *(one.name for one in PERMISSIONS)))
    word = with_bits(word, PAGE["TYPE"], SMALL_PAGE)
    word = where(has_all(entry, ENTRY["USER"]), put(word, USER_READS), word)
    stores = both(has_none(entry, ENTRY["RDONLY"]), has_all(entry, ENTRY["DIRTY"]))
    word = where(stores, put(word, KERNEL_ONLY), word)
    return where(has_all(entry, ENTRY.mask("PRESENT", "YOUNG")), word, 0)


class Descriptors:
    """The walker's view of its own tables. There are no accessed and dirty flags."""

    def valid(self, level: Level, entry: Word) -> Truth:  # noqa: ARG002 - the protocol's
        """Ask for any type but fault."""
        return has_any(entry, PAGE["TYPE"])

    def leaf(self, level: Level, entry: Word) -> Truth:  # noqa: ARG002 - the protocol's
        """Take the lowest level."""
        return level.shift == PAGE_SHIFT

    def reserved(self, level: Level, entry: Word) -> Truth:
        """Refuse what user tables do not have here: other pages, sections, fine tables."""
        wanted = SMALL_PAGE if level.shift == PAGE_SHIFT else COARSE_TABLE
        return negate(same(bits(entry, PAGE["TYPE"]), wanted))

    def allows(self, level: Level, entry: Word, access: Access) -> Truth:
        """Ask all four permissions of a page; whoever may load may fetch, a table lets all on."""
        granted = has_all(entry, USER_WRITES if access is Access.WRITE else USER_READS)
        return either(negate(self.leaf(level, entry)), granted)

    def address(self, level: Level, entry: Word) -> Word:
        """Drop the low bits: twelve of a page, ten of a table."""
        base = PAGE["BASE"] if level.shift == PAGE_SHIFT else COARSE["BASE"]
        return clear(entry, ~base)

    def accessed(self, entry: Word) -> Truth:  # noqa: ARG002 - the protocol's
        """Say yes: a page in use is all that the hardware is shown."""
        return True

    def dirty(self, entry: Word) -> Truth:  # noqa: ARG002 - the protocol's
        """Say yes: nothing is recorded."""
        return True

    def mkaccessed(self, entry: Word) -> Word:
        """Change nothing."""
        return entry

    def mkdirty(self, entry: Word) -> Word:
        """Change nothing."""
        return entry


DESCRIPTORS = Descriptors()


class Stored:
    """An entry of the kernel as the hardware has it once set_pte_ext has stored its twin."""

    def valid(self, level: Level, entry: Word) -> Truth:
        """Ask the twin."""
        return DESCRIPTORS.valid(level, self._twin(level, entry))

    def leaf(self, level: Level, entry: Word) -> Truth:
        """Ask the twin."""
        return DESCRIPTORS.leaf(level, entry)

    def reserved(self, level: Level, entry: Word) -> Truth:
        """Ask the twin."""
        return DESCRIPTORS.reserved(level, self._twin(level, entry))

    def allows(self, level: Level, entry: Word, access: Access) -> Truth:
        """Ask the twin."""
        return DESCRIPTORS.allows(level, self._twin(level, entry), access)

    def address(self, level: Level, entry: Word) -> Word:
        """Ask the twin."""
        return DESCRIPTORS.address(level, self._twin(level, entry))

    def accessed(self, entry: Word) -> Truth:
        """Read YOUNG, which the kernel keeps for the hardware."""
        return has_all(entry, ENTRY["YOUNG"])

    def dirty(self, entry: Word) -> Truth:
        """Read DIRTY, which the kernel keeps for the hardware."""
        return has_all(entry, ENTRY["DIRTY"])

    def mkaccessed(self, entry: Word) -> Word:
        """Set YOUNG, as the fault handler does."""
        return put(entry, ENTRY["YOUNG"])

    def mkdirty(self, entry: Word) -> Word:
        """Set YOUNG and DIRTY, as the fault handler does."""
        return put(entry, ENTRY.mask("YOUNG", "DIRTY"))

    def _twin(self, level: Level, entry: Word) -> Word:
        return hardware_word(entry) if level.shift == PAGE_SHIFT else entry


def uncached(level: Level, entry: Word) -> Truth:  # noqa: ARG001 - the protocol's
    """Ask for a clear C."""
    return has_none(entry, PAGE["C"])
