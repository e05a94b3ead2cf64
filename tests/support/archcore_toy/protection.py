"""toy protections: vm_get_page_prot for every kind of VMA, and PAGE_NONE."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from archcore.hookspecs import hookimpl
from archcore.vmflags import VM_ACCESS_FLAGS, VM_EXEC, VM_SHARED, VM_WRITE

if TYPE_CHECKING:
    from archcore.layout import EntryLayout


@frozen
class Protections:
    """Protections over the layout of pages."""

    layout: EntryLayout

    @hookimpl
    def vm_get_page_prot(self, vm_flags: int) -> int:
        """Give a private mapping no WRITE at first, so that a store makes a copy."""
        if not vm_flags & VM_ACCESS_FLAGS:
            return self.page_none()
        names = ["PRESENT"]
        if vm_flags & VM_WRITE and vm_flags & VM_SHARED:
            names.append("WRITE")
        if vm_flags & VM_EXEC:
            names.append("EXEC")
        return self.layout.mask(*names).value

    @hookimpl
    def page_none(self) -> int:
        """Give no right, and say so with NONE."""
        return self.layout["NONE"].value
