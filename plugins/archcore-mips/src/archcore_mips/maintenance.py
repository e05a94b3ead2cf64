"""What the mips kernel does to caches and TLB, and when it says that it did.

Sources: arch/mips/mm/c-r4k.c (local_r4k_flush_cache_page, local_r4k_flush_cache_range),
arch/mips/mm/tlb-r4k.c (__update_tlb), ptep_set_access_flags in asm/pgtable.h, Linux 6.1.176. Where
Linux works on the CPU that faulted and others follow at faults of their own, here every CPU that
runs the address space is served at once, and all share one coherent cache.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.hookspecs import hookimpl

if TYPE_CHECKING:
    from archcore.hookspecs import Slot, Vma


class Maintenance:
    """Caches that alias, and a TLB that keeps what it inhibits."""

    @hookimpl
    def flush_cache_page(self, vma: Vma, addr: int, pfn: int) -> None:
        """Write the page back under its colour, valid in the TLB or not; skip what is not present.

        Linux flushes by the user's address where the entry is VALID and the address space current,
        and elsewhere, as for a hint, by kmap_coherent: another address of the same colour.
        """
        mm = vma.vm_mm
        slot = mm.tables.slot(addr)
        if slot is None or not mm.hooks.pte_present(mm.hooks.ptep_get(slot)):
            return
        for cpu in mm.cpus:
            if cpu.dcache is not None:
                cpu.dcache.flush_page(addr, pfn << mm.geometry.page_shift)

    @hookimpl
    def flush_cache_range(self, vma: Vma) -> None:
        """Write back everything, since a mapping changes (r4k_blast_dcache)."""
        for cpu in vma.vm_mm.cpus:
            if cpu.dcache is not None:
                cpu.dcache.flush_all()

    @hookimpl
    def update_mmu_cache(self, vma: Vma, addr: int) -> None:
        """Load the pair again (__update_tlb)."""
        for cpu in vma.vm_mm.running:
            cpu.update_tlb(addr)

    @hookimpl
    def update_mmu_cache_pmd(self, vma: Vma, addr: int) -> None:
        """Load the huge page again (__update_tlb)."""
        self.update_mmu_cache(vma, addr)

    @hookimpl
    def ptep_set_access_flags(self, vma: Vma, addr: int, ptep: Slot, entry: int) -> bool:
        """Store the entry if it differs, and say that it did: update_mmu_cache shall follow."""
        mm = vma.vm_mm
        if ptep.load() != entry:
            mm.hooks.set_pte_at(mm, addr, ptep, entry)
        return True
