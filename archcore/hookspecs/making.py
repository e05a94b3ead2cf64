"""Entries made from frames, protections and other entries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.hookspecs.marks import each_level

if TYPE_CHECKING:
    from archcore.hookspecs.marks import Vma
    from archcore.words.types import Word


@each_level
def pfn_pte(pfn: Word, pgprot: Word) -> Word:
    """Return an entry that maps a frame with a protection."""


@each_level
def pte_modify(pte: Word, newprot: Word) -> Word:
    """Return the entry with another protection, keeping what belongs to the page."""


@each_level
def pte_mkwrite(pte: Word, vma: Vma) -> Word:
    """Return the entry with write permission."""


@each_level
def pte_wrprotect(pte: Word) -> Word:
    """Return the entry without write permission."""


@each_level
def pte_mkdirty(pte: Word) -> Word:
    """Return the entry marked written."""


@each_level
def pte_mkclean(pte: Word) -> Word:
    """Return the entry marked not written."""


@each_level
def pte_mkyoung(pte: Word) -> Word:
    """Return the entry marked used."""


@each_level
def pte_mkold(pte: Word) -> Word:
    """Return the entry marked not used."""


@each_level
def pte_mkspecial(pte: Word) -> Word:
    """Return the entry marked as having no struct page."""


@each_level
def pte_mkdevmap(pte: Word) -> Word:
    """Return the entry marked as device memory with struct pages."""


@each_level
def pte_mksoft_dirty(pte: Word) -> Word:
    """Return the entry marked soft-dirty."""


@each_level
def pte_clear_soft_dirty(pte: Word) -> Word:
    """Return the entry not marked soft-dirty."""


@each_level
def pte_mkuffd_wp(pte: Word) -> Word:
    """Return the entry marked write-protected by userfaultfd."""


@each_level
def pte_clear_uffd_wp(pte: Word) -> Word:
    """Return the entry not marked write-protected by userfaultfd."""


@each_level
def pte_mk_savedwrite(pte: Word) -> Word:
    """Return a protnone entry that remembers write permission (until Linux 6.1)."""


@each_level
def pte_clear_savedwrite(pte: Word) -> Word:
    """Return a protnone entry that remembers no write permission (until Linux 6.1)."""


@each_level
def pte_mkhuge(pte: Word) -> Word:
    """Return the entry as a leaf of its upper level."""


@each_level
def pte_mkinvalid(pte: Word) -> Word:
    """Return the entry closed to hardware for a moment, still present to the kernel."""


@each_level
def pte_advance_pfn(pte: Word, nr: int) -> Word:
    """Return the entry that maps the frame ``nr`` further on."""
