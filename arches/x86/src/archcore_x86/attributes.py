"""Kernel helpers about single flags of an entry, which the engine never calls.

Source: arch/x86/include/asm/pgtable.h and pgtable_types.h of Linux 6.1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from archcore.entry import helper
from archcore.words import both, clear, has_all, has_none, implies, put

if TYPE_CHECKING:
    from archcore.layout import EntryLayout
    from archcore.words.types import Truth, Word


@frozen
class Attributes:
    """Executable, global and large PTEs; ``huge`` names PSE, for hugetlb uses PTE helpers."""

    layout: EntryLayout
    huge: EntryLayout

    @helper("pte_exec")
    def exec(self, entry: Word) -> Truth:
        """Ask for a clear NX."""
        return has_none(entry, self.layout["NX"])

    @helper("pte_mkexec")
    def mkexec(self, entry: Word) -> Word:
        """Clear NX."""
        return clear(entry, self.layout["NX"])

    @helper("pte_global")
    def is_global(self, entry: Word) -> Truth:
        """Read GLOBAL, which is PROTNONE's bit too."""
        return has_all(entry, self.layout["GLOBAL"])

    @helper("pte_mkglobal")
    def mkglobal(self, entry: Word) -> Word:
        """Set GLOBAL."""
        return put(entry, self.layout["GLOBAL"])

    @helper("pte_clrglobal")
    def clrglobal(self, entry: Word) -> Word:
        """Clear GLOBAL."""
        return clear(entry, self.layout["GLOBAL"])

    def mkhuge(self, entry: Word) -> Word:
        """Set PSE."""
        return put(entry, self.huge["PSE"])

    @helper("pte_huge")
    def is_huge(self, entry: Word) -> Truth:
        """Read PSE."""
        return has_all(entry, self.huge["PSE"])

    @helper("pte_clrhuge")
    def clrhuge(self, entry: Word) -> Word:
        """Clear PSE."""
        return clear(entry, self.huge["PSE"])


@frozen
class Access:
    """Whether the kernel may walk through an entry for a user (get_user_pages_fast).

    A protection key refuses nothing here: PKRU is the running thread's, no part of an entry.
    """

    layout: EntryLayout

    @helper("{level}_access_permitted")
    def access_permitted(self, entry: Word, write: Truth) -> Truth:
        """Ask for PRESENT and USER, and for RW if it is to be written."""
        readable = has_all(entry, self.layout.mask("PRESENT", "USER"))
        return both(readable, implies(write, has_all(entry, self.layout["RW"])))
