"""Loads and stores: slots of page tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.hookspecs.marks import ask

if TYPE_CHECKING:
    from archcore.hookspecs.marks import Mm, Slot, Vma
    from archcore.words.types import Truth, Word


@ask
def ptep_get(ptep: Slot) -> Word:
    """Return the entry in a slot."""


@ask
def set_pte_at(mm: Mm, addr: int, ptep: Slot, pte: Word) -> None:
    """Store an entry in a slot."""


@ask
def ptep_get_and_clear(mm: Mm, addr: int, ptep: Slot) -> Word:
    """Empty a slot and return what it held."""


@ask
def ptep_set_access_flags(vma: Vma, addr: int, ptep: Slot, entry: Word, dirty: int) -> Truth:
    """Raise the access rights in a slot to those of ``entry``; say whether anything changed."""


@ask
def ptep_modify_prot_start(vma: Vma, addr: int, ptep: Slot) -> Word:
    """Take the entry out of a slot, so that hardware cannot change it, and return it."""


@ask
def ptep_modify_prot_commit(vma: Vma, addr: int, ptep: Slot, old_pte: Word, pte: Word) -> None:
    """Store the changed entry that a start took out."""


@ask
def modify_prot_start_ptes(vma: Vma, addr: int, ptep: Slot, nr: int) -> Word:
    """Take ``nr`` entries out of neighbouring slots and return them as an array."""


@ask
def modify_prot_commit_ptes(
    vma: Vma, addr: int, ptep: Slot, old_pte: Word, pte: Word, nr: int
) -> None:
    """Store the ``nr`` changed entries that a start took out."""


@ask
def ptep_set_wrprotect(mm: Mm, addr: int, ptep: Slot) -> None:
    """Take write permission from the entry in a slot."""


@ask
def pmdp_get(pmdp: Slot) -> Word:
    """Return the entry in an upper-level slot."""


@ask
def set_pmd_at(mm: Mm, addr: int, pmdp: Slot, pmd: Word) -> None:
    """Store a leaf in an upper-level slot."""


@ask
def set_pxd(level: str, pxdp: Slot, pxd: Word) -> None:
    """Store an entry that points to a table in a slot of an upper level (set_pmd, set_pud, ...)."""


@ask
def pmd_populate(mm: Mm, pmdp: Slot, pgtable: int) -> None:
    """Make an upper-level slot point to the table at a physical address."""


@ask
def pmdp_huge_get_and_clear(mm: Mm, addr: int, pmdp: Slot) -> Word:
    """Empty an upper-level slot and return the leaf it held."""


@ask
def pmdp_set_access_flags(vma: Vma, addr: int, pmdp: Slot, entry: Word, dirty: int) -> Truth:
    """Raise the access rights in an upper-level slot; say whether anything changed."""


@ask
def pmdp_set_wrprotect(mm: Mm, addr: int, pmdp: Slot) -> None:
    """Take write permission from the leaf in an upper-level slot."""


@ask
def pmdp_invalidate(vma: Vma, addr: int, pmdp: Slot) -> Word:
    """Close a leaf to hardware, in the slot and in the TLBs, and return what it was."""


@ask
def pmdp_invalidate_ad(vma: Vma, addr: int, pmdp: Slot) -> Word:
    """Close a leaf to hardware, so that accessed and dirty are final, and return what it was."""


@ask
def pmdp_splitting_flush(vma: Vma, addr: int, pmdp: Slot) -> None:
    """Mark a leaf as being split, and flush so that readers without a lock see it."""


@ask
def pmd_mksplitting(pmd: Word) -> Word:
    """Return a leaf marked as being split (until Linux 4.5)."""


@ask
def pmd_trans_splitting(pmd: Word) -> Truth:
    """Say whether a leaf is marked as being split (until Linux 4.5)."""
