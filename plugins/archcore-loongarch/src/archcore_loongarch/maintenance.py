"""What the loongarch kernel does to its TLB when an entry was made accessible.

Sources: __update_tlb in arch/loongarch/mm/tlb.c; asm/cacheflush.h, where flush_cache_page and
flush_cache_range are empty, Linux 6.1.176; ptep_set_access_flags of mm/pgtable-generic.c. Where
Linux serves the CPU that faulted and others follow at faults of their own, here every CPU that
runs the address space is served at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.hookspecs import hookimpl

if TYPE_CHECKING:
    from archcore.hookspecs import Slot, Vma


class Maintenance:
    """A TLB that keeps what it was loaded with, halves that are not valid included."""

    @hookimpl
    def ptep_set_access_flags(self, vma: Vma, addr: int, ptep: Slot, entry: int) -> bool:
        """Store the entry if it differs, and flush what a TLB may go on refusing by."""
        changed: bool = ptep.load() != entry
        if changed:
            ptep.store(entry)
            page = addr >> vma.vm_mm.geometry.page_shift
            for cpu in vma.vm_mm.cpus:
                cpu.tlb.invalidate_page(page)
        return changed

    @hookimpl
    def update_mmu_cache(self, vma: Vma, addr: int) -> None:
        """Load the pair again (__update_tlb)."""
        for cpu in vma.vm_mm.running:
            cpu.update_tlb(addr)

    @hookimpl
    def update_mmu_cache_pmd(self, vma: Vma, addr: int) -> None:
        """Load the huge page again (__update_hugetlb)."""
        self.update_mmu_cache(vma, addr)
