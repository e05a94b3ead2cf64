"""The generic layer of a machine: stores into slots, and maintenance on the modelled hardware.

What include/linux/pgtable.h and include/asm-generic/cacheflush.h do when an architecture brings
nothing of its own. Caches of the model are physically tagged unless a target says otherwise, so
cache maintenance by default does nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from archcore.hookspecs import hookimpl
from archcore.mm.policy import Placement
from archcore.mm.reason import Reason

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from archcore.hw.cache import DataCache
    from archcore.mm.mm import Mm
    from archcore.mm.slot import Slot
    from archcore.mm.task import Task
    from archcore.mm.vma import Vma


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
        ptep.clear()
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
        ptep.stored(nr)[:] = ptep.empty
        return words

    @hookimpl
    def modify_prot_commit_ptes(self, ptep: Slot, pte: NDArray[np.uint64]) -> None:
        """Store the changed words."""
        ptep.store_many(pte)

    @hookimpl
    def set_pxd(self, pxdp: Slot, pxd: int) -> None:
        """Store the word."""
        pxdp.store(pxd)

    @hookimpl
    def ptep_set_wrprotect(self, mm: Mm, addr: int, ptep: Slot) -> None:
        """Take the entry out and store it without write permission, in one step."""
        hooks = mm.hooks
        pte = hooks.pte_wrprotect(hooks.ptep_get_and_clear(mm, addr, ptep))
        hooks.set_pte_at(mm, addr, ptep, pte)


@frozen
class HugeStores:
    """Upper-level slots, written as those of the lowest level are.

    So do architectures whose levels have one format: set_pmd_at and pmdp_set_access_flags call
    their PTE twins there. Whatever an architecture brings for a PTE thereby holds for a PMD too.
    """

    @hookimpl
    def pmdp_get(self, pmdp: Slot) -> int:
        """Load the word."""
        return pmdp.load()

    @hookimpl
    def set_pmd_at(self, mm: Mm, addr: int, pmdp: Slot, pmd: int) -> None:
        """Store as set_pte_at does."""
        mm.hooks.set_pte_at(mm, addr, pmdp, pmd)

    @hookimpl
    def pmd_populate(self, mm: Mm, pmdp: Slot, pgtable: int) -> None:
        """Store a pointer to the table."""
        mm.hooks.set_pxd("pmd", pmdp, mm.hooks.pxd_populate("pmd", pgtable))

    @hookimpl
    def pmdp_huge_get_and_clear(self, mm: Mm, addr: int, pmdp: Slot) -> int:
        """Empty the slot as ptep_get_and_clear does."""
        word: int = mm.hooks.ptep_get_and_clear(mm, addr, pmdp)
        return word

    @hookimpl
    def pmdp_set_access_flags(
        self, vma: Vma, addr: int, pmdp: Slot, entry: int, dirty: int
    ) -> bool:
        """Raise rights as ptep_set_access_flags does."""
        hooks = vma.vm_mm.hooks
        changed: bool = hooks.ptep_set_access_flags(vma, addr, pmdp, entry, dirty)
        return changed

    @hookimpl
    def pmdp_set_wrprotect(self, mm: Mm, addr: int, pmdp: Slot) -> None:
        """Take the leaf out and store it without write permission, in one step."""
        pmd = mm.hooks.pmdp_huge_get_and_clear(mm, addr, pmdp)
        mm.hooks.set_pmd_at(mm, addr, pmdp, mm.hooks.pmd_wrprotect(pmd))

    @hookimpl
    def pmdp_invalidate(self, vma: Vma, addr: int, pmdp: Slot) -> int:
        """Exchange the leaf for a closed one in one step, then flush (mm/pgtable-generic.c)."""
        hooks, mm = vma.vm_mm.hooks, vma.vm_mm
        pmd: int = hooks.pmdp_huge_get_and_clear(mm, addr, pmdp)
        hooks.set_pmd_at(mm, addr, pmdp, hooks.pmd_mkinvalid(pmd))
        hooks.flush_tlb_range(vma, addr, _end(mm, addr), Reason.RIGHTS_REMOVED)
        return pmd

    @hookimpl
    def pmdp_invalidate_ad(self, vma: Vma, addr: int, pmdp: Slot) -> int:
        """Do as pmdp_invalidate, flush included (mm/pgtable-generic.c)."""
        pmd: int = vma.vm_mm.hooks.pmdp_invalidate(vma, addr, pmdp)
        return pmd

    @hookimpl
    def pmdp_splitting_flush(self, vma: Vma, addr: int, pmdp: Slot) -> None:
        """Exchange the leaf for a marked one in one step, then flush (Linux 3.8, same file)."""
        hooks, mm = vma.vm_mm.hooks, vma.vm_mm
        pmd = hooks.pmdp_huge_get_and_clear(mm, addr, pmdp)
        hooks.set_pmd_at(mm, addr, pmdp, hooks.pmd_mksplitting(pmd))
        hooks.flush_tlb_range(vma, addr, _end(mm, addr), Reason.SPLITS)

    @hookimpl
    def pmd_mksplitting(self, pmd: int) -> int:
        """Change nothing: the entry has no place for the mark, and the engine keeps it."""
        return pmd

    @hookimpl
    def pmd_trans_splitting(self) -> bool:
        """Deny it."""
        return False

    @hookimpl
    def pmd_hints_tables(self) -> bool:
        """Deny it: hints are on pages."""
        return False


def _end(mm: Mm, addr: int) -> int:
    return addr + mm.geometry.levels[1].size


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
    def flush_dcache_page(self, dcache: DataCache, pfn: int) -> None:
        """Write back and drop the lines that stand where the linear map has the page."""
        dcache.flush_frame(pfn)

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
    def flush_tlb_batched_pending(self, mm: Mm) -> None:
        """Make every TLB forget everything (flush_tlb_mm)."""
        for cpu in mm.cpus:
            cpu.tlb.flush()

    @hookimpl
    def update_mmu_cache(self) -> None:
        """Do nothing."""

    @hookimpl
    def update_mmu_cache_pmd(self) -> None:
        """Do nothing."""

    @hookimpl
    def switch_mm(self, next: Mm, tsk: Task) -> None:  # noqa: A002 - the kernel's name
        """Load the root of the tables and forget all translations; caches need nothing."""
        tsk.cpu.switch(next.tables.root)

    @hookimpl
    def mmu_notifier_invalidate_range_start(self) -> None:
        """Do nothing: there is no secondary MMU unless an observer is one."""

    @hookimpl
    def mmu_notifier_invalidate_range_end(self) -> None:
        """Do nothing."""


GENERIC = (Stores(), HugeStores(), Maintenance(), Placement())
