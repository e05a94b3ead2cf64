"""Software's own marks in an entry, each published where a layout has the bit.

Source: arch/x86/include/asm/pgtable.h of Linux 6.1 and 6.12; soft-dirty since 3.11, device memory
since 4.5, userfaultfd write protection since 5.7.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from archcore.entry import helper
from archcore.words import Mask, both, clear, has_all, has_any, put

if TYPE_CHECKING:
    from archcore.entry import LevelHooks
    from archcore.layout import EntryLayout
    from archcore.words.types import Truth, Word


@frozen
class Special:
    """Mappings without a struct page; the bit counts beside any of ``within``, if given."""

    layout: EntryLayout
    within: Mask | None = None

    def special(self, entry: Word) -> Truth:
        """Read SPECIAL, where it means that."""
        marked = has_all(entry, self.layout["SPECIAL"])
        return marked if self.within is None else both(marked, has_any(entry, self.within))

    def mkspecial(self, entry: Word) -> Word:
        """Set SPECIAL."""
        return put(entry, self.layout["SPECIAL"])


@frozen
class Devmap:
    """Device memory with struct pages; ``sets`` are the bits of such an entry."""

    layout: EntryLayout
    sets: Mask

    def devmap(self, entry: Word) -> Truth:
        """Read DEVMAP."""
        return has_all(entry, self.layout["DEVMAP"])

    def mkdevmap(self, entry: Word) -> Word:
        """Set DEVMAP, and on a PTE also SPECIAL."""
        return put(entry, self.sets)


@frozen
class SoftDirty:
    """Pages written since the tracker last looked."""

    layout: EntryLayout

    def soft_dirty(self, entry: Word) -> Truth:
        """Read SOFT_DIRTY."""
        return has_all(entry, self.layout["SOFT_DIRTY"])

    def mksoft_dirty(self, entry: Word) -> Word:
        """Set SOFT_DIRTY."""
        return put(entry, self.layout["SOFT_DIRTY"])

    def clear_soft_dirty(self, entry: Word) -> Word:
        """Clear SOFT_DIRTY."""
        return clear(entry, self.layout["SOFT_DIRTY"])


@frozen
class UffdWp:
    """Pages that userfaultfd write-protects."""

    layout: EntryLayout

    def uffd_wp(self, entry: Word) -> Truth:
        """Read UFFD_WP."""
        return has_all(entry, self.layout["UFFD_WP"])

    def mkuffd_wp(self, entry: Word) -> Word:
        """Set UFFD_WP."""
        return put(entry, self.layout["UFFD_WP"])

    def clear_uffd_wp(self, entry: Word) -> Word:
        """Clear UFFD_WP."""
        return clear(entry, self.layout["UFFD_WP"])


@frozen
class ProtectingUffdWp(UffdWp):
    """The same where the mark takes write permission away with it (Linux 6.12)."""

    def mkuffd_wp(self, own: LevelHooks, entry: Word) -> Word:  # type: ignore[override]
        """Set UFFD_WP and write-protect."""
        return own.wrprotect(put(entry, self.layout["UFFD_WP"]))


@frozen
class Splitting:
    """Huge pages that are being split (until Linux 4.4)."""

    layout: EntryLayout

    def trans_splitting(self, entry: Word) -> Truth:
        """Read SPLITTING."""
        return has_all(entry, self.layout["SPLITTING"])

    def mksplitting(self, entry: Word) -> Word:
        """Set SPLITTING."""
        return put(entry, self.layout["SPLITTING"])


@frozen
class Unhinted:
    """Presence without hints (Linux 3.16 to 3.19)."""

    shown_by: Mask

    @helper("{level}_present_nonuma")
    def present_nonuma(self, entry: Word) -> Truth:
        """Ask for PRESENT or PROTNONE."""
        return has_any(entry, self.shown_by)
