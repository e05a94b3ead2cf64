"""Stores of two tables: every entry of the kernel, and its twin for the hardware above it.

Linux 6.1 arch/arm/include/asm/pgtable.h, pgalloc.h, include/linux/pgtable.h: all of these end in
set_pte_ext there, which writes both words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.hookspecs import hookimpl
from archcore.words import bits, put, with_bits
from archcore_arm.two_level.hardware import hardware_word
from archcore_arm.two_level.layout import ADDRESS, HWTABLE_PTRS, PAGE_SHIFT, TABLE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from archcore.hookspecs import Slot, Vma
    from archcore.words.types import Word

FAULT, COARSE, DOMAIN_USER = 0, 1, 1
HARDWARE_0, HARDWARE_1 = 2, 3


def set_pte_ext(ptep: Slot, pte: int) -> None:
    """Store an entry and its twin."""
    ptep.store(pte)
    ptep.at(HWTABLE_PTRS).store(hardware_word(pte))


class Stores:
    """What the engine calls to store entries."""

    @hookimpl
    def set_pte_at(self, ptep: Slot, pte: int) -> None:
        """Store both words."""
        set_pte_ext(ptep, pte)

    @hookimpl
    def ptep_get_and_clear(self, ptep: Slot) -> int:
        """Load the kernel's word and empty both."""
        word: int = ptep.load()
        set_pte_ext(ptep, FAULT)
        return word

    @hookimpl
    def ptep_set_access_flags(self, vma: Vma, addr: int, ptep: Slot, entry: int) -> bool:
        """Store both words if the kernel's differs, and flush what a TLB may have refused by."""
        changed: bool = ptep.load() != entry
        if changed:
            set_pte_ext(ptep, entry)
            for cpu in vma.vm_mm.cpus:
                cpu.tlb.invalidate_page(addr >> PAGE_SHIFT)
        return changed

    @hookimpl
    def ptep_modify_prot_start(self, ptep: Slot) -> int:
        """Take the entry out."""
        return self.ptep_get_and_clear(ptep)

    @hookimpl
    def ptep_modify_prot_commit(self, ptep: Slot, pte: int) -> None:
        """Store both words."""
        set_pte_ext(ptep, pte)

    @hookimpl
    def modify_prot_start_ptes(self, ptep: Slot, nr: int) -> NDArray[np.uint64]:
        """Take neighbouring entries out."""
        words: NDArray[np.uint64] = ptep.load_many(nr)
        ptep.stored(nr)[:] = FAULT
        ptep.at(HWTABLE_PTRS).stored(nr)[:] = FAULT
        return words

    @hookimpl
    def modify_prot_commit_ptes(self, ptep: Slot, pte: NDArray[np.uint64]) -> None:
        """Store neighbouring entries and their twins."""
        ptep.store_many(pte)
        ptep.at(HWTABLE_PTRS).store_many(hardware_word(pte))


class Tables:
    """Entries that point to tables: __pmd_populate stores two, one for each hardware table."""

    @hookimpl
    def pxd_populate(self, table: Word) -> Word:
        """Point to the first hardware table of the page (_PAGE_USER_TABLE)."""
        placed = with_bits(0, TABLE["FRAME"], bits(table, ADDRESS["FRAME"]))
        placed = with_bits(placed, TABLE["COARSE"], HARDWARE_0)
        placed = with_bits(placed, TABLE["DOMAIN"], DOMAIN_USER)
        return put(with_bits(placed, TABLE["TYPE"], COARSE), TABLE["BIT4"])

    @hookimpl
    def pxd_page_paddr(self, entry: Word) -> Word:
        """Read where the page of the four tables begins (pmd_page_vaddr)."""
        return with_bits(0, ADDRESS["FRAME"], bits(entry, TABLE["FRAME"]))

    @hookimpl
    def set_pxd(self, pxdp: Slot, pxd: int) -> None:
        """Store the entry, and beside it one that points to the second hardware table."""
        pxdp.store(pxd)
        pxdp.at(1).store(with_bits(pxd, TABLE["COARSE"], HARDWARE_1))
