"""arm64 protections: vm_get_page_prot for the sixteen kinds of VMA, and memory types.

Sources: arch/arm64/mm/mmap.c and pgtable-prot.h of Linux 6.1; Linux 6.12 differs in the mark of
PAGE_NONE and in the number of VM_MTE. A CPU with FEAT_PAN3 would also have execute-only mappings.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import field, frozen

from archcore.entry import helper
from archcore.hookspecs import hookimpl
from archcore.vmflags import VM_EXEC, VM_READ, VM_SHARED, VM_WRITE
from archcore.words import clear, put, with_bits
from archcore_arm64 import layout as numbers

if TYPE_CHECKING:
    from archcore.layout import EntryLayout
    from archcore.words import Mask
    from archcore.words.types import Word

EVERY = ("TABLE_BIT", "AF", "RDONLY", "NG", "PXN")
OPEN = (*EVERY, "VALID", "USER")
CLOSED = (*EVERY, "UXN")
COMBINATIONS = range((VM_READ | VM_WRITE | VM_EXEC | VM_SHARED) + 1)

VM_ARM64_BTI = 1 << 24  # VM_ARCH_1, include/linux/mm.h
VM_MTE_V61 = 1 << 32  # VM_HIGH_ARCH_0, include/linux/mm.h of Linux 6.1
VM_MTE_V612 = 1 << 36  # VM_HIGH_ARCH_4 since facaa1373c9a, Linux 6.12


@frozen
class Protections:
    """Protections over one layout; ``mark`` names what a closed one carries besides the rest.

    ``vm_mte`` is the VMA flag that asks for tagged memory; VM_ARM64_BTI asks for guarded pages.
    Where the layout has SHARED, memory is inner shareable. With FEAT_LPA2 the macro PAGE_NONE still
    sets these bits and the sixteen protections do not (adjust_protection_map in mm/mmap.c); here
    neither does, since pte_modify takes them from no protection.
    """

    layout: EntryLayout
    mark: str
    vm_mte: int
    table: tuple[int, ...] = field(init=False, repr=False)
    never_executed: Mask = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        """Compute the sixteen protections and the mask of both XN bits once."""
        table = tuple(self.layout.mask(*self._fields(flags)).value for flags in COMBINATIONS)
        object.__setattr__(self, "table", table)
        object.__setattr__(self, "never_executed", self.layout.mask("PXN", "UXN"))

    def _fields(self, flags: int) -> tuple[str, ...]:
        if not flags & (VM_READ | VM_WRITE | VM_EXEC):
            return (*CLOSED, self.mark, *self._shared())
        stores = ("WRITE",) if flags & VM_WRITE and flags & VM_SHARED else ()
        return (*OPEN, *self._shared(), *stores, *(() if flags & VM_EXEC else ("UXN",)))

    def _shared(self) -> tuple[str, ...]:
        return ("SHARED",) if "SHARED" in self.layout.masks else ()

    @hookimpl
    def vm_get_page_prot(self, vm_flags: int) -> int:
        """Look the combination up; a private mapping is never writable at first."""
        prot = self.table[vm_flags & COMBINATIONS[-1]]
        if vm_flags & VM_ARM64_BTI:
            prot = put(prot, self.layout["GP"])
        if vm_flags & self.vm_mte:
            prot = put(prot, with_bits(0, self.layout["ATTRINDX"], numbers.MT_NORMAL_TAGGED))
        return prot

    @hookimpl
    def page_none(self) -> int:
        """Return the protection of a mapping without rights, the first of the sixteen."""
        return self.table[0]

    @helper("pgprot_noncached")
    def noncached(self, prot: Word) -> Word:
        """Give the memory type of devices that gather, reorder and acknowledge nothing."""
        return self._typed(prot, numbers.MT_DEVICE_nGnRnE)

    @helper("pgprot_device")
    def device(self, prot: Word) -> Word:
        """Give the memory type of devices that may acknowledge writes early."""
        return self._typed(prot, numbers.MT_DEVICE_nGnRE)

    @helper("pgprot_writecombine")
    def writecombine(self, prot: Word) -> Word:
        """Give the memory type of normal memory that is not cached."""
        return self._typed(prot, numbers.MT_NORMAL_NC)

    @helper("pgprot_dmacoherent")
    def dmacoherent(self, prot: Word) -> Word:
        """Give the same as for combined writes."""
        return self._typed(prot, numbers.MT_NORMAL_NC)

    @helper("pgprot_tagged")
    def tagged(self, prot: Word) -> Word:
        """Give the memory type of tagged memory."""
        return with_bits(prot, self.layout["ATTRINDX"], numbers.MT_NORMAL_TAGGED)

    @helper("pgprot_nx")
    def nx(self, prot: Word) -> Word:
        """Refuse instruction fetches of EL1; without CONFIG_ARM64_BTI_KERNEL GP stays."""
        return put(prot, self.layout["PXN"])

    @helper("mk_pmd_sect_prot")
    def pmd_sect_prot(self, prot: Word) -> Word:
        """Turn the protection of a page into that of a block."""
        return put(clear(prot, self.layout["TABLE_BIT"]), self.layout["VALID"])

    @helper("mk_pud_sect_prot")
    def pud_sect_prot(self, prot: Word) -> Word:
        """Turn the protection of a page into that of a block."""
        return self.pmd_sect_prot(prot)

    def _typed(self, prot: Word, memory_type: int) -> Word:
        typed = with_bits(prot, self.layout["ATTRINDX"], memory_type)
        return put(typed, self.never_executed)
