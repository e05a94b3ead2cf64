"""Stores of entries that change on the way: Linux 6.1 asm/pgtable.h, proc-v7-3level.S.

Every store ends in set_pte_ext there, which derives what the hardware reads.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.hookspecs import hookimpl
from archcore.words import bits, clear, has_any, put, same, where, with_bits
from archcore_arm.three_level.hardware import stored
from archcore_arm.three_level.layout import ADDRESS, ENTRY, PAGE_SHIFT, TABLE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from archcore.hookspecs import Slot, Vma
    from archcore.words.types import Truth, Word


class Special:
    """What only the format with three levels has: SPECIAL, and a comparison without NG."""

    def special(self, entry: Word) -> Truth:
        """Read SPECIAL."""
        return has_any(entry, ENTRY["SPECIAL"])

    def mkspecial(self, entry: Word) -> Word:
        """Set SPECIAL."""
        return put(entry, ENTRY["SPECIAL"])

    def same(self, a: Word, b: Word) -> Truth:
        """Compare all but NG, which present entries get when they are stored."""
        return same(self._without_ng(a), self._without_ng(b))

    def _without_ng(self, entry: Word) -> Word:
        present = has_any(entry, ENTRY.mask("VALID", "PAGE"))
        return where(present, clear(entry, ENTRY["NG"]), entry)


class Stores:
    """What the engine calls to store entries."""

    @hookimpl
    def set_pte_at(self, ptep: Slot, pte: int) -> None:
        """Store what becomes of the entry."""
        ptep.store(stored(pte))

    @hookimpl
    def ptep_set_access_flags(self, vma: Vma, addr: int, ptep: Slot, entry: int) -> bool:
        """Store the entry if it differs, and flush what a TLB may have refused by."""
        changed = not vma.vm_mm.hooks.pte_same(ptep.load(), entry)
        if changed:
            ptep.store(stored(entry))
            for cpu in vma.vm_mm.cpus:
                cpu.tlb.invalidate_page(addr >> PAGE_SHIFT)
        return changed

    @hookimpl
    def ptep_modify_prot_commit(self, ptep: Slot, pte: int) -> None:
        """Store what becomes of the entry."""
        ptep.store(stored(pte))

    @hookimpl
    def modify_prot_commit_ptes(self, ptep: Slot, pte: NDArray[np.uint64]) -> None:
        """Store what becomes of the entries."""
        ptep.store_many(stored(pte))


class Tables:
    """Entries that point to tables."""

    @hookimpl
    def pxd_populate(self, table: Word) -> Word:
        """Place the frame of the table (PMD_TYPE_TABLE)."""
        placed = with_bits(0, TABLE["FRAME"], bits(table, ADDRESS["FRAME"]))
        return put(placed, TABLE.mask("VALID", "TABLE"))

    @hookimpl
    def pxd_page_paddr(self, entry: Word) -> Word:
        """Read the address of the table."""
        return with_bits(0, ADDRESS["FRAME"], bits(entry, TABLE["FRAME"]))
