"""loongarch protections: vm_get_page_prot for every kind of VMA, PAGE_NONE, and memory types.

Source: protection_map in arch/loongarch/mm/cache.c and asm/pgtable-bits.h of Linux 6.1.176. A
mapping without rights has NO_EXEC besides what PAGE_NONE has. Whatever has a right may be read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from archcore.entry import helper
from archcore.hookspecs import hookimpl
from archcore.vmflags import VM_ACCESS_FLAGS, VM_EXEC, VM_SHARED, VM_WRITE
from archcore.words import with_bits
from archcore_loongarch.layout import CACHE_CC, PLV_USER

if TYPE_CHECKING:
    from archcore.layout import EntryLayout
    from archcore.words.types import Word

CACHE_SUC, CACHE_WUC = 0, 2  # strongly and weakly ordered, uncached


@frozen
class Protections:
    """Protections over the layout of pages."""

    layout: EntryLayout

    @hookimpl
    def vm_get_page_prot(self, vm_flags: int) -> int:
        """Give a private mapping no WRITE at first, so that a store makes a copy."""
        if not vm_flags & VM_ACCESS_FLAGS:
            return self._of_user("PROTNONE", "NO_READ", "NO_EXEC")
        names = ["VALID", "PRESENT"]
        if vm_flags & VM_WRITE and vm_flags & VM_SHARED:
            names.append("WRITE")
        if not vm_flags & VM_EXEC:
            names.append("NO_EXEC")
        return self._of_user(*names)

    @hookimpl
    def page_none(self) -> int:
        """Give no right, but leave NO_EXEC clear."""
        return self._of_user("PROTNONE", "NO_READ")

    @helper("pgprot_noncached")
    def noncached(self, prot: Word) -> Word:
        """Give the type of strongly ordered uncached memory."""
        return with_bits(prot, self.layout["CACHE"], CACHE_SUC)

    @helper("pgprot_writecombine")
    def writecombine(self, prot: Word) -> Word:
        """Give the type of weakly ordered uncached memory, as if ``wc_enabled``."""
        return with_bits(prot, self.layout["CACHE"], CACHE_WUC)

    def _of_user(self, *names: str) -> int:
        prot = with_bits(self.layout.mask(*names).value, self.layout["PLV"], PLV_USER)
        return int(with_bits(prot, self.layout["CACHE"], CACHE_CC))
