"""What riscv does when an entry was made accessible: it fences.

SFENCE.VMA orders stores to page tables before the walks of a hart. Without it a walker may go on
using what it read before, and some walkers keep invalid entries too: such a hart would fault on a
page for ever that its kernel has long mapped.

Source: update_mmu_cache and ptep_set_access_flags in arch/riscv/include/asm/pgtable.h, Linux 6.1;
Linux 6.12 has the latter in arch/riscv/mm/pgtable.c.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from archcore.entry import helper
from archcore.hookspecs import hookimpl

if TYPE_CHECKING:
    from archcore.entry import LevelHooks
    from archcore.hookspecs import Slot, Vma
    from archcore.words.types import Truth, Word


@frozen
class Fences:
    """Harts that may keep invalid entries: whoever made an entry accessible fences."""

    @hookimpl
    def update_mmu_cache(self, vma: Vma, addr: int) -> None:
        """Fence the page on the hart that took the fault (local_flush_tlb_page)."""
        _fence(vma, addr, addr)

    @hookimpl
    def update_mmu_cache_pmd(self, vma: Vma, addr: int) -> None:
        """Fence the huge page, on this hart too."""
        size = vma.vm_mm.geometry.levels[1].size
        start = addr & -size
        _fence(vma, start, start + size - 1)

    @hookimpl
    def ptep_set_access_flags(self, ptep: Slot, entry: int) -> bool:
        """Store the entry if it differs, and say that it did in any case.

        So a fence follows also where another hart had raised the rights before: the fault was then
        the work of an entry that this hart kept.
        """
        if ptep.load() != entry:
            ptep.store(entry)
        return True


@frozen
class Flushes:
    """Harts with Svvptc: they soon see an entry become valid, but not that its rights were raised.

    Source: the same function behind the alternative for Svvptc, Linux 6.12.
    """

    @hookimpl
    def ptep_set_access_flags(self, vma: Vma, addr: int, ptep: Slot, entry: int) -> bool:
        """Store the entry if it differs, and flush the page everywhere (flush_tlb_page)."""
        changed: bool = ptep.load() != entry
        if changed:
            ptep.store(entry)
            for hart in vma.vm_mm.cpus:
                hart.tlb.invalidate_page(addr >> vma.vm_mm.geometry.page_shift)
        return changed


@frozen
class Changes:
    """What ptep_set_access_flags says, as a function of the entry that it finds."""

    @helper("{level}p_set_access_flags")
    def set_access_flags(self, own: LevelHooks, old: Word, entry: Word, dirty: Truth) -> Truth:  # noqa: ARG002 - the kernel's arguments
        """Say that the entry changed, whether it did or not."""
        return True


def _fence(vma: Vma, first: int, last: int) -> None:
    shift = vma.vm_mm.geometry.page_shift
    for hart in vma.vm_mm.here:
        hart.tlb.invalidate_range(first >> shift, last >> shift)
