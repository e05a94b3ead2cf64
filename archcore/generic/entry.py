"""Fallbacks of the entry helpers that the engine calls.

Facts from include/linux/pgtable.h and include/asm-generic of Linux 6.1 unless a line says more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from archcore.words import same

if TYPE_CHECKING:
    from archcore.entry import LevelHooks
    from archcore.words.types import Truth, Word


@frozen
class EntryDefaults:
    """Fallbacks of the entry helpers, for each level."""

    def same(self, a: Word, b: Word) -> Truth:
        """Compare whole words."""
        return same(a, b)

    def savedwrite(self, own: LevelHooks, entry: Word) -> Truth:
        """Take the ordinary write permission for the saved one."""
        return own.write(entry)

    def mk_savedwrite(self, own: LevelHooks, entry: Word) -> Word:
        """Save write permission by granting it."""
        return own.mkwrite(entry, None)

    def clear_savedwrite(self, own: LevelHooks, entry: Word) -> Word:
        """Forget write permission by taking it away."""
        return own.wrprotect(entry)

    def accessible(self) -> Truth:
        """Assume that a TLB may hold any entry."""
        return True

    def needs_flush(self) -> Truth:
        """Assume that every change owes a flush (include/asm-generic/tlb.h)."""
        return True

    def protnone(self) -> Truth:
        """Deny it: without NUMA balancing nothing is protnone."""
        return False

    def special(self) -> Truth:
        """Deny it: the architecture has no such bit."""
        return False

    def mkspecial(self, entry: Word) -> Word:
        """Change nothing (include/linux/mm.h)."""
        return entry

    def devmap(self) -> Truth:
        """Deny it: the architecture has no such bit."""
        return False

    def soft_dirty(self) -> Truth:
        """Deny it: the architecture has no such bit."""
        return False

    def mksoft_dirty(self, entry: Word) -> Word:
        """Change nothing."""
        return entry

    def clear_soft_dirty(self, entry: Word) -> Word:
        """Change nothing."""
        return entry

    def uffd_wp(self) -> Truth:
        """Deny it: the architecture has no such bit."""
        return False

    def mkuffd_wp(self, entry: Word) -> Word:
        """Change nothing."""
        return entry

    def clear_uffd_wp(self, entry: Word) -> Word:
        """Change nothing."""
        return entry

    def swp_exclusive(self) -> Truth:
        """Deny it: the architecture has no such bit."""
        return False

    def swp_mkexclusive(self, entry: Word) -> Word:
        """Change nothing."""
        return entry

    def swp_clear_exclusive(self, entry: Word) -> Word:
        """Change nothing."""
        return entry

    def swp_soft_dirty(self) -> Truth:
        """Deny it: the architecture has no such bit."""
        return False

    def swp_mksoft_dirty(self, entry: Word) -> Word:
        """Change nothing."""
        return entry

    def swp_clear_soft_dirty(self, entry: Word) -> Word:
        """Change nothing."""
        return entry

    def swp_uffd_wp(self) -> Truth:
        """Deny it: the architecture has no such bit."""
        return False

    def swp_mkuffd_wp(self, entry: Word) -> Word:
        """Change nothing."""
        return entry

    def swp_clear_uffd_wp(self, entry: Word) -> Word:
        """Change nothing."""
        return entry


@frozen
class UpperDefaults:
    """Fallbacks of the entry helpers that only upper levels have."""

    def trans_huge(self, own: LevelHooks, entry: Word) -> Truth:
        """Take every leaf of an upper level for a huge page."""
        return own.leaf(entry)

    def bad(self, own: LevelHooks, entry: Word) -> Truth:
        """Take a leaf of an upper level for no table."""
        return own.leaf(entry)
