"""Migration entries: what stands for a page on its way to another frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from archcore.entry import helper
from archcore.swapops.kinds import has_type
from archcore.words import Mask, both, has_any, put, where

if TYPE_CHECKING:
    from archcore.entry import LevelHooks
    from archcore.layout import EntryLayout
    from archcore.swaptypes import SwapTypes
    from archcore.words.types import Truth, Word


@frozen
class Migration:
    """Making and recognising them.

    ``supported`` stands for swap_migration_ad_supported, which a kernel computes when it starts;
    left out, it is that of the target.
    """

    types: SwapTypes
    layout: EntryLayout

    @helper("make_readable_migration_entry")
    def make_readable(self, own: LevelHooks, offset: Word) -> Word:
        """Pack the frame of a page that may be read."""
        return own.swp_entry(self.types.migration_read, offset)

    @helper("make_writable_migration_entry")
    def make_writable(self, own: LevelHooks, offset: Word) -> Word:
        """Pack the frame of a page that may be written."""
        return own.swp_entry(self.types.migration_write, offset)

    @helper("is_migration_entry")
    def is_migration(self, own: LevelHooks, entry: Word) -> Truth:
        """Ask for any of the types."""
        types = self.types
        shared, alone = types.migration_read, types.migration_read_exclusive
        return has_type(own, entry, shared, alone, types.migration_write)

    @helper("is_readable_migration_entry")
    def is_readable(self, own: LevelHooks, entry: Word) -> Truth:
        """Ask for the type of pages that may be read."""
        return has_type(own, entry, self.types.migration_read)

    @helper("is_writable_migration_entry")
    def is_writable(self, own: LevelHooks, entry: Word) -> Truth:
        """Ask for the type of pages that may be written."""
        return has_type(own, entry, self.types.migration_write)

    @helper("make_migration_entry_young")
    def make_young(self, entry: Word, supported: Truth | None = None) -> Word:
        """Mark the page used, if the offset has room for that."""
        return where(self._ad(supported), put(entry, self._mark("YOUNG")), entry)

    @helper("is_migration_entry_young")
    def is_young(self, entry: Word, supported: Truth | None = None) -> Truth:
        """Read the mark; without room for it every page comes back unused."""
        return both(self._ad(supported), has_any(entry, self._mark("YOUNG")))

    @helper("make_migration_entry_dirty")
    def make_dirty(self, entry: Word, supported: Truth | None = None) -> Word:
        """Mark the page written, if the offset has room for that."""
        return where(self._ad(supported), put(entry, self._mark("DIRTY")), entry)

    @helper("is_migration_entry_dirty")
    def is_dirty(self, entry: Word, supported: Truth | None = None) -> Truth:
        """Read the mark; without room for it every page comes back clean."""
        return both(self._ad(supported), has_any(entry, self._mark("DIRTY")))

    def _ad(self, supported: Truth | None) -> Truth:
        return self.types.migration_ad if supported is None else supported

    def _mark(self, name: str) -> Mask:
        return self.layout.masks.get(name, Mask(0, self.layout.width))


@frozen
class ExclusiveMigration:
    """Those of anonymous pages with one user, which may be read (since Linux 5.19)."""

    migration_read_exclusive: int

    @helper("make_readable_exclusive_migration_entry")
    def make(self, own: LevelHooks, offset: Word) -> Word:
        """Pack the frame."""
        return own.swp_entry(self.migration_read_exclusive, offset)

    @helper("is_readable_exclusive_migration_entry")
    def recognise(self, own: LevelHooks, entry: Word) -> Truth:
        """Ask for the type."""
        return has_type(own, entry, self.migration_read_exclusive)
