"""What Linux calls to keep the hash table of the machine: nothing to flush, something to preload.

Sources: update_mmu_cache, hash_preload and htab_shift_for_mem_size in arch/powerpc/mm/book3s64/
hash_utils.c, and arch/powerpc/include/asm/book3s/64/tlbflush-hash.h, Linux 6.1; update_mmu_cache in
arch/powerpc/mm/mem.c and hash_preload in hash_utils_64.c, Linux 3.14.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from archcore.hookspecs import hookimpl
from archcore.hw.mmu import Access
from archcore.words import has_all

if TYPE_CHECKING:
    from archcore.hookspecs import Mm, Slot, Vma
    from archcore.words import Mask


def remove(mm: Mm, addr: int) -> bool:
    """Take a page of an address space out of the hash table; say whether it was there."""
    gone: int = mm.cpus[0].hpt.remove(mm.tables.root, addr >> mm.geometry.page_shift)
    return gone > 0


@frozen
class HashMaintenance:
    """Nothing is left to flush once entries have changed, as pte_update has done it.

    What became accessible goes into the hash table at once, so that the reference which is tried
    again finds it there: one hash fault less. Huge pages wait for theirs.
    """

    accessed: Mask

    @hookimpl
    def flush_tlb_page(self) -> None:
        """Do nothing."""

    @hookimpl
    def flush_tlb_range(self) -> None:
        """Do nothing."""

    @hookimpl
    def update_mmu_cache(self, vma: Vma, addr: int, ptep: Slot) -> None:
        """Preload a page that was used and may be read or, after a fetch, executed.

        Only on the way out of a data or an instruction storage interrupt (0x300, 0x400); a hinted
        entry cannot be read, so nothing becomes of it.
        """
        mm = vma.vm_mm
        if mm.trap is None or not has_all(ptep.load(), self.accessed):
            return
        fetched = mm.trap is Access.EXECUTE
        for cpu in mm.here:
            cpu.preload(mm.tables.root, addr, Access.EXECUTE if fetched else Access.READ)
