"""Stores into slots: a valid entry is invalidated in memory and in every TLB by one instruction.

A valid entry must not simply be overwritten on s390x, so the flush comes with the store (IPTE for a
page, IDTE for a segment) and the flushes that generic code asks for later find nothing to do.

Sources: arch/s390/include/asm/pgtable.h and tlbflush.h, arch/s390/mm/pgtable.c (ptep_xchg_direct,
ptep_xchg_lazy, ptep_modify_prot_start, pmdp_xchg_direct), Linux 6.1. An address space that only one
CPU has ever used may put its flushes off until flush_tlb_range (flush_mm); here none does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import frozen

from archcore.hookspecs import hookimpl
from archcore.words import clear, has_all, has_none, put, same, where

if TYPE_CHECKING:
    from archcore.hookspecs import Mm, Reason, Slot, Vma
    from archcore.words.types import Word
    from archcore_s390x.entry import Entry
    from archcore_s390x.segment import Segment

SOFTWARE = ("PRESENT", "SOFT_DIRTY", "YOUNG", "DIRTY", "READ", "WRITE", "SPECIAL", "UNUSED")
"""_PAGE_SW_BITS: hardware reads none of them."""
STALE = "STALE_TRANSLATION"


@frozen
class PageStores:
    """Slots of pages."""

    entry: Entry

    @hookimpl
    def set_pte_at(self, ptep: Slot, pte: int) -> None:
        """Store the entry; that of a page that is there is not UNUSED."""
        ptep.store(self._stored(pte))

    @hookimpl
    def ptep_get_and_clear(self, mm: Mm, addr: int, ptep: Slot) -> int:
        """Invalidate, then empty the slot."""
        return self._exchange(mm, addr, ptep, ptep.empty)

    @hookimpl
    def ptep_set_access_flags(self, vma: Vma, addr: int, ptep: Slot, entry: int) -> bool:
        """Invalidate and store the entry, if it differs."""
        if ptep.load() == entry:
            return False
        self._exchange(vma.vm_mm, addr, ptep, entry)
        return True

    @hookimpl
    def ptep_set_wrprotect(self, mm: Mm, addr: int, ptep: Slot) -> None:
        """Invalidate and store the entry without WRITE, if it has it."""
        old: int = ptep.load()
        if self.entry.write(old):
            self._exchange(mm, addr, ptep, self.entry.wrprotect(old))

    @hookimpl
    def ptep_modify_prot_start(self, vma: Vma, addr: int, ptep: Slot) -> int:
        """Invalidate the entry, which stays in its slot, and return what it was."""
        old: int = ptep.load()
        return self._exchange(vma.vm_mm, addr, ptep, self._closed(old))

    @hookimpl
    def ptep_modify_prot_commit(self, ptep: Slot, pte: int) -> None:
        """Store the changed entry."""
        ptep.store(pte)

    @hookimpl
    def modify_prot_start_ptes(self, vma: Vma, addr: int, ptep: Slot, nr: int) -> Word:
        """Invalidate the entries, each by an instruction of its own."""
        old, shift = ptep.load_many(nr), vma.vm_mm.geometry.page_shift
        ptep.store_many(self._closed(old))
        valid: Any = has_none(old, self.entry.layout["INVALID"])
        for place in valid.nonzero()[0].tolist():
            _forget(vma.vm_mm, addr + (place << shift), 1)
        return old

    @hookimpl
    def modify_prot_commit_ptes(self, ptep: Slot, pte: Word) -> None:
        """Store the changed entries."""
        ptep.store_many(pte)

    def _stored(self, pte: Word) -> Word:
        unused = clear(pte, self.entry.layout["UNUSED"])
        return where(self.entry.present(pte), unused, pte)

    def _closed(self, old: Word) -> Word:
        return put(old, self.entry.layout["INVALID"])

    def _exchange(self, mm: Mm, addr: int, ptep: Slot, new: int) -> int:
        old: int = ptep.load()
        ptep.store(new)
        if has_none(old, self.entry.layout["INVALID"]):
            _forget(mm, addr, 1)
        return old


@frozen
class ResettingStores(PageStores):
    """The same on a machine with RDP, which lets stores to a page without invalidating its entry.

    Linux 6.3, asm/pgtable.h (pte_allow_rdp) and ptep_reset_dat_prot in arch/s390/mm/pgtable.c.
    """

    @hookimpl
    def ptep_set_access_flags(self, vma: Vma, addr: int, ptep: Slot, entry: int) -> bool:
        """Store the entry, if it differs; where RDP will do, other CPUs may go on refusing."""
        if not self._resets(ptep.load(), entry):
            return PageStores.ptep_set_access_flags(self, vma, addr, ptep, entry)
        ptep.store(entry)
        reset(vma.vm_mm, addr)
        return True

    def _resets(self, old: int, new: int) -> bool:
        """Say whether all that changes for hardware is that PROTECT goes."""
        layout = self.entry.layout
        protect, software = layout["PROTECT"], layout.mask(*SOFTWARE)
        gone = has_all(old, protect) and has_none(new, protect)
        unlike = (clear(clear(one, software), protect) for one in (old, new))
        return bool(gone and same(*unlike))


def reset(mm: Mm, addr: int) -> None:
    """Let the CPU that is here look at the entry again, and no other CPU soon (RDP)."""
    for cpu in mm.here:
        cpu.tlb.invalidate_page(addr >> mm.geometry.page_shift)


@frozen
class SegmentStores:
    """Slots of segments."""

    segment: Segment

    @hookimpl
    def set_pmd_at(self, pmdp: Slot, pmd: int) -> None:
        """Store the entry."""
        pmdp.store(pmd)

    @hookimpl
    def pmdp_huge_get_and_clear(self, mm: Mm, addr: int, pmdp: Slot) -> int:
        """Invalidate, then empty the slot."""
        return self._exchange(mm, addr, pmdp, pmdp.empty)

    @hookimpl
    def pmdp_set_access_flags(
        self, vma: Vma, addr: int, pmdp: Slot, entry: int, dirty: int
    ) -> bool:
        """Invalidate and store the entry as used, and as written before a store, if it differs."""
        wanted: int = self.segment.mkyoung(entry)
        if dirty:
            wanted = self.segment.mkdirty(wanted)
        if pmdp.load() == wanted:
            return False
        self._exchange(vma.vm_mm, addr, pmdp, wanted)
        return True

    @hookimpl
    def pmdp_set_wrprotect(self, mm: Mm, addr: int, pmdp: Slot) -> None:
        """Invalidate and store the entry without WRITE, if it has it."""
        old: int = pmdp.load()
        if self.segment.write(old):
            self._exchange(mm, addr, pmdp, self.segment.wrprotect(old))

    @hookimpl
    def pmdp_invalidate(self, vma: Vma, addr: int, pmdp: Slot) -> int:
        """Invalidate the entry, which stays in its slot, and return what it was."""
        return self._exchange(vma.vm_mm, addr, pmdp, self.segment.mkinvalid(pmdp.load()))

    def _exchange(self, mm: Mm, addr: int, pmdp: Slot, new: int) -> int:
        old: int = pmdp.load()
        pmdp.store(new)
        layout = self.segment.layout
        if has_none(old, layout["INVALID"]) and has_all(old, layout["LARGE"]):
            size = mm.geometry.levels[1].size
            _forget(mm, addr & -size, size >> mm.geometry.page_shift)
        return old


@frozen
class Unflushed:
    """Nothing is left to flush once entries have changed (tlbflush.h)."""

    @hookimpl
    def flush_tlb_range(self) -> None:
        """Do nothing: no flush was put off."""

    @hookimpl
    def flush_tlb_batched_pending(self) -> None:
        """Do nothing: reclaim batches no flush."""


@frozen
class Maintenance(Unflushed):
    """Nor does a page have to be flushed."""

    @hookimpl
    def flush_tlb_page(self) -> None:
        """Do nothing."""


@frozen
class ResettingMaintenance(Unflushed):
    """The same on a machine with RDP, but for what a TLB refuses."""

    @hookimpl
    def flush_tlb_page(self, vma: Vma, addr: int, reason: Reason) -> None:
        """Do nothing, but for a store that a TLB refuses by what the entry was.

        That is flush_tlb_fix_spurious_fault: RDP once more, on the CPU that faulted.
        """
        if reason.name == STALE:
            reset(vma.vm_mm, addr)


def _forget(mm: Mm, addr: int, pages: int) -> None:
    first = addr >> mm.geometry.page_shift
    for cpu in mm.cpus:
        cpu.tlb.invalidate_range(first, first + pages - 1)
