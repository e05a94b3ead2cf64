"""Single marks of an entry: closed for a moment, special, write-protected by userfaultfd.

Source: arch/arm64/include/asm/pgtable.h of Linux 6.1 and 6.12.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from archcore.entry import helper
from archcore.words import both, clear, has_all, has_none, put

if TYPE_CHECKING:
    from archcore.entry import LevelHooks
    from archcore.layout import EntryLayout
    from archcore.words import Mask
    from archcore.words.types import Truth, Word


@frozen
class Invalidation:
    """Closing an entry for a moment: ``mark`` keeps it present while it lacks ``lacks``."""

    layout: EntryLayout
    mark: Mask
    lacks: Mask

    @helper("{level}_present_invalid")
    def present_invalid(self, entry: Word) -> Truth:
        """Ask for the mark."""
        return both(has_all(entry, self.mark), has_none(entry, self.lacks))

    def mkinvalid(self, entry: Word) -> Word:
        """Set the mark, clear VALID."""
        return clear(put(entry, self.mark), self.layout["VALID"])


@frozen
class Special:
    """The bit for mappings without a struct page, where a level has it."""

    layout: EntryLayout

    def special(self, entry: Word) -> Truth:
        """Read SPECIAL."""
        return has_all(entry, self.layout["SPECIAL"])

    def mkspecial(self, entry: Word) -> Word:
        """Set SPECIAL."""
        return put(entry, self.layout["SPECIAL"])


@frozen
class UffdWp:
    """Write protection by userfaultfd (Linux 6.12)."""

    layout: EntryLayout

    def uffd_wp(self, entry: Word) -> Truth:
        """Read UFFD_WP."""
        return has_all(entry, self.layout["UFFD_WP"])

    def mkuffd_wp(self, own: LevelHooks, entry: Word) -> Word:
        """Set UFFD_WP and take write permission away."""
        return own.wrprotect(put(entry, self.layout["UFFD_WP"]))

    def clear_uffd_wp(self, entry: Word) -> Word:
        """Clear UFFD_WP."""
        return clear(entry, self.layout["UFFD_WP"])
