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
