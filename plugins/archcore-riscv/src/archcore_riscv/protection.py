"""riscv protections: vm_get_page_prot for every kind of VMA, and PAGE_NONE.

Source: protection_map in arch/riscv/mm/init.c and PAGE_* in pgtable.h, Linux 6.1 and 6.12.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from archcore.hookspecs import hookimpl
from archcore.vmflags import VM_ACCESS_FLAGS, VM_EXEC, VM_READ, VM_SHARED, VM_WRITE

if TYPE_CHECKING:
    from archcore.layout import EntryLayout

BASE = ("PRESENT", "ACCESSED", "USER")


@frozen
class Protections:
    """Protections over the layout of pages."""

    layout: EntryLayout

    @hookimpl
    def vm_get_page_prot(self, vm_flags: int) -> int:
        """Give a private mapping no WRITE at first; only execution alone needs no READ."""
        if not vm_flags & VM_ACCESS_FLAGS:
            return self.page_none()
        names = list(BASE)
        if vm_flags & (VM_READ | VM_WRITE):
            names.append("READ")
        if vm_flags & VM_WRITE and vm_flags & VM_SHARED:
            names.append("WRITE")
        if vm_flags & VM_EXEC:
            names.append("EXEC")
        return self.layout.mask(*names).value

    @hookimpl
    def page_none(self) -> int:
        """Give PROT_NONE, and READ so that a huge page stays a leaf."""
        return self.layout.mask("PROT_NONE", "READ").value
