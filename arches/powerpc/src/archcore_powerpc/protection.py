"""powerpc protections: vm_get_page_prot for the sixteen kinds of VMA.

Sources: arch/powerpc/include/asm/pte-common.h, Linux 3.14 (the tables __P000 to __S111);
arch/powerpc/mm/pgtable.c and mm/book3s64/pgtable.c, Linux 6.1 and 6.12.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import field, frozen

from archcore.entry import helper
from archcore.hookspecs import hookimpl
from archcore.vmflags import VM_EXEC, VM_READ, VM_SHARED, VM_WRITE
from archcore.words import Mask, bits, clear, put, with_bits
from archcore_powerpc.entry import NOTHING
from archcore_powerpc.layout import VM_FLAGS

if TYPE_CHECKING:
    from archcore.layout import EntryLayout
    from archcore.words.types import Word

RIGHTS = VM_READ | VM_WRITE | VM_EXEC
COMBINATIONS = range((RIGHTS | VM_SHARED) + 1)


@frozen(kw_only=True)
class Protections:
    """Protections by the bits they are made of.

    ``none`` and ``execute_only`` are whole; ``write`` and ``execute`` are added to ``read``, which
    a mapping with any other right has. ``strong_order`` is what VM_SAO adds, ``keys`` where the
    protection key of the VMA goes (nowhere if empty).
    """

    none: Mask
    read: Mask
    write: Mask
    execute: Mask
    execute_only: Mask
    strong_order: Mask
    keys: Mask = NOTHING
    table: tuple[int, ...] = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        """Compute the sixteen protections once."""
        table = tuple(self._protection(flags).value for flags in COMBINATIONS)
        object.__setattr__(self, "table", table)

    def _protection(self, flags: int) -> Mask:
        if not flags & RIGHTS:
            return self.none
        if flags & RIGHTS == VM_EXEC:
            return self.execute_only
        mask = self.read
        if flags & VM_WRITE and flags & VM_SHARED:
            mask |= self.write
        return mask | self.execute if flags & VM_EXEC else mask

    @hookimpl
    def vm_get_page_prot(self, vm_flags: int) -> int:
        """Look the combination up; a private mapping is never writable at first."""
        prot = self.table[vm_flags & COMBINATIONS[-1]]
        if vm_flags & VM_FLAGS["VM_SAO"].value:
            prot |= self.strong_order.value
        if not self.keys:
            return prot
        keyed: int = with_bits(prot, self.keys, bits(int(vm_flags), VM_FLAGS["VM_PKEY"]))
        return keyed

    @hookimpl
    def page_none(self) -> int:
        """Return PAGE_NONE."""
        return self.none.value


@frozen
class CacheControl:
    """Memory types, which two bits of a protection hold (_PAGE_CACHE_CTL)."""

    layout: EntryLayout
    control: Mask = field(init=False, repr=False)

    @control.default
    def _both(self) -> Mask:
        return self.layout.mask("SAO", "NON_IDEMPOTENT")

    @helper("pgprot_cached")
    def cached(self, prot: Word) -> Word:
        """Ask for ordinary memory."""
        return clear(prot, self.control)

    @helper("pgprot_noncached")
    def noncached(self, prot: Word) -> Word:
        """Ask for non-idempotent memory."""
        return put(clear(prot, self.control), self.layout["NON_IDEMPOTENT"])

    @helper("pgprot_noncached_wc")
    def noncached_wc(self, prot: Word) -> Word:
        """Ask for tolerant memory."""
        return put(prot, self.control)

    @helper("pgprot_writecombine")
    def writecombine(self, prot: Word) -> Word:
        """Ask for tolerant memory."""
        return self.noncached_wc(prot)


@frozen
class Keys:
    """Protection keys, which hash alone has (arch/powerpc/include/asm/book3s/64/hash-pkey.h).

    With 4K pages there is room for eight keys of the 32.
    """

    layout: EntryLayout

    @helper("hash__vmflag_to_pte_pkey_bits")
    def of_vma(self, vm_flags: Word) -> Word:
        """Turn the key of a VMA into bits of an entry."""
        return with_bits(0, self.layout["PKEY"], bits(vm_flags, VM_FLAGS["VM_PKEY"]))

    @helper("hash__pte_to_pkey_bits")
    def of_entry(self, entry: Word) -> Word:
        """Read the key of an entry."""
        return bits(entry, self.layout["PKEY"])
