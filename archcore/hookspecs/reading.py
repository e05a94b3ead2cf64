"""What an entry says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.hookspecs.marks import each_level

if TYPE_CHECKING:
    from archcore.words.types import Truth, Word


@each_level
def pte_none(pte: Word) -> Truth:
    """Say whether the entry is empty."""


@each_level
def pte_present(pte: Word) -> Truth:
    """Say whether the kernel considers a page mapped here, accessible to the hardware or not."""


@each_level
def pte_same(pte_a: Word, pte_b: Word) -> Truth:
    """Say whether two entries are the same to the kernel."""


@each_level
def pte_write(pte: Word) -> Truth:
    """Say whether the entry permits writing."""


@each_level
def pte_dirty(pte: Word) -> Truth:
    """Say whether the page was written through this entry."""


@each_level
def pte_young(pte: Word) -> Truth:
    """Say whether the page was used through this entry."""


@each_level
def pte_special(pte: Word) -> Truth:
    """Say whether the entry maps something without a struct page."""


@each_level
def pte_devmap(pte: Word) -> Truth:
    """Say whether the entry maps device memory that has struct pages."""


@each_level
def pte_soft_dirty(pte: Word) -> Truth:
    """Say whether the page was written since soft-dirty was last cleared."""


@each_level
def pte_uffd_wp(pte: Word) -> Truth:
    """Say whether userfaultfd write-protects the page."""


@each_level
def pte_protnone(pte: Word) -> Truth:
    """Say whether the entry is present but inaccessible; meaningful in accessible VMAs only."""


@each_level
def pte_savedwrite(pte: Word) -> Truth:
    """Say whether a protnone entry remembers that it was writable (until Linux 6.1)."""


@each_level
def pte_pfn(pte: Word) -> Word:
    """Return the page frame number, also of an inaccessible entry."""


@each_level
def pte_accessible(pte: Word, flush_pending: Truth) -> Truth:
    """Say whether a TLB may hold the entry, given whether a flush of its mm is pending."""


@each_level
def pte_needs_flush(oldpte: Word, newpte: Word) -> Truth:
    """Say whether replacing the old entry by the new one owes a TLB flush."""


@each_level
def pte_bad(pte: Word) -> Truth:
    """Say whether the entry is no pointer to a table; for upper levels."""


@each_level
def pte_leaf(pte: Word) -> Truth:
    """Say whether an upper-level entry maps memory itself."""


@each_level
def pte_trans_huge(pte: Word) -> Truth:
    """Say whether an upper-level entry is a transparent huge page."""
