"""What Linux 6.12 has and 6.1 has not: device memory with struct pages, and pte_accessible."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from archcore.words import both, either, has_all, put

if TYPE_CHECKING:
    from archcore.layout import EntryLayout
    from archcore.words.types import Truth, Word


@frozen
class Devmap:
    """The mark of device memory (216e04bf1e4d, Linux 6.11)."""

    layout: EntryLayout

    def devmap(self, entry: Word) -> Truth:
        """Read DEVMAP."""
        return has_all(entry, self.layout["DEVMAP"])

    def mkdevmap(self, entry: Word) -> Word:
        """Set DEVMAP."""
        return put(entry, self.layout["DEVMAP"])


@frozen
class Accessible:
    """What a TLB may hold ("riscv: Implement pte_accessible()", January 2024)."""

    layout: EntryLayout

    def accessible(self, entry: Word, flush_pending: Truth) -> Truth:
        """Count a valid entry, and one of PROT_NONE while a flush is pending."""
        lingers = both(has_all(entry, self.layout["PROT_NONE"]), flush_pending)
        return either(has_all(entry, self.layout["PRESENT"]), lingers)
