"""What the loongarch kernel does to its TLB when an entry was made accessible.

Sources: __update_tlb in arch/loongarch/mm/tlb.c; asm/cacheflush.h, where flush_cache_page and
flush_cache_range are empty, Linux 6.1.176. Where Linux serves the CPU that faulted and others
follow at faults of their own, here every CPU that runs the address space is served at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.hookspecs import hookimpl

if TYPE_CHECKING:
    from archcore.hookspecs import Vma


class Maintenance:
    """A TLB that keeps what it was loaded with, halves that are not valid included."""

    @hookimpl
    def update_mmu_cache(self, vma: Vma, addr: int) -> None:
        """Load the pair again (__update_tlb)."""
        for cpu in vma.vm_mm.running:
            cpu.update_tlb(addr)

    @hookimpl
    def update_mmu_cache_pmd(self, vma: Vma, addr: int) -> None:
        """Load the huge page again (__update_hugetlb)."""
        self.update_mmu_cache(vma, addr)
