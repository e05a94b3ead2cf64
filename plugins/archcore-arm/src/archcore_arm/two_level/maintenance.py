"""Caches that are found by virtual address: what ARMv5 does so that no byte has two values.

Linux 6.1 arch/arm/mm/flush.c, fault-armv.c, proc-arm926.S. The write-back cache is tagged by
virtual addresses, so lines of one address space mean nothing to another, and two addresses of one
frame have a line each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archcore.hookspecs import hookimpl
from archcore.words import bits, with_bits
from archcore_arm.two_level.layout import BUFFERABLE, ENTRY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcore.hookspecs import Mm, Reason, Slot, Vma
    from archcore.hw.cache import DataCache


class Caches:
    """The cache calls of ARM926, whose TLB has no tags and whose cache has virtual ones."""

    @hookimpl
    def flush_cache_page(self, vma: Vma, addr: int) -> None:
        """Write back and drop the lines of an address where the address space runs.

        Elsewhere it has no lines: going to another one has flushed them. The entry is not asked, so
        that a page without rights is flushed like any (vivt_flush_cache_page).
        """
        page = addr & -vma.vm_mm.geometry.page_size
        _flush(vma.vm_mm, page, page + vma.vm_mm.geometry.page_size)

    @hookimpl
    def flush_cache_range(self, vma: Vma, start: int, end: int) -> None:
        """Do the same for a range (vivt_flush_cache_range)."""
        _flush(vma.vm_mm, start, end)

    @hookimpl
    def switch_mm(self, prev: Mm | None, next: Mm, tsk: Any) -> None:  # noqa: A002, ANN401 - kernel's
        """Write the whole cache back before other tables are used (cpu_arm926_switch_mm)."""
        if prev is not next and tsk.cpu.dcache is not None:
            tsk.cpu.dcache.flush_all()
        tsk.cpu.switch(next.tables.root)

    @hookimpl
    def flush_dcache_page(self, dcache: DataCache, pfn: int, mapping: bool) -> None:  # noqa: FBT001 - the hook's
        """Write the kernel's lines back; those of a shared page when it is mapped again."""
        if not mapping:
            dcache.flush_frame(pfn)

    @hookimpl
    def update_mmu_cache(self, vma: Vma, addr: int, ptep: Slot, reason: Reason) -> None:
        """Write back what was put off, and let no second address of a page keep lines of its own.

        PG_dcache_clean, which spares doing the first twice, is not kept.
        """
        if vma.private:
            return
        pfn = vma.vm_mm.hooks.pte_pfn(ptep.load())
        for cpu in vma.vm_mm.cpus:
            if cpu.dcache is not None:
                cpu.dcache.flush_frame(pfn)
        make_coherent(vma, addr, ptep, reason)


def make_coherent(vma: Vma, addr: int, ptep: Slot, reason: Reason) -> None:
    """Make a page uncached if it is mapped at several addresses of this address space.

    Those that are not mapped yet follow when they are. pte_present decides, so a hint counts.
    """
    aliases = [adjust_pte(other, at, slot, reason) for other, at, slot in _others(vma, addr)]
    if any(aliases):
        adjust_pte(vma, addr, ptep, reason)


def adjust_pte(vma: Vma, addr: int, ptep: Slot, reason: Reason) -> bool:
    """Make the page of an entry uncached, and say whether there is one (do_adjust_pte)."""
    hooks, entry = vma.vm_mm.hooks, ptep.load()
    present = bool(hooks.pte_present(entry))
    if present and bits(entry, ENTRY["MT"]) != BUFFERABLE:
        hooks.flush_cache_page(vma, addr, hooks.pte_pfn(entry), reason)
        entry = with_bits(entry, ENTRY["MT"], BUFFERABLE)
        hooks.set_pte_at(vma.vm_mm, addr, ptep, entry)
        hooks.flush_tlb_page(vma, addr, reason)
    return present


def _others(vma: Vma, addr: int) -> Iterator[tuple[Vma, int, Slot]]:
    """Yield the other slots of this address space that belong to the same page of an object."""
    mm, index = vma.vm_mm, addr - vma.moved
    for other in mm.vmas:
        at = index + other.moved
        if other is vma or other.anon_vma is not vma.anon_vma or other.private:
            continue
        slot = mm.tables.slot(at) if other.vm_start <= at < other.vm_end else None
        if slot is not None:
            yield other, at, slot


def _flush(mm: Mm, start: int, end: int) -> None:
    for cpu in mm.running:
        if cpu.dcache is not None:
            cpu.dcache.flush_range(start, end)
