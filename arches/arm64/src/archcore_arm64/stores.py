"""What a pointer helper leaves in memory, as a function of the entry it finds there.

Source: ptep_set_access_flags in arch/arm64/mm/fault.c, Linux 6.1 and 6.12; the other pointer
helpers do to the entry what the generic ones do (arch/arm64/include/asm/pgtable.h).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from archcore.entry import helper
from archcore.words import clear, put, where, xor

if TYPE_CHECKING:
    from archcore.entry import LevelHooks
    from archcore.layout import EntryLayout
    from archcore.words.types import Truth, Word


@frozen
class Stores:
    """Changes of an entry that hardware may be using: a loop around compare and swap."""

    layout: EntryLayout

    @helper("{level}p_set_access_flags:after")
    def with_access_flags(self, own: LevelHooks, entry: Word, wanted: Word, _dirty: Truth) -> Word:
        """Leave the access flag, write permission and dirtiness of both, read-only if both are."""
        read_only = self.layout["RDONLY"]
        given = self.layout.mask("RDONLY", "AF", "WRITE", "DIRTY")
        added = put(xor(entry, read_only), xor(clear(wanted, ~given), read_only))
        return where(own.same(entry, wanted), entry, xor(added, read_only))
