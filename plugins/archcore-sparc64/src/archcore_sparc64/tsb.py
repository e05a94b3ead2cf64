"""The TSB: what the miss handler asks before it walks (arch/sparc/kernel/tsb.S, mm/init_64.c).

Each address space has two, for pages of 8 KB and of 4 MB. The handler loads what it finds into the
TLB without a look at VALID, so a TTE that is not valid would be loaded for ever.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import frozen

from archcore.hookspecs import hookimpl
from archcore.hw.tsb import Tsb
from archcore.words import has_all
from archcore_sparc64.layout import PAGE_SHIFT, REAL_HPAGE_SHIFT

if TYPE_CHECKING:
    from archcore.hookspecs import Mm, Slot, Vma
    from archcore.layout import EntryLayout

BASE, HUGE = 0, 1
ENTRIES = 512  # of a TSB of one page, as each address space begins with


def tsbs_of(mm: Mm) -> tuple[Tsb, Tsb]:
    """Return the buffers of an address space (mm->context.tsb_block), made at first use."""
    if mm.context is None:
        pte, pmd, *_ = mm.geometry.levels
        mm.context = (Tsb(pte, PAGE_SHIFT, ENTRIES), Tsb(pmd, REAL_HPAGE_SHIFT, ENTRIES))
    buffers: tuple[Tsb, Tsb] = mm.context
    return buffers


def forget(mm: Mm, addr: int) -> None:
    """Drop an address from the buffers, and then from the TLBs (flush_tsb_user_page)."""
    for buffer in tsbs_of(mm):
        buffer.flush_page(addr)
    for cpu in mm.cpus:
        cpu.tlb.invalidate_page(addr >> PAGE_SHIFT)


@frozen
class Buffers:
    """Who fills the buffers, and whose they are."""

    layout: EntryLayout

    @hookimpl
    def switch_mm(self, next: Mm, tsk: Any) -> None:  # noqa: A002, ANN401 - the kernel's
        """Load root and buffers of the address space (tsb_context_switch)."""
        tsk.cpu.switch(next.tables.root)
        tsk.cpu.tsbs = tsbs_of(next)

    @hookimpl
    def update_mmu_cache(self, vma: Vma, addr: int, ptep: Slot) -> None:
        """Put a valid entry where the handler finds it without a walk; never another one."""
        pte = ptep.load()
        if has_all(pte, self.layout["VALID"]):
            tsbs_of(vma.vm_mm)[BASE].insert(addr, pte)

    @hookimpl
    def update_mmu_cache_pmd(self, vma: Vma, addr: int, pmdp: Slot) -> None:
        """Put half of a huge page there, the half that the address lies in."""
        pmd = pmdp.load()
        if has_all(pmd, self.layout.mask("PMD_HUGE", "VALID")):
            half = addr & (1 << REAL_HPAGE_SHIFT)
            tsbs_of(vma.vm_mm)[HUGE].insert(addr, pmd | half)

    @hookimpl
    def flush_cache_page(self) -> None:
        """Flush the register windows to the stack (flushw_user): no data of this model is there."""

    @hookimpl
    def flush_cache_range(self) -> None:
        """Flush the register windows to the stack (flushw_user)."""
