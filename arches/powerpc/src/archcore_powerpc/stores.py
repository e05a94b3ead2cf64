"""Stores into slots: radix updates an entry atomically, hash also keeps its table in step.

Sources: pte_update, set_pte_at and their like in arch/powerpc/include/asm/book3s/64/pgtable.h,
radix.h and hash.h, arch/powerpc/mm/pgtable.c and mm/book3s64/{pgtable,hash_tlb}.c, Linux 6.1;
arch/powerpc/include/asm/pgtable-ppc64.h and mm/pgtable.c, Linux 3.14.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import frozen

from archcore.errors import MachineError
from archcore.hookspecs import hookimpl
from archcore.words import Mask, both, clear, has_all, has_any, put, same
from archcore_powerpc.entry import EVERYTHING, NOTHING
from archcore_powerpc.hash_table import remove

if TYPE_CHECKING:
    from archcore.hookspecs import Mm, Slot, Vma
    from archcore.words.types import Truth, Word


@frozen(kw_only=True)
class AtomicStores:
    """Updates that hardware cannot slip between.

    ``closing`` is what the start of a transaction takes out of an entry (everything, where the era
    empties the slot), ``pausing`` what it sets instead. ``marks`` is what a stored entry gets,
    ``raised`` what set_access_flags may set, ``incomparable`` what pte_same overlooks.
    """

    marks: Mask = NOTHING
    closing: Mask = EVERYTHING
    pausing: Mask = NOTHING
    raised: Mask
    incomparable: Mask = NOTHING

    @hookimpl
    def set_pte_at(self, ptep: Slot, pte: int) -> None:
        """Store the entry with what marks a leaf."""
        ptep.store(put(pte, self.marks))

    @hookimpl
    def ptep_get_and_clear(self, ptep: Slot) -> int:
        """Empty the slot and return what it held."""
        old: int = ptep.load()
        ptep.store(clear(old, EVERYTHING))
        return old

    @hookimpl
    def ptep_set_access_flags(self, ptep: Slot, entry: int) -> bool:
        """Raise the flags and rights; a TLB with fewer reads the entry again by itself."""
        old: int = ptep.load()
        if self._equal(old, entry):
            return False
        ptep.store(put(old, clear(entry, ~self.raised)))
        return True

    @hookimpl
    def ptep_modify_prot_start(self, ptep: Slot) -> int:
        """Close the entry to hardware and return what it was."""
        old: int = ptep.load()
        ptep.store(self._closed(old))
        return old

    @hookimpl
    def ptep_modify_prot_commit(self, ptep: Slot, pte: int) -> None:
        """Store the changed entry."""
        self.set_pte_at(ptep, pte)

    @hookimpl
    def modify_prot_start_ptes(self, ptep: Slot, nr: int) -> Word:
        """Close the entries and return what they were."""
        old = ptep.load_many(nr)
        ptep.store_many(self._closed(old))
        return old

    @hookimpl
    def modify_prot_commit_ptes(self, ptep: Slot, pte: Word) -> None:
        """Store the changed entries."""
        ptep.store_many(put(pte, self.marks))

    def _closed(self, old: Word) -> Word:
        return put(clear(old, self.closing), self.pausing)

    def _equal(self, a: int, b: int) -> Truth:
        return same(clear(a, self.incomparable), clear(b, self.incomparable))


@frozen(kw_only=True)
class HashStores:
    """The same, with the hash table kept in step: what pte_update changes leaves the table first.

    ``hashed`` are the bits any of which says that the page is in it, ``bookkeeping`` what a plain
    store drops of an entry. A plain store cannot take a page out of the table, so none may go over
    an entry that is ``live``: that has all of these bits and, unless ``rights`` is empty, any of
    those. MachineError is what Linux warns of there
    (VM_WARN_ON in set_pte_at, arch/powerpc/mm/pgtable.c), and "which is fatal" in 56eecdb912b5
    "mm: Use ptep/pmdp_set_numa() for updating _PAGE_NUMA bit".
    """

    slots: AtomicStores
    hashed: Mask
    bookkeeping: Mask
    live: Mask
    rights: Mask = NOTHING

    @hookimpl
    def set_pte_at(self, mm: Mm, addr: int, ptep: Slot, pte: int) -> None:
        """Store the entry, unless a live one would stay behind in the hash table."""
        self._check(mm, addr, ptep.load())
        self.slots.set_pte_at(ptep, clear(pte, self.bookkeeping))

    @hookimpl
    def ptep_get_and_clear(self, mm: Mm, addr: int, ptep: Slot) -> int:
        """Empty the slot, take the page out of the hash table and return what it held."""
        old = self.slots.ptep_get_and_clear(ptep)
        self._flush(mm, addr, old)
        return old

    @hookimpl
    def ptep_set_access_flags(self, ptep: Slot, entry: int) -> bool:
        """Raise the flags and rights; the next miss or fault brings the hash table up to them."""
        return self.slots.ptep_set_access_flags(ptep, entry)

    @hookimpl
    def ptep_modify_prot_start(self, vma: Vma, addr: int, ptep: Slot) -> int:
        """Close the entry to the handler and take the page out of the hash table."""
        old = self.slots.ptep_modify_prot_start(ptep)
        self._flush(vma.vm_mm, addr, old)
        return old

    @hookimpl
    def ptep_modify_prot_commit(self, vma: Vma, addr: int, ptep: Slot, pte: int) -> None:
        """Store the changed entry."""
        self.set_pte_at(vma.vm_mm, addr, ptep, pte)

    @hookimpl
    def modify_prot_start_ptes(self, vma: Vma, addr: int, ptep: Slot, nr: int) -> Word:
        """Close the entries and take the pages out of the hash table."""
        old = self.slots.modify_prot_start_ptes(ptep, nr)
        for place in _places(has_any(old, self.hashed)):
            _forget(vma.vm_mm, _next(vma.vm_mm, addr, place))
        return old

    @hookimpl
    def modify_prot_commit_ptes(self, vma: Vma, addr: int, ptep: Slot, pte: Word) -> None:
        """Store the changed entries, unless a live one would stay behind in the hash table."""
        mm, stored = vma.vm_mm, ptep.load_many(len(pte))
        for place in range(len(pte)):
            self._check(mm, _next(mm, addr, place), int(stored[place]))
        self.slots.modify_prot_commit_ptes(ptep, clear(pte, self.bookkeeping))

    def _flush(self, mm: Mm, addr: int, old: int) -> None:
        """Do as hpte_need_flush, which pte_update calls when HASHPTE was set."""
        if has_any(old, self.hashed):
            _forget(mm, addr)

    def _check(self, mm: Mm, addr: int, old: int) -> None:
        live = has_all(old, self.live)
        if both(live, has_any(old, self.rights) if self.rights else True):
            msg = (
                f"set_pte_at over the live entry {old:#018x} at {addr:#x}: the hash table would "
                "keep the page; empty the slot or start a modify_prot transaction first"
            )
            raise MachineError(msg)
        if _left_behind(mm, addr):
            msg = (
                f"the hash table still has the page at {addr:#x}, of which the entry {old:#018x} "
                "knows nothing: it was changed by a plain store"
            )
            raise MachineError(msg)


def _places(chosen: Any) -> list[int]:  # noqa: ANN401 - an array of truths
    places: list[int] = chosen.nonzero()[0].tolist()
    return places


def _next(mm: Mm, addr: int, place: int) -> int:
    shift: int = mm.geometry.page_shift
    return addr + (place << shift)


def _forget(mm: Mm, addr: int) -> None:
    """Take a page out of the hash table, then out of the TLBs (flush_hash_page, tlbie)."""
    remove(mm, addr)
    for cpu in mm.cpus:
        cpu.tlb.invalidate_page(addr >> mm.geometry.page_shift)


def _left_behind(mm: Mm, addr: int) -> bool:
    """Say whether a CPU could still use the page, which the hash table and they then forget."""
    page = addr >> mm.geometry.page_shift
    hashed = remove(mm, addr)
    return any(cpu.tlb.drop(page) for cpu in mm.running) or hashed
