"""arm64 protections: vm_get_page_prot for the sixteen kinds of VMA, and memory types.

Sources: arch/arm64/mm/mmap.c and pgtable-prot.h of Linux 6.1; Linux 6.12 differs in the mark of
PAGE_NONE and in the number of VM_MTE. A CPU with FEAT_PAN3 would also have execute-only mappings.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import field, frozen

from archcore.hookspecs import hookimpl
from archcore.vmflags import VM_EXEC, VM_READ, VM_SHARED, VM_WRITE
from archcore.words import put, same, where, with_bits
from archcore_arm64 import layout as numbers

if TYPE_CHECKING:
    from archcore.layout import EntryLayout
    from archcore.words import Mask
    from archcore.words.types import Truth, Word

EVERY = ("TABLE_BIT", "AF", "SHARED", "RDONLY", "NG", "PXN")
OPEN = (*EVERY, "VALID", "USER")
CLOSED = (*EVERY, "UXN")
COMBINATIONS = range((VM_READ | VM_WRITE | VM_EXEC | VM_SHARED) + 1)

VM_ARM64_BTI = 1 << 24  # VM_ARCH_1, include/linux/mm.h
VM_MTE_V61 = 1 << 32  # VM_HIGH_ARCH_0, include/linux/mm.h of Linux 6.1
VM_MTE_V612 = 1 << 36  # VM_HIGH_ARCH_4 since facaa1373c9a, Linux 6.12

# The order in which pgprot_modify of include/linux/pgtable.h tries them.
KEPT_TYPES = (numbers.MT_DEVICE_nGnRnE, numbers.MT_NORMAL_NC, numbers.MT_DEVICE_nGnRE)


@frozen
class Protections:
    """Protections over one layout; ``mark`` names what a closed one carries besides the rest.

    ``vm_mte`` is the VMA flag that asks for tagged memory; VM_ARM64_BTI asks for guarded pages.
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
            return (*CLOSED, self.mark)
        stores = ("WRITE",) if flags & VM_WRITE and flags & VM_SHARED else ()
        return (*OPEN, *stores, *(() if flags & VM_EXEC else ("UXN",)))

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

    @hookimpl
    def pgprot_modify(self, oldprot: Word, newprot: Word) -> Word:
        """Keep a memory type that is not the ordinary one."""
        for memory_type in KEPT_TYPES:
            typed: Truth = same(oldprot, self._typed(oldprot, memory_type))
            newprot = where(typed, self._typed(newprot, memory_type), newprot)
        return newprot

    def _typed(self, prot: Word, memory_type: int) -> Word:
        typed = with_bits(prot, self.layout["ATTRINDX"], memory_type)
        return put(typed, self.never_executed)
