"""Stores that flush what they replace: Linux 6.1 asm/pgtable_64.h, arch/sparc/mm/tlb.c.

flush_tlb_page and flush_tlb_range are empty on sparc64. Whatever replaces a valid entry puts its
address into a batch, which leaves the TSB and then the TLBs; outside of lazy MMU mode, at once, as
it is done here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from archcore.hookspecs import hookimpl
from archcore.words import has_all
from archcore_sparc64.layout import PAGE_SHIFT, REAL_HPAGE_SHIFT
from archcore_sparc64.tsb import forget

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from archcore.hookspecs import Mm, Slot, Vma
    from archcore.layout import EntryLayout

EMPTY = 0


@frozen
class Stores:
    """What the engine calls to store entries of pages."""

    layout: EntryLayout

    @hookimpl
    def set_pte_at(self, mm: Mm, addr: int, ptep: Slot, pte: int) -> None:
        """Store the entry, and flush if the old one was valid (maybe_tlb_batch_add)."""
        orig = ptep.load()
        ptep.store(pte)
        if has_all(orig, self.layout["VALID"]):
            forget(mm, addr)

    @hookimpl
    def ptep_get_and_clear(self, mm: Mm, addr: int, ptep: Slot) -> int:
        """Empty the slot as any store does."""
        orig: int = ptep.load()
        self.set_pte_at(mm, addr, ptep, EMPTY)
        return orig

    @hookimpl
    def ptep_set_access_flags(self, vma: Vma, addr: int, ptep: Slot, entry: int) -> bool:
        """Store the entry if it differs."""
        changed: bool = ptep.load() != entry
        if changed:
            self.set_pte_at(vma.vm_mm, addr, ptep, entry)
        return changed

    @hookimpl
    def ptep_modify_prot_start(self, vma: Vma, addr: int, ptep: Slot) -> int:
        """Take the entry out."""
        return self.ptep_get_and_clear(vma.vm_mm, addr, ptep)

    @hookimpl
    def ptep_modify_prot_commit(self, vma: Vma, addr: int, ptep: Slot, pte: int) -> None:
        """Store the changed entry."""
        self.set_pte_at(vma.vm_mm, addr, ptep, pte)

    @hookimpl
    def modify_prot_start_ptes(
        self, vma: Vma, addr: int, ptep: Slot, nr: int
    ) -> NDArray[np.uint64]:
        """Take neighbouring entries out, and flush those that were valid."""
        words: NDArray[np.uint64] = ptep.load_many(nr)
        ptep.stored(nr)[:] = EMPTY
        for at, valid in enumerate(has_all(words, self.layout["VALID"])):
            if valid:
                forget(vma.vm_mm, addr + (at << PAGE_SHIFT))
        return words

    @hookimpl
    def flush_tlb_page(self) -> None:
        """Do nothing."""

    @hookimpl
    def flush_tlb_range(self) -> None:
        """Do nothing."""

    @hookimpl
    def flush_tlb_batched_pending(self) -> None:
        """Do nothing: nothing waits."""


@frozen
class HugeStores:
    """The same for the level of huge pages, each of which is two of the hardware."""

    layout: EntryLayout

    @hookimpl
    def set_pmd_at(self, mm: Mm, addr: int, pmdp: Slot, pmd: int) -> None:
        """Store the entry, and flush both halves of a huge page that was there."""
        orig = pmdp.load()
        pmdp.store(pmd)
        if has_all(orig, self.layout["PMD_HUGE"]):
            start = addr & -(2 << REAL_HPAGE_SHIFT)
            forget(mm, start)
            forget(mm, start + (1 << REAL_HPAGE_SHIFT))

    @hookimpl
    def pmdp_huge_get_and_clear(self, mm: Mm, addr: int, pmdp: Slot) -> int:
        """Empty the slot as any store does."""
        orig: int = pmdp.load()
        self.set_pmd_at(mm, addr, pmdp, EMPTY)
        return orig

    @hookimpl
    def pmdp_set_access_flags(self, vma: Vma, addr: int, pmdp: Slot, entry: int) -> bool:
        """Store the entry if it differs."""
        changed: bool = pmdp.load() != entry
        if changed:
            self.set_pmd_at(vma.vm_mm, addr, pmdp, entry)
        return changed
