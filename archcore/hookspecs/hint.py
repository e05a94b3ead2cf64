"""The NUMA hint: how the architecture writes one, knows one and takes it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.hookspecs.marks import each_level

if TYPE_CHECKING:
    from archcore.hookspecs.marks import Vma
    from archcore.words.types import Truth, Word


@each_level
def pte_numa(vma: Vma, pte: Word) -> Truth:
    """Say whether the entry is a NUMA hint in this VMA."""


@each_level
def pte_mknuma(vma: Vma, pte: Word) -> Word:
    """Arm: return the entry as a NUMA hint."""


@each_level
def pte_mknonnuma(vma: Vma, pte: Word) -> Word:
    """Disarm: return the ordinary entry a hint was made from, marked used."""
