"""mips protections: vm_get_page_prot for every kind of VMA, and memory types.

Source: setup_protection_map in arch/mips/mm/cache.c and pgprot_noncached in asm/pgtable.h of Linux
6.1.176. None of the sixteen has VALID: pte_mkyoung and the miss handlers set it. One that gives
executing gives reading, and a private mapping that may only be written has the protection of one
without rights.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from archcore.entry import helper
from archcore.hookspecs import hookimpl
from archcore.vmflags import VM_EXEC, VM_READ, VM_SHARED, VM_WRITE
from archcore.words import with_bits

if TYPE_CHECKING:
    from archcore.layout import EntryLayout
    from archcore.words.types import Word

UNCACHED, NONCOHERENT, ACCELERATED = 2, 3, 7  # _CACHE_ names of pgtable-bits.h


@frozen
class Protections:
    """Protections over the layout of pages.

    `cacheable` is _page_cachable_default, which the kernel reads in Config.K0 (coherency_setup in
    c-r4k.c), `writecombine` the attribute that the CPU probe chose for combined writes.
    """

    layout: EntryLayout
    cacheable: int = NONCOHERENT
    writecombine: int = ACCELERATED

    @hookimpl
    def vm_get_page_prot(self, vm_flags: int) -> int:
        """Inhibit what the VMA does not give; a private mapping is never writable at first."""
        names = ["PRESENT"]
        if not vm_flags & VM_EXEC:
            names.append("NO_EXEC")
            names += [] if vm_flags & VM_READ else ["NO_READ"]
        if vm_flags & VM_WRITE and vm_flags & VM_SHARED:
            names.append("WRITE")
        return int(self._typed(self.layout.mask(*names).value, self.cacheable))

    @hookimpl
    def page_none(self) -> int:
        """Return the protection of a mapping without rights, the first of the sixteen."""
        return self.vm_get_page_prot(0)

    @helper("pgprot_noncached")
    def noncached(self, prot: Word) -> Word:
        """Give the attribute of uncached memory."""
        return self._typed(prot, UNCACHED)

    @helper("pgprot_writecombine")
    def combined(self, prot: Word) -> Word:
        """Give the attribute that the CPU probe chose (cpu_data[0].writecombine)."""
        return self._typed(prot, self.writecombine)

    def _typed(self, prot: Word, attribute: int) -> Word:
        return with_bits(prot, self.layout["CACHE"], attribute)
