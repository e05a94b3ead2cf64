"""The generic layer of a machine: stores into slots, and maintenance on the modelled hardware.

What include/linux/pgtable.h and include/asm-generic/cacheflush.h do when an architecture brings
nothing of its own. Caches of the model are physically tagged unless a target says otherwise, so
cache maintenance by default does nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from archcore.hookspecs import hookimpl

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from archcore.mm.slot import Slot
    from archcore.mm.vma import Vma

EMPTY = 0


@frozen
class Stores:
    """Plain loads and stores of slots."""

    @hookimpl
    def ptep_get(self, ptep: Slot) -> int:
        """Load the word."""
        return ptep.load()

    @hookimpl
    def set_pte_at(self, ptep: Slot, pte: int) -> None:
        """Store the word."""
        ptep.store(pte)

    @hookimpl
    def ptep_get_and_clear(self, ptep: Slot) -> int:
        """Load the word and empty the slot."""
        word = ptep.load()
        ptep.store(EMPTY)
        return word

    @hookimpl
    def ptep_set_access_flags(self, ptep: Slot, entry: int) -> bool:
        """Store the entry if it differs."""
        changed = ptep.load() != entry
        if changed:
            ptep.store(entry)
        return changed

    @hookimpl
    def ptep_modify_prot_start(self, ptep: Slot) -> int:
        """Empty the slot, so that hardware cannot set accessed or dirty meanwhile."""
        return self.ptep_get_and_clear(ptep)

    @hookimpl
    def ptep_modify_prot_commit(self, ptep: Slot, pte: int) -> None:
        """Store the changed word."""
        ptep.store(pte)

    @hookimpl
    def modify_prot_start_ptes(self, ptep: Slot, nr: int) -> NDArray[np.uint64]:
        """Empty the slots."""
        words = ptep.load_many(nr)
        ptep.stored(nr)[:] = EMPTY
        return words

    @hookimpl
    def modify_prot_commit_ptes(self, ptep: Slot, pte: NDArray[np.uint64]) -> None:
        """Store the changed words."""
        ptep.store_many(pte)


@frozen
class Maintenance:
    """TLB flushes reach every CPU of the mm; cache and MMU updates have nothing to do."""

    @hookimpl
    def flush_cache_page(self) -> None:
        """Do nothing."""

    @hookimpl
    def flush_cache_range(self) -> None:
        """Do nothing."""

    @hookimpl
    def flush_tlb_page(self, vma: Vma, addr: int) -> None:
        """Drop the page from every TLB."""
        page = addr >> vma.vm_mm.geometry.page_shift
        for cpu in vma.vm_mm.cpus:
            cpu.tlb.invalidate_page(page)

    @hookimpl
    def flush_tlb_range(self, vma: Vma, start: int, end: int) -> None:
        """Drop the range from every TLB."""
        shift = vma.vm_mm.geometry.page_shift
        for cpu in vma.vm_mm.cpus:
            cpu.tlb.invalidate_range(start >> shift, (end - 1) >> shift)

    @hookimpl
    def update_mmu_cache(self) -> None:
        """Do nothing."""


GENERIC = (Stores(), Maintenance())
