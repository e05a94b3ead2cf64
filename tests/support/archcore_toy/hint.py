"""The NUMA hint of toy: how one is written, known and taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from archcore.words import both, clear, has_all, has_none, put

if TYPE_CHECKING:
    from archcore.layout import EntryLayout
    from archcore.words.types import Truth, Word


@frozen
class Hint:
    """A hint trades PRESENT for HINT; every other bit stays where it is."""

    layout: EntryLayout

    def mknuma(self, entry: Word) -> Word:
        """Arm: clear PRESENT, set HINT."""
        return put(clear(entry, self.layout["PRESENT"]), self.layout["HINT"])

    def mknonnuma(self, entry: Word) -> Word:
        """Disarm: set PRESENT, clear HINT, and mark the page used."""
        return put(clear(entry, self.layout["HINT"]), self.layout.mask("PRESENT", "ACCESSED"))

    def numa(self, entry: Word) -> Truth:
        """Ask for HINT without PRESENT."""
        return both(has_all(entry, self.layout["HINT"]), has_none(entry, self.layout["PRESENT"]))
